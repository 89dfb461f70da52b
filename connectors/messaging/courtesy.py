"""One polite sentence to whoever sends what Baton has no use for: to a group, say, which has no conversation."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping

from connectors.base import Channel
from connectors.events import Address
from connectors.outgoing import TextOut
from handoff.errors import Unavailable, place_of
from handoff.notices import Notices, Say
from handoff.store.contacts_port import ContactStore

log = logging.getLogger(__name__)

AGAIN_S = 24 * 3600
"""Seconds for which somebody who was told a thing is not told it again."""

MOST_WAITING = 100
EVERY_S = 1.0
"""Between two such sentences, whoever gets them: a crowd of strangers must not use up what customers need."""

_SENTENCES = {
    "groups_refused": Say.CHANNEL_GROUPS_REFUSED,
    "kind_not_supported": Say.CHANNEL_KIND_NOT_SUPPORTED,
}


class Courtesy:
    """Says one sentence, to each person at most once a day; more than a few a second go unsaid.

    Args:
        channels: the running channels by name.
        contacts: remembers who was told.
        notices: the sentences.
    """

    def __init__(self, channels: Mapping[str, Channel], contacts: ContactStore, notices: Notices) -> None:
        self._channels = channels
        self._contacts = contacts
        self._notices = notices
        self._waiting: asyncio.Queue[tuple[str, Address, str]] = asyncio.Queue(MOST_WAITING)

    def ask(self, channel: str, to: Address, say: str) -> bool:
        """Have somebody told; False when there is no such sentence, or too many wait."""
        if say not in _SENTENCES or not to.ids or self._waiting.full():
            return False
        self._waiting.put_nowait((channel, to, say))
        return True

    async def run(self) -> None:
        """Say what was asked for until cancelled."""
        while True:
            if await self.step():
                await asyncio.sleep(EVERY_S)

    async def step(self) -> bool:
        """Deal with the next one asked for, waiting for it; True when something was sent."""
        name, to, say = await self._waiting.get()
        channel = self._channels.get(name)
        if channel is None:
            return False
        try:
            key = hashlib.sha256(f"{name}\0{say}\0{to.ids[0]}".encode()).hexdigest()
            if await self._contacts.note_sent(f"say:{key}", say, AGAIN_S) is not None:
                return False
            text = self._notices.say(_SENTENCES[say], to.language or "en")
            await channel.send(to.ids, TextOut(text), f"say:{key}")
        except Unavailable as error:
            log.warning("a courtesy on %s stays unsaid: %s", name, error.message)
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            log.error("a courtesy on %s could not be said: %s", name, place_of(error))
        return True
