"""A crew: many tasks beside each other, one a name, as the worker and the sender need them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice


class Crew:
    """Runs one task a name, never two for the same one, and at most `size` at once.

    Args:
        group: the tasks are part of it and end with it.
        work: what is done for a name; it deals with its own errors, for one that comes out ends the group.
        size: how many tasks there are at most.
    """

    def __init__(self, group: asyncio.TaskGroup, work: Callable[[str], Awaitable[None]], size: int) -> None:
        self._group = group
        self._work = work
        self._free = size
        self._busy: set[str] = set()
        self._called: dict[str, None] = {}

    def call(self, name: str) -> None:
        """Have something looked at: now, or as soon as there is room and nobody is at it."""
        self._called[name] = None
        self._start()

    def _start(self) -> None:
        free = (name for name in self._called if name not in self._busy)
        for name in list(islice(free, self._free)):
            del self._called[name]
            self._busy.add(name)
            self._free -= 1
            self._group.create_task(self._go(name))

    async def _go(self, name: str) -> None:
        await self._work(name)
        self._busy.discard(name)
        self._free += 1
        self._start()
