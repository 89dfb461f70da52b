"""A crew: one task a name, and no more than so many at once."""

from __future__ import annotations

import asyncio

from handoff.crew import Crew


async def test_nobody_works_twice_on_one_name_at_once_and_no_more_than_so_many_on_all() -> None:
    busy: list[str] = []
    done: list[str] = []

    async def work(name: str) -> None:
        assert name not in busy
        busy.append(name)
        assert len(busy) <= 3
        await asyncio.sleep(0)
        busy.remove(name)
        done.append(name)

    async with asyncio.TaskGroup() as group:
        crew = Crew(group, work, 3)
        for name in "abcdefabcdef":
            crew.call(name)
    assert set(done) == set("abcdef")


async def test_a_name_called_while_it_is_worked_on_is_worked_on_again() -> None:
    done: list[str] = []
    began, go_on = asyncio.Event(), asyncio.Event()

    async def work(name: str) -> None:
        began.set()
        await go_on.wait()
        done.append(name)

    async with asyncio.TaskGroup() as group:
        crew = Crew(group, work, 3)
        crew.call("a")
        await began.wait()
        crew.call("a")
        crew.call("a")
        go_on.set()
    assert done == ["a", "a"]
