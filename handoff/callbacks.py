"""Callbacks: slots on offer, one held while the customer confirms, booked, moved, cancelled, and phoned at last.

A step is idempotent twice over: by its Idempotency-Key, and because a step that would change nothing writes nothing. So
whoever died in the middle may ask again. A place is taken by the store in the step that writes the callback.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from typing import Any

from handoff.calendar import Calendar
from handoff.callback import Callback, CallbackStatus, Slot
from handoff.callback_log import CallbackLog
from handoff.carry_out import TRIES, digest
from handoff.clock import Clock
from handoff.errors import KeyReused, Stale
from handoff.notices import ENGLISH, Notices
from handoff.phone import e164
from handoff.store.agents_port import Agent
from handoff.store.port import Once, Store
from handoff.time_words import TimeWords

DAY_S = 24 * 3600
HOLD_SECONDS = 300
KEY_SECONDS = DAY_S
"""How long an Idempotency-Key is remembered."""

_LOOK_BACK_MS = 90 * DAY_S * 1000
_LOOK_AHEAD_MS = 400 * DAY_S * 1000
_BATCH = 32


class Outcome(StrEnum):
    """How a callback went."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"


class Callbacks:
    """Keeps the promises to phone customers back.

    Args:
        store: where callbacks and conversations are kept.
        calendar: which slots there are.
        clock: tells the present instant.
        notices: what customers are told, in their languages.
        region: country (two letters) of phone numbers written without a country code.
        hold_seconds: how long a place is kept for a customer who has not confirmed yet.
    """

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        clock: Clock,
        notices: Notices,
        *,
        region: str = "DK",
        hold_seconds: int = HOLD_SECONDS,
    ) -> None:
        self._callbacks = store.callbacks
        self._conversations = store.conversations
        self._words = TimeWords(calendar, notices)
        self._log = CallbackLog(store.conversations, self._words, clock, notices)
        self._calendar = calendar
        self._clock = clock
        self._region = region
        self._hold_ms = hold_seconds * 1000

    # what the customer may choose, and has

    async def slots(self, limit: int = 5, after: int | None = None) -> list[Slot]:
        """Return the next slots that have a free place.

        Args:
            limit: how many at most.
            after: only slots that start later than this instant (ms).
        """
        now = self._clock()
        coming = self._calendar.slots(now, after)
        found: list[Slot] = []
        while len(found) < limit and (batch := list(islice(coming, _BATCH))):
            free = await self._callbacks.free_places(batch, now)
            found += [slot for slot, places in zip(batch, free, strict=True) if places > 0]
        return found[:limit]

    async def of_conversation(self, conversation_id: str) -> list[Callback]:
        """Return a conversation's callbacks that are held or booked and not past, in order of time.

        Raises:
            NotFound: there is no such conversation.
        """
        await self._conversations.get(conversation_id)
        now = self._clock()
        return [each for each in await self._callbacks.of_conversation(conversation_id) if _coming(each, now)]

    async def upcoming(self) -> list[Callback]:
        """Return the booked callbacks that are due or still to come, in order of time."""
        now = self._clock()
        span = await self._callbacks.between(now - _LOOK_BACK_MS, now + _LOOK_AHEAD_MS)
        return [callback for callback in span if callback.status is CallbackStatus.BOOKED]

    def title(self, what: Callback | Slot, language: str = ENGLISH) -> str:
        """Write the time of a callback or slot for people, in the business's zone and in a language."""
        return self._words.title(what.starts_at, language)

    def is_due(self, callback: Callback) -> bool:
        """Tell whether it is time to phone."""
        return callback.status is CallbackStatus.BOOKED and callback.starts_at <= self._clock()

    # the steps

    async def hold(self, conversation_id: str, slot_id: str, key: str) -> Callback:
        """Keep a place for the customer while they confirm; a place held before by the conversation is given up.

        Args:
            conversation_id: for whom.
            slot_id: one of `slots`.
            key: Idempotency-Key, unique within the conversation.

        Raises:
            NotFound: no such conversation.
            SlotUnknown: the calendar does not offer the slot, or not any more.
            SlotTaken: the slot has no place left.
            KeyReused: the key came before with another slot.
        """
        # The id follows from the key, so that asking again finds the same callback however far the first try came.
        callback_id = "cb_" + hashlib.sha256(f"{conversation_id}\n{key}".encode()).hexdigest()[:24]
        used = Once(f"hold:{callback_id}", digest({"slot_id": slot_id}))
        if await self._is_repeated(used):
            return await self._callbacks.get(callback_id)
        await self._conversations.get(conversation_id)
        now = self._clock()
        slot = self._calendar.find(slot_id, now)
        held = Callback(
            callback_id,
            conversation_id,
            slot.id,
            slot.starts_at,
            slot.ends_at,
            CallbackStatus.HELD,
            hold_expires_at=now + self._hold_ms,
        )
        # A place held in this very slot would be in its own way; any other is kept until the new one is had.
        await self._give_up_holds(held, lambda other: other.slot_id == slot.id)
        kept = await self._callbacks.save(None, held, slot, now)
        if kept.slot_id != slot.id:
            raise KeyReused("This Idempotency-Key was used for another time; send a new key.")
        if kept.status is CallbackStatus.HELD:
            await self._give_up_holds(kept, lambda _: True)
        await self._callbacks.keep_key(used, KEY_SECONDS)
        return kept

    async def book(self, callback_id: str, phone: str, topic: str, name: str | None, key: str) -> Callback:
        """Turn a held place into a booked callback.

        Args:
            callback_id: the hold.
            phone: kept in E.164.
            topic: what the customer wants to talk about.
            name: whom to ask for.
            key: Idempotency-Key, unique for this callback.

        Raises:
            NotFound: no such callback.
            InvalidInput: the phone number cannot be phoned.
            HoldExpired: the place was given up.
            KeyReused: the key came before with another body.
        """
        number = e164(phone, self._region)
        body = {"phone": number, "topic": topic, "name": name}
        return await self._once(
            "book", callback_id, key, body, lambda callback, now: callback.book(number, topic, name, now)
        )

    async def change(self, callback_id: str, slot_id: str, key: str) -> Callback:
        """Move a callback to another slot; its old place is freed in the same step.

        Raises:
            NotFound: no such callback.
            SlotUnknown: the calendar does not offer the slot, or not any more; the callback stays where it was.
            SlotTaken: the slot has no place left; the callback stays where it was.
            HoldExpired: it is neither held nor booked any more.
            KeyReused: the key came before with another slot.
        """

        def move(callback: Callback, now: int) -> Callback:
            moved = callback.move(self._calendar.find(slot_id, now), now)
            # Who chooses another time while confirming gets the full time to confirm that one.
            return replace(moved, hold_expires_at=now + self._hold_ms)

        return await self._once("change", callback_id, key, {"slot_id": slot_id}, move)

    async def cancel(self, callback_id: str, key: str) -> Callback:
        """Cancel a callback and free its place.

        Raises:
            NotFound: no such callback.
            Conflict: the call has already been made.
        """
        return await self._once("cancel", callback_id, key, {}, lambda callback, _: callback.cancel())

    async def finish(self, callback_id: str, agent: Agent, outcome: Outcome, note: str = "") -> Callback:
        """Record that the agent phoned, and how it went; recording the same again changes nothing.

        Raises:
            NotFound: no such callback.
            Conflict: it is not booked, or was finished otherwise.
        """

        def finished(callback: Callback, _: int) -> Callback:
            same = callback.outcome == outcome and callback.note == note
            return callback if callback.status is CallbackStatus.DONE and same else callback.finish(outcome, note)

        callback = await self._decide(callback_id, finished)
        await self._log.record(callback, agent.name)
        return callback

    # how a step is done once

    async def _once(
        self,
        operation: str,
        callback_id: str,
        key: str,
        body: Mapping[str, Any],
        decide: Callable[[Callback, int], Callback],
    ) -> Callback:
        used = Once(f"{operation}:{callback_id}:{key}", digest(body))
        if await self._is_repeated(used):
            return await self._callbacks.get(callback_id)
        callback = await self._decide(callback_id, decide)
        await self._log.record(callback)
        # Last, because the key says that all of the above is done.
        await self._callbacks.keep_key(used, KEY_SECONDS)
        return callback

    async def _is_repeated(self, used: Once) -> bool:
        kept = await self._callbacks.by_key(used.key)
        if kept is not None and kept.digest != used.digest:
            raise KeyReused("This Idempotency-Key came before with another body; send a new key.")
        return kept is not None

    async def _decide(self, callback_id: str, decide: Callable[[Callback, int], Callback]) -> Callback:
        for _ in range(TRIES):
            before = await self._callbacks.get(callback_id)
            now = self._clock()
            after = decide(before, now)
            if _same_but_written_anew(before, after):
                return before
            slot = Slot(after.slot_id, after.starts_at, after.ends_at, self._calendar.places)
            try:
                return await self._callbacks.save(before, after, slot, now)
            except Stale:
                continue
        raise Stale("This callback changes faster than it can be written; try again.")

    async def _give_up_holds(self, but: Callback, which: Callable[[Callback], bool]) -> None:
        for other in await self._callbacks.of_conversation(but.conversation_id):
            if other.id != but.id and other.status is CallbackStatus.HELD and which(other):
                await self._decide(other.id, lambda callback, _: _given_up(callback))


def _coming(callback: Callback, now: int) -> bool:
    live = callback.status in (CallbackStatus.HELD, CallbackStatus.BOOKED)
    return live and callback.keeps_its_place(now) and callback.ends_at > now


def _given_up(callback: Callback) -> Callback:
    return callback.cancel() if callback.status is CallbackStatus.HELD else callback


def _same_but_written_anew(before: Callback, after: Callback) -> bool:
    return replace(after, version=before.version, hold_expires_at=before.hold_expires_at) == before
