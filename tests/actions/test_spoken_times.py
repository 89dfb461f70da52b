"""Times as customers write them, in every language that is shipped."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from actions.spoken_times import moment_named, words_of_a_time
from actions.turn import Turn
from actions.words import business_zone
from bot.nlu.entities.finder import Finder, ShopSettings
from bot.nlu.text import plain
from tests.actions.trackers import tracker

TUESDAY = business_zone().localize(datetime(2026, 11, 24, 11, 30))
FINDER = Finder(ShopSettings(), now=lambda: TUESDAY.astimezone(timezone.utc))


def moment(said: str, language: str) -> datetime | None:
    """The moment that a message names, read as the bot reads it."""
    written, found = plain(said), tracker(said, language=language)
    found.latest_message["entities"] = [
        {"entity": one.entity, "value": one.value, "start": span[0], "end": span[1]}
        for one in FINDER.find(written.text, language)
        if (span := written.span(one.start, one.end))
    ]
    return moment_named(Turn.of(found), TUESDAY)


@pytest.mark.parametrize(
    ("said", "at"),
    [("10", "10:00"), ("at 9", "09:00"), ("10.30", "10:30"), ("2pm", "14:00"), ("12 am", "00:00"), ("14:15", "14:15")],
)
def test_a_time_of_day_is_read_in_any_usual_notation(said: str, at: str) -> None:
    assert at in words_of_a_time(said)


def test_a_title_and_what_is_said_of_it_share_their_words() -> None:
    assert words_of_a_time("monday at 10") < words_of_a_time("Mon 23 Nov, 10:00") | {"at"}


@pytest.mark.parametrize(
    ("said", "language", "at"),
    [
        ("friday", "en", "2026-11-27T00:00"),
        ("Fri at 14:00 please", "en", "2026-11-27T14:00"),
        ("mon at 10", "en", "2026-11-30T10:00"),
        ("tuesday", "en", "2026-11-24T00:00"),
        ("monday 2pm", "en", "2026-11-30T14:00"),
        ("tomorrow at ten", "en", "2026-11-25T10:00"),
        ("24 november 14:00", "en", "2026-11-24T14:00"),
        ("3 dec at 2pm", "en", "2026-12-03T14:00"),
        ("nov 30, 9", "en", "2026-11-30T09:00"),
        ("the 3rd at 10", "en", "2026-12-03T10:00"),
        ("on the 31st", "en", "2026-12-31T00:00"),
        ("torsdag", "da", "2026-11-26T00:00"),
        ("på fredag klokken ti", "da", "2026-11-27T10:00"),
        ("i morgen kl. 14", "da", "2026-11-25T14:00"),
        ("den 3. december kl. 14", "da", "2026-12-03T14:00"),
        ("den 26. kl. 10", "da", "2026-11-26T10:00"),
        ("в пятницу в десять", "ru", "2026-11-27T10:00"),
        ("завтра в 14:30", "ru", "2026-11-25T14:30"),
        ("лучше 26-го в 10:00", "ru", "2026-11-26T10:00"),
        ("周五下午三点", "zh", "2026-11-27T15:00"),
        ("明天上午十点", "zh", "2026-11-25T10:00"),
        ("26号十点半", "zh", "2026-11-26T10:30"),
        ("الجمعة الساعة الثالثة", "ar", "2026-11-27T03:00"),
        ("غدا الساعة ١٠", "ar", "2026-11-25T10:00"),
        ("يوم 26 الساعة 10:00", "ar", "2026-11-26T10:00"),
    ],
)
def test_a_day_is_the_next_one_of_its_name(said: str, language: str, at: str) -> None:
    found = moment(said, language)
    assert found is not None
    assert found.strftime("%Y-%m-%dT%H:%M") == at
    assert found.utcoffset() == TUESDAY.utcoffset()


@pytest.mark.parametrize("said", ["", "at 10", "as soon as possible", "25:70", "99 monkeys", "may i ask you at 3"])
def test_without_a_day_there_is_no_moment(said: str) -> None:
    assert moment(said, "en") is None
