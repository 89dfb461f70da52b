"""Hearing wake-ups for good. Red without the watch that begins again after one has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
import redis.asyncio

from handoff.errors import StoreUnavailable
from handoff.store.memory import MemoryStore
from handoff.store.port import Moved
from handoff.store.redis_store import RedisStore
from handoff.watching import watched
from tests.waiting import PATIENCE_S


class Fitful:
    """Conversations whose watch breaks off after each wake-up, and at times before the first."""

    def __init__(self, store: MemoryStore) -> None:
        self.watches = 0
        self._store = store

    async def watch(self) -> AsyncGenerator[Moved, None]:
        self.watches += 1
        if self.watches % 2:
            raise StoreUnavailable("The store does not answer.")
        async with aclosing(self._store.conversations.watch()) as heard:
            yield await anext(heard)
            yield await anext(heard)
        raise StoreUnavailable("The store does not answer.")


@pytest.fixture(autouse=True)
def _without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handoff.watching.RETRY_S", 0)


async def test_after_every_gap_everything_is_looked_at_again() -> None:
    store = MemoryStore()
    fitful = Fitful(store)
    async with aclosing(watched(fitful)) as heard, asyncio.timeout(PATIENCE_S):  # type: ignore[arg-type]
        for seq in range(1, 4):
            assert await anext(heard) == Moved("")
            await store.conversations.announce(Moved("c_1", seq))
            assert await anext(heard) == Moved("c_1", seq)
    assert fitful.watches == 6


async def test_wake_ups_go_on_after_a_subscription_broke_off(redis_url: str) -> None:
    store = RedisStore(redis_url)
    async with aclosing(watched(store.conversations)) as heard, redis.asyncio.Redis.from_url(redis_url) as client:
        async with asyncio.timeout(PATIENCE_S):
            assert await anext(heard) == Moved("")
            await client.publish("baton:live", b"\xff")
            assert await anext(heard) == Moved("")
            await store.conversations.announce(Moved("c_1", 1))
            assert await anext(heard) == Moved("c_1", 1)
    await store.close()
