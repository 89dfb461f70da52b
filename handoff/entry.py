"""The append-only log of a conversation: one `Entry` a record, and every entry says who spoke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from handoff.attachment import Attachment


class Owner(StrEnum):
    """Who answers the customer."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"


class Author(StrEnum):
    """Who speaks in an entry."""

    CONTACT = "contact"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(StrEnum):
    """What an entry records."""

    MESSAGE = "message"
    OWNER = "owner"
    NOTE = "note"
    CALLBACK = "callback"
    CSAT = "csat"
    DELIVERY = "delivery"
    MEDIA = "media"
    REACTION = "reaction"
    EDIT = "edit"
    CONTACT = "contact"


class OwnerEvent(StrEnum):
    """Why an `owner` entry was written."""

    REQUESTED = "requested"
    OFFERED = "offered"
    CLAIMED = "claimed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    TRANSFERRED = "transferred"
    RELEASED = "released"
    RETURNED = "returned"
    RESOLVED = "resolved"
    GAVE_UP = "gave_up"
    SNOOZED = "snoozed"
    REOPENED = "reopened"
    JOINED = "joined"
    ENDED = "ended"


class Visibility(StrEnum):
    """Whether the customer sees an entry."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Asks(StrEnum):
    """What a message asks for that the customer's channel may have at hand."""

    PHONE = "phone"
    EMAIL_OR_PHONE = "email_or_phone"


@dataclass(frozen=True, slots=True)
class Button:
    """A quick reply; `payload` stays on the server, the customer's page gets an id for it."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Template:
    """A message the platform has approved, for channels that allow nothing else after some time.

    Args:
        name: by which the platform knows it.
        language: the tag of the translation to send.
        fields: what fills its places `{{1}}`, `{{2}}`, …, in order.
    """

    name: str
    language: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What the bot made of the message it answered; `confidence` is 0 to 1."""

    intent: str
    confidence: float
    fallback: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the append-only log.

    `seq` counts from 1 and is given by the store (0 before that). `external_id` is the sender's own id of a message.
    `language` is the tag of the language that the text is in, where Baton knows: what the bot or the system said.
    `choice` is the payload of the pressed button. `in_reply_to` is the seq of the entry that this one is about: the
    message that a bot's entry answers, that a contact quotes, reacts to or edits, whose delivery or media it reports.
    `asks` is set on a message that asks for something the channel may offer to share, `asks_no_more` on the first one
    that is said once that question is not open any more (see `handoff.asked`).
    `template` is set on a message that goes out as a template, `text` then says the same for whoever reads the log.
    `facts` holds what only one kind has (a callback's state, an outcome, a satisfaction score).
    """

    kind: Kind
    author: Author
    at: int
    seq: int = 0
    text: str = ""
    language: str | None = None
    name: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    template: Template | None = None
    external_id: str | None = None
    choice: str | None = None
    in_reply_to: int | None = None
    understood: Understood | None = None
    event: OwnerEvent | None = None
    owner: Owner | None = None
    asks: Asks | None = None
    asks_no_more: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


_FOR_AGENTS = frozenset(
    {
        OwnerEvent.OFFERED,
        OwnerEvent.DECLINED,
        OwnerEvent.LAPSED,
        OwnerEvent.SNOOZED,
        OwnerEvent.REOPENED,
        OwnerEvent.ENDED,
    }
)
"""Events that a customer is not shown: their conversation is as much theirs as before, or theirs no more."""


def owner_entry(
    owner: Owner,
    event: OwnerEvent,
    at: int,
    name: str | None = None,
    *,
    agent_id: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    """Return the entry that records what became of a conversation.

    Args:
        owner: whose it is afterwards.
        event: what became of it.
        at: when, ms.
        name: of the agent or team that it is about.
        agent_id: of that agent.
        facts: what else belongs to the event.
    """
    known = dict(facts or {})
    if agent_id is not None:
        known["agent_id"] = agent_id
    return Entry(
        kind=Kind.OWNER,
        author=Author.SYSTEM,
        at=at,
        name=name,
        visibility=Visibility.INTERNAL if event in _FOR_AGENTS else Visibility.PUBLIC,
        event=event,
        owner=owner,
        facts=known,
    )
