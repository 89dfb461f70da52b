"""What a customer's page hears: the log past the seq it has, and who types — by long poll or by socket alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from connectors.live import RECHECK_S, Hub, Wake
from connectors.web.view import answer, customer_page, typing_entry
from handoff.clock import Clock
from handoff.entry import Author
from handoff.gateway import Gateway
from handoff.store.port import AGENT_TYPES, BOT_TYPES

_TYPISTS = {AGENT_TYPES: Author.AGENT, BOT_TYPES: Author.BOT}


class Feed:
    """Reads conversations to their customers."""

    def __init__(self, gateway: Gateway, hub: Hub, clock: Clock) -> None:
        self._gateway = gateway
        self._hub = hub
        self._clock = clock

    async def wait(self, conversation_id: str, after: int, wait_s: float) -> dict[str, Any]:
        """Return what the customer may see past `after`; waits up to `wait_s` seconds for something to tell.

        Raises:
            NotFound: there is no such conversation.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        with self._hub.listen((conversation_id,)) as listener:
            wake = Wake()
            while True:
                page = await self._read(conversation_id, after, wake)
                after = page["last_seq"]
                left = deadline - loop.time()
                if page["entries"] or left <= 0 or self._hub.closed:
                    return page
                wake = await listener.wait(min(left, RECHECK_S))

    async def follow(self, conversation_id: str, after: int) -> AsyncIterator[dict[str, Any]]:
        """Yield what the customer may see past `after`, and from then on whatever comes; the first answer may be empty.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._hub.listen((conversation_id,)) as listener:
            page = await self._read(conversation_id, after, Wake())
            yield page
            while not self._hub.closed:
                after = page["last_seq"]
                wake = Wake() if page["entries"] else await listener.wait(RECHECK_S)
                page = await self._read(conversation_id, after, wake)
                if page["entries"]:
                    yield page

    async def _read(self, conversation_id: str, after: int, wake: Wake) -> dict[str, Any]:
        page = customer_page(await self._gateway.page(conversation_id, after))
        if page["entries"]:
            return page
        signals = {signal for _, signal in wake.signals}
        typing = [author for signal, author in _TYPISTS.items() if signal in signals]
        last_seq = page["last_seq"]
        return answer([typing_entry(author, last_seq, self._clock()) for author in typing], last_seq)
