"""What a customer hears while waiting for a person: their place, an honest wait, the ways out."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from handoff.buttons import queue_buttons
from handoff.clock import Clock
from handoff.entry import Entry
from handoff.model import Conversation
from handoff.notices import Notices, Say
from handoff.rules import Rules
from handoff.store.port import Store

WaitEstimate = Callable[[int], Awaitable[int | None]]
"""Tells the seconds a customer at that place (1 is next) will wait, or None while nobody can tell honestly."""


async def unknown_wait(_place: int) -> int | None:
    """Promise nothing."""
    return None


class WaitingLine:
    """Tells waiting customers where they stand."""

    def __init__(
        self, store: Store, rules: Rules, clock: Clock, notices: Notices, estimate: WaitEstimate = unknown_wait
    ) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._notices = notices
        self._estimate = estimate

    async def notice(self, conversation: Conversation, at: int, *, again: bool) -> Entry:
        """Return what a waiting customer is told, with the buttons that lead out of the queue.

        Args:
            conversation: one that waits, or will as soon as the entry is written.
            at: when it is said, in ms.
            again: True for a holding notice, False for the first word about the queue.
        """
        language = conversation.language
        place = await self._place(conversation)
        if not await self._somebody_is_here():
            text = self._notices.say(Say.QUEUE_STILL_NOBODY if again else Say.QUEUE_NOBODY, language)
        else:
            text = " ".join([self._place_in_words(place, language, again), *await self._wait_in_words(place, language)])
        return self._notices.spoken(text, language, at, queue_buttons(self._notices, language))

    def _place_in_words(self, place: int, language: str, again: bool) -> str:
        if place == 1:
            return self._notices.say(Say.QUEUE_STILL_NEXT if again else Say.QUEUE_NEXT, language)
        what = Say.QUEUE_STILL_POSITION if again else Say.QUEUE_POSITION
        return self._notices.say(what, language, position=place)

    async def _wait_in_words(self, place: int, language: str) -> list[str]:
        seconds = await self._estimate(place)
        if seconds is None:
            return []
        return [self._notices.say(Say.QUEUE_WAIT, language, minutes=max(1, math.ceil(seconds / 60)))]

    async def _place(self, conversation: Conversation) -> int:
        queued = list(await self._store.conversations.queued())
        return queued.index(conversation.id) + 1 if conversation.id in queued else len(queued) + 1

    async def _somebody_is_here(self) -> bool:
        now = self._clock()
        presences = await self._store.agents.presences()
        return any(self._rules.at_desk(presence, now) for presence in presences.values())
