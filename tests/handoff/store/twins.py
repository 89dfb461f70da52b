"""Both stores side by side: whatever is asked of one is asked of the other, and the answers must be the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Self

import redis

from handoff.errors import BatonError
from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from handoff.store.redis_store import RedisStore


class Twins:
    """A base of state machines that drive the twin in memory and a real Redis with the same steps."""

    url: ClassVar[str]

    @classmethod
    def on(cls, url: str) -> type[Self]:
        """Return the machine for the Redis at an address, which it empties before each run."""
        return type(cls.__name__, (cls,), {"url": url})

    def __init__(self) -> None:
        super().__init__()
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
            client.config_set("appendfsync", "no")  # thousands of steps, none of which is about durability
        self.runner = asyncio.Runner()
        self.stores: tuple[Store, Store] = (MemoryStore(), RedisStore(self.url))

    def teardown(self) -> None:
        """Let go of the stores."""
        with redis.Redis.from_url(self.url) as client:
            client.config_set("appendfsync", "always")
        for store in self.stores:
            self.runner.run(store.close())
        self.runner.close()

    def both(self, ask: Callable[[Store], Awaitable[Any]]) -> Any:
        """Ask both stores; returns their answer, or the type of the error both raise."""
        memory, kept = (self.runner.run(self._answer(ask(store))) for store in self.stores)
        assert memory == kept
        return memory

    @staticmethod
    async def _answer(asked: Awaitable[Any]) -> Any:
        try:
            return await asked
        except BatonError as error:
            return type(error)
