"""Reads of thousands of logs at once: each gets its own, none waits in vain, and one that is broken hides no other.

Seen red with a trip for each read (most of them are given up while Redis is well), and without failing those who wait
behind a trip that failed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from redis.asyncio import Redis

from baton.redis_server import RunningRedis
from handoff.errors import NotFound, StoreUnavailable
from handoff.store.keys import conversation_keys
from handoff.store.port import Page
from handoff.store.redis_store import RedisStore
from tests.handoff.store.samples import accept, fresh

SOON_S = 8.0
MANY = 3_000
MORE_THAN_A_TRIP_EACH_ALLOWS = 40_000


async def test_thousands_of_logs_read_at_once_each_come_to_their_reader(redis_url: str) -> None:
    store = RedisStore(redis_url)
    for name in ("c_1", "c_2"):
        await store.conversations.open(fresh(name))
        await accept(store.conversations, f"text of {name}", name)
    names = [("c_1", "c_2", "c_none")[number % 3] for number in range(MORE_THAN_A_TRIP_EACH_ALLOWS)]
    found = await asyncio.gather(*(store.conversations.read(name, 0) for name in names), return_exceptions=True)
    for name, page in zip(names, found, strict=True):
        if name == "c_none":
            assert isinstance(page, NotFound)
        else:
            assert isinstance(page, Page)
            assert [entry.text for entry in page.entries] == [f"text of {name}"]
    await store.close()


async def test_all_who_read_from_a_suspended_redis_are_told_soon(own_redis: RunningRedis) -> None:
    store = RedisStore(own_redis.url)
    await store.conversations.open(fresh("c_1"))
    os.kill(own_redis.pid, signal.SIGSTOP)
    reads = (store.conversations.read("c_1", 0) for _ in range(MANY))
    try:
        async with asyncio.timeout(SOON_S):
            found = await asyncio.gather(*reads, return_exceptions=True)
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)
    assert {type(error) for error in found} == {StoreUnavailable}
    async with asyncio.timeout(SOON_S):
        assert (await _patiently(store)).last_seq == 0
    await store.close()


async def test_readers_who_go_away_take_nobody_with_them(redis_url: str) -> None:
    store = RedisStore(redis_url)
    await store.conversations.open(fresh("c_1"))
    reads = [asyncio.create_task(store.conversations.read("c_1", 0)) for _ in range(MANY)]
    await asyncio.sleep(0)
    for read in reads[::2]:
        read.cancel()
    pages = await asyncio.gather(*reads[1::2])
    assert {page.last_seq for page in pages} == {0}
    assert (await store.conversations.read("c_1", 0)).last_seq == 0
    await store.close()


async def test_a_log_that_cannot_be_read_hides_no_other(redis_url: str) -> None:
    store = RedisStore(redis_url)
    for name in ("c_1", "c_2", "c_3"):
        await store.conversations.open(fresh(name))
    async with Redis.from_url(redis_url) as client:
        await client.rpush(conversation_keys("c_1").log, "no entry")
        await client.set(conversation_keys("c_2").log, "no list")
        await client.script_flush()
    reads = (store.conversations.read(name, 0) for name in ("c_1", "c_2", "c_3"))
    broken, refused, well = await asyncio.gather(*reads, return_exceptions=True)
    assert isinstance(broken, ValueError)
    assert isinstance(refused, StoreUnavailable)
    assert isinstance(well, Page)
    await store.close()


async def _patiently(store: RedisStore) -> Page:
    while True:
        with suppress(StoreUnavailable):
            return await store.conversations.read("c_1", 0)
