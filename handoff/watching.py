"""Hearing the store's wake-ups for good: what all who are woken by them have in common."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from handoff.errors import StoreUnavailable
from handoff.store.port import ConversationStore, Moved

_log = logging.getLogger(__name__)

RETRY_S = 0.5


async def watched(conversations: ConversationStore) -> AsyncGenerator[Moved, None]:
    """Yield every wake-up until closed or cancelled, watching again whenever a watch has ended.

    The first item, and the first one after every gap, is `Moved("")`: look at everything again. Who awaits something
    between two items closes it (`contextlib.aclosing`), so that being cancelled there ends the watch, too.

    Args:
        conversations: the store that is watched.
    """
    while True:
        try:
            async with aclosing(conversations.watch()) as heard:
                async for moved in heard:
                    yield moved
        except StoreUnavailable as error:
            _log.warning("wake-ups are missed until the store is watched again: %s", error.message)
        await asyncio.sleep(RETRY_S)
