"""Reaches the store from a command: the Redis that runs, or the embedded one started for just that long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from baton.redis_server import redis_server
from baton.settings import Settings
from handoff.store.port import Store
from handoff.store.redis_store import RedisStore


@asynccontextmanager
async def reached_store(settings: Settings) -> AsyncIterator[Store]:
    """Open the store for one command.

    Raises:
        Failure: the embedded Redis can't be started.
    """
    with ExitStack() as leaving:
        url = settings.redis_url
        if not url:
            server = redis_server(settings.home)
            if not server.answers():
                leaving.enter_context(server.running())
            url = server.url
        store = RedisStore(url)
        try:
            yield store
        finally:
            await store.close()
