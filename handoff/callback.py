"""A callback: a promise to phone a contact in a slot of the business's calendar.

Pure transitions, like `handoff.model`; the calendar of slots is `handoff.calendar`, the service `handoff.callbacks`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from handoff.errors import Conflict, HoldExpired


class CallbackStatus(StrEnum):
    """Where a callback stands; a booked one whose time has come is due (derived, never stored)."""

    HELD = "held"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which agents phone; `starts_at` and `ends_at` in ms, `places` callbacks fit in."""

    id: str
    starts_at: int
    ends_at: int
    places: int


@dataclass(frozen=True, slots=True)
class Callback:
    """One place in a slot, held for a conversation or booked; `version` is compared by each write."""

    id: str
    conversation_id: str
    slot_id: str
    starts_at: int
    ends_at: int
    status: CallbackStatus
    hold_expires_at: int
    version: int = 1
    phone: str = ""
    topic: str = ""
    name: str | None = None
    outcome: str | None = None
    note: str = ""

    def keeps_its_place(self, now: int) -> bool:
        """Tell whether the callback occupies a place of its slot at `now`."""
        if self.status is CallbackStatus.HELD:
            return now < self.hold_expires_at
        return self.status in (CallbackStatus.BOOKED, CallbackStatus.DONE)

    def book(self, phone: str, topic: str, name: str | None, now: int) -> Callback:
        """Turn a live hold into a booking.

        Raises:
            HoldExpired: the hold ran out or was cancelled.
        """
        if self.status is CallbackStatus.BOOKED:
            return self._next(phone=phone, topic=topic, name=name)
        if not self.keeps_its_place(now) or self.status is not CallbackStatus.HELD:
            raise HoldExpired("That time is no longer held for you; choose a time again.")
        return self._next(status=CallbackStatus.BOOKED, phone=phone, topic=topic, name=name)

    def move(self, slot: Slot, now: int) -> Callback:
        """Put the callback into another slot.

        Raises:
            HoldExpired: it is neither booked nor held any more.
        """
        self._must_live(now)
        return self._next(slot_id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at)

    def cancel(self) -> Callback:
        """Give the place up; cancelling a cancelled one changes nothing.

        Raises:
            Conflict: the call has already been made.
        """
        if self.status is CallbackStatus.CANCELLED:
            return self
        if self.status is CallbackStatus.DONE:
            raise Conflict("That call has already been made.")
        return self._next(status=CallbackStatus.CANCELLED)

    def finish(self, outcome: str, note: str) -> Callback:
        """Record that an agent phoned, and how it went.

        Raises:
            Conflict: the callback is not booked.
        """
        if self.status is not CallbackStatus.BOOKED:
            raise Conflict("Only a booked callback can be finished.")
        return self._next(status=CallbackStatus.DONE, outcome=outcome, note=note)

    def _must_live(self, now: int) -> None:
        if self.status is CallbackStatus.BOOKED or (self.status is CallbackStatus.HELD and self.keeps_its_place(now)):
            return
        raise HoldExpired("That callback is no longer booked; choose a time again.")

    def _next(self, **fields: object) -> Callback:
        return replace(self, version=self.version + 1, **fields)  # type: ignore[arg-type]
