"""Times of the business's calendar as people read them: the title of a slot, the opening hours, each in its language.

Words and order come from CLDR (by Babel), the sentences around them from the notices. What is written is in the
business's time zone, and on a clock of 24 hours, which every language's readers and the bot read back alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_day_names, get_timezone_location
from babel.lists import format_list

from handoff.calendar import Calendar
from handoff.notices import ENGLISH, Notices, Say

_DAY_AND_DATE = "MMMEd"
_TIME_OF_DAY = "Hm"
_BRITISH = Locale("en", "GB")
"""What is meant by English without a country: the day before the month, as in most of the world."""


class TimeWords:
    """Writes a calendar's times in the languages that there are notices in, so that one text never mixes two.

    Args:
        calendar: whose slots and hours.
        notices: the words that CLDR has none for; a language without any is written to in English.
    """

    def __init__(self, calendar: Calendar, notices: Notices) -> None:
        self._calendar = calendar
        self._notices = notices

    def title(self, at: int, language: str) -> str:
        """Write an instant (ms) as the title of a slot, such as `Mon 23 Nov, 10:00`.

        Where the clocks are about to show the time again, or show it for the second time, the zone's name tells which.
        """
        locale = self._locale(language)
        local = self._calendar.local(at)
        title = _together(_day_and_date(local, locale), _clock(local, locale), locale)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return f"{title} {local.tzname()}" if twice else title

    def day(self, at: int, language: str) -> str:
        """Write the day of an instant (ms) in full, such as `Monday, 23 November 2026`."""
        return str(format_date(self._calendar.local(at).date(), "full", self._locale(language)))

    def clock(self, at: int, language: str) -> str:
        """Write the time of day of an instant (ms), such as `10:00`."""
        return _clock(self._calendar.local(at), self._locale(language))

    def hours(self, language: str) -> str:
        """Write the opening hours, such as `Mon–Fri 09:00–17:00 (Copenhagen)`."""
        locale = self._locale(language)
        week = self._calendar.week
        names = get_day_names("abbreviated", "stand-alone", locale)
        parts = []
        for spans, run in groupby(range(7), lambda day: tuple(week.get(day, ()))):
            days = list(run)
            if spans:
                named = names[days[0]] + (f"–{names[days[-1]]}" if len(days) > 1 else "")
                parts.append(f"{named} {_spans(spans, locale)}")
        open_at = "; ".join(parts) or self._notices.say(Say.HOURS_CLOSED, language)
        return f"{open_at} ({_place(self._calendar.time_zone, locale)})"

    def _locale(self, language: str) -> Locale:
        return _locale(self._notices.nearest(language))


@cache
def _locale(tag: str) -> Locale:
    """Return the locale of a language tag, or of the part of it that CLDR knows."""
    if tag == ENGLISH:
        return _BRITISH
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        parent = tag.rpartition("-")[0]
        return _locale(parent) if parent else _BRITISH


def _day_and_date(local: datetime, locale: Locale) -> str:
    return format_skeleton(_DAY_AND_DATE, local, locale=locale)


def _clock(moment: datetime | time, locale: Locale) -> str:
    on_a_day = moment if isinstance(moment, datetime) else datetime.combine(datetime.min, moment)
    return format_skeleton(_TIME_OF_DAY, on_a_day.replace(tzinfo=None), locale=locale)


def _together(day: str, clock: str, locale: Locale) -> str:
    """Join a date and a time of day as the locale does; `{1}` is the date in CLDR's patterns."""
    return str(locale.datetime_formats["medium"]).replace("{1}", day).replace("{0}", clock)


def _spans(spans: Sequence[tuple[time, time]], locale: Locale) -> str:
    return format_list(
        [f"{_clock(opens, locale)}–{_closing(closes, locale)}" for opens, closes in spans], locale=locale
    )


def _closing(moment: time, locale: Locale) -> str:
    """Write when a span ends; the midnight at its end is 24 o'clock, as no time of day is."""
    if moment != time():
        return _clock(moment, locale)
    return _clock(time(23, 59), locale).replace("23", "24").replace("59", "00")


def _place(time_zone: str, locale: Locale) -> str:
    """Name the zone by its city, which people know, or as it is called where it has none (`UTC`)."""
    if "/" not in time_zone or time_zone.startswith("Etc/"):
        return time_zone
    return get_timezone_location(ZoneInfo(time_zone), locale=locale, return_city=True)
