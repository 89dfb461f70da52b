"""Presence as the desk keeps it: what an agent chose, when their desk was last heard of, since when they are free."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace

from connectors.live import DESK
from handoff.clock import Clock
from handoff.model import Presence
from handoff.store.agents_port import AgentPresence
from handoff.store.port import Moved, Store


class Presences:
    """Reads and writes the presence of agents, one write of an agent at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._agents = store.agents
        self._conversations = store.conversations
        self._clock = clock
        # A heartbeat between the read and the write of a choice would otherwise bring the old choice back.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def chosen(self, agent_id: str) -> Presence:
        """Return what the agent last chose; offline for one never seen."""
        return (await self._of(agent_id)).presence

    async def choose(self, agent_id: str, presence: Presence) -> None:
        """Keep what the agent chose, and tell every desk."""
        async with self._turns[agent_id]:
            before = await self._of(agent_id)
            now = self._clock()
            comes = presence is Presence.ONLINE and before.presence is not Presence.ONLINE
            idle_since = now if comes else before.idle_since
            await self._agents.set_presence(agent_id, AgentPresence(presence, now, idle_since))
        await self._tell_desks()

    async def heard_of(self, agent_id: str) -> None:
        """Note a heartbeat of the agent's desk."""
        async with self._turns[agent_id]:
            before = await self._of(agent_id)
            await self._agents.set_presence(agent_id, replace(before, seen_at=self._clock()))

    async def _of(self, agent_id: str) -> AgentPresence:
        kept = (await self._agents.presences()).get(agent_id)
        return kept or AgentPresence(Presence.OFFLINE, self._clock(), self._clock())

    async def _tell_desks(self) -> None:
        await self._conversations.announce(Moved(DESK, desk=True))
