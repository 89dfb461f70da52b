"""The floor: which agents are there, and how much each has, as found at one instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from handoff.model import Conversation, Handoff, Presence
from handoff.rules import Rules
from handoff.store.agents_port import Agent, AgentPresence
from handoff.store.port import Store


@dataclass(frozen=True, slots=True)
class Floor:
    """The agents at the instant `now` (ms).

    `assigned` maps conversations to the agents who have them; `load` counts, for each agent, those and what is offered.
    """

    now: int
    rules: Rules
    agents: Mapping[str, Agent]
    presences: Mapping[str, AgentPresence]
    assigned: Mapping[str, str]
    load: Counter[str]

    @classmethod
    async def look(cls, store: Store, rules: Rules, now: int) -> Self:
        """Look around once.

        Raises:
            StoreUnavailable: Redis does not answer.
        """
        agents = {agent.id: agent for agent in await store.agents.all()}
        presences = await store.agents.presences()
        assigned = await store.conversations.assigned()
        return cls(now, rules, agents, presences, assigned, Counter(assigned.values()))

    def at_desk(self, agent_id: str) -> bool:
        """Tell whether the agent is signed in and their desk was heard of lately."""
        return agent_id in self.agents and self.rules.at_desk(self.presences.get(agent_id), self.now)

    def is_gone(self, agent_id: str, since_at_least: int) -> bool:
        """Tell whether nothing was heard of the agent for longer than the grace time.

        Args:
            agent_id: may be of an agent who was removed, and is then gone at once.
            since_at_least: the last thing the agent is known to have done (ms), whatever their desk says.
        """
        if agent_id not in self.agents:
            return True
        presence = self.presences.get(agent_id)
        heard = max(since_at_least, presence.seen_at if presence else 0)
        return self.now - heard > self.rules.grace_seconds * 1000

    def online(self) -> list[Agent]:
        """Return the agents who take conversations: they say so, and their desk was heard of lately."""
        return [
            agent
            for agent in self.agents.values()
            if self.at_desk(agent.id) and self.presences[agent.id].presence is Presence.ONLINE
        ]

    def free(self) -> list[Agent]:
        """Return the agents who take conversations and have fewer than their limit."""
        return [agent for agent in self.online() if self.load[agent.id] < agent.limit]

    def free_for(self, handoff: Handoff) -> list[Agent]:
        """Return the free agents of the handoff's team; a team that has nobody at all strands no customer."""
        team = handoff.team
        if team is None or all(agent.team != team for agent in self.agents.values()):
            return self.free()
        return [agent for agent in self.free() if agent.team == team]

    def count_offers(self, waiting: Iterable[Conversation]) -> None:
        """Count what is offered to an agent as if they had it, so that they are not asked twice at once."""
        for conversation in waiting:
            if conversation.handoff is not None and conversation.handoff.offer is not None:
                self.load[conversation.handoff.offer.agent_id] += 1
