"""One contact, several channels: conversations proven to be of one person are joined, and may be parted again.

What a proof is stands in `handoff.linking`; nothing is joined on a guess. A step writes the profiles at once or not at
all. The entries that record it come after and each once; a process that dies in between leaves a log without them, and
the profiles, which are what counts, are right.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from handoff.carry_out import TRIES, carry_out
from handoff.clock import Clock
from handoff.entry import Owner
from handoff.errors import NotFound, Stale
from handoff.last_word import last_word, latest
from handoff.linking import CUSTOMER, Person, inherited, joined, known, parted, proofs_of, shown, wished
from handoff.linking_claims import Way, give_way
from handoff.linking_hands import follow, together
from handoff.linking_rules import goes_before, obstacle
from handoff.model import Change, Conversation
from handoff.person_log import PersonLog
from handoff.store.agents_port import Agent
from handoff.store.contacts_port import Identity, Leads, Profile, conversations_of
from handoff.store.port import Store

MOST_REMEMBERED = 10_000
"""Contacts of whom is remembered that all they have shown is kept, so that each message needs no further look."""


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
        self._log = PersonLog(store.conversations, clock)
        self._settled: OrderedDict[str, tuple[object, ...]] = OrderedDict()

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
        return await self.others(conversation, await self._contacts.profile(conversation.contact.id))

    async def others(self, conversation: Conversation, root: Profile) -> list[Conversation]:
        """Return what `linked` does, to whoever has the profile of the person already.

        Args:
            conversation: the one that is not meant.
            root: the profile, as `recognise` has just returned it.
        """
        names = conversations_of(root)
        if conversation.id not in names or len(names) == 1:
            return []
        found = await self._conversations.several(names)
        return [found[name] for name in names if name in found and name != conversation.id]

    async def last_word(self, conversation: Conversation) -> int:
        """Return when the contact last wrote in a conversation, in ms; 0 where they have not, or long before."""
        return await last_word(self._conversations, conversation.id)

    async def answered(self, conversation: Conversation, linked: Sequence[Conversation]) -> Conversation:
        """Return that conversation into which a reply goes: of those that `reached` names, where they last wrote."""
        reached = await self.reached(conversation, linked)
        if len(reached) == 1:
            return reached[0]
        wrote = await asyncio.gather(*(self.last_word(each) for each in reached))
        return latest(reached, {each.id: at for each, at in zip(reached, wrote, strict=True)})

    async def reached(self, conversation: Conversation, linked: Sequence[Conversation]) -> list[Conversation]:
        """Return the conversations into which a reply may go: those in the same hands, the one at hand first.

        What nothing but an order joined takes no replies away: it shows no more than that somebody knows the order. One
        that its customer has ended takes none as long as there is another.

        Args:
            conversation: the one that the agent has before them.
            linked: the others of the same person.
        """
        held = [each for each in linked if together(each, conversation)]
        if not held:
            return [conversation]
        tied = (await self.person(conversation.contact.id)).tied(conversation.contact.id)
        sure = [conversation, *(each for each in held if each.contact.id in tied)]
        return [each for each in sure if each.ended_at is None] or sure

    # the same hands

    async def leave_queue(self, left: Conversation) -> None:
        """Take the person's other waiting conversations out of the queue, too, or the next message would go back.

        None that an order alone made one with it: whoever waits there may be another.
        """
        tied = (await self.person(left.contact.id)).tied(left.contact.id)
        await self.take_along(left, lambda each: each.owner is Owner.QUEUE and each.contact.id in tied)

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
        person = await self.person(contact_id)
        if person.identity(contact_id) is None:
            with suppress(Stale):  # then somebody else has just kept it
                await self._contacts.save(known(person, _identity(person, conversation)))

    # joining and parting

    async def recognise(self, conversation: Conversation) -> Profile:
        """Know a contact, and take what they have proven by where they come from: a signed page, a verified phone.

        Returns:
            The profile of the person as it is afterwards.
        """
        contact_id, proofs = conversation.contact.id, proofs_of(conversation)
        before = await self._contacts.profile(contact_id)
        state = (before.id, before.version, proofs)
        if self._settled.get(contact_id) == state:
            return before
        await self._know(conversation)
        for proof in proofs:
            await self.prove(conversation, proof)
        # Holds for the profile as it was read: whatever is done to it, here or by others, gives it another version.
        self._settled[contact_id] = state
        if len(self._settled) > MOST_REMEMBERED:
            self._settled.popitem(last=False)
        return await self._contacts.profile(contact_id)

    async def prove(self, conversation: Conversation, proof: str, *, by_order: bool = False) -> bool:
        """Note that a conversation's contact has shown a proof, and join whoever had shown it before.

        Two who are different customers of the shop are never joined, nor are two accounts of one platform by a number
        that went from one to the other, nor more than make one person (`handoff.linking_rules.obstacle`): the agent
        then reads so in the log. Nor are two whom somebody has parted. What orders alone say gives way to what is sure
        (`handoff.linking_claims`).

        Args:
            conversation: whose contact it is.
            proof: what they have shown.
            by_order: whether an order's number and address is all that shows it.

        Returns:
            Whether two persons are one from now on.

        Raises:
            Stale: others were faster every time.
        """
        contact_id = conversation.contact.id
        for _ in range(TRIES):
            here = await self.person(contact_id)
            identity = _identity(here, conversation)
            led = await self._contacts.holder(proof)
            there = here if led is None or led in here.ids else await self.person(led)
            kept, way = (here, there), give_way(here, identity, proof, there, led, by_order=by_order)
            here, there, own = way.here, way.there, way.here.member(contact_id)
            with suppress(Stale):
                reason = obstacle(here, identity, proof, there, by_order=by_order)
                joins = reason is None and there is not here and not here.is_apart_from(there)
                if reason is not None:
                    await self._log.not_joined(conversation.id, proof, reason, by_order=by_order)
                    if reason == "another_customer" and proof.startswith(CUSTOMER):
                        return False
                first = None if led is None else there.member(led)
                wins = goes_before(own, proof, first, by_order=by_order, together=joins or there is here)
                if not joins and not wins and proof in (own.proofs if by_order else own.sure):
                    return False
                leads = {proof: (led, contact_id if wins else led), **await self._forgotten(way)}
                merge_id = f"m_{secrets.token_hex(8)}"
                step = (
                    joined(here, identity, proof, there, merge_id, self._clock(), by_order=by_order)
                    if joins
                    else shown(here, identity, proof, by_order=by_order)
                )
                await self._contacts.save(way.changes(kept, step), leads)
                for person, merge in way.undone:
                    await self._log.gave_way(person, merge)
                if joins:
                    await self._log.joined(there, identity, proof, merge_id, by_order=by_order)
                return joins
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
            leads = {}
            for proof, heir in inherited(person, merge_id).items():
                led = await self._contacts.holder(proof)
                if led is None or led in person.ids:
                    leads[proof] = (led, heir)
            try:
                await self._contacts.save(parted(person, merge_id), leads)
            except Stale:
                continue
            await self._log.parted(person, merge, agent)
            return
        raise _too_fast()

    async def _forgotten(self, way: Way) -> Leads:
        """Return to whom the claims lead that have been forgotten."""
        leads = {}
        for claim in way.forgotten:
            led = await self._contacts.holder(claim)
            if led in way.here.ids | way.there.ids:
                leads[claim] = (led, way.heir(claim))
        return leads


def _identity(person: Person, conversation: Conversation) -> Identity:
    """Return the identity of a conversation's contact; without the platform's ids, which change (`identity_of`)."""
    contact_id = conversation.contact.id
    return person.identity(contact_id) or Identity(conversation.channel, conversation.id, contact_id, ())


def _too_fast() -> Stale:
    return Stale("This contact changes faster than it can be written; try again.")
