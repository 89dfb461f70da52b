"""Days, in words and in figures. The value is the day in ISO 8601, reckoned from today on the business's clock.

A weekday alone is the coming one, today included; "last" is before today and "next" behind it. A day of a month without
its year is the one nearest to today. A week or a month is no day, and is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bot.nlu.entities.found import Found, longest
from bot.nlu.entities.shapes import Part, Shapes, numbers_of
from bot.nlu.entities.tokens import Token

_ISO = re.compile(r"(?<![\w.+-])(?P<year>(?:19|20)\d\d)[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?![\w-]|[./]\d)")
_DAY_FIRST = re.compile(
    r"(?<![\w.,/+-])(?P<day>\d{1,2})(?P<sign>[-./])(?P<month>\d{1,2})"
    r"(?P=sign)(?P<year>(?:19|20)?\d\d)(?![\w/-]|\.\d)"
)
_STROKE = re.compile(r"(?<![\w.,/+-])(?P<day>\d{1,2})/(?P<month>\d{1,2})[- ](?P<year>(?:19|20)\d\d)(?![\w/-])")
_WITHOUT_YEAR = re.compile(r"(?<![\w.,/+-])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?![\w.,])")
_SIGNS = {",": "fill", ".": "ordinal", "-": "fill", "/": "slash"}
_AROUND = ("fill", "on", "on-day", "end", "clock")
_WEEK = 7

_SHAPES = (
    "day",
    "weekday",
    "past-weekday",
    "last|next|this weekday|short",
    "on short end|clock",
    "weekday last|next|this",
    "weekday fill|on? week",
    "week fill|on* weekday",
    "weekday|short? fill|on|on-day* number fill* ordinal? fill* month",
    "weekday|short? fill|on|on-day* number fill* ordinal? fill* month ordinal? fill* year of-year?",
    "weekday|short? fill|on* month ordinal? fill* number ordinal?",
    "weekday|short? fill|on* month ordinal? fill* number ordinal? fill* year",
    "year of-year month number ordinal?",
    "on-day ordinal? number slash number",
    "number unit ago|hence",
    "ago|in number unit",
    "ago|in span",
    "span ago",
)


def figures(text: str, today: date) -> Iterator[Found]:
    """Days written in figures only: 2026-05-12, 12.5.2026, 12/05/26, 12/5 2026, 12.5.

    With a full stop the day stands first. With a stroke it does too, unless only the other way is a day.
    """
    found = []
    for pattern in (_ISO, _DAY_FIRST, _STROKE, _WITHOUT_YEAR):
        for match in pattern.finditer(text):
            said = match.groupdict()
            day, month = int(said["day"]), int(said["month"])
            if said.get("sign") == "/" and month > 12 >= day:
                day, month = month, day
            year = int(said["year"]) if said.get("year") else None
            meant = _day_of_month(day, month, year + 2000 if year is not None and year < 100 else year, today)
            if meant:
                end = match.end() - (pattern is _WITHOUT_YEAR and match.end() == len(text))
                found.append(Found(match.start(), end, "date", meant.isoformat()))
    yield from longest(found)


class DateWords:
    """Finds days named in words, among phrases whose meaning `day_words` explains."""

    def __init__(self) -> None:
        self._shapes = Shapes(_SHAPES, _SIGNS)

    def find(self, cut: list[Token], phrases: Iterable[Found], today: date) -> Iterator[Found]:
        """The days in a message.

        Args:
            cut: its tokens.
            phrases: the phrases found in it.
            today: the day on the business's clock.
        """
        phrases = list(phrases)
        if not phrases:
            return
        parts = self._shapes.parts(cut, phrases)
        expressions = list(self._shapes.find(parts))
        if parts[0].kind == "short" and parts[1].kind in ("number", "clock", "end"):
            expressions.append(parts[:1])  # "sun" alone or before a number is a day; in "sun is out" it is none
        found = []
        for expression in expressions:
            day = _meant(expression, today)
            if day:
                inside = [part for part in expression if part.kind not in _AROUND]
                found.append(Found(inside[0].start, inside[-1].end, "date", day.isoformat()))
        yield from longest(found)


def _meant(parts: list[Part], today: date) -> date | None:
    """The day that the parts of a date make; None when there is no such day."""
    by_kind = {part.kind: part.numbers for part in reversed(parts)}
    numbers = numbers_of(parts)
    year = by_kind["year"][0] if "year" in by_kind else None
    if "month" in by_kind:
        return _day_of_month(numbers[0], by_kind["month"][0], year, today)
    if "slash" in by_kind:
        return _day_of_month(numbers[0], numbers[1], year, today)
    if "unit" in by_kind or "span" in by_kind:
        stretch = by_kind["span"][0] if "span" in by_kind else by_kind["unit"][0] * (numbers or [1])[0]
        return today + timedelta(days=-stretch if "ago" in by_kind else stretch)
    if "day" in by_kind:
        return today + timedelta(days=by_kind["day"][0])
    if "past-weekday" in by_kind:
        return _weekday(by_kind["past-weekday"][0], today - timedelta(days=_WEEK))
    number, *weeks = by_kind.get("weekday") or by_kind["short"]
    weeks = list(by_kind.get("week", weeks))
    if weeks:
        return today + timedelta(days=number - today.weekday() + _WEEK * weeks[0])
    begin = today - timedelta(days=_WEEK) if "last" in by_kind else today + timedelta(days="next" in by_kind)
    return _weekday(number, begin)


def _weekday(number: int, begin: date) -> date:
    return begin + timedelta(days=(number - begin.weekday()) % _WEEK)


def _day_of_month(day: int, month: int, year: int | None, today: date) -> date | None:
    days = []
    for one in (today.year - 1, today.year, today.year + 1) if year is None else (year,):
        try:
            days.append(date(one, month, day))
        except ValueError:
            continue  # no such day in that year, or at all
    return min(days, key=lambda each: abs(each - today), default=None)
