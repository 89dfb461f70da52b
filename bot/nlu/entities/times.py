"""Times of day. The value is HH:MM on the clock of 24 hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import time

from bot.nlu.entities.found import Found, longest
from bot.nlu.entities.numbers import number_words
from bot.nlu.entities.shapes import Part, Shapes, numbers_of
from bot.nlu.entities.tokens import Token
from bot.nlu.entities.words import Table

TIME_WORDS = "time"
"""Name of the tables whose values say what a phrase does in a time of day.

`lead` stands before one; `at` too, but before other numbers as well; `oclock` behind an hour; `hours` also behind a
number of hours; `am` and `pm` before or behind; `half` and `minute` behind; `daytime` what is `pm` or "days",
and `a-bit` what is one o'clock or "a little".
"""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "at": "at, after, before, around",
        "oclock": "o'clock, o’clock, oclock",
        "am": "am, a.m., in the morning",
        "pm": "pm, p.m., in the afternoon, in the evening",
    },
    "da": {"lead": "kl, kl., klokken", "am": "om morgenen", "pm": "om eftermiddagen, om aftenen"},
    "ru": {
        "at": "в, к, после",
        "hours": "час, часа, часов, ч",
        "am": "утра",
        "pm": "вечера",
        "daytime": "дня",
        "minute": "минут, минуты",
    },
    "zh": {
        "oclock": "点, 点钟, 點, 點鐘, 时",
        "am": "上午, 早上, 凌晨",
        "pm": "下午, 晚上, 中午, 傍晚",
        "a-bit 1": "一点, 一點",
        "half": "半",
        "minute": "分",
    },
    "ar": {
        "lead": "الساعة",
        "am": "صباحا, الصبح, ص",
        "pm": "مساء, بعد الظهر, العصر, عصرا, ظهرا, المسا, م",
        "half": "ونصف, ونص, نصف",
    },
}
_SHAPES = (
    "number colon number am|pm?",
    "lead|at number colon|stop number am|pm?",
    "number stop number am|pm",
    "number am|pm",
    "lead number",
    "lead|at number oclock|hours",
    "lead number half am|pm?",
    "at number end",
    "number oclock am|pm?",
    "number hours am|pm|daytime",
    "at number daytime",
    "am|pm a-bit half?",
    "am|pm? number oclock half?",
    "am|pm? number oclock number minute?",
)
_HALF_HOUR = 30


def time_words(language: str) -> Iterator[Table]:
    """What stands around times of day in one language."""
    words = _WORDS.get(language, {})
    meanings = number_words(language)
    meanings |= {phrase.strip(): meaning for meaning, listed in words.items() for phrase in listed.split(",")}
    yield Table(TIME_WORDS, language, tuple(meanings), meanings)


class TimesOfDay:
    """Finds times of day, among phrases whose meaning `TIME_WORDS` explains."""

    def __init__(self) -> None:
        self._shapes = Shapes(_SHAPES, {":": "colon", ".": "stop"})

    def find(self, cut: list[Token], phrases: Iterable[Found]) -> Iterator[Found]:
        """The times in a message, of its tokens and the phrases found in it."""
        phrases = list(phrases)
        if not phrases and not any(token.word == ":" for token in cut):
            return
        found = []
        for parts in self._shapes.find(self._shapes.parts(cut, phrases)):
            at = _meant(parts)
            if at:
                inside = [part for part in parts if part.kind not in ("lead", "at", "end")]
                found.append(Found(inside[0].start, inside[-1].end, "time", f"{at:%H:%M}"))
        yield from longest(found)


def _meant(parts: list[Part]) -> time | None:
    kinds = {part.kind for part in parts}
    hour, *minutes = numbers_of(parts) or numbers_of(parts, "a-bit")
    if ("pm" in kinds or "daytime" in kinds) and hour < 12:
        hour += 12
    elif "am" in kinds and hour == 12:
        hour = 0
    minute = minutes[0] if minutes else _HALF_HOUR if "half" in kinds else 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
