"""The store port's part about agents: who they are, whether they are there, and the desks they are signed in at.

Every method raises `StoreUnavailable` when the server does not answer. Instants are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from handoff.model import Presence


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who works at the desk; `password_hash` is an argon2 hash, `limit` how many conversations at once."""

    id: str
    login: str
    name: str
    password_hash: str
    limit: int = 4
    team: str | None = None


@dataclass(frozen=True, slots=True)
class AgentPresence:
    """What an agent chose, when their desk was last heard of, and since when they have had nothing to do (ms)."""

    presence: Presence
    seen_at: int
    idle_since: int


@dataclass(frozen=True, slots=True)
class DeskSession:
    """A signed-in desk; the store keeps only a digest of its token."""

    agent_id: str
    csrf: str


class AgentStore(Protocol):
    """Agents, their presence and their desk sessions."""

    async def add(self, agent: Agent) -> None:
        """Keep a new agent.

        Raises:
            Conflict: the login is taken.
        """

    async def replace(self, agent: Agent) -> None:
        """Change an agent (name, password, limit); raises NotFound."""

    async def remove(self, agent_id: str) -> None:
        """Forget an agent, their presence and their sessions; raises NotFound."""

    async def get(self, agent_id: str) -> Agent:
        """Return an agent; raises NotFound."""

    async def by_login(self, login: str) -> Agent | None:
        """Return the agent with that login, compared without case."""

    async def all(self) -> Sequence[Agent]:
        """Return every agent, by login."""

    async def set_presence(self, agent_id: str, presence: AgentPresence) -> None:
        """Keep an agent's presence."""

    async def presences(self) -> Mapping[str, AgentPresence]:
        """Map agent ids to presence; an agent never seen is absent."""

    async def open_session(self, token_digest: str, session: DeskSession, ttl_s: int) -> None:
        """Keep a desk session for `ttl_s` seconds."""

    async def session(self, token_digest: str) -> DeskSession | None:
        """Return a live desk session."""

    async def close_session(self, token_digest: str) -> None:
        """End a desk session."""

    async def count_attempt(self, key: str, window_s: int) -> int:
        """Count an attempt under `key`; returns how many there were since the window of `window_s` seconds began."""
