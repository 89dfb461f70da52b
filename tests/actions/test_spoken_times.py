"""Times as customers write them."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.spoken_times import moment_named, words_of_a_time
from actions.words import business_zone

TUESDAY = business_zone().localize(datetime(2026, 11, 24, 11, 30))


@pytest.mark.parametrize(
    ("said", "at"),
    [("10", "10:00"), ("at 9", "09:00"), ("10.30", "10:30"), ("2pm", "14:00"), ("12 am", "00:00"), ("14:15", "14:15")],
)
def test_a_time_of_day_is_read_in_any_usual_notation(said: str, at: str) -> None:
    assert at in words_of_a_time(said)


def test_a_title_and_what_is_said_of_it_share_their_words() -> None:
    assert words_of_a_time("monday at 10") < words_of_a_time("Mon 23 Nov, 10:00") | {"at"}


@pytest.mark.parametrize(
    ("said", "language", "moment"),
    [
        ("friday", "en", "2026-11-27T00:00"),
        ("Fri at 14:00 please", "en", "2026-11-27T14:00"),
        ("tuesday", "en", "2026-11-24T00:00"),
        ("monday 2pm", "en", "2026-11-30T14:00"),
        ("torsdag", "da", "2026-11-26T00:00"),
        ("24 november 14:00", "en", "2026-11-24T14:00"),
        ("3 dec at 2pm", "en", "2026-12-03T14:00"),
        ("nov 30, 9", "en", "2026-11-30T09:00"),
        ("the 3rd at 10", "en", "2026-12-03T10:00"),
        ("on the 31st", "en", "2026-12-31T00:00"),
        ("2nd of march", "en", "2027-03-02T00:00"),
        ("den 3. december kl. 14", "da", "2026-12-03T14:00"),
    ],
)
def test_a_day_is_the_next_one_of_its_name(said: str, language: str, moment: str) -> None:
    found = moment_named(said, language, TUESDAY)
    assert found is not None
    assert found.strftime("%Y-%m-%dT%H:%M") == moment
    assert found.utcoffset() == TUESDAY.utcoffset()


@pytest.mark.parametrize("said", ["", "at 10", "as soon as possible", "25:70", "99 monkeys", "may i ask you at 3"])
def test_without_a_day_there_is_no_moment(said: str) -> None:
    assert moment_named(said, "en", TUESDAY) is None


def test_a_day_named_by_how_far_off_it_is_is_counted_from_today() -> None:
    found = moment_named("tomorrow at 10", "en", TUESDAY, 1)
    assert found is not None
    assert found.strftime("%Y-%m-%dT%H:%M") == "2026-11-25T10:00"
