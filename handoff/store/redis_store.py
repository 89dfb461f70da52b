"""The store in Redis: the user's own server or the embedded one, on the same code path."""

from __future__ import annotations

from handoff.errors import StoreUnavailable
from handoff.store.redis_agents import RedisAgents
from handoff.store.redis_callbacks import RedisCallbacks
from handoff.store.redis_conversations import RedisConversations
from handoff.store.redis_link import RedisLink


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
