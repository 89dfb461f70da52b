"""Signed payloads: what we hand out, keep no copy of, and believe when it comes back unchanged.

Written as `<payload>.<signature>`, both base64url without padding (RFC 4648, section 5); the signature is HMAC-SHA256
over the payload.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256


def derived_key(secret: str, purpose: str) -> bytes:
    """Return the key for one purpose, so that what is signed for one is worth nothing for another."""
    return hmac.digest(secret.encode(), purpose.encode(), sha256)


class Signer:
    """Signs payloads and knows its own again.

    Args:
        key: for this purpose and no other (`derived_key`).
        longest: characters that a token may have.
    """

    def __init__(self, key: bytes, longest: int) -> None:
        self._key = key
        self._longest = longest

    def token(self, payload: bytes) -> str:
        """Return a payload with its signature."""
        return f"{_encode(payload)}.{_encode(self._sign(payload))}"

    def payload(self, token: str) -> bytes | None:
        """Return what a token holds; None where it is not ours or was changed. Compared in constant time."""
        payload, signature = self._parts(token)
        return payload if hmac.compare_digest(signature, self._sign(payload)) else None

    def _parts(self, token: str) -> tuple[bytes, bytes]:
        """Split a token without believing a word of it; one that has no such shape gives an empty signature."""
        payload, dot, signature = token.partition(".")
        if not dot or len(token) > self._longest or not token.isascii():
            return b"", b""
        try:
            return _decode(payload), _decode(signature)
        except binascii.Error:
            return b"", b""

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
