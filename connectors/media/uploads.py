"""Uploads between their arrival and the message that names them: nothing is stored, a signed token says it all.

A token is `<payload>.<signature>`, both base64url without padding. The payload is JSON: the conversation, who uploaded,
until when the token is good, and what the store said of the file; the signature is HMAC-SHA256 over it with a key
derived from the session secret. So a message can name only what its own sender uploaded for this very conversation.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from hashlib import sha256

from handoff.attachment import Attachment, AttachmentKind
from handoff.clock import Clock
from handoff.errors import InvalidInput
from handoff.media import MediaStore

TOKEN_S = 12 * 3600
"""Seconds for which a token is good; the store forgets an upload that nothing names after twice as long."""

MAX_TOKEN = 2048

MAX_FILES = 100
"""Files of one message that no setting goes beyond."""

CONTACT = "contact"
"""Who uploads, for the customer of the conversation; an agent is `agent:<id>`."""


class Uploads:
    """Gives tokens for uploads, and takes them back with the message.

    Args:
        media: where the files are.
        key: for signatures, and for nothing else (`connectors.web.tokens.derived_key`).
        max_files: how many files one message may have.
    """

    def __init__(self, media: MediaStore, key: bytes, clock: Clock, max_files: int = 10) -> None:
        self._media = media
        self._key = key
        self._clock = clock
        self.max_files = max_files

    def token(self, attachment: Attachment, conversation_id: str, uploader: str) -> tuple[str, int]:
        """Return a token for a file that the store has taken, and the instant (ms) until which it is good."""
        until = self._clock() + TOKEN_S * 1000
        file = [attachment.kind.value, attachment.id, attachment.name, attachment.type, attachment.size]
        payload = json.dumps([conversation_id, uploader, until, file], separators=(",", ":")).encode()
        return f"{_encode(payload)}.{_encode(self._sign(payload))}", until

    async def named(self, tokens: Sequence[str], conversation_id: str, uploader: str) -> tuple[Attachment, ...]:
        """Return the files that a message names, in its order, and keep them for good.

        Repeating it changes nothing, so a message may be sent again.

        Raises:
            InvalidInput: too many, one of them twice, or one that was not uploaded here by this sender in time.
            UnknownMedia: a file is not there any more.
        """
        if len(tokens) > self.max_files:
            raise InvalidInput(f"A message has at most {self.max_files} files; this one has {len(tokens)}.")
        attachments = tuple(self._attachment(token, conversation_id, uploader) for token in tokens)
        if len({attachment.id for attachment in attachments}) != len(attachments):
            raise InvalidInput("The same file is in the message twice; send it once.")
        for attachment in attachments:
            await self._media.keep(attachment.id)
        return attachments

    def _attachment(self, token: str, conversation_id: str, uploader: str) -> Attachment:
        payload, signature = _parts(token)
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise InvalidInput("A file of this message is not known here; upload it again.")
        # Only we can have written it from here on.
        where, who, until, (kind, media_id, name, media_type, size) = json.loads(payload)
        if (where, who) != (conversation_id, uploader):
            raise InvalidInput("A file of this message is not known here; upload it again.")
        if self._clock() >= until:
            raise InvalidInput("A file of this message was uploaded too long ago; upload it again.")
        return Attachment(AttachmentKind(kind), id=media_id, name=name, type=media_type, size=size)

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _parts(token: str) -> tuple[bytes, bytes]:
    """Split a token without believing a word of it; one that has no such shape gives an empty signature."""
    payload, dot, signature = token.partition(".")
    if not dot or len(token) > MAX_TOKEN or not token.isascii():
        return b"", b""
    try:
        return _decode(payload), _decode(signature)
    except binascii.Error:
        return b"", b""


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
