"""Channels that are asked for what is new, for those without a public address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from connectors.base import PollingChannel
from connectors.events import InboundEvent
from connectors.messaging.reception import Reception
from handoff.errors import Unavailable, place_of

log = logging.getLogger(__name__)

PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""After the first, second, … failure in a row."""


class Polling:
    """Takes a channel's batches in, one after the other; the next is asked for once the last is kept.

    Args:
        channel: who is asked.
        reception: who takes in what came.
        sleep: waits that many seconds after a failure.
    """

    def __init__(
        self,
        channel: PollingChannel,
        reception: Reception,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._reception = reception
        self._sleep = sleep
        self._failures = 0

    async def run(self) -> None:
        """Ask and take in until cancelled, whatever fails."""
        while True:
            try:
                async for batch in self._channel.poll():
                    await self._keep(batch)
                    self._failures = 0
            except Exception as error:  # noqa: BLE001 - a platform that fails is asked again
                log.warning("%s could not be asked: %s", self._channel.name, place_of(error))
            await self._pause()

    async def _keep(self, batch: Sequence[InboundEvent]) -> None:
        while True:
            try:
                await self._reception.take(self._channel.name, batch)
            except Unavailable as error:
                log.warning("a batch of %s waits: %s", self._channel.name, error.message)
                await self._pause()
            else:
                return

    async def _pause(self) -> None:
        self._failures += 1
        await self._sleep(PAUSES_S[min(self._failures, len(PAUSES_S)) - 1])
