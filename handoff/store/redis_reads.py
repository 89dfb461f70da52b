"""Reads of logs, sent together: what is asked for while a few trips to Redis are under way goes with the next one.

When thousands of live pages are woken at once, a trip each would take longer than any of them may wait. And when many
long logs are opened at once, a trip that brought all of them would. So a read gets the first few kilobytes at once,
which is nearly always everything, and the rest of a long one comes stretch by stretch in trips of its own, while short
reads go on beside them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff.entry import Entry
from handoff.errors import NotFound, StoreUnavailable, place_of
from handoff.store.keys import conversation_keys
from handoff.store.port import Page
from handoff.store.redis_lines import entries_of
from handoff.store.redis_link import Call, RedisLink

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Load:
    """How much is brought at once.

    Args:
        reads: that one trip takes; few enough that Redis is not held up.
        room: bytes that a read gets of one trip, unless a single entry is longer.
        trips: at the same time: with fewer reads than that under way, none waits for another.
    """

    reads: int
    room: int
    trips: int


_FIRST = _Load(reads=200, room=16 * 1024, trips=4)
_REST = _Load(reads=8, room=128 * 1024, trips=2)


class RedisReads:
    """Reads stretches of logs."""

    def __init__(self, link: RedisLink) -> None:
        self._first = _Lane(link, _FIRST, _Lane(link, _REST))

    async def page(self, conversation_id: str, first: int, limit: int) -> Page:
        """Return the entries past seq `first`, in order; raises NotFound."""
        read = _Read(conversation_id, first, limit, asyncio.get_running_loop().create_future())
        self._first.join(read)
        return await read.page


class _Lane:
    """Reads that wait for a trip, in the order in which they came; what a trip leaves of them goes to another lane."""

    def __init__(self, link: RedisLink, load: _Load, rest: _Lane | None = None) -> None:
        self._link = link
        self._load = load
        self._rest = rest or self
        self._waiting: deque[_Read] = deque()
        self._trips: set[asyncio.Task[None]] = set()
        self._answered_at = 0.0

    def join(self, read: _Read) -> None:
        """Have a read, or what is left of it, go with one of the next trips."""
        read.since = time.monotonic()
        self._waiting.append(read)
        # Looked at here: whoever comes must not count on a trip that has ended, or was stopped before it began.
        self._trips = {trip for trip in self._trips if not trip.done()}
        if len(self._trips) < self._load.trips:
            self._trips.add(asyncio.create_task(self._run()))

    async def _run(self) -> None:
        while self._waiting:
            await self._go([self._waiting.popleft() for _ in range(min(self._load.reads, len(self._waiting)))])

    async def _go(self, reads: Sequence[_Read]) -> None:
        answers: list[Any] = []
        try:
            answers = await self._link.reads("read", [read.call(self._load.room) for read in reads])
            self._answered_at = time.monotonic()
        except StoreUnavailable as error:
            _log.debug("reads of %d logs failed: %s", len(reads), error.message)
            self._give_up()
        except Exception as error:  # noqa: BLE001 - it must not strand those who wait for the next trip
            _log.error("%d logs cannot be read: %s", len(reads), place_of(error))
        finally:
            for read in reads[len(answers) :]:
                read.fail()
        for read, answer in zip(reads[: len(answers)], answers, strict=True):
            if read.goes_on(answer):
                self._rest.join(read)

    def _give_up(self) -> None:
        """Fail who has waited as long as a trip may take while no trip came back: they would fare no better."""
        late = time.monotonic() - self._link.timeout_s
        while self._answered_at <= late and self._waiting and self._waiting[0].since <= late:
            self._waiting.popleft().fail()


@dataclass(slots=True)
class _Read:
    conversation_id: str
    first: int
    limit: int
    page: asyncio.Future[Page]
    entries: list[Entry] = field(default_factory=list)
    since: float = 0.0

    def call(self, room: int) -> Call:
        """The script's keys and arguments."""
        at = conversation_keys(self.conversation_id)
        return (at.record, at.log), (self.first + len(self.entries), self.limit - len(self.entries), room)

    def goes_on(self, answer: Any) -> bool:
        """Take in what the script returned; True when there was no room for all, else its reader has been told."""
        if self.page.done():  # its reader went away
            return False
        try:
            if isinstance(answer, Exception):
                self.fail()
            elif answer is None:
                self.page.set_exception(NotFound("There is no such conversation."))
            else:
                last_seq, *lines = answer
                self.entries += entries_of(lines, self.first + len(self.entries))
                if lines and len(self.entries) < min(self.limit, last_seq - self.first):
                    return True
                self.page.set_result(Page(tuple(self.entries), last_seq))
        except Exception as error:  # noqa: BLE001 - this log cannot be read; the others can, and must be told so
            self.page.set_exception(error)
        return False

    def fail(self) -> None:
        """Tell a reader who has no answer that none comes."""
        if not self.page.done():
            self.page.set_exception(StoreUnavailable("The store does not answer; try again in a moment."))
