"""Persons: which contacts are proven to be the same one, and how that is undone. Pure.

A merge joins two contacts that have shown the same proof, so the contacts of a person and their merges form a tree:
taking one merge out leaves exactly two sides, each of which is still held together by proofs of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from handoff.delivery import is_pushed
from handoff.errors import NotFound
from handoff.model import Conversation
from handoff.store.contacts_port import Changes, Identity, Merge, Profile

CUSTOMER = "customer:"
PHONE = "phone:"

_PHONE = re.compile(r"\+[1-9][0-9]{5,14}", re.ASCII)
_BETWEEN_DIGITS = str.maketrans("", "", " -.()/\u00a0")


def customer_proof(customer_id: str) -> str:
    """Return the proof that somebody is a customer of the shop."""
    return f"{CUSTOMER}{customer_id}"


def phone_proof(phone: str) -> str:
    """Return the proof that a phone number (E.164) is somebody's."""
    return f"{PHONE}{phone}"


def kind_of(proof: str, *, by_order: bool = False) -> str:
    """Return what kind of proof it is, which may be told where the proof itself may not."""
    return "order" if by_order else proof.partition(":")[0]


def proofs_of(conversation: Conversation) -> tuple[str, ...]:
    """Return what a conversation's contact has proven by where they come from; never what somebody typed.

    A host page signs for its user's customer id and phone. On a messaging channel a contact has a phone only if the
    platform has verified it.
    """
    contact = conversation.contact
    signed = contact.verified and contact.customer_id
    proofs: tuple[str, ...] = (customer_proof(contact.customer_id or ""),) if signed else ()
    if contact.phone and (signed or is_pushed(conversation.channel)):
        number = contact.phone.translate(_BETWEEN_DIGITS)
        proofs += (phone_proof(number),) if _PHONE.fullmatch(number) else ()
    return proofs


@dataclass(frozen=True, slots=True)
class Person:
    """Contacts proven to be one.

    Args:
        root: the profile that the others are merged into.
        others: what is kept of those.
    """

    root: Profile
    others: tuple[Profile, ...] = ()

    @property
    def members(self) -> tuple[Profile, ...]:
        """Every contact of the person, the root first."""
        return (self.root, *self.others)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the contacts."""
        return frozenset(member.id for member in self.members)

    @property
    def customers(self) -> frozenset[str]:
        """The proofs that say which customer of the shop the person is; at most one."""
        return frozenset(proof for member in self.members for proof in member.proofs if proof.startswith(CUSTOMER))

    def wants_none_on(self, channel: str) -> bool:
        """Tell whether nothing may be sent unasked to the person on a channel."""
        return any({channel, f"{channel}:blocked"} & {*member.opted_out} for member in self.members)

    def member(self, contact_id: str) -> Profile:
        """Return one of the contacts; raises NotFound."""
        found = next((member for member in self.members if member.id == contact_id), None)
        if found is None:
            raise NotFound("This contact is not one of theirs.")
        return found

    def holder(self, proof: str) -> Profile | None:
        """Return the contact that has shown a proof, best by more than an order."""
        holders = [member for member in self.members if proof in member.proofs]
        return next((member for member in holders if proof in member.sure), next(iter(holders), None))

    def tied(self, contact_id: str) -> frozenset[str]:
        """Return the contacts that are one with a contact by more than an order, that one included."""
        reached, sure = {contact_id}, set(self.member(contact_id).sure)
        for _ in self.members:
            for member in self.members:
                if sure & set(member.sure):
                    reached.add(member.id)
                    sure |= set(member.sure)
        return frozenset(reached)

    def identity(self, contact_id: str) -> Identity | None:
        """Return the identity of one of the contacts."""
        return next((each for each in self.root.identities if each.contact_id == contact_id), None)

    def merge(self, merge_id: str) -> Merge:
        """Return one of the merges; raises NotFound."""
        found = next((merge for merge in self.root.merges if merge.id == merge_id), None)
        if found is None:
            raise NotFound("There is no such merge any more; load the conversation again.")
        return found

    def shown_by(self, merge: Merge) -> str:
        """Return what kind of proof made a merge: an order, if it alone has shown it on one side (`kind_of`)."""
        ends = (each for each in self.members if each.id in (merge.by, merge.other))
        return kind_of(merge.proof, by_order=any(merge.proof in end.by_order for end in ends))

    def is_apart_from(self, other: Person) -> bool:
        """Tell whether somebody has parted a contact of one from a contact of the other."""
        mine = any(other.ids & set(member.apart) for member in self.members)
        return mine or any(self.ids & set(member.apart) for member in other.members)


def known(person: Person, identity: Identity) -> Changes:
    """Keep one of a person's identities."""
    return _against(person.members, _with(person, identity, lambda own: own).members)


def shown(person: Person, identity: Identity, proof: str, *, by_order: bool = False) -> Changes:
    """Note that one of a person's contacts has shown a proof, by an order alone or by more than that."""
    return _against(person.members, _shown(person, identity, proof, by_order=by_order).members)


def wished(person: Person, identity: Identity, mark: str, present: bool) -> Changes:
    """Put a mark to what one of a person's contacts has opted out of, or take it away.

    Args:
        mark: a channel, or `<channel>:blocked`.
        present: whether the mark is there afterwards.
    """

    def change(own: Profile) -> Profile:
        others = tuple(each for each in own.opted_out if each != mark)
        return replace(own, opted_out=(*others, mark) if present else others)

    return _against(person.members, _with(person, identity, change).members)


