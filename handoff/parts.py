"""What a conversation is made of, in frozen types: whose it is, where it stands, who is asked for.

Like the rest of the model, nothing here does I/O or reads a clock; instants are milliseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a conversation stands; kept apart from who owns it.

    PENDING (an agent answered and waits for the customer) follows from who spoke last, so it is shown and never stored.
    """

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Presence(StrEnum):
    """What an agent says of themselves."""

    ONLINE = "online"
    BUSY = "busy"
    OFFLINE = "offline"


class HandoffReason(StrEnum):
    """Why a person was asked for."""

    ASKED = "asked"
    NOT_UNDERSTOOD = "not_understood"
    UPSET = "upset"
    TOPIC_RULE = "topic_rule"
    BOT_FAILED = "bot_failed"


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer; `verified` only when the host page signed who they are, `customer_id` is then the shop's id."""

    id: str
    verified: bool = False
    customer_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """The orders that the bot took as proven in a conversation after its last turn there.

    Args:
        orders: order number → the shop's id of the customer whose it is.
        at: when that turn was, ms.
    """

    orders: Mapping[str, str]
    at: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A handoff put to one agent until `expires_at`."""

    agent_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Handoff:
    """One request for a person and its life.

    `passed` are the agents who declined or let an offer lapse, latest last, who are not asked first again. `front` puts
    a conversation whose agent went away before the others.
    """

    id: str
    reason: HandoffReason
    requested_at: int
    topic: str = ""
    team: str | None = None
    offer: Offer | None = None
    passed: tuple[str, ...] = ()
    front: bool = False
    claimed_at: int | None = None
