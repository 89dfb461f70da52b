"""Callbacks and the places they take in slots, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from handoff.callback import Callback, CallbackStatus, Slot
from handoff.errors import NotFound, SlotTaken, Stale
from handoff.store.lists import check_callback_change
from handoff.store.memory_reach import Expiring, Reach
from handoff.store.port import Once


class MemoryCallbacks:
    """Callbacks and the places they take in slots; `seconds` is the clock by which idempotency keys end."""

    def __init__(self, reach: Reach, seconds: Callable[[], float]) -> None:
        self._reach = reach
        self._callbacks: dict[str, Callback] = {}
        self._keys: Expiring[Once] = Expiring(seconds)

    async def get(self, callback_id: str) -> Callback:
        """Return a callback; raises NotFound."""
        await self._reach.step()
        return self._find(callback_id)

    async def save(self, before: Callback | None, after: Callback, slot: Slot | None, now: int) -> Callback:
        """Write a callback and take or free its place in one step; raises SlotTaken, Stale, NotFound."""
        check_callback_change(before, after, slot)
        await self._reach.step()
        if before is None:
            if after.id in self._callbacks:
                return self._callbacks[after.id]
        elif self._find(after.id).version != before.version:
            raise Stale("The callback has changed; look at it again.")
        needs_place = after.keeps_its_place(now) and not self._has_place(after, now)
        if needs_place and (slot is None or self._taken(slot.id, now) >= slot.places):
            raise SlotTaken("That time is no longer free; choose another.")
        self._callbacks[after.id] = after
        return after

    async def free_places(self, slots: Sequence[Slot], now: int) -> Sequence[int]:
        """Tell for each slot how many places are free."""
        await self._reach.step()
        return [max(0, slot.places - self._taken(slot.id, now)) for slot in slots]

    async def between(self, starts_from: int, starts_until: int) -> Sequence[Callback]:
        """Return the booked and done callbacks that start at or after `starts_from` and before `starts_until`."""
        await self._reach.step()
        wanted = (CallbackStatus.BOOKED, CallbackStatus.DONE)
        return self._in_order(
            kept
            for kept in self._callbacks.values()
            if kept.status in wanted and starts_from <= kept.starts_at < starts_until
        )

    async def of_conversation(self, conversation_id: str) -> Sequence[Callback]:
        """Return a conversation's callbacks, in order of time."""
        await self._reach.step()
        return self._in_order(kept for kept in self._callbacks.values() if kept.conversation_id == conversation_id)

    async def by_key(self, key: str) -> Once | None:
        """Return what an Idempotency-Key was used for, if it was."""
        await self._reach.step()
        return self._keys.get(key)

    async def keep_key(self, key: Once, ttl_s: int) -> None:
        """Remember an Idempotency-Key and the digest of its body; what came first stays."""
        await self._reach.step()
        if self._keys.get(key.key) is None:
            self._keys.keep(key.key, key, ttl_s)

    def _find(self, callback_id: str) -> Callback:
        callback = self._callbacks.get(callback_id)
        if callback is None:
            raise NotFound("There is no such callback.")
        return callback

    def _has_place(self, after: Callback, now: int) -> bool:
        kept = self._callbacks.get(after.id)
        return kept is not None and kept.slot_id == after.slot_id and kept.keeps_its_place(now)

    def _taken(self, slot_id: str, now: int) -> int:
        return sum(kept.slot_id == slot_id and kept.keeps_its_place(now) for kept in self._callbacks.values())

    def _in_order(self, callbacks: Iterable[Callback]) -> list[Callback]:
        return sorted(callbacks, key=lambda callback: (callback.starts_at, callback.id))
