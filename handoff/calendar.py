"""The business's calendar: when people are there, and the slots in which they phone back.

Pure: every answer follows from the settings and the instant asked about (`now`, `at`: ms since the Unix epoch). Opening
hours are wall-clock times of the business's zone; slots are instants, so on the days when clocks change no slot is
lost, doubled or of another length. A time that the clocks skip stands for the moment they jump; one that they pass
twice stands for the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from handoff.callback import Slot
from handoff.errors import InvalidInput, SlotUnknown
from handoff.instants import from_datetime, from_rfc3339, to_datetime, to_rfc3339

Week = Mapping[int, tuple[tuple[time, time], ...]]
"""The open spans of each weekday, Monday is 0; a span that closes at 00:00 lasts until midnight."""

OFFICE_HOURS: Week = dict.fromkeys(range(5), ((time(9), time(17)),))

_FARTHEST = 400
"""Days to look ahead for an open one: more than a year, so that only a calendar without any finds none."""


class Span(NamedTuple):
    """A time in which people are there; `starts_at` inclusive, `ends_at` exclusive, in ms."""

    starts_at: int
    ends_at: int


@dataclass(frozen=True)
class Calendar:
    """When the business is open, and which callback slots that gives.

    Args:
        time_zone: IANA name of the zone that the hours are meant in.
        week: open spans of each weekday.
        country: two letters; its public holidays are closed. Empty for none.
        closed: further closed days.
        slot_minutes: length of a slot.
        places: callbacks that fit into one slot.
        lead_minutes: least time from now to the start of a slot.
        days_ahead: open days, today included, on which slots are given out.

    Raises:
        InvalidInput: a setting is not possible; the sentence names it.
    """

    time_zone: str = "Europe/Copenhagen"
    week: Week = field(default_factory=lambda: OFFICE_HOURS)
    country: str = "DK"
    closed: frozenset[date] = frozenset()
    slot_minutes: int = 30
    places: int = 2
    lead_minutes: int = 60
    days_ahead: int = 10

    def __post_init__(self) -> None:
        for name in ("slot_minutes", "places", "days_ahead"):
            if getattr(self, name) < 1:
                raise InvalidInput(f"The calendar's {name} must be at least 1.")
        if self.lead_minutes < 0:
            raise InvalidInput("The calendar's lead_minutes cannot be negative.")
        for day, spans in self.week.items():
            minutes = [_minutes(span) for span in spans]
            if day not in range(7) or any(opens >= closes for opens, closes in minutes):
                raise InvalidInput("Opening hours must be on weekdays 0 to 6 and open before they close.")
            if any(later[0] < earlier[1] for earlier, later in pairwise(minutes)):
                raise InvalidInput("Opening hours of a day must be in order and not overlap.")
        # Both are looked up now, so that a wrong name stops the start and not a customer.
        _ = self._zone, self._holidays

    def local(self, at: int) -> datetime:
        """Return an instant on the business's clock."""
        return to_datetime(at).astimezone(self._zone)

    # when people are there

    def is_open(self, at: int) -> bool:
        """Tell whether people are there at the instant."""
        return any(span.starts_at <= at < span.ends_at for span in self._spans(self._day_of(at)))

    def opens_at(self, now: int) -> int | None:
        """Return when the business opens next; None while it is open, or if it never does."""
        if self.is_open(now):
            return None
        for day in islice(self._days_from(self._day_of(now)), _FARTHEST):
            for span in self._spans(day):
                if span.starts_at > now:
                    return span.starts_at
        return None

    # callback slots

    def slots(self, now: int, after: int | None = None) -> Iterator[Slot]:
        """Yield the slots that may be booked at `now`, in order; with `after`, those that start later than it."""
        earliest = now + self.lead_minutes * 60_000
        days = islice(self._days_from(self._day_of(now)), _FARTHEST)
        for day in islice((day for day in days if self._spans(day)), self.days_ahead):
            for slot in self._slots(day):
                if slot.starts_at >= earliest and (after is None or slot.starts_at > after):
                    yield slot

    def find(self, slot_id: str, now: int) -> Slot:
        """Return the slot of that id, if it may be booked at `now`.

        Raises:
            SlotUnknown: the calendar does not offer it, or not any more.
        """
        try:
            starts_at = from_rfc3339(slot_id)
            slot = next(slot for slot in self._slots(self._day_of(starts_at)) if slot.id == slot_id)
        except (ValueError, OverflowError, StopIteration):
            raise SlotUnknown("There is no such callback time; choose one from the list.") from None
        if slot.starts_at < now + self.lead_minutes * 60_000:
            raise SlotUnknown("That time can no longer be booked; choose a later one.")
        if slot not in self.slots(now, starts_at - 1):
            raise SlotUnknown("That time is too far ahead to be booked; choose one from the list.")
        return slot

    # days and their spans

    def _days_from(self, day: date) -> Iterator[date]:
        while True:
            yield day
            day += timedelta(days=1)

    def _day_of(self, at: int) -> date:
        return self.local(at).date()

    def _spans(self, day: date) -> tuple[Span, ...]:
        hours = self.week.get(day.weekday(), ())
        if not hours or day in self.closed or day in self._holidays:
            return ()
        spans = (Span(*(self._instant(day, minute) for minute in _minutes(span))) for span in hours)
        # Hours that the clocks skip altogether are no hours.
        return tuple(span for span in spans if span.starts_at < span.ends_at)

    def _slots(self, day: date) -> Iterator[Slot]:
        length = self.slot_minutes * 60_000
        for span in self._spans(day):
            for starts_at in range(span.starts_at, span.ends_at - length + 1, length):
                yield Slot(to_rfc3339(starts_at, "seconds"), starts_at, starts_at + length, self.places)

    def _instant(self, day: date, minute: int) -> int:
        """Return the first instant at which the wall clock of the day shows the minute or has passed it."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        while True:
            at = wall.replace(tzinfo=self._zone).astimezone(UTC)
            if at.astimezone(self._zone).replace(tzinfo=None) == wall:
                return from_datetime(at)
            wall += timedelta(minutes=1)

    @cached_property
    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(f"There is no time zone {self.time_zone}; write one like Europe/Copenhagen.") from None

    @cached_property
    def _holidays(self) -> holidays.HolidayBase | frozenset[date]:
        if not self.country:
            return frozenset()
        try:
            return holidays.country_holidays(self.country)
        except NotImplementedError:  # the library's word for a country that it does not have
            raise InvalidInput(
                f"The public holidays of {self.country} are not known; leave the country empty and list closed days."
            ) from None


def _minutes(span: tuple[time, time]) -> tuple[int, int]:
    opens, closes = (moment.hour * 60 + moment.minute for moment in span)
    return opens, closes or 24 * 60
