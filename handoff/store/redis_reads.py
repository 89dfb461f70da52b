"""Reads of logs, sent together: what is asked for while a few trips to Redis are under way goes with the next one.

When thousands of live pages are woken at once, a trip each would take longer than any of them may wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import Any

from handoff.errors import NotFound, StoreUnavailable
from handoff.store.keys import conversation_keys
from handoff.store.port import Page
from handoff.store.redis_lines import entries_of
from handoff.store.redis_link import Call, RedisLink

_log = logging.getLogger(__name__)

_AT_ONCE = 200
"""Reads that one trip takes; few enough that Redis is not held up."""

_TRIPS = 4
"""Trips at the same time: with fewer reads than that under way, none waits for another."""


class RedisReads:
    """Reads stretches of logs."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._waiting: deque[_Read] = deque()
        self._trips: set[asyncio.Task[None]] = set()

    async def page(self, conversation_id: str, first: int, limit: int) -> Page:
        """Return the entries past seq `first`, in order; raises NotFound."""
        read = _Read(conversation_id, first, limit, asyncio.get_running_loop().create_future())
        self._waiting.append(read)
        if len(self._trips) < _TRIPS:
            self._trips.add(asyncio.create_task(self._run()))
        return await read.page

    async def _run(self) -> None:
        reads: list[_Read] = []
        try:
            while self._waiting:
                reads = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
                answers = await self._link.reads("read", [read.call for read in reads])
                for read, answer in zip(reads, answers, strict=True):
                    read.tell(answer)
        except StoreUnavailable as error:
            _log.debug("reads of %d logs failed: %s", len(reads) + len(self._waiting), error.message)
        finally:
            # At once: whoever comes next must not count on a trip that has ended.
            self._trips -= {asyncio.current_task()}
            # After a failure: who still waits would fare no better, one trip's time after the other.
            for read in (*reads, *self._waiting):
                read.fail()
            self._waiting.clear()


@dataclass(frozen=True, slots=True)
class _Read:
    conversation_id: str
    first: int
    limit: int
    page: asyncio.Future[Page]

    @property
    def call(self) -> Call:
        """The script's keys and arguments."""
        at = conversation_keys(self.conversation_id)
        return (at.record, at.log), (self.first, self.limit)

    def tell(self, answer: Any) -> None:
        """Hand over what the script returned."""
        if self.page.done():  # its reader went away
            return
        try:
            if isinstance(answer, Exception):
                self.fail()
            elif answer is None:
                self.page.set_exception(NotFound("There is no such conversation."))
            else:
                last_seq, *lines = answer
                self.page.set_result(Page(entries_of(lines, self.first), last_seq))
        except (TypeError, ValueError, LookupError) as error:  # this log cannot be read; the others can
            self.page.set_exception(error)

    def fail(self) -> None:
        """Tell a reader who has no answer that none comes."""
        if not self.page.done():
            self.page.set_exception(StoreUnavailable("The store does not answer; try again in a moment."))
