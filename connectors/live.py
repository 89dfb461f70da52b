"""Live pages: one watch of the store per process, fanned out to every long poll and socket that waits.

A wake-up carries no truth. Whoever is woken reads the log after the last seq it has, so wake-ups of one listener melt
into one, a slow reader never makes a queue grow, and a lost wake-up only delays (see `RECHECK_S`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from handoff.store.port import ConversationStore, Moved
from handoff.watching import watched

RECHECK_S = 30.0
"""Seconds after which a waiting page reads the log again although nothing woke it."""

DESK = "desk"
"""Stands for a conversation where agents and their presence moved, which belong to none."""


@dataclass(slots=True)
class Wake:
    """What happened since a listener last looked.

    `moved` names followed conversations whose log grew, `signals` passing things such as `typing:agent` with their
    conversation, `desk` that something changed which the desk lists.
    """

    moved: set[str] = field(default_factory=set)
    signals: set[tuple[str, str]] = field(default_factory=set)
    desk: bool = False

    def __bool__(self) -> bool:
        return bool(self.moved or self.signals or self.desk)


class Listener:
    """One waiting page; made by `Hub.listen`."""

    def __init__(self, hub: Hub, *, desk: bool) -> None:
        self.desk = desk
        self.followed: frozenset[str] = frozenset()
        self._hub = hub
        self._wake = Wake()
        self._woken = asyncio.Event()

    def follow(self, conversation_ids: Collection[str]) -> None:
        """Follow exactly these conversations from now on."""
        self._hub.refollow(self, frozenset(conversation_ids))

    async def wait(self, timeout_s: float) -> Wake:
        """Return what happened, as soon as anything did; an empty Wake after `timeout_s` seconds or at the end."""
        if not self._woken.is_set():
            try:
                async with asyncio.timeout(timeout_s):
                    await self._woken.wait()
            except TimeoutError:
                return Wake()
        self._woken.clear()
        wake, self._wake = self._wake, Wake()
        return wake

    def tell(self, moved: Moved) -> None:
        """Note a wake-up of the store; one without a conversation means: look at everything again."""
        if not moved.conversation_id:
            self._wake.moved |= self.followed
            self._wake.desk = self.desk
        elif moved.conversation_id in self.followed:
            if moved.signal:
                self._wake.signals.add((moved.conversation_id, moved.signal))
            else:
                self._wake.moved.add(moved.conversation_id)
        if moved.desk and self.desk:
            self._wake.desk = True
        if self._wake:
            self._woken.set()

    def rouse(self) -> None:
        """End the wait, or the next one, at once."""
        self._woken.set()


class Hub:
    """Fans the store's wake-ups out to the process's waiting pages."""

    def __init__(self, conversations: ConversationStore) -> None:
        self._conversations = conversations
        self._followers: dict[str, set[Listener]] = {}
        self._listeners: set[Listener] = set()
        self.closed = False

    async def run(self) -> None:
        """Watch the store until cancelled."""
        async for moved in watched(self._conversations):
            self._spread(moved)

    @contextmanager
    def listen(self, conversation_ids: Collection[str] = (), *, desk: bool = False) -> Iterator[Listener]:
        """Listen for as long as the block runs; begin before reading the log, so that nothing falls between.

        Args:
            desk: also hear of every change that the desk lists.
        """
        listener = Listener(self, desk=desk)
        self._listeners.add(listener)
        listener.follow(conversation_ids)
        try:
            yield listener
        finally:
            listener.follow(())
            self._listeners.discard(listener)

    def refollow(self, listener: Listener, conversation_ids: frozenset[str]) -> None:
        """Move a listener to other conversations (see `Listener.follow`)."""
        for gone in listener.followed - conversation_ids:
            followers = self._followers[gone]
            followers.discard(listener)
            if not followers:
                del self._followers[gone]
        for new in conversation_ids - listener.followed:
            self._followers.setdefault(new, set()).add(listener)
        listener.followed = conversation_ids

    def close(self) -> None:
        """Let every waiting page go, so that the process can stop."""
        self.closed = True
        for listener in self._listeners:
            listener.rouse()

    def _spread(self, moved: Moved) -> None:
        if not moved.conversation_id:
            told = set(self._listeners)
        else:
            told = set(self._followers.get(moved.conversation_id, ()))
            if moved.desk:
                told |= {listener for listener in self._listeners if listener.desk}
        for listener in told:
            listener.tell(moved)
