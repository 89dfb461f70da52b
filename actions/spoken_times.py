"""Times as customers write them: "mon at 10", "2pm", "Friday"."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from babel.dates import get_day_names

from actions.words import business_zone, locale_of

_TIME_OF_DAY = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|st|nd|rd|th)?\b")
_LETTERS = 3


def words_of_a_time(text: str) -> set[str]:
    """What two ways to write a time have in common: words cut to three letters, and times of the day as HH:MM."""
    words = {word[:_LETTERS] for word in re.findall(rf"[^\W\d]{{{_LETTERS},}}", text.casefold())}
    return words | {f"{at:%H:%M}" for at in _times_of_day(text)}


def moment_named(text: str, language: str, now: datetime) -> datetime | None:
    """The next moment on the day of the week that a text names, at the time of day it names; None without a day.

    Args:
        language: whose names of days to look for.
        now: on the business's clock.
    """
    said = set(re.findall(r"\w+", text.casefold()))
    for width in ("wide", "abbreviated"):
        for weekday, name in get_day_names(width, locale=locale_of(language)).items():
            if name.casefold().rstrip(".") in said:
                on = now.date() + timedelta(days=(weekday - now.weekday()) % 7)
                at = next(iter(_times_of_day(text)), time())
                moment: datetime = business_zone().localize(datetime.combine(on, at))
                return moment
    return None


def _times_of_day(text: str) -> list[time]:
    found = []
    for hour_said, minute_said, half in _TIME_OF_DAY.findall(text.casefold()):
        hour, minute = int(hour_said), int(minute_said or 0)
        if half in ("am", "pm"):
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour < 24 and minute < 60:
            found.append(time(hour, minute))
    return found
