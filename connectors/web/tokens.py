"""Session tokens of the web chat: stateless, signed, and good for one conversation.

A token is `<payload>.<signature>`, both base64url without padding; the payload is `<expiry>:<conversation id>` with the
expiry in Unix seconds, the signature HMAC-SHA256 over it with a key derived from the session secret.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

from handoff.clock import Clock
from handoff.errors import NotAuthenticated

TOKEN_DAYS = 30

_LONGEST = 512


def derived_key(secret: str, purpose: str) -> bytes:
    """Return the key for one purpose, so that what is signed for one is worth nothing for another."""
    return hmac.digest(secret.encode(), purpose.encode(), sha256)


class SessionTokens:
    """Issues and checks the tokens of web conversations.

    Args:
        secret: the session secret of the settings.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = derived_key(secret, "baton web session token 1")
        self._clock = clock

    def issue(self, conversation_id: str) -> tuple[str, int]:
        """Return a token for the conversation and the instant (ms) at which it expires."""
        expires_s = self._clock() // 1000 + TOKEN_DAYS * 86_400
        payload = f"{expires_s}:{conversation_id}".encode()
        return f"{_encode(payload)}.{_encode(self._sign(payload))}", expires_s * 1000

    def conversation_of(self, token: str) -> str:
        """Return the conversation a token is good for.

        Raises:
            NotAuthenticated: the token is not ours, was changed, or has expired.
        """
        payload, signature = _parts(token)
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise NotAuthenticated("The session token is wrong; open a new session.")
        # Only we can have written it from here on.
        expires_s, _, conversation_id = payload.decode().partition(":")
        if self._clock() >= int(expires_s) * 1000:
            raise NotAuthenticated("The session has expired; open a new one.")
        return conversation_id

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _parts(token: str) -> tuple[bytes, bytes]:
    """Split a token without believing a word of it; one that has no such shape gives an empty signature."""
    payload, dot, signature = token.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        return b"", b""
    try:
        return _decode(payload), _decode(signature)
    except binascii.Error:
        return b"", b""


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
