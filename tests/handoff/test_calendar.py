"""The calendar: opening hours, callback slots, and the two days a year on which clocks change (promise 10).

Guard taken out to see the daylight-saving tests go red: computing a day's instants with one fixed offset (that of its
midnight) instead of asking the zone for each.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calendar import Calendar, SlotUnknown, Week
from handoff.errors import InvalidInput
from handoff.instants import from_datetime, from_rfc3339, to_datetime

MINUTE = 60_000
ALL_WEEK: Week = dict.fromkeys(range(7), ((time(0), time(0)),))
ZONES = ("Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata", "UTC")


def at(text: str) -> int:
    return from_rfc3339(text)


SUNDAY = at("2026-11-22T10:00:00Z")


def test_office_hours_are_in_the_businesss_own_zone() -> None:
    calendar = Calendar()
    assert not calendar.is_open(at("2026-11-23T07:59:59Z"))
    assert calendar.is_open(at("2026-11-23T08:00:00Z"))
    assert calendar.is_open(at("2026-11-23T15:59:59Z"))
    assert not calendar.is_open(at("2026-11-23T16:00:00Z"))
    assert calendar.is_open(at("2026-07-20T07:00:00Z"))


def test_it_is_closed_at_weekends_on_public_holidays_and_on_own_days() -> None:
    calendar = Calendar(closed=frozenset({date(2026, 11, 24)}))
    assert not calendar.is_open(at("2026-11-22T10:00:00Z"))
    assert not calendar.is_open(at("2026-12-25T10:00:00Z"))
    assert not calendar.is_open(at("2026-11-24T10:00:00Z"))
    assert calendar.is_open(at("2026-11-25T10:00:00Z"))
    assert Calendar(country="").is_open(at("2026-12-25T10:00:00Z"))


def test_the_next_opening_is_told_only_while_closed() -> None:
    calendar = Calendar()
    assert calendar.opens_at(SUNDAY) == at("2026-11-23T08:00:00Z")
    assert calendar.opens_at(at("2026-11-23T10:00:00Z")) is None
    assert calendar.opens_at(at("2026-12-24T16:00:00Z")) == at("2026-12-28T08:00:00Z")
    assert Calendar(week={}).opens_at(SUNDAY) is None


def test_slots_fill_the_opening_hours_of_the_coming_working_days() -> None:
    slots = list(Calendar().slots(SUNDAY))
    assert len(slots) == 10 * 16
    assert slots[0].id == "2026-11-23T08:00:00Z"
    assert slots[-1].id == "2026-12-04T15:30:00Z"
    assert {slot.places for slot in slots} == {2}


def test_a_slot_is_not_offered_within_the_lead_time() -> None:
    first = next(Calendar().slots(at("2026-11-23T09:10:00Z")))
    assert first.id == "2026-11-23T10:30:00Z"


def test_later_slots_are_asked_for_by_the_last_one_seen() -> None:
    after = at("2026-11-23T08:30:00Z")
    assert next(Calendar().slots(SUNDAY, after)).id == "2026-11-23T09:00:00Z"


def test_a_slot_that_does_not_fit_before_closing_is_none() -> None:
    week: Week = {0: ((time(9), time(10, 15)),)}
    slots = [slot for slot in Calendar("UTC", week).slots(SUNDAY) if slot.starts_at < at("2026-11-24T00:00:00Z")]
    assert [slot.id for slot in slots] == ["2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z"]


@pytest.mark.parametrize(
    "slot_id",
    ["", "soon", "2026-11-23T09:00:00+00:00", "2026-11-23T09:10:00Z", "2026-11-22T09:00:00Z", "9999-12-31T23:59:59Z"],
)
def test_what_is_no_slot_is_unknown(slot_id: str) -> None:
    with pytest.raises(SlotUnknown):
        Calendar().find(slot_id, SUNDAY)


def test_a_slot_beyond_the_days_ahead_is_unknown() -> None:
    with pytest.raises(SlotUnknown):
        Calendar().find("2026-12-07T09:00:00Z", SUNDAY)


@pytest.mark.parametrize("now", ["2026-11-23T08:10:00Z", "2026-11-23T09:10:00Z", "2026-11-24T09:00:00Z"])
def test_a_slot_that_is_over_or_too_soon_is_unknown_rather_than_taken(now: str) -> None:
    with pytest.raises(SlotUnknown) as refused:
        Calendar().find("2026-11-23T09:00:00Z", at(now))
    assert (refused.value.status, refused.value.code) == (404, "slot_unknown")


def test_the_wall_clock_of_a_slot_stays_when_the_clocks_change() -> None:
    autumn = Calendar().slots(at("2026-10-23T05:00:00Z"))
    opening = [slot.id for slot in autumn if to_datetime(slot.starts_at).astimezone(_copenhagen()).hour == 9][::2]
    assert opening[:2] == ["2026-10-23T07:00:00Z", "2026-10-26T08:00:00Z"]


def test_an_opening_that_the_clocks_skip_is_when_they_jump() -> None:
    week: Week = {6: ((time(2, 30), time(4)),)}
    calendar = Calendar("Europe/Copenhagen", week, country="")
    slots = list(calendar.slots(at("2026-03-28T12:00:00Z")))[:2]
    assert [slot.id for slot in slots] == ["2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]


def test_hours_that_the_clocks_skip_altogether_give_no_slot() -> None:
    week: Week = {6: ((time(2), time(3)),)}
    calendar = Calendar("Europe/Copenhagen", week, country="")
    assert next(calendar.slots(at("2026-03-28T12:00:00Z"))).id == "2026-04-05T00:00:00Z"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-07", 24)])
def test_a_day_open_around_the_clock_has_as_many_slots_as_it_has_hours(day: str, hours: int) -> None:
    calendar = Calendar("Europe/Copenhagen", ALL_WEEK, country="", slot_minutes=60, lead_minutes=0, days_ahead=3)
    wanted = date.fromisoformat(day)
    before = from_datetime(datetime.combine(wanted - timedelta(days=1), time(12), UTC))
    zone = ZoneInfo("Europe/Copenhagen")
    found = [s for s in calendar.slots(before) if to_datetime(s.starts_at).astimezone(zone).date() == wanted]
    assert len(found) == hours


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)),
    opens=st.integers(0, 23 * 60),
    minutes=st.integers(10, 600),
    slot_minutes=st.sampled_from([10, 15, 30, 45, 60]),
)
def test_slots_never_overlap_never_change_length_and_lie_within_the_hours(
    zone: str, moment: datetime, opens: int, minutes: int, slot_minutes: int
) -> None:
    closes = min(opens + minutes, 24 * 60)
    week: Week = dict.fromkeys(range(7), ((_wall(opens), _wall(closes)),))
    calendar = Calendar(zone, week, country="", slot_minutes=slot_minutes, days_ahead=3)
    now = from_datetime(moment.replace(tzinfo=UTC))
    slots = list(calendar.slots(now))
    assert all(slot.ends_at - slot.starts_at == slot_minutes * MINUTE for slot in slots)
    assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(slots))
    assert len({slot.id for slot in slots}) == len(slots)
    for slot in slots:
        assert slot.starts_at >= now + 60 * MINUTE
        assert calendar.is_open(slot.starts_at)
        assert calendar.is_open(slot.ends_at - 1)
        assert calendar.find(slot.id, now) == slot


@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)), zone=st.sampled_from(ZONES))
def test_the_told_opening_is_open_and_the_instant_before_it_is_not(moment: datetime, zone: str) -> None:
    calendar = Calendar(zone, country="")
    now = from_datetime(moment.replace(tzinfo=UTC))
    opens_at = calendar.opens_at(now)
    if opens_at is None:
        assert calendar.is_open(now)
    else:
        assert calendar.is_open(opens_at)
        assert not calendar.is_open(opens_at - 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"country": "ZZ"},
        {"slot_minutes": 0},
        {"places": 0},
        {"days_ahead": 0},
        {"lead_minutes": -1},
        {"week": {7: ((time(9), time(17)),)}},
        {"week": {0: ((time(17), time(9)),)}},
        {"week": {0: ((time(9), time(12)), (time(11), time(17)))}},
    ],
)
def test_an_impossible_calendar_is_refused_at_once(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Calendar(**settings)  # type: ignore[arg-type]


def _wall(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _copenhagen() -> ZoneInfo:
    return ZoneInfo("Europe/Copenhagen")
