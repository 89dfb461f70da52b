"""Session tokens of the web chat: stateless, signed, and good for one conversation.

A token's payload (`connectors.signed`) is `<expiry>:<conversation id>` with the expiry in Unix seconds; the key is
derived from the session secret.
"""

from __future__ import annotations

from connectors.signed import Signer, derived_key
from handoff.clock import Clock
from handoff.errors import NotAuthenticated

TOKEN_DAYS = 30

_LONGEST = 512


class SessionTokens:
    """Issues and checks the tokens of web conversations.

    Args:
        secret: the session secret of the settings.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._signer = Signer(derived_key(secret, "baton web session token 1"), _LONGEST)
        self._clock = clock

    def issue(self, conversation_id: str) -> tuple[str, int]:
        """Return a token for the conversation and the instant (ms) at which it expires."""
        expires_s = self._clock() // 1000 + TOKEN_DAYS * 86_400
        payload = f"{expires_s}:{conversation_id}".encode()
        return self._signer.token(payload), expires_s * 1000

    def conversation_of(self, token: str) -> str:
        """Return the conversation a token is good for.

        Raises:
            NotAuthenticated: the token is not ours, was changed, or has expired.
        """
        payload = self._signer.payload(token)
        if payload is None:
            raise NotAuthenticated("The session token is wrong; open a new session.")
        # Only we can have written it from here on.
        expires_s, _, conversation_id = payload.decode().partition(":")
        if self._clock() >= int(expires_s) * 1000:
            raise NotAuthenticated("The session has expired; open a new one.")
        return conversation_id
