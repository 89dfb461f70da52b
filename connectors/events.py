"""What comes in from a channel, as its adapter parses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handoff.attachment import Attachment
from handoff.delivery import DeliveryReport
from handoff.errors import BatonError


@dataclass(frozen=True, slots=True)
class Address:
    """Who a contact is on a channel.

    Args:
        ids: the platform's ids of them, the most lasting first; a contact known by any of them is known. Prefixed by
            their kind where a platform has several (`user:…`, `phone:…`).
        name: as they call themselves there.
        language: the tag of their app's language, where the platform tells.
        phone: E.164, only where the platform has verified that it is theirs.
    """

    ids: tuple[str, ...]
    name: str | None = None
    language: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A contact wrote, pressed a button or sent something.

    Args:
        sender: who.
        external_id: the platform's id of the message, or of the update that carries it: what it is deduplicated by.
        at: when it was sent, ms.
        text: what was written, the caption of a file included.
        choice: the id of the pressed button, as we gave it.
        attachments: files (PENDING, with their `ref`), places and cards.
        reply_to: the platform's id of the message that is quoted.
        message_ref: the platform's id by which it is later replied to, read or edited, if another than `external_id`.
        facts: more that an agent should see (a referral, a forwarded mark, the payload of a start link).
        signal_ref: what `Channel.signal` needs to mark this as seen.
    """

    sender: Address
    external_id: str
    at: int
    text: str | None = None
    choice: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None
    message_ref: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    signal_ref: str | None = None


@dataclass(frozen=True, slots=True)
class ReactionReceived:
    """A contact reacted to a message with `emoji`, or took their reaction back (None)."""

    sender: Address
    external_id: str
    at: int
    to: str
    emoji: str | None


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A contact changed what they had sent; `of` is the `message_ref` (or external id) of that message."""

    sender: Address
    external_id: str
    at: int
    of: str
    text: str


@dataclass(frozen=True, slots=True)
class DeliveryReported:
    """The platform tells what became of a message that we sent.

    Args:
        message_id: the platform's id of the message.
        report: what became of it.
        recipient: who should have got it, where the platform tells.
        idempotency_key: as it was given to `Channel.send`, where the platform returns it.
    """

    message_id: str
    report: DeliveryReport
    recipient: Address | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """A contact has another id from now on; `before` is one they were known by."""

    before: str
    after: Address
    external_id: str
    at: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that Baton has no use for, counted by its reason (`group`, `unknown_kind`, `malformed`, …).

    Args:
        reason: one word of ours, never what the platform or a person wrote.
        sender: who to answer, and `say` what: the name of a notice (`groups_refused`, `kind_not_supported`).
    """

    reason: str
    sender: Address | None = None
    say: str | None = None
    external_id: str | None = None


InboundEvent = MessageReceived | ReactionReceived | MessageEdited | DeliveryReported | AddressChanged | Ignored


class Forged(BatonError):
    """A webhook that its platform did not send: the signature or secret is missing, wrong or stale."""

    status = 401
    code = "forged"


class Unreadable(BatonError):
    """A webhook whose body is not what its platform sends at all (not JSON, not UTF-8, no object)."""

    status = 400
    code = "unreadable"
