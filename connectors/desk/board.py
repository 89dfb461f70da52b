"""What every desk lists: the queue, who has what, callbacks and colleagues — read once for all desks that ask."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.desk.sending import Sending
from connectors.desk.view import callback_card, card, is_said
from handoff.callback import Callback
from handoff.callbacks import Callbacks
from handoff.clock import Clock
from handoff.desk import Desk
from handoff.entry import Entry
from handoff.errors import NotFound
from handoff.model import Conversation, Presence
from handoff.rules import Rules
from handoff.store.agents_port import Agent, AgentPresence
from handoff.store.port import Store
from handoff.store.sending_port import DeadLetter

MOST_CARDS = 200
"""Waiting conversations on the list; the rest come up as these are taken."""

_TAILS = (30, 300)
"""Entries before the cursor that a card reads, and how many when these hold nothing said (receipts, notes)."""

_READS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Snapshot:
    began_at: float
    queue: list[dict[str, Any]]
    assigned: list[dict[str, Any]]
    callbacks: list[dict[str, Any]]
    agents: list[dict[str, Any]]
    dead: Sequence[DeadLetter]
    presences: dict[str, Presence]


class Board:
    """Reads the desk's lists out of the store."""

    def __init__(
        self, store: Store, desk: Desk, callbacks: Callbacks, sending: Sending, rules: Rules, clock: Clock
    ) -> None:
        self._conversations = store.conversations
        self._outbox = store.outbox
        self._agents = store.agents
        self._desk = desk
        self._callbacks = callbacks
        self._sending = sending
        self._rules = rules
        self._clock = clock
        self._reads = asyncio.Semaphore(_READS_AT_ONCE)
        self._turn = asyncio.Lock()
        self._latest: _Snapshot | None = None

    async def overview(self, agent: Agent) -> dict[str, Any]:
        """Return what one agent's desk lists, no older than this call."""
        snapshot = await self._snapshot()
        return {
            "queue": snapshot.queue,
            "mine": [each for each in snapshot.assigned if each["agent_id"] == agent.id],
            "callbacks": snapshot.callbacks,
            "dead_letters": await self._sending.readable(snapshot.dead, agent),
            "agents": snapshot.agents,
            "presence": snapshot.presences.get(agent.id, Presence.OFFLINE).value,
        }

    async def callbacks(self) -> list[dict[str, Any]]:
        """Return the callbacks that are due or coming, in order of time."""
        return [self.callback(callback) for callback in await self._callbacks.upcoming()]

    def callback(self, callback: Callback) -> dict[str, Any]:
        """Return one callback for the desk."""
        return callback_card(callback, self._callbacks.title(callback), due=self._callbacks.is_due(callback))

    async def card(self, conversation: Conversation) -> dict[str, Any]:
        """Return the card of one conversation."""
        tail, last_seq = await self._tail(conversation)
        return card(conversation, tail, last_seq, self._clock())

    async def _snapshot(self) -> _Snapshot:
        """Read everything, or share what was read for another desk after this one asked."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        async with self._turn:
            if self._latest is None or self._latest.began_at < asked_at:
                self._latest = await self._read(loop.time())
            return self._latest

    async def _read(self, began_at: float) -> _Snapshot:
        waiting = await self._desk.queue(MOST_CARDS)
        taken = await self._desk.taken()
        presences = await self._agents.presences()
        load = Counter(conversation.agent_id for conversation in taken)
        agents = [
            {
                "id": agent.id,
                "name": agent.name,
                "team": agent.team,
                "presence": self._seen(presences.get(agent.id)).value,
                "conversations": load[agent.id],
            }
            for agent in await self._agents.all()
        ]
        return _Snapshot(
            began_at,
            queue=await self._cards(waiting),
            assigned=await self._cards(taken),
            callbacks=await self.callbacks(),
            agents=agents,
            dead=await self._outbox.dead(),
            presences={agent_id: kept.presence for agent_id, kept in presences.items()},
        )

    def _seen(self, presence: AgentPresence | None) -> Presence:
        if presence is None or not self._rules.at_desk(presence, self._clock()):
            return Presence.OFFLINE
        return presence.presence

    async def _cards(self, conversations: Sequence[Conversation]) -> list[dict[str, Any]]:
        found = await asyncio.gather(*(self._one(each) for each in conversations))
        return [each for each in found if each is not None]

    async def _one(self, conversation: Conversation) -> dict[str, Any] | None:
        async with self._reads:
            try:
                return await self.card(conversation)
            except NotFound:
                return None  # erased since the list was read

    async def _tail(self, conversation: Conversation) -> tuple[Sequence[Entry], int]:
        for tail in _TAILS:
            first = max(0, conversation.cursor - tail)
            page = await self._conversations.read(conversation.id, first)
            if first == 0 or any(is_said(entry) for entry in page.entries):
                break
        return page.entries, page.last_seq
