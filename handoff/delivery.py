"""What becomes of a message on its way to the customer, on channels that Baton sends to.

The web page reads its log and needs no sending. On every other channel the log is the outbox: what is public and not
the contact's own is sent in order, and `Kind.DELIVERY` entries (internal, `in_reply_to` the seq of what was sent) say
what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handoff.entry import Author, Entry, Kind, Visibility

WEB = "web"
"""The channel whose pages read the log themselves."""


class DeliveryStatus(StrEnum):
    """How far a message came."""

    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


_RANKS = {status: rank for rank, status in enumerate(DeliveryStatus, start=1)}


def rank(status: DeliveryStatus) -> int:
    """Return how much a status says: reports come out of order, and only one of a higher rank is news.

    Delivered outranks failed, for what reached the customer did not fail.
    """
    return _RANKS[status]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a platform, or the sender, says of one message.

    Args:
        status: how far it came.
        at: when, in ms.
        code: the platform's error code, or one of Baton's own words (`window_closed`, `no_answer`, `opted_out`).
        hint: one sentence for the agent or operator: what went wrong and what to do next.
    """

    status: DeliveryStatus
    at: int
    code: str = ""
    hint: str = ""


def is_pushed(channel: str) -> bool:
    """Tell whether Baton sends to a channel, unlike a page that reads its log."""
    return channel != WEB


def is_outgoing(entry: Entry) -> bool:
    """Tell whether an entry is to be sent to the customer of a pushed channel."""
    said = entry.kind in (Kind.MESSAGE, Kind.OWNER, Kind.CALLBACK) and entry.author is not Author.CONTACT
    public = entry.visibility is Visibility.PUBLIC
    return said and public and bool(entry.text or entry.buttons or entry.attachments or entry.template)
