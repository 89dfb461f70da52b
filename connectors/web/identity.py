"""Who a web contact is: somebody the host page signed for, or a stranger.

The host page's server signs its user with the shared secret (`web_user_secret`): hex HMAC-SHA256 over the canonical
JSON of `user`, which has its keys sorted and no spaces, in UTF-8 (see `canonical_json`).
A signed user finds the same conversation on every device.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connectors.fields import Field, integer, refuse, take, text
from connectors.signed import derived_key
from handoff.clock import Clock
from handoff.errors import NotAuthenticated
from handoff.model import Contact

SIGNED_FOR_S = 10 * 60
"""Seconds for which a signature is good after `issued_at`."""

_CLOCK_SKEW_S = 60

_USER_FIELDS = {
    "id": text(200),
    "email": text(320, default=None),
    "phone": text(40, default=None),
    "name": text(200, default=None),
    "issued_at": integer(0, 2**53),
}


@dataclass(frozen=True, slots=True)
class HostUser:
    """A user as the host page's server described them; `signed_text` is the canonical JSON that it signed."""

    id: str
    email: str | None
    phone: str | None
    name: str | None
    issued_at_s: int
    signed_text: bytes


def host_user() -> Field:
    """The `user` field of a session request; null when the contact is a stranger."""

    def parse(value: Any, name: str) -> HostUser:
        if not isinstance(value, dict):
            refuse(name, "must be an object")
        user = take(value, _USER_FIELDS, f"{name}.")
        described = user["id"], user["email"], user["phone"], user["name"], user["issued_at"]
        return HostUser(*described, signed_text=canonical_json(value))

    return Field(parse, default=None)


def canonical_json(user: Mapping[str, Any]) -> bytes:
    """Return the bytes that a host page signs for its user."""
    return json.dumps(user, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Identities:
    """Turns a session request into a contact and the id of their conversation.

    Args:
        session_secret: keeps the conversation ids of signed users unguessable.
        user_secret: what the host page signs with; empty when no host page signs its users.
    """

    def __init__(self, session_secret: str, user_secret: str, clock: Clock) -> None:
        self._id_key = derived_key(session_secret, "baton web conversation id 1")
        self._user_secret = user_secret.encode()
        self._clock = clock

    def stranger(self) -> tuple[str, Contact]:
        """Return a new conversation id and the unverified contact of it."""
        tail = secrets.token_hex(16)
        return f"c_{tail}", Contact(f"p_{tail}")

    def signed(self, user: HostUser, signature: str) -> tuple[str, Contact]:
        """Return the conversation id and verified contact of a host page's user.

        Raises:
            NotAuthenticated: the signature is wrong or too old, or no host page may sign users here.
        """
        if not self._user_secret:
            raise NotAuthenticated("Signed users are not set up here; set web_user_secret, or leave user out.")
        expected = hmac.digest(self._user_secret, user.signed_text, sha256).hex()
        if not hmac.compare_digest(signature.lower().encode(), expected.encode()):
            raise NotAuthenticated("The user's signature is wrong.")
        age_s = self._clock() // 1000 - user.issued_at_s
        if not -_CLOCK_SKEW_S <= age_s <= SIGNED_FOR_S:
            raise NotAuthenticated("The user's signature is not fresh; sign the user again with the time of now.")
        tail = hmac.digest(self._id_key, user.id.encode(), sha256).hex()[:32]
        contact = Contact(
            f"p_{tail}", verified=True, customer_id=user.id, name=user.name, email=user.email, phone=user.phone
        )
        return f"c_{tail}", contact
