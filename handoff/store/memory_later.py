"""What is to be said later, in memory."""

from __future__ import annotations

from collections.abc import Callable

from handoff.store.later_port import Later
from handoff.store.memory_reach import Expiring, Reach


class MemoryLater:
    """What waits for its time, and the answers that were given under idempotency keys."""

    def __init__(self, reach: Reach, seconds: Callable[[], float]) -> None:
        self._reach = reach
        self._kept: dict[str, tuple[int, str]] = {}
        self._answers: Expiring[str] = Expiring(seconds)

    async def put_by(self, later: Later, at: int) -> bool:
        """Keep something until `at`; False, and nothing changes, when something is kept under its name already."""
        await self._reach.step()
        if later.name in self._kept:
            return False
        self._kept[later.name] = (at, later.body)
        return True

    async def take_due(self, now: int, lease_ms: int) -> Later | None:
        """Return what has been due the longest, if anything is; it is due again when the lease is over."""
        await self._reach.step()
        due = min(((at, name) for name, (at, _) in self._kept.items() if at <= now), default=None)
        if due is None:
            return None
        body = self._kept[due[1]][1]
        self._kept[due[1]] = (now + lease_ms, body)
        return Later(due[1], body)

    async def strike(self, name: str) -> None:
        """Forget what was put by under a name; one that is not there is no error."""
        await self._reach.step()
        self._kept.pop(name, None)

    async def answer_to(self, key: str) -> str | None:
        """Return what was answered under an idempotency key, if that is still remembered."""
        await self._reach.step()
        return self._answers.get(key)

    async def keep_answer(self, key: str, answer: str, ttl_s: int) -> str:
        """Remember what was answered under a key for `ttl_s` seconds; returns what was answered first."""
        await self._reach.step()
        first = self._answers.get(key)
        if first is not None:
            return first
        self._answers.keep(key, answer, ttl_s)
        return answer
