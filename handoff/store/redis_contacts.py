"""Contacts in Redis: by which ids channels know them, and what belongs to one person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from handoff.errors import Stale
from handoff.store import keys
from handoff.store.codec import decode, encode
from handoff.store.contacts_port import NONE_LEAD, Changes, Identity, Leads, Profile
from handoff.store.lists import check_identity, check_profiles
from handoff.store.redis_link import Argument, RedisLink


class RedisContacts:
    """Identities and profiles."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def reach(self, identity: Identity) -> Identity:
        """Find the identity that one of the ids belongs to, or keep this one; it gets the ids that it lacks."""
        check_identity(identity)
        conversation_id, contact_id, ids = await self._link.script(
            "reach",
            (keys.KNOWN + identity.channel, keys.IDENTITY + identity.conversation_id),
            keys.IDENTITY,
            identity.conversation_id,
            identity.channel,
            identity.contact_id,
            *identity.ids,
        )
        return Identity(identity.channel, conversation_id, contact_id, tuple(json.loads(ids)))

    async def find(self, channel: str, ids: Sequence[str]) -> Identity | None:
        """Return the identity that one of these ids on a channel belongs to, and keep nothing."""
        known = await self._link.call("HMGET", keys.KNOWN + channel, *ids) if ids else []
        conversation_id = next((owner for owner in known if owner is not None), None)
        return None if conversation_id is None else await self.identity_of(conversation_id)

    async def identity_of(self, conversation_id: str) -> Identity | None:
        """Return the identity whose conversation this is."""
        channel, contact_id, ids = await self._link.call(
            "HMGET", keys.IDENTITY + conversation_id, "channel", "contact", "ids"
        )
        return None if ids is None else Identity(channel, conversation_id, contact_id, tuple(json.loads(ids)))

    async def profile(self, contact_id: str) -> Profile:
        """Return the profile that a contact belongs to, merges followed; one never written is empty, version 0."""
        found, state, version = await self._link.script(
            "profile", (keys.PROFILE + contact_id,), contact_id, keys.PROFILE
        )
        return Profile(found) if state is None else decode(Profile, state, version=int(version))

    async def kept(self, contact_id: str) -> Profile:
        """Return what is kept of a contact itself, merges not followed; one never written is empty, version 0."""
        state, version = await self._link.call("HMGET", keys.PROFILE + contact_id, "state", "version")
        return Profile(contact_id) if state is None else decode(Profile, state, version=int(version))

    async def holder(self, proof: str) -> str | None:
        """Return the id of the contact that a proof leads to, merges not followed; None if it leads to nobody."""
        contact_id: str | None = await self._link.call("HGET", keys.PROOFS, proof)
        return contact_id

    async def save(self, changes: Changes, leads: Leads = NONE_LEAD) -> None:
        """Write profiles, and to whom proofs lead, in one step or not at all; raises Stale."""
        arguments: list[Argument] = []
        for contact_id, (before, after) in changes.items():
            check_profiles(contact_id, before, after)
            arguments += [before.version, encode(replace(after, version=0)), after.merged_into or ""]
        for proof, (led, to) in leads.items():
            arguments += [proof, led or "", to or ""]
        names = [keys.PROFILE + contact_id for contact_id in changes]
        if not await self._link.script("save_profiles", (keys.PROOFS, *names), *arguments):
            raise Stale("This contact changed meanwhile; look at it again.")

    async def note_sent(self, key: str, digest: str, ttl_s: int) -> str | None:
        """Remember an idempotency key for `ttl_s` seconds; returns the digest it came with before, if it did."""
        before: str | None = await self._link.script("note_sent", (keys.SENT + key,), digest, ttl_s)
        return before
