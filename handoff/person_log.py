"""What the logs say about who is one person: internal entries, each written once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.errors import NotFound
from handoff.linking import Person, kind_of
from handoff.model import Change
from handoff.store.agents_port import Agent
from handoff.store.contacts_port import Identity, Merge
from handoff.store.port import ConversationStore, Once

log = logging.getLogger(__name__)


class PersonLog:
    """Writes them into both logs, each naming the channel of the other; never the number or id that was shown.

    Args:
        conversations: whose logs they are.
        clock: tells the present instant.
    """

    def __init__(self, conversations: ConversationStore, clock: Clock) -> None:
        self._conversations = conversations
        self._clock = clock

    async def joined(self, there: Person, identity: Identity, proof: str, merge_id: str, *, by_order: bool) -> None:
        """Say that a contact was joined to a person by a proof that this one had shown before."""
        holder = there.holder(proof) or there.root
        kind = kind_of(proof, by_order=by_order or proof in holder.by_order)
        facts = {"event": "joined", "merge_id": merge_id, "proof": kind}
        await self._tell(there.identity(holder.id), identity, facts)
        log.info("the conversation %s was joined to others by %s", identity.conversation_id, kind)

    async def not_joined(self, conversation_id: str, proof: str, reason: str, *, by_order: bool) -> None:
        """Say why a proof has joined a conversation to nobody (`handoff.linking_rules.obstacle`)."""
        kind = kind_of(proof, by_order=by_order)
        key = hashlib.sha256(f"{kind} {reason} {proof}".encode()).hexdigest()
        await self._write(conversation_id, {"event": "not_joined", "proof": kind, "reason": reason}, key)

    async def parted(self, person: Person, merge: Merge, agent: Agent) -> None:
        """Say that an agent has undone a merge."""
        facts = {"event": "parted", "merge_id": merge.id, "agent_id": agent.id, "proof": person.shown_by(merge)}
        await self._tell(person.identity(merge.by), person.identity(merge.other), facts, agent.name)

    async def gave_way(self, person: Person, merge: Merge) -> None:
        """Say that a merge by an order alone is undone, since the two are surely two customers of the shop."""
        kind = person.shown_by(merge)
        facts = {"event": "parted", "merge_id": merge.id, "proof": kind, "reason": "another_customer"}
        await self._tell(person.identity(merge.by), person.identity(merge.other), facts)

    async def _tell(
        self, one: Identity | None, other: Identity | None, facts: Mapping[str, Any], name: str | None = None
    ) -> None:
        if one is None or other is None:
            return
        for here, there in ((one, other), (other, one)):
            named = {**facts, "channel": there.channel}
            await self._write(here.conversation_id, named, f"{facts['event']}:{facts['merge_id']}", name)

    async def _write(self, conversation_id: str, facts: Mapping[str, Any], key: str, name: str | None = None) -> None:
        entry = Entry(
            Kind.CONTACT, Author.SYSTEM, self._clock(), name=name, visibility=Visibility.INTERNAL, facts=dict(facts)
        )
        once = Once(f"person:{key}", digest(facts))
        with suppress(NotFound):  # erased, but the other one is there
            await carry_out(self._conversations, conversation_id, lambda c: Change(c, (entry,)), self._clock, once=once)
