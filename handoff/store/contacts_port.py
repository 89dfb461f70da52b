"""The store port's part about contacts: by which ids channels know them, and what belongs to one person.

Every method raises `StoreUnavailable` when the server does not answer. Instants are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """A contact on one channel.

    Args:
        channel: its name.
        conversation_id: their conversation there.
        contact_id: theirs (`handoff.parts.Contact.id`), before any merging.
        ids: the platform's ids of them, the most lasting first.
    """

    channel: str
    conversation_id: str
    contact_id: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """One proven joining of two profiles, so that it can be undone.

    Args:
        id: names it.
        other: the contact that was joined to this person, by showing the proof.
        proof: the key that proved it (`customer:…`, `phone:…`).
        at: when, ms.
        identities: what the other's person brought along.
        by: the contact of this person that had shown the same proof.
    """

    id: str
    other: str
    proof: str
    at: int
    identities: tuple[Identity, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is kept of a contact; together with those merged into it, one person (`handoff.linking.Person`).

    What a person has as a whole (`identities`, `merges`, `preferred`) stands on the profile that the others were merged
    into, what one contact has shown or wished (`apart`, `opted_out`, `proofs`) on its own: so parting loses nothing.

    Args:
        id: the contact id it began with.
        identities: one a channel and conversation.
        merges: how identities of other profiles came here, oldest first.
        apart: contacts that somebody has parted from this one: never merged again by a proof.
        merged_into: the profile that this one is part of now; None while it stands by itself.
        preferred: the channel to write to first; None for the one last used.
        opted_out: channels on which nothing may be sent unasked; `<channel>:blocked` where the contact has shut us out.
        proofs: the keys that this contact has shown.
        by_order: those of them that nothing but an order's number and address has shown; nobody else vouches for them.
        version: counts writes, and is what a save compares.
    """

    id: str
    identities: tuple[Identity, ...] = ()
    merges: tuple[Merge, ...] = ()
    apart: tuple[str, ...] = ()
    merged_into: str | None = None
    preferred: str | None = None
    opted_out: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    by_order: tuple[str, ...] = ()
    version: int = 0

    @property
    def sure(self) -> tuple[str, ...]:
        """The proofs that more than an order has shown: a signed page, a platform."""
        return tuple(proof for proof in self.proofs if proof not in self.by_order)


Changes = Mapping[str, tuple[Profile, Profile]]
"""What a step writes: contact id → before, after."""

Leads = Mapping[str, tuple[str | None, str | None]]
"""To whom proofs lead: proof → contact id before, after; None for nobody."""

NONE_LEAD: Leads = MappingProxyType({})


class ContactStore(Protocol):
    """Identities and profiles."""

    async def reach(self, identity: Identity) -> Identity:
        """Find the identity that any of `identity.ids` on its channel belongs to, or keep this one: in one step.

        Ids that the known identity did not have are added to it (a changed phone, a user id that came later), the order
        being that of the newest; ids that belong to another identity stay with that one.
        """

    async def find(self, channel: str, ids: Sequence[str]) -> Identity | None:
        """Return the identity that one of these ids on a channel belongs to, and keep nothing."""

    async def identity_of(self, conversation_id: str) -> Identity | None:
        """Return the identity whose conversation this is."""

    async def profile(self, contact_id: str) -> Profile:
        """Return the profile that a contact belongs to, merges followed; one never written is empty, version 0."""

    async def kept(self, contact_id: str) -> Profile:
        """Return what is kept of a contact itself, merges not followed; one never written is empty, version 0."""

    async def holder(self, proof: str) -> str | None:
        """Return the id of the contact that a proof leads to, merges not followed; None if it leads to nobody."""

    async def save(self, changes: Changes, leads: Leads = NONE_LEAD) -> None:
        """Write profiles, each of which gets the next version, and to whom proofs lead, in one step or not at all.

        Which proofs a profile has says nothing of where they lead: of several who have shown one, it leads to one.

        Raises:
            Stale: a profile changed since it was read, or a proof leads elsewhere.
        """

    async def note_sent(self, key: str, digest: str, ttl_s: int) -> str | None:
        """Remember an idempotency key for `ttl_s` seconds; returns the digest it came with before, if it did."""


def conversations_of(profile: Profile) -> Sequence[str]:
    """Return the ids of a person's conversations."""
    return [identity.conversation_id for identity in profile.identities]
