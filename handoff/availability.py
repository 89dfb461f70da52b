"""Who is there now, and how long a person will take: said honestly, or not at all."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from statistics import median

from handoff.calendar import Calendar
from handoff.clock import Clock
from handoff.floor import Floor
from handoff.model import Handoff
from handoff.rules import Rules
from handoff.store.port import Store

_REMEMBERED = 30
_ENOUGH = 3


class Waits:
    """How long the latest handoffs waited for a person; kept in memory, so it is learnt anew after a start."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def observe(self, handoff: Handoff) -> None:
        """Learn from a handoff that an agent has claimed; only its first claim counts."""
        if handoff.claimed_at is None or handoff.id in self._seconds:
            return
        self._seconds[handoff.id] = max(0, handoff.claimed_at - handoff.requested_at) / 1000
        while len(self._seconds) > _REMEMBERED:
            self._seconds.popitem(last=False)

    def estimate(self, position: int) -> int | None:
        """Return the seconds that somebody at `position` in the queue (1 is next) may expect to wait.

        None until three handoffs were seen: before that it would be a guess.
        """
        if len(self._seconds) < _ENOUGH:
            return None
        return round(median(self._seconds.values()) * position)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is so now; `opens_at` (ms) is set when closed, `estimated_wait_seconds` when it is known."""

    open_now: bool
    agents_online: int
    agents_free: int
    queue_length: int
    estimated_wait_seconds: int | None
    opens_at: int | None


class Availability:
    """Tells whether a person can take over now, how long that takes, and when the business opens.

    Args:
        store: where agents, their presence and the queue are kept.
        rules: how fresh a heartbeat must be.
        calendar: the opening hours.
        clock: tells the present instant.
        waits: what was seen of recent handoffs; the router fills it.
    """

    def __init__(self, store: Store, rules: Rules, calendar: Calendar, clock: Clock, waits: Waits) -> None:
        self._store = store
        self._rules = rules
        self._calendar = calendar
        self._clock = clock
        self._waits = waits

    async def now(self) -> Snapshot:
        """Return what can be said at this instant to somebody who would join the queue's end."""
        now = self._clock()
        floor = await Floor.look(self._store, self._rules, now)
        queue = await self._store.conversations.queued()
        online = floor.online()
        return Snapshot(
            open_now=self._calendar.is_open(now),
            agents_online=len(online),
            agents_free=len(floor.free()),
            queue_length=len(queue),
            estimated_wait_seconds=self._waits.estimate(len(queue) + 1) if online else None,
            opens_at=self._calendar.opens_at(now),
        )

    async def estimated_wait(self, place: int) -> int | None:
        """Return the seconds that place of the queue (1 is next) may expect to wait; None if nobody knows."""
        floor = await Floor.look(self._store, self._rules, self._clock())
        return self._waits.estimate(place) if floor.online() else None
