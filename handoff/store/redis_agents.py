"""Agents, their presence and their desk sessions in Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handoff.errors import Conflict, NotFound
from handoff.store import keys
from handoff.store.agents_port import Agent, AgentPresence, DeskSession
from handoff.store.codec import decode, encode
from handoff.store.redis_link import RedisLink


class RedisAgents:
    """Agents, their presence and their desk sessions."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def add(self, agent: Agent) -> None:
        """Keep a new agent; raises Conflict when the login is taken."""
        where = (keys.AGENTS, keys.LOGINS)
        outcome = await self._link.script("add_agent", where, agent.id, agent.login.casefold(), encode(agent))
        _check(outcome)

    async def replace(self, agent: Agent) -> None:
        """Change an agent; raises NotFound, and Conflict when the new login is taken."""
        where = (keys.AGENTS, keys.LOGINS)
        outcome = await self._link.script("replace_agent", where, agent.id, agent.login.casefold(), encode(agent))
        _check(outcome)

    async def remove(self, agent_id: str) -> None:
        """Forget an agent, their presence and their sessions; raises NotFound."""
        where = (keys.AGENTS, keys.LOGINS, keys.PRESENCE, keys.SESSIONS_OF + agent_id)
        if not await self._link.script("remove_agent", where, agent_id, keys.SESSION):
            _check("missing")

    async def get(self, agent_id: str) -> Agent:
        """Return an agent; raises NotFound."""
        kept = await self._link.call("HGET", keys.AGENTS, agent_id)
        if kept is None:
            _check("missing")
        return decode(Agent, kept)

    async def by_login(self, login: str) -> Agent | None:
        """Return the agent with that login, compared without case."""
        agent_id = await self._link.call("HGET", keys.LOGINS, login.casefold())
        if agent_id is None:
            return None
        kept = await self._link.call("HGET", keys.AGENTS, agent_id)
        return None if kept is None else decode(Agent, kept)

    async def all(self) -> Sequence[Agent]:
        """Return every agent, by login."""
        kept = await self._link.call("HVALS", keys.AGENTS)
        return sorted((decode(Agent, text) for text in kept), key=lambda agent: agent.login.casefold())

    async def set_presence(self, agent_id: str, presence: AgentPresence) -> None:
        """Keep an agent's presence."""
        await self._link.call("HSET", keys.PRESENCE, agent_id, encode(presence))

    async def presences(self) -> Mapping[str, AgentPresence]:
        """Map agent ids to presence; an agent never seen is absent."""
        kept = await self._link.call("HGETALL", keys.PRESENCE)
        return {agent_id: decode(AgentPresence, text) for agent_id, text in kept.items()}

    async def open_session(self, token_digest: str, session: DeskSession, ttl_s: int) -> None:
        """Keep a desk session for `ttl_s` seconds."""
        where = (keys.SESSION + token_digest, keys.SESSIONS_OF + session.agent_id)
        await self._link.script("open_session", where, token_digest, encode(session), ttl_s)

    async def session(self, token_digest: str) -> DeskSession | None:
        """Return a live desk session."""
        kept = await self._link.call("GET", keys.SESSION + token_digest)
        return None if kept is None else decode(DeskSession, kept)

    async def close_session(self, token_digest: str) -> None:
        """End a desk session."""
        await self._link.call("DEL", keys.SESSION + token_digest)

    async def count_attempt(self, key: str, window_s: int) -> int:
        """Count an attempt under `key`; returns how many there were since the window of `window_s` seconds began."""
        return int(await self._link.script("count_attempt", (keys.ATTEMPTS + key,), window_s))


def _check(outcome: str) -> None:
    if outcome == "missing":
        raise NotFound("There is no such agent.")
    if outcome == "login":
        raise Conflict("That login is taken; choose another.")
    if outcome == "id":
        raise Conflict("There is an agent with that id already.")
