"""Times for people, in every language that there are notices in."""

from __future__ import annotations

import re
from datetime import time

import pytest

from handoff.calendar import Calendar, Week
from handoff.instants import from_rfc3339
from handoff.notices import Notices, Say
from handoff.time_words import TimeWords
from tests.handoff.scene import NOTICES

_PLACES = ("position", "minutes", "agent", "title", "name", "order", "tracking", "date", "place")
UNFILLED = {name: f"{{{name}}}" for name in _PLACES}
SPLIT: Week = {0: ((time(9), time(12)), (time(13), time(17))), 5: ((time(10), time(0)),)}


def title(text: str, language: str = "en", zone: str = "Europe/Copenhagen") -> str:
    return TimeWords(Calendar(zone), NOTICES).title(from_rfc3339(text), language)


def hours(language: str = "en", calendar: Calendar | None = None) -> str:
    return TimeWords(calendar or Calendar(), NOTICES).hours(language)


def test_titles_are_on_the_businesss_own_clock() -> None:
    assert title("2026-11-23T09:00:00Z") == "Mon 23 Nov, 10:00"
    assert title("2026-07-20T09:00:00Z") == "Mon 20 Jul, 11:00"
    assert title("2026-07-20T22:30:00Z", zone="Asia/Kolkata") == "Tue 21 Jul, 04:00"


def test_a_time_that_comes_twice_is_told_apart() -> None:
    assert title("2026-10-25T00:30:00Z") == "Sun 25 Oct, 02:30 CEST"
    assert title("2026-10-25T01:30:00Z") == "Sun 25 Oct, 02:30 CET"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("da", "man. 23. nov. 10.00"),
        ("ru", "пн, 23 нояб., 10:00"),
        ("zh", "11月23日周一 10:00"),
        ("ar", "الاثنين، 23 نوفمبر، 10:00"),
        ("zh-Hans-CN", "11月23日周一 10:00"),
        ("da-DK", "man. 23. nov. 10.00"),
        ("en-US", "Mon 23 Nov, 10:00"),
        ("sv", "Mon 23 Nov, 10:00"),
        ("tlh", "Mon 23 Nov, 10:00"),
    ],
)
def test_a_title_is_in_the_language_that_its_reader_is_written_to_in(language: str, written: str) -> None:
    assert title("2026-11-23T09:00:00Z", language) == written


@pytest.mark.parametrize("language", NOTICES.languages)
def test_the_bot_can_read_the_time_of_every_title_back(language: str) -> None:
    """It looks for a time of day in digits, on a clock of 24 hours, that no letter touches."""
    found = re.findall(r"\b(\d{1,2})[:.](\d{2})\b", title("2026-11-23T13:05:00Z", language))
    assert found == [("14", "05")]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Mon–Fri 09:00–17:00 (Copenhagen)"),
        ("da", "man.–fre. 09.00–17.00 (København)"),
        ("ru", "пн–пт 09:00–17:00 (Копенгаген)"),
        ("zh", "周一–周五 09:00–17:00 (哥本哈根)"),
        ("ar", "الاثنين–الجمعة 09:00–17:00 (كوبنهاغن)"),
    ],
)
def test_the_hours_are_written_in_each_language(language: str, written: str) -> None:
    assert hours(language) == written


def test_hours_with_a_break_and_up_to_midnight_are_written_whole() -> None:
    assert hours(calendar=Calendar("UTC", SPLIT)) == "Mon 09:00–12:00 and 13:00–17:00; Sat 10:00–24:00 (UTC)"
    assert hours("da", Calendar("UTC", SPLIT)) == "man. 09.00–12.00 og 13.00–17.00; lør. 10.00–24.00 (UTC)"


def test_a_business_that_never_opens_says_so() -> None:
    assert hours(calendar=Calendar("Etc/UTC", {})) == "closed (Etc/UTC)"
    assert hours("da", Calendar("UTC", {})) == "lukket (UTC)"


def test_a_language_that_cldr_does_not_know_gets_its_parents_or_english_times() -> None:
    english = {what.value: NOTICES.say(what, "en", **UNFILLED) for what in Say}
    words = TimeWords(Calendar(), Notices({"en": english, "da-xyz": english, "tlh": english}))
    at = from_rfc3339("2026-11-23T09:00:00Z")
    assert [words.title(at, tag) for tag in ("da-xyz", "tlh")] == ["man. 23. nov. 10.00", "Mon 23 Nov, 10:00"]
