"""One contact, several channels: conversations proven to be of one person are joined, and may be parted again.

What a proof is stands in `handoff.linking`; nothing is joined on a guess. A step writes the profiles at once or not at
all. The entries that record it come after and each once; a process that dies in between leaves a log without them, and
the profiles, which are what counts, are right.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from handoff.carry_out import TRIES, carry_out, digest
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind, Owner, Visibility
from handoff.errors import NotFound, Stale
from handoff.linking import CUSTOMER, Person, joined, kind_of, known, obstacle, parted, proofs_of, shown, wished
from handoff.linking_hands import follow
from handoff.model import Change, Conversation
from handoff.store.contacts_port import Identity, conversations_of
from handoff.store.port import Agent, Once, Store

log = logging.getLogger(__name__)

MOST_REMEMBERED = 10_000
"""Proofs of which is remembered that they are kept, so that each message of a known contact needs no look."""

LOOK_BACK = 500
"""Entries, counted from a log's end, among which a contact's latest message is looked for."""

_STRETCH = 100


class Contacts:
    """Knows which conversations are one person's.

    Args:
        store: keeps profiles and conversations.
        clock: tells the present instant.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._contacts = store.contacts
        self._conversations = store.conversations
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], None] = OrderedDict()

    # who is who

    async def person(self, contact_id: str) -> Person:
        """Return the person that a contact is."""
        for _ in range(TRIES):
            root = await self._contacts.profile(contact_id)
            ids = [each.contact_id for each in root.identities if each.contact_id != root.id]
            person = Person(root, tuple(await asyncio.gather(*(self._contacts.kept(each) for each in ids))))
            if contact_id in person.ids:
                return person
        raise _too_fast()

    async def linked(self, conversation: Conversation) -> list[Conversation]:
        """Return the other conversations of the same person, those merged first first."""
        profile = await self._contacts.profile(conversation.contact.id)
        names = conversations_of(profile)
        if conversation.id not in names or len(names) == 1:
            return []
        found = await self._conversations.several(names)
        return [found[name] for name in names if name in found and name != conversation.id]

    async def attended(self, conversation: Conversation) -> Conversation | None:
        """Return another conversation of the same person that an agent has, or else one that waits for an agent."""
        others = await self.linked(conversation)
        waiting = next((each for each in others if each.owner is Owner.QUEUE), None)
        return next((each for each in others if each.owner is Owner.AGENT), waiting)

    async def last_word(self, conversation: Conversation) -> int:
        """Return when the contact last wrote in a conversation, in ms; 0 where they have not, or long before."""
        end = (await self._conversations.read(conversation.id, 0, 1)).last_seq
        oldest = max(0, end - LOOK_BACK)
        while end > oldest:
            first = max(oldest, end - _STRETCH)
            page = await self._conversations.read(conversation.id, first, end - first)
            wrote = [each.at for each in page.entries if each.kind is Kind.MESSAGE and each.author is Author.CONTACT]
            if wrote:
                return wrote[-1]
            end = first
        return 0

    async def last_used(self, conversations: list[Conversation]) -> Conversation:
        """Return that one of several conversations in which the customer last wrote; the first where they have not."""
        wrote = await asyncio.gather(*(self.last_word(each) for each in conversations))
        return conversations[wrote.index(max(wrote))]

    # the same hands

    async def leave_queue(self, left: Conversation) -> None:
        """Take the person's other waiting conversations out of the queue, too, or the next message would go back."""
        await self.take_along(left, lambda each: each.owner is Owner.QUEUE)

    async def take_along(self, leader: Conversation, whom: Callable[[Conversation], bool]) -> None:
        """Put the person's other conversations of which `whom` says so into the hands that `leader` is in, unsaid."""
        for other in await self.linked(leader):
            if whom(other):
                with suppress(NotFound):
                    await carry_out(
                        self._conversations,
                        other.id,
                        lambda c: follow(c, leader, self._clock(), told=False) if whom(c) else Change(c),
                        self._clock,
                    )

    # what they wish

    async def allow_updates(self, conversation: Conversation, allowed: bool) -> bool:
        """Note whether a contact wants to be written to unasked on their channel; False when it was so before."""
        return await self._mark(conversation, conversation.channel, not allowed)

    async def shut_out(self, conversation: Conversation, blocked: bool) -> bool:
        """Note that a contact has blocked us on their channel, or lets us in again; False when it was so before."""
        return await self._mark(conversation, f"{conversation.channel}:blocked", blocked)

    async def prefer(self, contact_id: str, channel: str | None) -> None:
        """Note on which channel a person wants to be written to first; None for the one last used."""
        for _ in range(TRIES):
            root = await self._contacts.profile(contact_id)
            with suppress(Stale):
                await self._contacts.save({root.id: (root, replace(root, preferred=channel))})
                return
        raise _too_fast()

    async def _mark(self, conversation: Conversation, mark: str, present: bool) -> bool:
        contact_id = conversation.contact.id
        for _ in range(TRIES):
            person = await self.person(contact_id)
            if (mark in person.member(contact_id).opted_out) is present:
                return False
            with suppress(Stale):
                await self._contacts.save(wished(person, _identity(person, conversation), mark, present))
                return True
        raise _too_fast()

    async def _know(self, conversation: Conversation) -> None:
        """Keep the identity of a contact who has written, so that they can be found by their id."""
        contact_id = conversation.contact.id
        if (contact_id, "") in self._kept:
            return
        person = await self.person(contact_id)
        if person.identity(contact_id) is None:
            with suppress(Stale):  # then somebody else has just kept it
                await self._contacts.save(known(person, _identity(person, conversation)))
        self._remember(contact_id, "")

    # joining and parting

    async def recognise(self, conversation: Conversation) -> None:
        """Know a contact, and take what they have proven by where they come from: a signed page, a verified phone."""
        await self._know(conversation)
        for proof in proofs_of(conversation):
            await self.prove(conversation, proof)

    async def prove(self, conversation: Conversation, proof: str) -> bool:
        """Note that a conversation's contact has shown a proof, and join whoever had shown it before.

        Two who are different customers of the shop are never joined, nor are two accounts of one platform by a number
        that went from one to the other (`handoff.linking.obstacle`): the agent then reads so in the log. Nor are two
        whom somebody has parted.

        Returns:
            Whether two persons are one from now on.

        Raises:
            Stale: others were faster every time.
        """
        contact_id = conversation.contact.id
        if (contact_id, proof) in self._kept:
            return False
        for _ in range(TRIES):
            here = await self.person(contact_id)
            identity = _identity(here, conversation)
            is_kept = proof in here.member(contact_id).proofs
            found = await self._contacts.profile_by_proof(proof)
            there = here if found is None or found.id in here.ids else await self.person(found.id)
            with suppress(Stale):
                reason = obstacle(here, identity, proof, there)
                if reason is not None:
                    await self._refuse(conversation, proof, reason)
                    if proof.startswith(CUSTOMER):
                        return False
                elif there is not here and not here.is_apart_from(there):
                    await self._join(here, identity, proof, there)
                    return True
                if is_kept:
                    self._remember(contact_id, proof)
                    return False
                # Somebody else may show the same proof at this instant: only the next round tells who was first.
                await self._contacts.save(shown(here, identity, proof))
        raise _too_fast()

    async def part(self, contact_id: str, merge_id: str, agent: Agent) -> None:
        """Undo a merge at an agent's word; a proof never joins the two again.

        Raises:
            NotFound: there is no such merge.
            Stale: others were faster every time.
        """
        for _ in range(TRIES):
            person = await self.person(contact_id)
            merge = person.merge(merge_id)
            try:
                await self._contacts.save(parted(person, merge_id))
            except Stale:
                continue
            facts = {"event": "parted", "merge_id": merge_id, "agent_id": agent.id, "proof": kind_of(merge.proof)}
            await self._tell(person.identity(merge.by), person.identity(merge.other), facts, agent.name)
            return
        raise _too_fast()

    async def _join(self, here: Person, identity: Identity, proof: str, there: Person) -> None:
        merge_id = f"m_{secrets.token_hex(8)}"
        holder = there.holder(proof) or there.root
        await self._contacts.save(joined(here, identity, proof, there, merge_id, self._clock()))
        facts = {"event": "joined", "merge_id": merge_id, "proof": kind_of(proof)}
        await self._tell(there.identity(holder.id), identity, facts)
        log.info("the conversation %s was joined to others by %s", identity.conversation_id, kind_of(proof))

    async def _refuse(self, conversation: Conversation, proof: str, reason: str) -> None:
        facts = {"event": "not_joined", "proof": kind_of(proof), "reason": reason}
        await self._write(conversation.id, facts, hashlib.sha256(proof.encode()).hexdigest())

    async def _tell(
        self, one: Identity | None, other: Identity | None, facts: Mapping[str, Any], name: str | None = None
    ) -> None:
        """Write what happened into both logs, each naming the channel of the other."""
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

    def _remember(self, contact_id: str, proof: str) -> None:
        """Remember that a proof is kept: it is never given up."""
        self._kept[contact_id, proof] = None
        if len(self._kept) > MOST_REMEMBERED:
            self._kept.popitem(last=False)


def _identity(person: Person, conversation: Conversation) -> Identity:
    """Return the identity of a conversation's contact; without the platform's ids, which change (`identity_of`)."""
    contact_id = conversation.contact.id
    return person.identity(contact_id) or Identity(conversation.channel, conversation.id, contact_id, ())


def _too_fast() -> Stale:
    return Stale("This contact changes faster than it can be written; try again.")
