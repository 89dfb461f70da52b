"""Uploads between their arrival and the message that names them: nothing is stored, a signed token says it all.

A token's payload (`connectors.signed`) is JSON: the conversation, who uploaded, until when the token is good, and what
the store said of the file. So a message can name only what its own sender uploaded for this very conversation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from connectors.signed import Signer
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
        key: for signatures, and for nothing else (`connectors.signed.derived_key`).
        max_files: how many files one message may have.
    """

    def __init__(self, media: MediaStore, key: bytes, clock: Clock, max_files: int = 10) -> None:
        self._media = media
        self._signer = Signer(key, MAX_TOKEN)
        self._clock = clock
        self.max_files = max_files

    def token(self, attachment: Attachment, conversation_id: str, uploader: str) -> tuple[str, int]:
        """Return a token for a file that the store has taken, and the instant (ms) until which it is good."""
        until = self._clock() + TOKEN_S * 1000
        file = [attachment.kind.value, attachment.id, attachment.name, attachment.type, attachment.size]
        payload = json.dumps([conversation_id, uploader, until, file], separators=(",", ":")).encode()
        return self._signer.token(payload), until

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
        payload = self._signer.payload(token)
        if payload is None:
            raise InvalidInput("A file of this message is not known here; upload it again.")
        # Only we can have written it from here on.
        where, who, until, (kind, media_id, name, media_type, size) = json.loads(payload)
        if (where, who) != (conversation_id, uploader):
            raise InvalidInput("A file of this message is not known here; upload it again.")
        if self._clock() >= until:
            raise InvalidInput("A file of this message was uploaded too long ago; upload it again.")
        return Attachment(AttachmentKind(kind), id=media_id, name=name, type=media_type, size=size)
