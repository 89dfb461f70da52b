"""Agents, their presence and their desk sessions in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handoff.errors import Conflict, NotFound
from handoff.store.agents_port import Agent, AgentPresence, DeskSession
from handoff.store.memory_reach import Expiring, Reach


class MemoryAgents:
    """Agents, their presence and their desk sessions; `seconds` is the clock by which sessions end."""

    def __init__(self, reach: Reach, seconds: Callable[[], float]) -> None:
        self._reach = reach
        self._agents: dict[str, Agent] = {}
        self._presences: dict[str, AgentPresence] = {}
        self._sessions: Expiring[DeskSession] = Expiring(seconds)
        self._attempts: Expiring[int] = Expiring(seconds)

    async def add(self, agent: Agent) -> None:
        """Keep a new agent; raises Conflict when the login is taken."""
        await self._reach.step()
        if agent.id in self._agents:
            raise Conflict("There is an agent with that id already.")
        self._must_be_free(agent)
        self._agents[agent.id] = agent

    async def replace(self, agent: Agent) -> None:
        """Change an agent; raises NotFound, and Conflict when the new login is taken."""
        await self._reach.step()
        self._find(agent.id)
        self._must_be_free(agent)
        self._agents[agent.id] = agent

    async def remove(self, agent_id: str) -> None:
        """Forget an agent, their presence and their sessions; raises NotFound."""
        await self._reach.step()
        self._find(agent_id)
        del self._agents[agent_id]
        self._presences.pop(agent_id, None)
        self._sessions.drop(lambda _, session: session.agent_id == agent_id)

    async def get(self, agent_id: str) -> Agent:
        """Return an agent; raises NotFound."""
        await self._reach.step()
        return self._find(agent_id)

    async def by_login(self, login: str) -> Agent | None:
        """Return the agent with that login, compared without case."""
        await self._reach.step()
        return self._with_login(login)

    async def all(self) -> Sequence[Agent]:
        """Return every agent, by login."""
        await self._reach.step()
        return sorted(self._agents.values(), key=lambda agent: agent.login.casefold())

    async def set_presence(self, agent_id: str, presence: AgentPresence) -> None:
        """Keep an agent's presence."""
        await self._reach.step()
        self._presences[agent_id] = presence

    async def presences(self) -> Mapping[str, AgentPresence]:
        """Map agent ids to presence; an agent never seen is absent."""
        await self._reach.step()
        return dict(self._presences)

    async def open_session(self, token_digest: str, session: DeskSession, ttl_s: int) -> None:
        """Keep a desk session for `ttl_s` seconds."""
        await self._reach.step()
        self._sessions.keep(token_digest, session, ttl_s)

    async def session(self, token_digest: str) -> DeskSession | None:
        """Return a live desk session."""
        await self._reach.step()
        return self._sessions.get(token_digest)

    async def close_session(self, token_digest: str) -> None:
        """End a desk session."""
        await self._reach.step()
        self._sessions.drop(lambda key, _: key == token_digest)

    async def count_attempt(self, key: str, window_s: int) -> int:
        """Count an attempt under `key`; returns how many there were since the window of `window_s` seconds began."""
        await self._reach.step()
        attempts = self._attempts.get(key)
        if attempts is None:
            self._attempts.keep(key, 1, window_s)
            return 1
        self._attempts.change(key, attempts + 1)
        return attempts + 1

    def _find(self, agent_id: str) -> Agent:
        agent = self._agents.get(agent_id)
        if agent is None:
            raise NotFound("There is no such agent.")
        return agent

    def _with_login(self, login: str) -> Agent | None:
        wanted = login.casefold()
        return next((agent for agent in self._agents.values() if agent.login.casefold() == wanted), None)

    def _must_be_free(self, agent: Agent) -> None:
        holder = self._with_login(agent.login)
        if holder is not None and holder.id != agent.id:
            raise Conflict("That login is taken; choose another.")
