"""What only an order says gives way to what is sure, so that it keeps no customer from their own conversations. Pure.

An order shows that somebody knows its number and address, not that they are the customer: one may have a friend's
order looked up. So a person claims to be one customer of the shop at most, and of two claims the sure one stays, the
signed page's, whichever came first. Orders of two customers, when both turn out to be one, say nothing at all.

| known before | shown now | what becomes of it |
|---|---|---|
| sure 7 | sure 8 | refused, and the agent reads so (`handoff.linking_rules.obstacle`) |
| sure 7 | order of 8 | refused, and the agent reads so |
| order of 7 | order of 8 | refused, and the agent reads so |
| order of 8 | sure 7 | the order is forgotten, and whom it alone had joined is parted |
| phone of sure 7 | phone by sure 8 | not joined, and the agent reads so |
| phone of sure 7 | phone by one with an order of 8 | joined; the order is forgotten, as above |
| phone of one with an order of 8 | phone by sure 7 | joined; the order is forgotten, as above |
| phone of one with an order of 7 | phone by one with an order of 8 | joined; both orders are forgotten, as above |

"Sure" is what a page signed, for a contact or for one that is tied to them by more than an order (`Person.tied`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handoff.linking import CUSTOMER, Person, hanging_together, one_side
from handoff.linking_rules import obstacle
from handoff.store.contacts_port import Changes, Identity, Merge, Profile


@dataclass(frozen=True, slots=True)
class Way:
    """Two persons as a proof finds them, after orders that say otherwise have given way.

    Args:
        here: who shows the proof.
        there: who had shown it before; `here` where nobody else had.
        undone: the persons as they were, each with one of the merges that are no more.
        rest: who has been parted from the two.
        forgotten: the claims that the two have made no more.
    """

    here: Person
    there: Person
    undone: tuple[tuple[Person, Merge], ...] = ()
    rest: tuple[Person, ...] = ()
    forgotten: frozenset[str] = frozenset()

    def heir(self, proof: str) -> str | None:
        """Return to whom a forgotten claim leads from now on: one of those who were parted, if one has shown it."""
        holders = [found for found in (person.holder(proof) for person in self.rest) if found is not None]
        sure = (each for each in holders if proof in each.sure)
        return next((each.id for each in (*sure, *holders)), None)

    def changes(self, before: tuple[Person, Person], after: Changes) -> Changes:
        """Return what is written in all, for a step whose changes are of the persons after they gave way.

        Args:
            before: the two persons as they are kept.
            after: the step.
        """
        if not (self.undone or self.forgotten):
            return after
        was = {member.id: member for person in before for member in person.members}
        now = {member.id: member for person in (self.here, self.there, *self.rest) for member in person.members}
        now |= {name: profile for name, (_, profile) in after.items()}
        return {
            name: (was[name], profile)
            for name, profile in now.items()
            if profile != was[name] or profile.merged_into is None
        }


def sure_customer(person: Person, contact_id: str) -> str | None:
    """Return the proof by which more than an order says which customer of the shop one of a person's contacts is."""
    tied = person.tied(contact_id)
    sure = (proof for each in person.members if each.id in tied for proof in each.sure)
    return next((proof for proof in sure if proof.startswith(CUSTOMER)), None)


def is_surely_a_customer(person: Person, contact_id: str) -> bool:
    """Tell whether more than an order says which customer of the shop one of a person's contacts is."""
    return sure_customer(person, contact_id) is not None


def give_way(here: Person, identity: Identity, proof: str, there: Person, led: str | None, *, by_order: bool) -> Way:
    """Have orders give way to a proof that they are at odds with; nothing changes where that would not help it.

    Args:
        here: who shows it now.
        identity: of the contact that does.
        proof: what is shown.
        there: who had shown it before; `here` where nobody else had.
        led: the contact of `there` that it leads to; None for nobody.
        by_order: whether an order alone shows it, to which no other gives way.
    """
    stands = Way(here, there)
    of_customer = proof.startswith(CUSTOMER)
    claims = here.customers | there.customers | ({proof} if of_customer else set())
    if by_order or len(claims) < 2:
        return stands
    if of_customer:  # and so `there` claims nothing else
        if is_surely_a_customer(here, identity.contact_id):
            return stands
        way = _yielded(here, identity.contact_id)
        return replace(way, there=way.here if there is here else there)
    if led is None or there is here or proof not in there.member(led).sure:
        return stands
    mine = _kept_if_sure(here, identity.contact_id)
    theirs = _kept_if_sure(there, led)
    way = Way(
        mine.here,
        theirs.here,
        (*mine.undone, *theirs.undone),
        (*mine.rest, *theirs.rest),
        mine.forgotten | theirs.forgotten,
    )
    blocked = obstacle(way.here, identity, proof, way.there) is not None or way.here.is_apart_from(way.there)
    return stands if blocked else way


def _kept_if_sure(person: Person, contact_id: str) -> Way:
    return Way(person, person) if is_surely_a_customer(person, contact_id) else _yielded(person, contact_id)


def _yielded(person: Person, contact_id: str) -> Way:
    """Part a contact, and who is tied to them, from whom only orders joined them to, and forget what those claim."""
    if person.identity(contact_id) is None:  # nothing is kept of them yet
        return Way(person, person)
    tied, merges = person.tied(contact_id), person.root.merges
    cut = [each for each in merges if (each.by in tied) != (each.other in tied)]
    left = tuple(each for each in merges if each not in cut)
    own, *rest = _pieces(person, contact_id, left)
    forgotten = own.customers
    kept = Person(*_without(own, forgotten))
    return Way(kept, kept, tuple((person, each) for each in cut), tuple(rest), forgotten)


def _pieces(person: Person, contact_id: str, merges: tuple[Merge, ...]) -> Iterator[Person]:
    """Give the persons that hang together by the merges that are left, the contact's own one first."""
    seen: frozenset[str] = frozenset()
    for name in (contact_id, *(member.id for member in person.members)):
        if name not in seen:
            ids = hanging_together(name, merges)
            seen |= ids
            profiles = list(one_side(person, ids, frozenset(), merges))
            root = next(each for each in profiles if each.merged_into is None)
            yield Person(root, tuple(each for each in profiles if each is not root))


def _without(person: Person, claims: frozenset[str]) -> tuple[Profile, tuple[Profile, ...]]:
    root, *others = (
        replace(
            member,
            proofs=tuple(each for each in member.proofs if each not in claims),
            by_order=tuple(each for each in member.by_order if each not in claims),
        )
        for member in person.members
    )
    return root, tuple(others)
