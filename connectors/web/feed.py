"""What a customer's page hears: the log past the seq it has, and who types — by long poll or by socket alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from connectors.live import RECHECK_S, Hub, Wake
from connectors.web.kept import ended, gone, kept
from connectors.web.view import answer, customer_page, typing_entry
from handoff.clock import Clock
from handoff.entry import Author, OwnerEvent
from handoff.errors import NotFound
from handoff.gateway import Gateway
from handoff.store.port import AGENT_TYPES, BOT_TYPES, ConversationStore

_TYPISTS = {AGENT_TYPES: Author.AGENT, BOT_TYPES: Author.BOT}


class Feed:
    """Reads conversations to their customers, for as long as these have not ended them."""

    def __init__(self, gateway: Gateway, conversations: ConversationStore, hub: Hub, clock: Clock) -> None:
        self._gateway = gateway
        self._conversations = conversations
        self._hub = hub
        self._clock = clock

    async def wait(self, conversation_id: str, after: int, wait_s: float) -> dict[str, Any]:
        """Return what the customer may see past `after`; waits up to `wait_s` seconds for something to tell.

        Raises:
            NotAuthenticated: the conversation is not kept any more, or its customer has ended it.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        with self._hub.listen((conversation_id,)) as listener:
            page = await self._begin(conversation_id, after)
            while not page["entries"] and (left := deadline - loop.time()) > 0 and not self._hub.closed:
                wake = await listener.wait(min(left, RECHECK_S))
                page = await self._read(conversation_id, page["last_seq"], wake)
            return page

    async def follow(self, conversation_id: str, after: int) -> AsyncIterator[dict[str, Any]]:
        """Yield what the customer may see past `after`, and from then on whatever comes; the first answer may be empty.

        Raises:
            NotAuthenticated: the conversation is not kept any more, or its customer has ended it.
        """
        with self._hub.listen((conversation_id,)) as listener:
            page = await self._begin(conversation_id, after)
            yield page
            while not self._hub.closed:
                after = page["last_seq"]
                wake = Wake() if page["entries"] else await listener.wait(RECHECK_S)
                page = await self._read(conversation_id, after, wake)
                if page["entries"]:
                    yield page

    async def _begin(self, conversation_id: str, after: int) -> dict[str, Any]:
        """Read for the first time. In this order: an end that the look at the conversation misses is read later."""
        page = await self._read(conversation_id, after, Wake())
        await kept(self._conversations, conversation_id)
        return page

    async def _read(self, conversation_id: str, after: int, wake: Wake) -> dict[str, Any]:
        try:
            log = await self._gateway.page(conversation_id, after)
        except NotFound:
            raise gone() from None
        if any(entry.event is OwnerEvent.ENDED for entry in log.entries):
            raise ended()
        page = customer_page(log)
        if page["entries"]:
            return page
        signals = {signal for _, signal in wake.signals}
        typing = [author for signal, author in _TYPISTS.items() if signal in signals]
        last_seq = page["last_seq"]
        return answer([typing_entry(author, last_seq, self._clock()) for author in typing], last_seq)
