"""Wake-ups melt together, reach whom they concern, and carry no truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.live import DESK, Hub
from handoff.store.memory import MemoryStore
from handoff.store.port import Moved
from tests.waiting import PATIENCE_S, eventually


@pytest.fixture
async def store() -> MemoryStore:
    """A store in memory."""
    return MemoryStore()


@pytest.fixture
async def hub(store: MemoryStore) -> AsyncIterator[Hub]:
    """A hub that watches the store already."""
    hub = Hub(store.conversations)
    running = asyncio.create_task(hub.run())
    with hub.listen(("c_first",)) as listener:
        assert await listener.wait(5)
    yield hub
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_follower_is_woken_and_others_are_not(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(("c_1",)) as one, hub.listen(("c_2",)) as two:
        await store.conversations.announce(Moved("c_1", 3))
        assert (await one.wait(5)).moved == {"c_1"}
        assert not await two.wait(0.02)


async def test_what_moved_before_the_wait_is_not_lost(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(("c_1",)) as listener, hub.listen(("c_1",)) as other:
        await store.conversations.announce(Moved("c_1", 3))
        assert await other.wait(5)
        assert (await listener.wait(0.02)).moved == {"c_1"}


async def test_a_thousand_wake_ups_are_one_for_a_slow_page(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(("c_1", "c_2")) as slow, hub.listen(("c_2",)) as last:
        for seq in range(1000):
            await store.conversations.announce(Moved("c_1", seq))
        await store.conversations.announce(Moved("c_2", 1))
        assert await last.wait(5)
        assert (await slow.wait(5)).moved == {"c_1", "c_2"}
        assert not await slow.wait(0.02)


async def test_a_signal_is_no_movement_of_the_log(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(("c_1",)) as listener:
        await store.conversations.announce(Moved("c_1", signal="typing:agent"))
        wake = await listener.wait(5)
        assert wake.signals == {("c_1", "typing:agent")}
        assert not wake.moved


async def test_the_desk_hears_of_every_change_it_lists_and_customers_do_not(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(desk=True) as desk, hub.listen(("c_2",)) as customer:
        await store.conversations.announce(Moved("c_1", 3, desk=True))
        assert (await desk.wait(5)).desk
        await store.conversations.announce(Moved(DESK, desk=True))
        assert (await desk.wait(5)).desk
        assert not await customer.wait(0.02)


async def test_after_a_gap_everybody_looks_at_everything_again(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(("c_1",)) as customer, hub.listen(("c_2",), desk=True) as desk:
        await store.conversations.announce(Moved(""))
        assert (await customer.wait(5)).moved == {"c_1"}
        wake = await desk.wait(5)
        assert wake.desk
        assert wake.moved == {"c_2"}


async def test_a_listener_can_turn_to_other_conversations(hub: Hub, store: MemoryStore) -> None:
    with hub.listen(("c_1",)) as listener:
        listener.follow(("c_2",))
        await store.conversations.announce(Moved("c_1", 1))
        await store.conversations.announce(Moved("c_2", 1))
        assert (await listener.wait(5)).moved == {"c_2"}


async def test_nothing_is_kept_for_pages_that_went_away(hub: Hub) -> None:
    with hub.listen(("c_1", "c_2"), desk=True):
        pass
    assert not hub._followers
    assert not hub._listeners


async def test_closing_lets_every_waiting_page_go(hub: Hub) -> None:
    with hub.listen(("c_1",)) as listener:
        waiting = asyncio.create_task(listener.wait(60))
        await asyncio.sleep(0)
        hub.close()
        async with asyncio.timeout(PATIENCE_S):
            assert not await waiting


class _Broken:
    """A store whose watch fails once before it works."""

    def __init__(self, store: MemoryStore) -> None:
        self.failed = False
        self._store = store

    async def watch(self) -> AsyncIterator[Moved]:
        if not self.failed:
            self.failed = True
            await self._store.conversations.get("c_none")
        async for moved in self._store.conversations.watch():
            yield moved


async def test_a_lost_watch_is_taken_up_again(store: MemoryStore) -> None:
    store.answers = False
    broken = _Broken(store)
    hub = Hub(broken)  # type: ignore[arg-type]
    running = asyncio.create_task(hub.run())
    try:
        with hub.listen(("c_1",)) as listener:

            async def failed() -> bool:
                return broken.failed

            await eventually(failed)
            store.answers = True
            assert (await listener.wait(5)).moved == {"c_1"}
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
