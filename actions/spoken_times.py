"""Times as customers write them: "mon at 10", "2pm", "Friday", "24 Nov at 14:00", "den 24. kl. ti", "下午三点".

Most days and times of day are found in the message by the NLU (`bot/nlu/entities`); here they are put together, with
what is a day or a time only because a time was asked for: "the 24th", "mon", a bare "10".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta

from babel.dates import get_day_names

from actions.turn import Turn
from actions.words import business_zone, locale_of

_TIME_OF_DAY = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|st|nd|rd|th)?\b")
# A day of the month without the month: "the 24th", "den 24.", «24-го», 24号, يوم 24.
_DAY_OF_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)\b|\bden (\d{1,2})\b(?![.:]\d)"
    r"|(\d{1,2})(?:-?го\b| числа\b)|(\d{1,2})[号號日]|يوم (\d{1,2})\b"
)
_MONTHS_AHEAD = 3
_LETTERS = 3


def words_of_a_time(text: str) -> set[str]:
    """What two ways to write a time have in common: words cut to three letters, and times of the day as HH:MM."""
    words = {word[:_LETTERS] for word in re.findall(rf"[^\W\d]{{{_LETTERS},}}", text.casefold())}
    return words | {f"{at:%H:%M}" for at in _times_of_day(text)}


def time_named(turn: Turn) -> time | None:
    """The time of day that a message surely names."""
    named = turn.entity("time")
    return time.fromisoformat(named) if named else None


def moment_named(turn: Turn, now: datetime) -> datetime | None:
    """The next moment on the day that a message names, at the time of day it names; None without a day.

    Args:
        turn: the customer's message.
        now: on the business's clock.
    """
    rest = turn.text_without("date", "time").casefold()
    named = turn.entity("date")
    on = date.fromisoformat(named) if named else _day_of_the_week(rest, turn.language, now.date())
    on = on or _day_of_the_month(rest, now.date())
    if on is None:
        return None
    at = time_named(turn) or next(iter(_times_of_day(_DAY_OF_MONTH.sub(" ", rest))), time())
    moment: datetime = business_zone().localize(datetime.combine(on, at))
    return moment


def _day_of_the_week(text: str, language: str, today: date) -> date | None:
    """The coming day of a name or short name."""
    said = set(re.findall(r"\w+", text))
    for width in ("wide", "abbreviated"):
        for weekday, name in get_day_names(width, locale=locale_of(language)).items():
            if name.casefold().rstrip(".") in said:
                return today + timedelta(days=(weekday - today.weekday()) % 7)
    return None


def _day_of_the_month(text: str, today: date) -> date | None:
    """The next date of "the 24th", in the months to come."""
    said = _DAY_OF_MONTH.search(text)
    if said is None:
        return None
    day = int(next(filter(None, said.groups())))
    months = [divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(_MONTHS_AHEAD)]
    dates = [date(year, month + 1, day) for year, month in months if 1 <= day <= monthrange(year, month + 1)[1]]
    return next((one for one in dates if one >= today), None)


def _times_of_day(text: str) -> list[time]:
    found = []
    for hour_said, minute_said, half in _TIME_OF_DAY.findall(text.casefold()):
        hour, minute = int(hour_said), int(minute_said or 0)
        if half in ("am", "pm"):
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour < 24 and minute < 60:
            found.append(time(hour, minute))
    return found
