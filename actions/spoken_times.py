"""Times as customers write them: "mon at 10", "2pm", "Friday", "24 Nov at 14:00"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from babel.dates import get_day_names, get_month_names

from actions.words import business_zone, locale_of

_TIME_OF_DAY = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|st|nd|rd|th)?\b")
_DAY_OF_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_DAY_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_MONTHS_AHEAD = 3
_LETTERS = 3


def words_of_a_time(text: str) -> set[str]:
    """What two ways to write a time have in common: words cut to three letters, and times of the day as HH:MM."""
    words = {word[:_LETTERS] for word in re.findall(rf"[^\W\d]{{{_LETTERS},}}", text.casefold())}
    return words | {f"{at:%H:%M}" for at in _times_of_day(text)}


def moment_named(text: str, language: str, now: datetime, days_ahead: int | None = None) -> datetime | None:
    """The next moment on the day that a text names, at the time of day it names; None without a day.

    A day is one of the week ("Friday"), a date ("24 Nov", "the 24th") or so many days from now.

    Args:
        text: what the customer wrote.
        language: whose names of days and months to look for.
        now: on the business's clock.
        days_ahead: what words such as "tomorrow" mean; None when there is none.
    """
    words = re.findall(r"\w+", text.casefold())
    on = now.date() + timedelta(days=days_ahead) if days_ahead is not None else None
    on = on or _day_of_the_week(words, language, now.date()) or _date(words, language, now.date())
    if on is None:
        return None
    at = next(iter(_times_of_day(_DAY_OF_MONTH.sub(" ", _without_months(text, language)))), time())
    moment: datetime = business_zone().localize(datetime.combine(on, at))
    return moment


def _day_of_the_week(words: list[str], language: str, today: date) -> date | None:
    for weekday, names in _names(get_day_names, language).items():
        if names & set(words):
            return today + timedelta(days=(weekday - today.weekday()) % 7)
    return None


def _date(words: list[str], language: str, today: date) -> date | None:
    """The next date of a day and a month, or of "the 24th" in the months to come."""
    for place, word in enumerate(words):
        month = _month(word, language)
        around = [*reversed(words[max(0, place - 2) : place]), *words[place + 1 : place + 2]]
        days = [int(found[1]) for near in around if (found := _DAY_NUMBER.fullmatch(near))]
        if month and days:
            return _next(today, [(today.year, month), (today.year + 1, month)], days[0])
    ordinals = [int(found[1]) for word in words if (found := _DAY_OF_MONTH.fullmatch(word))]
    if not ordinals:
        return None
    months = [divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(_MONTHS_AHEAD)]
    return _next(today, [(year, month + 1) for year, month in months], ordinals[0])


def _next(today: date, months: list[tuple[int, int]], day: int) -> date | None:
    dates = [date(year, month, day) for year, month in months if 1 <= day <= monthrange(year, month)[1]]
    return next((one for one in dates if one >= today), None)


def _month(word: str, language: str) -> int | None:
    months = _names(get_month_names, language).items()
    return next((month for month, names in months if word in names), None)


def _without_months(text: str, language: str) -> str:
    """The text without the dates in it, whose numbers are no times of day."""
    months = "|".join(re.escape(name) for names in _names(get_month_names, language).values() for name in names)
    return re.sub(rf"\d{{1,2}}\w*\W+(?:\w+ )?(?:{months})\b|\b(?:{months})\W+\d{{1,2}}\b", " ", text.casefold())


def _names(of: Callable[..., Mapping[int, str]], language: str) -> dict[int, set[str]]:
    """Days or months by number, each with its full and its short name."""
    found: dict[int, set[str]] = {}
    for width in ("wide", "abbreviated"):
        for number, name in of(width, locale=locale_of(language)).items():
            found.setdefault(number, set()).add(name.casefold().rstrip("."))
    return found


def _times_of_day(text: str) -> list[time]:
    found = []
    for hour_said, minute_said, half in _TIME_OF_DAY.findall(text.casefold()):
        hour, minute = int(hour_said), int(minute_said or 0)
        if half in ("am", "pm"):
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour < 24 and minute < 60:
            found.append(time(hour, minute))
    return found
