"""Reads of thousands of logs at once: each gets its own, none waits in vain, and one that is broken hides no other.

Seen red with a trip for each read (most of them are given up while Redis is well), and without giving up those who wait
while Redis is silent. Of long logs: with all that is asked for brought in one trip, with long and short reads in one
lane, and with a failed trip that takes those along who wait for another; of logs that are no text at all, or too deep
to read, with a trip that ends on them; and with trips that count although they were stopped before they began.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis

from baton.redis_server import RunningRedis
from handoff.errors import NotFound, StoreUnavailable
from handoff.store.keys import conversation_keys
from handoff.store.memory import MemoryStore
from handoff.store.port import Page, Store
from handoff.store.redis_store import RedisStore
from tests.handoff.store.line import Cut, line
from tests.handoff.store.samples import NOW, accept, fresh, message
from tests.waiting import PATIENCE_S

SOON_S = 8.0
MANY = 3_000
MORE_THAN_A_TRIP_EACH_ALLOWS = 40_000
LONG = 500
COLD = 100
MEGABYTE = 1 << 20


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
    reads = (store.conversations.read("c_1", 0) for _ in range(2 * MANY))
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


@pytest.mark.parametrize("lengths", [[40], [40, 20_000, 1], [300, 5_000, 40_000], [17_000], [140_000, 3]])
async def test_a_log_is_read_whole_however_long_its_entries_are(redis_url: str, lengths: list[int]) -> None:
    stores: tuple[Store, Store] = (MemoryStore(), RedisStore(redis_url, timeout_s=PATIENCE_S))
    for store in stores:
        await _write(store, "c_1", [lengths[number % len(lengths)] for number in range(60)])
    for first, limit in ((0, 500), (0, 60), (0, 59), (0, 7), (1, 1), (13, 45), (59, 10), (60, 10), (90, 10), (5, 0)):
        in_memory, in_redis = [await store.conversations.read("c_1", first, limit) for store in stores]
        assert in_redis == in_memory
    for store in stores:
        await store.close()


async def test_many_long_logs_opened_cold_do_not_ask_for_more_than_comes_in_time(
    redis_url: str, tmp_path: Path
) -> None:
    """What takes a slow line or a busy machine too long is played by a line that is cut at answers of 8 MB."""

    async def too_much(came: int) -> None:
        if came > 8 * MEGABYTE:
            raise Cut

    async with line(redis_url, tmp_path, too_much) as url:
        store = RedisStore(url, timeout_s=PATIENCE_S)
        await _write(store, "c_1", [2_000] * LONG)
        pages = await asyncio.gather(*(store.conversations.read("c_1", 0) for _ in range(COLD)))
        assert {len(page.entries) for page in pages} == {LONG}
        await store.close()


async def test_a_short_read_does_not_wait_for_long_ones(redis_url: str, tmp_path: Path) -> None:
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(came: int) -> None:
        if came > MEGABYTE // 2:
            held.set()
            await let_go.wait()

    async with line(redis_url, tmp_path, hold) as url:
        store = RedisStore(url, timeout_s=PATIENCE_S)
        await _write(store, "c_1", [2_000] * LONG)
        await _write(store, "c_2", [40])
        long = [asyncio.create_task(store.conversations.read("c_1", 0)) for _ in range(COLD // 4)]
        async with asyncio.timeout(PATIENCE_S):
            await held.wait()
        more = [asyncio.create_task(store.conversations.read("c_1", 0)) for _ in range(COLD // 4)]
        for _ in range(8):  # more often than there are trips
            assert (await store.conversations.read("c_2", 0)).last_seq == 1
        assert not any(read.done() for read in long)
        let_go.set()
        pages = await asyncio.gather(*long, *more)
        assert {len(page.entries) for page in pages} == {LONG}
        await store.close()


async def test_a_trip_that_fails_fails_nobody_elses_read(redis_url: str, tmp_path: Path) -> None:
    cuts = 0

    async def cut_once(came: int) -> None:
        nonlocal cuts
        if came > 10_000 and not cuts:
            cuts += 1
            raise Cut

    async with line(redis_url, tmp_path, cut_once) as url:
        store = RedisStore(url, timeout_s=PATIENCE_S)
        await _write(store, "c_1", [500])
        reads = (store.conversations.read("c_1", 0) for _ in range(MANY))
        found = await asyncio.gather(*reads, return_exceptions=True)
        failed = [answer for answer in found if not isinstance(answer, Page)]
        assert {type(error) for error in failed} == {StoreUnavailable}
        assert cuts == 1
        assert len(failed) <= 200
        await store.close()


async def test_a_log_that_is_no_text_strands_nobody(redis_url: str) -> None:
    store = RedisStore(redis_url, timeout_s=PATIENCE_S)
    await _write(store, "c_1", [])
    await _write(store, "c_2", [40])
    async with Redis.from_url(redis_url) as client:
        await client.rpush(conversation_keys("c_1").log, b"\xff")
    names = ["c_2" if number % 100 else "c_1" for number in range(MANY)]
    async with asyncio.timeout(PATIENCE_S):
        found = await asyncio.gather(*(store.conversations.read(name, 0) for name in names), return_exceptions=True)
    assert {type(answer) for answer in found} == {StoreUnavailable}
    pages = await asyncio.gather(*(store.conversations.read("c_2", 0) for _ in range(MANY)))
    assert {page.last_seq for page in pages} == {1}
    await store.close()


async def test_a_log_too_deep_to_read_strands_nobody_behind_it(redis_url: str) -> None:
    store = RedisStore(redis_url, timeout_s=PATIENCE_S)
    for name in ("c_1", "c_2"):
        await store.conversations.open(fresh(name))
    async with Redis.from_url(redis_url) as client:
        await client.rpush(conversation_keys("c_1").log, "[" * 100_000)
    reads = (store.conversations.read(name, 0) for name in ("c_1", "c_2"))
    async with asyncio.timeout(PATIENCE_S):
        deep, well = await asyncio.gather(*reads, return_exceptions=True)
    assert isinstance(deep, RecursionError)
    assert isinstance(well, Page)
    await store.close()


async def test_trips_that_were_stopped_before_they_began_hold_up_nobody(redis_url: str) -> None:
    store = RedisStore(redis_url, timeout_s=PATIENCE_S)
    await store.conversations.open(fresh("c_1"))
    others = asyncio.all_tasks()
    for _ in range(10):  # more often than there are trips
        read = asyncio.create_task(store.conversations.read("c_1", 0))
        await asyncio.sleep(0)
        stopped = asyncio.all_tasks() - others
        assert len(stopped) > 1
        for task in stopped:
            task.cancel()
        await asyncio.wait(stopped)
        assert read.cancelled()
    async with asyncio.timeout(PATIENCE_S):
        assert (await store.conversations.read("c_1", 0)).last_seq == 0
    await store.close()


async def _write(store: Store, name: str, lengths: list[int]) -> None:
    opened = await store.conversations.open(fresh(name))
    await store.conversations.commit(opened, opened, [message("x" * length) for length in lengths], NOW)


async def _patiently(store: RedisStore) -> Page:
    while True:
        with suppress(StoreUnavailable):
            return await store.conversations.read("c_1", 0)
