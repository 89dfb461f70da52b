"""Polling: the next batch is asked for once the last is kept, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from connectors.events import InboundEvent
from connectors.messaging.polling import Polling
from tests.connectors.messaging.played import KIM, PlayedChannel, wrote
from tests.connectors.messaging.rig import Rig
from tests.waiting import PATIENCE_S


class Polled(PlayedChannel):
    """A channel with batches to be asked for; a batch is gone once the next is asked for."""

    batches: list[Sequence[InboundEvent] | Exception]
    done: asyncio.Event

    async def poll(self) -> AsyncIterator[Sequence[InboundEvent]]:
        """Yield what is left."""
        while self.batches:
            batch = self.batches[0]
            if isinstance(batch, Exception):
                self.batches.pop(0)
                raise batch
            yield batch
            self.batches.pop(0)
        self.done.set()
        await asyncio.Event().wait()


async def ran(rig: Rig, channel: Polled, *batches: Sequence[InboundEvent] | Exception) -> list[float]:
    """Poll until every batch was taken; returns the pauses."""
    channel.batches, channel.done = list(batches), asyncio.Event()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        rig.store.answers = True  # type: ignore[attr-defined]
        await asyncio.sleep(0)

    running = asyncio.create_task(Polling(channel, rig.reception, pause).run())
    async with asyncio.timeout(PATIENCE_S):
        await channel.done.wait()
    running.cancel()
    await asyncio.wait([running])
    return pauses


async def test_batches_are_kept_in_order() -> None:
    channel = Polled()
    rig = Rig.of(channel)
    assert await ran(rig, channel, [wrote("one", 1), wrote("two", 2)], [], [wrote("three", 3)]) == []
    assert await rig.written(KIM.ids) == ["one", "two", "three"]


async def test_a_batch_is_held_until_the_store_answers() -> None:
    """Goes red when a batch that could not be kept is passed over."""
    channel = Polled()
    rig = Rig.of(channel)
    rig.store.answers = False  # type: ignore[attr-defined]
    assert await ran(rig, channel, [wrote("one", 1)], [wrote("two", 2)]) == [1.0]
    assert await rig.written(KIM.ids) == ["one", "two"]


async def test_a_platform_that_fails_is_asked_again_ever_later() -> None:
    channel = Polled()
    rig = Rig.of(channel)
    failures = [OSError("no network")] * 7
    assert await ran(rig, channel, *failures, [wrote("one", 1)]) == [1.0, 2.0, 5.0, 15.0, 60.0, 60.0, 60.0]
    assert await rig.written(KIM.ids) == ["one"]
