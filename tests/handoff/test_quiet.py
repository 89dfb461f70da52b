"""Quiet hours, by the business's clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.errors import InvalidInput
from handoff.instants import from_datetime
from handoff.quiet import QuietHours

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NIGHT = QuietHours.read("21:00-08:00", COPENHAGEN)


def at(written: str, fold: int = 0) -> int:
    return from_datetime(datetime.fromisoformat(written).replace(tzinfo=COPENHAGEN, fold=fold))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23T20:59:59", None),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", None),
        ("2026-03-28T22:00", "2026-03-29T08:00"),
        ("2026-10-24T22:00", "2026-10-25T08:00"),
    ],
)
def test_the_night_ends_when_the_clocks_say_so(now: str, end: str | None) -> None:
    assert NIGHT.end(at(now)) == (None if end is None else at(end))


def test_hours_within_a_day_end_on_that_day() -> None:
    assert QuietHours.read("12:00 – 13:30", COPENHAGEN).end(at("2026-11-23T12:30")) == at("2026-11-23T13:30")


def test_an_end_that_the_clocks_show_twice_is_one_to_come() -> None:
    hours = QuietHours.read("02:00-02:30", COPENHAGEN)
    again = at("2026-10-25T02:10", fold=1)
    assert hours.end(again) == at("2026-10-25T02:30", fold=1)


@pytest.mark.parametrize("written", ["none", "None", "", "08:00-08:00"])
def test_there_may_be_none(written: str) -> None:
    assert QuietHours.read(written, COPENHAGEN).end(at("2026-11-23T03:00")) is None


@pytest.mark.parametrize("written", ["21-8", "21:00", "25:00-08:00", "21:00-08:60", "night"])
def test_hours_written_in_another_way_are_refused(written: str) -> None:
    with pytest.raises(InvalidInput, match="quiet_hours"):
        QuietHours.read(written, COPENHAGEN)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Copenhagen", "America/Santiago", "Australia/Lord_Howe", "UTC"]),
)
def test_the_end_is_always_to_come_and_within_about_a_day(
    now: datetime, begins: object, ends: object, zone: str
) -> None:
    instant = from_datetime(now.replace(tzinfo=ZoneInfo(zone)))
    end = QuietHours(begins, ends, ZoneInfo(zone)).end(instant)  # type: ignore[arg-type]
    assert end is None or 0 < end - instant <= 26 * 3600 * 1000
