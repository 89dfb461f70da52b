"""What is to be said later, in Redis."""

from __future__ import annotations

from handoff.store import keys
from handoff.store.later_port import Later
from handoff.store.redis_link import RedisLink


class RedisLater:
    """What waits for its time, and the answers that were given under idempotency keys."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def put_by(self, later: Later, at: int) -> bool:
        """Keep something until `at`; False, and nothing changes, when something is kept under its name already."""
        return bool(await self._link.script("put_by", (keys.LATER, keys.LATER_BODIES), later.name, later.body, at))

    async def take_due(self, now: int, lease_ms: int) -> Later | None:
        """Return what has been due the longest, if anything is; it is due again when the lease is over."""
        taken = await self._link.script("take_due", (keys.LATER, keys.LATER_BODIES), now, lease_ms)
        return Later(*taken) if taken else None

    async def strike(self, name: str) -> None:
        """Forget what was put by under a name; one that is not there is no error."""
        await self._link.script("strike_later", (keys.LATER, keys.LATER_BODIES), name)

    async def answer_to(self, key: str) -> str | None:
        """Return what was answered under an idempotency key, if that is still remembered."""
        answer: str | None = await self._link.call("GET", keys.ANSWER + key)
        return answer

    async def keep_answer(self, key: str, answer: str, ttl_s: int) -> str:
        """Remember what was answered under a key for `ttl_s` seconds; returns what was answered first."""
        first: str | None = await self._link.script("note_sent", (keys.ANSWER + key,), answer, ttl_s)
        return answer if first is None else first
