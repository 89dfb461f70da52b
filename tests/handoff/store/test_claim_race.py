"""Promise 5, first part: exactly one agent wins a claim.

Fifty agents read the same waiting conversation, meet at a barrier and claim it; 20 conversations on each store, 2,000
claims in all, 0 broken. Goes red without its guard: with the comparison of versions taken out of commit.lua (or of the
twin) all fifty are told that they won.
"""

from __future__ import annotations

import asyncio

from handoff.entry import OwnerEvent
from handoff.errors import AlreadyTaken, Stale
from handoff.store.port import Store
from tests.handoff.store.samples import NOW, waiting

AGENTS = 50
CONVERSATIONS = 20


async def claim(store: Store, conversation_id: str, agent_id: str, barrier: asyncio.Barrier) -> bool:
    """Claim as the desk does: read, decide, commit, and decide anew when it was stale."""
    conversation = await store.conversations.get(conversation_id)
    await barrier.wait()
    while True:
        try:
            change = conversation.claim(agent_id, agent_id.title(), NOW)
            await store.conversations.commit(conversation, change.conversation, change.entries, NOW)
        except Stale:
            conversation = await store.conversations.get(conversation_id)
        except AlreadyTaken:
            return False
        else:
            return True


async def test_exactly_one_of_fifty_agents_wins_a_claim(store: Store) -> None:
    agents = [f"a_{number}" for number in range(AGENTS)]
    for number in range(CONVERSATIONS):
        opened = await store.conversations.open(waiting(f"c_{number}"))
        barrier = asyncio.Barrier(AGENTS)
        won = await asyncio.gather(*[claim(store, opened.id, agent_id, barrier) for agent_id in agents])
        (winner,) = [agent_id for agent_id, has_won in zip(agents, won, strict=True) if has_won]

        kept = await store.conversations.get(opened.id)
        log = (await store.conversations.read(opened.id, 0)).entries
        assert kept.agent_id == winner
        assert kept.epoch == opened.epoch + 1
        assert [(entry.event, entry.facts["agent_id"]) for entry in log] == [(OwnerEvent.CLAIMED, winner)]
        assert (await store.conversations.assigned())[opened.id] == winner
        assert opened.id not in await store.conversations.queued()
