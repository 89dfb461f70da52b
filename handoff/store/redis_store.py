"""The store in Redis: the user's own server or the embedded one, on the same code path."""

from __future__ import annotations

from handoff.errors import StoreUnavailable
from handoff.store.redis_agents import RedisAgents
from handoff.store.redis_callbacks import RedisCallbacks
from handoff.store.redis_contacts import RedisContacts
from handoff.store.redis_conversations import RedisConversations
from handoff.store.redis_later import RedisLater
from handoff.store.redis_link import RedisLink
from handoff.store.redis_outbox import RedisOutbox


class RedisStore:
    """Everything Baton keeps, in one Redis; connects when first asked.

    Args:
        url: redis://, rediss:// or unix://.
        timeout_s: seconds after which a call is given up.
        connections: how many calls may be under way at once.

    Raises:
        InvalidInput: the address is not one of Redis.
    """

    def __init__(self, url: str, *, timeout_s: float = 1.8, connections: int = 64) -> None:
        self._link = RedisLink(url, timeout_s=timeout_s, connections=connections)
        self._conversations = RedisConversations(self._link)
        self._agents = RedisAgents(self._link)
        self._callbacks = RedisCallbacks(self._link)
        self._outbox = RedisOutbox(self._link)
        self._contacts = RedisContacts(self._link)
        self._later = RedisLater(self._link)

    @property
    def conversations(self) -> RedisConversations:
        """Conversations, their logs, and which of them have work waiting."""
        return self._conversations

    @property
    def agents(self) -> RedisAgents:
        """Agents, their presence and their desk sessions."""
        return self._agents

    @property
    def callbacks(self) -> RedisCallbacks:
        """Callbacks and the places they take in slots."""
        return self._callbacks

    @property
    def outbox(self) -> RedisOutbox:
        """What is to be sent, what became of it, and what is to be fetched."""
        return self._outbox

    @property
    def contacts(self) -> RedisContacts:
        """Identities and profiles."""
        return self._contacts

    @property
    def later(self) -> RedisLater:
        """What waits for its time, and the answers that were given under idempotency keys."""
        return self._later

    async def ping(self) -> bool:
        """Tell whether the store answers now; never raises."""
        try:
            await self._link.call("PING")
        except StoreUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Let go of connections."""
        await self._link.close()
