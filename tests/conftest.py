"""What tests of several rooms share: a real Redis, and the store in both its forms."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from baton.failure import Failure
from baton.redis_server import RunningRedis, redis_server
from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from handoff.store.redis_store import RedisStore
from tests.waiting import PATIENCE_S

# A slow example is no failure; what is too slow is measured in bench/.
settings.register_profile("baton", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("baton")


@contextmanager
def _server() -> Iterator[RunningRedis]:
    """Run a Redis of its own in a folder that goes away; where there is none to run, skip, but fail in CI."""
    with tempfile.TemporaryDirectory(prefix="baton-test-") as home:
        try:
            server = redis_server(Path(home))
        except Failure as failure:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"needs a real Redis: {failure.message}")
        with server.running() as running:
            yield running


@pytest.fixture(scope="session")
def session_redis() -> Iterator[RunningRedis]:
    """The Redis that the tests of one run share; ask for `redis_url` instead, which empties it."""
    with _server() as running:
        yield running


@pytest.fixture
def redis_url(session_redis: RunningRedis) -> str:
    """The address of a real and empty Redis."""
    with redis.Redis.from_url(session_redis.url) as client:
        client.flushall()
    return session_redis.url


@pytest.fixture
def own_redis() -> Iterator[RunningRedis]:
    """A Redis of the test's own, to stop, kill or suspend."""
    with _server() as running:
        yield running


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An empty store, once in memory and once in Redis."""
    in_memory = request.param == "memory"
    kept: Store = MemoryStore() if in_memory else RedisStore(request.getfixturevalue("redis_url"), timeout_s=PATIENCE_S)
    yield kept
    await kept.close()
