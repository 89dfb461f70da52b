"""The store's twin in memory: the same contract as Redis, for tests and for trying things out; nothing survives it."""

from __future__ import annotations

import time
from collections.abc import Callable

from handoff.errors import StoreUnavailable
from handoff.store.memory_agents import MemoryAgents
from handoff.store.memory_callbacks import MemoryCallbacks
from handoff.store.memory_contacts import MemoryContacts
from handoff.store.memory_conversations import MemoryConversations
from handoff.store.memory_later import MemoryLater
from handoff.store.memory_log import Logs
from handoff.store.memory_outbox import MemoryOutbox
from handoff.store.memory_reach import Reach


class MemoryStore:
    """Everything Baton keeps, in this process.

    Args:
        seconds: a clock in seconds for what expires by itself (desk sessions, counted attempts, idempotency keys).

    Set `answers` to False to have every call fail as if Redis were down.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._reach = Reach()
        logs = Logs()
        self._outbox = MemoryOutbox(self._reach, logs)
        self._conversations = MemoryConversations(self._reach, logs, self._outbox)
        self._agents = MemoryAgents(self._reach, seconds)
        self._callbacks = MemoryCallbacks(self._reach, seconds)
        self._contacts = MemoryContacts(self._reach, seconds)
        self._later = MemoryLater(self._reach, seconds)

    @property
    def conversations(self) -> MemoryConversations:
        """Conversations, their logs, and which of them have work waiting."""
        return self._conversations

    @property
    def agents(self) -> MemoryAgents:
        """Agents, their presence and their desk sessions."""
        return self._agents

    @property
    def callbacks(self) -> MemoryCallbacks:
        """Callbacks and the places they take in slots."""
        return self._callbacks

    @property
    def outbox(self) -> MemoryOutbox:
        """What is to be sent, what became of it, and what is to be fetched."""
        return self._outbox

    @property
    def contacts(self) -> MemoryContacts:
        """Identities and profiles."""
        return self._contacts

    @property
    def later(self) -> MemoryLater:
        """What waits for its time, and the answers that were given under idempotency keys."""
        return self._later

    @property
    def answers(self) -> bool:
        """Whether calls succeed; False plays a server that is down."""
        return self._reach.answers

    @answers.setter
    def answers(self, answers: bool) -> None:
        self._reach.answers = answers

    async def ping(self) -> bool:
        """Tell whether the store answers now; never raises."""
        try:
            await self._reach.step()
        except StoreUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Let go of nothing: there are no connections."""
