"""Weekly opening hours as people write them: `Mon-Fri 09:00-17:00; Sat 10:00-14:00`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from itertools import pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{2}:\d{2})\s*-\s*(\d{2}:\d{2})")


def weekly_hours(written: str) -> Mapping[int, tuple[tuple[time, time], ...]]:
    """Read opening hours.

    Args:
        written: parts separated by semicolons; each a day or a span of days, and a span of time.

    Returns:
        The open spans of each weekday, Monday is 0; a day without any is absent. A span that closes at 24:00 ends with
        `time(0)`.

    Raises:
        ValueError: with the end of a sentence that says what is expected.
    """
    week: dict[int, list[tuple[time, time]]] = {}
    for part in filter(None, (part.strip() for part in written.lower().split(";"))):
        found = _PART.fullmatch(part)
        if found is None or not {found[1], found[2] or found[1]} <= set(DAYS):
            raise ValueError(f"must read like 'Mon-Fri 09:00-17:00; Sat 10:00-14:00', not '{part}'")
        opens, closes = _clock(found[3]), _clock(found[4].replace("24:00", "00:00"))
        if closes != time(0) and closes <= opens:
            raise ValueError(f"must open before it closes, unlike '{part}'")
        for day in _days(found[1], found[2] or found[1]):
            week.setdefault(day, []).append((opens, closes))
    for spans in week.values():
        spans.sort()
        if any(earlier[1] == time(0) or later[0] < earlier[1] for earlier, later in pairwise(spans)):
            raise ValueError("must not name the same hour of a day twice")
    return {day: tuple(spans) for day, spans in sorted(week.items())}


def _days(first: str, last: str) -> list[int]:
    start, end = DAYS.index(first), DAYS.index(last)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def _clock(written: str) -> time:
    try:
        return time.fromisoformat(written)
    except ValueError:
        raise ValueError(f"must have times between 00:00 and 23:59, not '{written}'") from None
