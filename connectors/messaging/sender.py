"""The sender: has a courier bring what was said in each conversation to its customer, one sender at a time for each.

The log is the outbox, so nothing is lost with a sender that dies: its lease ends and the next one goes on.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from connectors.messaging.courier import Courier
from handoff.clock import Clock
from handoff.crew import Crew
from handoff.errors import NotFound, Stale, Unavailable, place_of
from handoff.store.port import Store
from handoff.store.sending_port import Parcel
from handoff.watching import watched

log = logging.getLogger(__name__)

SWEEP_S = 1.0
AT_ONCE = 64
"""Conversations that are sent to at the same time."""

LEASE_S = 60.0
"""Seconds for which a sender has a conversation to itself after its latest step."""


class Sender:
    """Drains the outbox of every channel.

    Args:
        courier: brings each parcel to its customer.
        store: keeps the outbox.
        clock: tells the present instant.
    """

    def __init__(self, courier: Courier, store: Store, clock: Clock) -> None:
        self._courier = courier
        self._outbox = store.outbox
        self._conversations = store.conversations
        self._clock = clock
        self._broken_off: dict[str, Parcel] = {}

    async def run(self) -> None:
        """Send until cancelled: at every wake-up of the store, and once a second what is due again."""
        async with asyncio.TaskGroup() as group:
            crew = Crew(group, self._attempt, AT_ONCE)
            group.create_task(self._listen(crew))
            group.create_task(self._sweep(crew))

    async def step(self, conversation_id: str) -> bool:
        """Send all that is due in one conversation; False when nothing is, or another sender is at it.

        Raises:
            StoreUnavailable: the store does not answer; the rest is sent once it does.
        """
        sent = False
        while parcel := await self._outbox.take(conversation_id, self._clock(), round(LEASE_S * 1000)):
            sent = True
            try:
                if not await self._courier.send(parcel):
                    break
            except Stale:
                log.info("another sender goes on with %s", conversation_id)
                break
            except asyncio.CancelledError:
                with suppress(Unavailable):
                    await self._outbox.put_off(parcel, self._clock(), tried=False)
                raise
            except Unavailable:
                self._broken_off[conversation_id] = parcel
                raise
        return sent

    # what wakes it

    async def _attempt(self, conversation_id: str) -> None:
        try:
            await self.step(conversation_id)
        except Unavailable as error:
            log.warning("what is to be sent in %s waits: %s", conversation_id, error.message)
        except NotFound:
            log.info("conversation %s is gone", conversation_id)
        except Exception as error:  # noqa: BLE001 - the lease ends, and the sweep comes back to it
            log.error("conversation %s could not be sent to: %s", conversation_id, place_of(error))

    async def _listen(self, crew: Crew) -> None:
        async for moved in watched(self._conversations):
            if moved.sends:
                crew.call(moved.conversation_id)

    async def _sweep(self, crew: Crew) -> None:
        while True:
            try:
                for conversation_id, parcel in tuple(self._broken_off.items()):
                    await self._outbox.put_off(parcel, self._clock(), tried=False)
                    del self._broken_off[conversation_id]
                for conversation_id in await self._outbox.due(self._clock()):
                    crew.call(conversation_id)
            except Unavailable as error:
                log.warning("nothing can be looked for: %s", error.message)
            await asyncio.sleep(SWEEP_S)
