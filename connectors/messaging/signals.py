"""Passing signs on a channel: that a message was seen, and that somebody types an answer."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.base import Channel
from connectors.outgoing import Signal
from handoff.clock import Clock
from handoff.errors import place_of
from handoff.store.port import AGENT_TYPES, BOT_TYPES, ConversationStore
from handoff.watching import watched

log = logging.getLogger(__name__)

AGAIN_MS = 4000
"""Between two signs that somebody types; platforms show each for five seconds or more."""

LATELY_MS = 10 * 60 * 1000
"""How long after their last message a customer is shown signs."""

MOST_KNOWN = 10_000
MOST_AT_ONCE = 16


@dataclass(slots=True)
class _Known:
    channel: str
    to: tuple[str, ...]
    ref: str | None
    at: int
    typed_at: int = 0


class Signals:
    """Shows customers that they were heard. Nothing here is kept or tried again: a sign that is lost harms nobody.

    Args:
        channels: the running channels by name.
        conversations: tells who types.
        clock: tells the present instant.
    """

    def __init__(self, channels: Mapping[str, Channel], conversations: ConversationStore, clock: Clock) -> None:
        self._channels = channels
        self._conversations = conversations
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    def heard(self, conversation_id: str, channel: str, to: tuple[str, ...], ref: str | None, *, seen: bool) -> None:
        """Remember where a conversation's customer can be shown signs, and that their message was `seen`."""
        known = _Known(channel, to, ref, self._clock())
        self._known[conversation_id] = known
        self._known.move_to_end(conversation_id)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        platform = self._channels.get(channel)
        if seen and ref is not None and platform is not None and platform.capabilities.read:
            self._show(platform, known, Signal.SEEN)

    async def run(self) -> None:
        """Show who types until cancelled."""
        try:
            async for moved in watched(self._conversations):
                if moved.signal in (AGENT_TYPES, BOT_TYPES):
                    self.types(moved.conversation_id)
        finally:
            for task in self._under_way:
                task.cancel()

    def types(self, conversation_id: str) -> None:
        """Show that somebody types an answer, unless it was shown a moment ago."""
        known, now = self._known.get(conversation_id), self._clock()
        platform = self._channels.get(known.channel) if known else None
        if known is None or platform is None or not platform.capabilities.typing:
            return
        if now - known.typed_at < AGAIN_MS or now - known.at > LATELY_MS:
            return
        known.typed_at = now
        self._show(platform, known, Signal.TYPING)

    def _show(self, channel: Channel, known: _Known, signal: Signal) -> None:
        if len(self._under_way) >= MOST_AT_ONCE:
            return
        task = asyncio.create_task(_quietly(channel, known, signal))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _quietly(channel: Channel, known: _Known, signal: Signal) -> None:
    try:
        await channel.signal(known.to, signal, known.ref)
    except Exception as error:  # noqa: BLE001 - a sign is of no account
        log.warning("a sign could not be shown on %s: %s", channel.name, place_of(error))
