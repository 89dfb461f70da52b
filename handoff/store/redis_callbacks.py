"""Callbacks and the places they take in slots, in Redis."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.callback import Callback, CallbackStatus, Slot
from handoff.errors import NotFound, SlotTaken, Stale
from handoff.store import keys
from handoff.store.codec import decode, encode
from handoff.store.lists import check_callback_change
from handoff.store.port import Once
from handoff.store.redis_link import RedisLink

_LISTED = (CallbackStatus.BOOKED, CallbackStatus.DONE)


class RedisCallbacks:
    """Callbacks and the places they take in slots."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def get(self, callback_id: str) -> Callback:
        """Return a callback; raises NotFound."""
        state = await self._link.call("HGET", keys.CALLBACK + callback_id, "state")
        if state is None:
            raise NotFound("There is no such callback.")
        return decode(Callback, state)

    async def save(self, before: Callback | None, after: Callback, slot: Slot | None, now: int) -> Callback:
        """Write a callback and take or free its place in one step; raises SlotTaken, Stale, NotFound."""
        check_callback_change(before, after, slot)
        outcome, *kept = await self._link.script(
            "save_callback",
            (
                keys.CALLBACK + after.id,
                keys.SLOT + (before or after).slot_id,
                keys.SLOT + after.slot_id,
                keys.BY_TIME,
                keys.CALLBACKS_OF + after.conversation_id,
            ),
            after.id,
            now,
            before.version if before else "",
            after.version,
            encode(after),
            after.starts_at,
            _keeps_place_until(after, now),
            slot.places if slot else "",
            int(after.status in _LISTED),
        )
        if outcome == "taken":
            raise SlotTaken("That time is no longer free; choose another.")
        if outcome == "stale":
            raise Stale("The callback has changed; look at it again.")
        if outcome == "missing":
            raise NotFound("There is no such callback.")
        return decode(Callback, kept[0])

    async def free_places(self, slots: Sequence[Slot], now: int) -> Sequence[int]:
        """Tell for each slot how many places are free."""
        taken = await self._link.together([("ZCOUNT", keys.SLOT + slot.id, f"({now}", "+inf") for slot in slots])
        return [max(0, slot.places - count) for slot, count in zip(slots, taken, strict=True)]

    async def between(self, starts_from: int, starts_until: int) -> Sequence[Callback]:
        """Return the booked and done callbacks that start at or after `starts_from` and before `starts_until`."""
        ids = await self._link.call("ZRANGEBYSCORE", keys.BY_TIME, starts_from, f"({starts_until}")
        found = await self._read(ids)
        return [
            callback
            for callback in found
            # one may have been moved or cancelled since its id was read
            if callback.status in _LISTED and starts_from <= callback.starts_at < starts_until
        ]

    async def of_conversation(self, conversation_id: str) -> Sequence[Callback]:
        """Return a conversation's callbacks, in order of time."""
        return await self._read(await self._link.call("ZRANGE", keys.CALLBACKS_OF + conversation_id, 0, -1))

    async def by_key(self, key: str) -> Once | None:
        """Return what an Idempotency-Key was used for, if it was."""
        digest = await self._link.call("GET", keys.ONCE + key)
        return None if digest is None else Once(key, digest)

    async def keep_key(self, key: Once, ttl_s: int) -> None:
        """Remember an Idempotency-Key and the digest of its body; what came first stays."""
        await self._link.call("SET", keys.ONCE + key.key, key.digest, "NX", "EX", ttl_s)

    async def _read(self, ids: Sequence[str]) -> list[Callback]:
        states = await self._link.together([("HGET", keys.CALLBACK + callback_id, "state") for callback_id in ids])
        found = [decode(Callback, state) for state in states if state is not None]
        return sorted(found, key=lambda callback: (callback.starts_at, callback.id))


def _keeps_place_until(callback: Callback, now: int) -> str | int:
    if not callback.keeps_its_place(now):
        return ""
    return callback.hold_expires_at if callback.status is CallbackStatus.HELD else "+inf"
