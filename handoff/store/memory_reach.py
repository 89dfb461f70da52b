"""What makes the in-memory twin behave like a server: others run before a step, and it can be down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from handoff.errors import StoreUnavailable

T = TypeVar("T")


class Reach:
    """The way to the twin. What a method does after `step` and before its next await is atomic, as a script is."""

    def __init__(self) -> None:
        self.answers = True

    async def step(self) -> None:
        """Let other tasks run first, as the wait for a real server would.

        Raises:
            StoreUnavailable: the twin plays a server that is down.
        """
        await asyncio.sleep(0)
        if not self.answers:
            raise StoreUnavailable("The store does not answer; try again in a moment.")


class Expiring(Generic[T]):
    """Values by key that go away at their time; `seconds` is the clock."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, T]] = {}

    def keep(self, key: str, value: T, ttl_s: int) -> None:
        """Keep a value for `ttl_s` seconds."""
        self._kept[key] = (self._seconds() + ttl_s, value)

    def change(self, key: str, value: T) -> None:
        """Change a live value, which goes away at the time it had."""
        self._kept[key] = (self._kept[key][0], value)

    def get(self, key: str) -> T | None:
        """Return a value that has not gone away."""
        ends_at, value = self._kept.get(key, (0.0, None))
        if value is not None and self._seconds() >= ends_at:
            del self._kept[key]
            return None
        return value

    def drop(self, unwanted: Callable[[str, T], bool]) -> None:
        """Forget the values for which `unwanted` says so."""
        self._kept = {key: (ends, value) for key, (ends, value) in self._kept.items() if not unwanted(key, value)}
