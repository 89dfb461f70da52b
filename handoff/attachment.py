"""What comes with a message besides its text: files, a place, a contact card."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AttachmentKind(StrEnum):
    """What an attachment is to the person who gets it."""

    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    LOCATION = "location"
    CONTACT = "contact"
    LINK = "link"


class AttachmentState(StrEnum):
    """Whether an attachment's bytes are here.

    READY: they are in the media store, or there are none to keep (a place, a card, a link). PENDING: they are still at
    the platform. REFUSED: they will never be here (too large, gone, not allowed, a virus); `note` says why.
    """

    READY = "ready"
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment of a message.

    Args:
        kind: what it is; for files decided by their first bytes, not by what the sender claims.
        state: whether its bytes are here.
        id: the SHA-256 of its bytes in hex, by which the media store knows it; empty until they are here.
        ref: by what the platform gives its bytes while it is pending; never shown to anybody.
        name: the file's name as the sender gave it, cleaned; or the name on a card or of a place.
        type: media type such as `image/jpeg`, sniffed.
        size: bytes.
        url: of a link; of a place that has a page.
        phone: on a contact card.
        latitude: of a place, degrees.
        longitude: of a place, degrees.
        note: for the agent, why it was refused.
    """

    kind: AttachmentKind
    state: AttachmentState = AttachmentState.READY
    id: str = ""
    ref: str = ""
    name: str = ""
    type: str = ""
    size: int = 0
    url: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    note: str = ""