def joined(
    here: Person, identity: Identity, proof: str, there: Person, merge_id: str, at: int, *, by_order: bool = False
) -> Changes:
    """Join a person, one of whose contacts has just shown a proof, to the one who had shown it before.

    Args:
        here: who has shown it now.
        identity: of the contact that did.
        there: who had shown it first, and goes on as the profile of both.
        merge_id: names the merge.
        at: when, ms.
        by_order: whether an order alone shows it.
    """
    one = _shown(here, identity, proof, by_order=by_order)
    first = there.holder(proof) or there.root
    merge = Merge(merge_id, identity.contact_id, proof, at, one.root.identities, by=first.id)
    root = replace(
        there.root,
        identities=(*there.root.identities, *one.root.identities),
        merges=(*there.root.merges, *one.root.merges, merge),
        preferred=there.root.preferred or one.root.preferred,
    )
    into = replace(one.root, merged_into=root.id, identities=(), merges=())
    return _against((*there.members, *here.members), (root, *there.others, into, *one.others))


def parted(person: Person, merge_id: str) -> Changes:
    """Undo a merge: each side keeps its own identities, merges and proofs, and the two are never joined again by proof.

    Raises:
        NotFound: there is no such merge.
    """
    stay, gone, rest = _sides(person, merge_id)
    after = [*one_side(person, stay, gone, rest), *one_side(person, gone, stay, rest)]
    return _against(person.members, after)


def inherited(person: Person, merge_id: str) -> Mapping[str, str | None]:
    """Return to whom the proofs lead that both sides of a merge have shown, once the two are parted.

    To the one side of which more than an order says so; to nobody where both are alike, until one shows it again.
    """
    sides = [[each for each in person.members if each.id in ids] for ids in _sides(person, merge_id)[:2]]
    one, other = ({proof for each in side for proof in each.proofs} for side in sides)
    return {proof: _heir(proof, sides) for proof in one & other}


def _heir(proof: str, sides: Sequence[Sequence[Profile]]) -> str | None:
    sure = [[each.id for each in side if proof in each.sure] for side in sides]
    found = [ids[0] for ids in sure if ids]
    return found[0] if len(found) == 1 else None


def _sides(person: Person, merge_id: str) -> tuple[frozenset[str], frozenset[str], tuple[Merge, ...]]:
    """Return who stays with the first one of a merge, who goes with the other, and the merges that remain."""
    merge = person.merge(merge_id)
    rest = tuple(each for each in person.root.merges if each is not merge)
    gone = hanging_together(merge.other, rest)
    return person.ids - gone, gone, rest


def one_side(person: Person, ids: frozenset[str], away: frozenset[str], merges: tuple[Merge, ...]) -> Iterator[Profile]:
    """Give the profiles of some of a person's contacts as a person of their own.

    Args:
        person: of whom they are.
        ids: who they are; they hang together by `merges`.
        away: who is never joined with them again by a proof.
        merges: those that remain.
    """
    identities = tuple(each for each in person.root.identities if each.contact_id in ids)
    root = person.root.id if person.root.id in ids else identities[0].contact_id
    for member in person.members:
        if member.id not in ids:
            continue
        own = replace(member, apart=tuple(dict.fromkeys((*member.apart, *sorted(away)))))
        if member.id != root:
            yield replace(own, merged_into=root, identities=(), merges=())
            continue
        yield replace(
            own,
            merged_into=None,
            identities=identities,
            merges=tuple(each for each in merges if each.other in ids),
        )


def _shown(person: Person, identity: Identity, proof: str, *, by_order: bool) -> Person:
    def change(own: Profile) -> Profile:
        if proof in own.proofs:
            still = tuple(each for each in own.by_order if by_order or each != proof)
            return replace(own, by_order=still)
        return replace(own, proofs=(*own.proofs, proof), by_order=(*own.by_order, proof) if by_order else own.by_order)

    return _with(person, identity, change)


def _with(person: Person, identity: Identity, change: Callable[[Profile], Profile]) -> Person:
    """Return the person after a change of what one of their contacts has of its own, who is known from then on."""
    known = person.identity(identity.contact_id) is not None
    root = person.root if known else replace(person.root, identities=(*person.root.identities, identity))
    members = tuple(change(each) if each.id == identity.contact_id else each for each in (root, *person.others))
    return Person(members[0], members[1:])


def hanging_together(contact_id: str, merges: Sequence[Merge]) -> frozenset[str]:
    """Return the contacts that hang together with one by merges, that one included."""
    reached, before = {contact_id}, 0
    while len(reached) > before:
        before = len(reached)
        for merge in merges:
            ends = {merge.by, merge.other}
            if ends & reached:
                reached |= ends
    return frozenset(reached)


def _against(before: tuple[Profile, ...], after: list[Profile] | tuple[Profile, ...]) -> Changes:
    """Pair what changed, and every root even if it did not.

    A root's version so moves with every step of its person, and two steps that each saw the person without the other
    cannot both be written.
    """
    was = {profile.id: profile for profile in before}
    pairs = ((was[profile.id], profile) for profile in after)
    return {old.id: (old, new) for old, new in pairs if old != new or old.merged_into is None}
