"""Contacts in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handoff.errors import Stale
from handoff.store.codec import same_as_kept
from handoff.store.contacts_port import NONE_LEAD, Changes, Identity, Leads, Profile
from handoff.store.lists import check_identity, check_profiles
from handoff.store.memory_reach import Expiring, Reach


class MemoryContacts:
    """Identities and profiles."""

    def __init__(self, reach: Reach, seconds: Callable[[], float]) -> None:
        self._reach = reach
        self._identities: dict[str, Identity] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._profiles: dict[str, Profile] = {}
        self._proofs: dict[str, str] = {}
        self._sent: Expiring[str] = Expiring(seconds)

    async def reach(self, identity: Identity) -> Identity:
        """Find the identity that one of the ids belongs to, or keep this one; it gets the ids that it lacks."""
        check_identity(identity)
        await self._reach.step()
        owners = [self._known.get((identity.channel, name)) for name in identity.ids]
        if identity.conversation_id in self._identities:
            found = identity.conversation_id
        else:
            found = self._found(identity, owners)
        kept = self._identities.get(found, replace(identity, ids=()))
        own = [name for name, owner in zip(identity.ids, owners, strict=True) if owner in (None, found)]
        reached = replace(kept, ids=tuple(dict.fromkeys([*own, *kept.ids])))
        self._identities[found] = reached
        self._known |= {(identity.channel, name): found for name in reached.ids}
        return reached

    def _found(self, identity: Identity, owners: list[str | None]) -> str:
        """Name the conversation of whoever has one of the ids; an id given up by somebody else is taken from them."""
        for place, owner in enumerate(owners):
            if owner is None:
                continue
            if not _is_another(self._identities[owner].ids, identity.ids[:place], identity.ids[place]):
                return owner
            rest = tuple(name for name in self._identities[owner].ids if name != identity.ids[place])
            self._identities[owner] = replace(self._identities[owner], ids=rest)
            owners[place] = None
        return identity.conversation_id

    async def find(self, channel: str, ids: Sequence[str]) -> Identity | None:
        """Return the identity that one of these ids on a channel belongs to, and keep nothing."""
        await self._reach.step()
        owners = (self._known.get((channel, name)) for name in ids)
        return next((self._identities[owner] for owner in owners if owner is not None), None)

    async def identity_of(self, conversation_id: str) -> Identity | None:
        """Return the identity whose conversation this is."""
        await self._reach.step()
        return self._identities.get(conversation_id)

    async def profile(self, contact_id: str) -> Profile:
        """Return the profile that a contact belongs to, merges followed; one never written is empty, version 0."""
        await self._reach.step()
        return self._follow(contact_id)

    async def kept(self, contact_id: str) -> Profile:
        """Return what is kept of a contact itself, merges not followed; one never written is empty, version 0."""
        await self._reach.step()
        return self._profiles.get(contact_id, Profile(contact_id))

    async def holder(self, proof: str) -> str | None:
        """Return the id of the contact that a proof leads to, merges not followed; None if it leads to nobody."""
        await self._reach.step()
        return self._proofs.get(proof)

    async def save(self, changes: Changes, leads: Leads = NONE_LEAD) -> None:
        """Write profiles, and to whom proofs lead, in one step or not at all; raises Stale."""
        for contact_id, (before, after) in changes.items():
            check_profiles(contact_id, before, after)
        await self._reach.step()
        for contact_id, (before, _) in changes.items():
            kept = self._profiles.get(contact_id)
            if (kept.version if kept else 0) != before.version:
                raise Stale("This contact changed meanwhile; look at it again.")
        if any(self._proofs.get(proof) != led for proof, (led, _) in leads.items()):
            raise Stale("Somebody else has shown the same meanwhile; look at it again.")
        for contact_id, (before, after) in changes.items():
            self._profiles[contact_id] = same_as_kept(replace(after, version=before.version + 1))
        for proof, (_, to) in leads.items():
            if to is None:
                self._proofs.pop(proof, None)
            else:
                self._proofs[proof] = to

    async def note_sent(self, key: str, digest: str, ttl_s: int) -> str | None:
        """Remember an idempotency key for `ttl_s` seconds; returns the digest it came with before, if it did."""
        await self._reach.step()
        before = self._sent.get(key)
        if before is None:
            self._sent.keep(key, digest, ttl_s)
        return before

    def _follow(self, contact_id: str) -> Profile:
        seen: set[str] = set()
        while True:
            profile = self._profiles.get(contact_id, Profile(contact_id))
            seen.add(contact_id)
            if profile.merged_into is None or profile.merged_into in seen:
                return profile
            contact_id = profile.merged_into


def _is_another(known: Sequence[str], better: Sequence[str], shared: str) -> bool:
    """Tell whether who is known by some ids is not who has ids that last longer than the one they share.

    They are not if they have another id of the same kind; the kind stands before an id's first colon.
    """
    mine = [(name.partition(":")[0], name) for name in better if ":" in name]
    theirs = [(name.partition(":")[0], name) for name in known if ":" in name]
    kind_shared = shared.partition(":")[0]
    return any(one == other != kind_shared and name != its for one, name in mine for other, its in theirs)
