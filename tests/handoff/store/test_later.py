"""What is to be said later, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

import asyncio

from handoff.store.later_port import Later
from handoff.store.memory import MemoryStore
from handoff.store.port import Store

ONE, TWO = Later("n_1", '{"order": "1"}'), Later("n_2", "2")


async def test_nothing_is_due_before_its_time_and_the_longest_due_comes_first(store: Store) -> None:
    assert await store.later.put_by(TWO, 200)
    assert await store.later.put_by(ONE, 100)
    assert await store.later.take_due(99, 50) is None
    assert await store.later.take_due(200, 50) == ONE
    assert await store.later.take_due(200, 50) == TWO
    assert await store.later.take_due(200, 50) is None


async def test_what_was_taken_and_not_struck_is_due_again_when_the_lease_is_over(store: Store) -> None:
    await store.later.put_by(ONE, 100)
    assert await store.later.take_due(100, 50) == ONE
    assert await store.later.take_due(149, 50) is None
    assert await store.later.take_due(150, 50) == ONE
    await store.later.strike(ONE.name)
    await store.later.strike(ONE.name)
    assert await store.later.take_due(10_000, 50) is None


async def test_a_name_is_put_by_once(store: Store) -> None:
    assert await store.later.put_by(ONE, 100)
    assert not await store.later.put_by(Later(ONE.name, "other"), 50)
    assert await store.later.take_due(99, 50) is None
    assert await store.later.take_due(100, 50) == ONE


async def test_of_many_who_look_at_once_one_gets_it(store: Store) -> None:
    await store.later.put_by(ONE, 100)
    found = await asyncio.gather(*(store.later.take_due(100, 50) for _ in range(20)))
    assert [each for each in found if each] == [ONE]


async def test_the_first_answer_stays(store: Store) -> None:
    assert await store.later.answer_to("k") is None
    assert await store.later.keep_answer("k", "one", 60) == "one"
    assert await store.later.keep_answer("k", "two", 60) == "one"
    assert await store.later.answer_to("k") == "one"


async def test_an_answer_is_forgotten_at_its_time() -> None:
    seconds = [0.0]
    store = MemoryStore(lambda: seconds[0])
    await store.later.keep_answer("k", "one", 60)
    seconds[0] = 60.0
    assert await store.later.answer_to("k") is None
