"""The bot port: one turn in, the bot's replies and effects out.

The shape is the Turn contract of docs/contracts.md. The adapter that speaks HTTP to Rasa lives in `connectors.rasa`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from handoff.attachment import Attachment
from handoff.entry import Asks, Button, Understood
from handoff.model import Contact, HandoffReason


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """One message of a customer for the bot; exactly one of `text` and `choice` is set.

    `message_id` makes the turn idempotent: asked again, the bot gives the same answer and runs nothing twice.
    `about` is what the customer was told unasked and may be answering to: the `order_number` of an update. `proven` are
    the orders that they have proven in other conversations, each with the shop's id of its customer.
    """

    conversation_id: str
    message_id: str
    language: str
    channel: str
    contact: Contact
    text: str | None = None
    choice: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    proven: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BotMessage:
    """One reply of the bot; `asks` where it asks for something that the customer's channel may offer to share."""

    text: str
    buttons: tuple[Button, ...] = ()
    attachment: Attachment | None = None
    asks: Asks | None = None


@dataclass(frozen=True, slots=True)
class HandoffWanted:
    """The bot asks for a person."""

    reason: HandoffReason
    topic: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What one turn of the bot produced.

    `details` are facts for the agent, `language` is set when it changed. `resolve` says that the bot and the customer
    are done with each other; a handoff asked for in the same turn goes before it. `verified` is the shop's id of the
    customer whom the contact has proven to be in this turn, by an order's number and what else is on that order.
    `proven` are all the orders that are proven in the conversation now, each with the shop's id of its customer.
    """

    messages: tuple[BotMessage, ...] = ()
    handoff: HandoffWanted | None = None
    language: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    understood: Understood | None = None
    resolve: bool = False
    verified: str | None = None
    proven: Mapping[str, str] = field(default_factory=dict)


class Bot(Protocol):
    """Takes turns of conversations."""

    async def turn(self, request: TurnRequest, timeout_s: float) -> TurnResult:
        """Answer one message within `timeout_s` seconds.

        Raises:
            BotUnavailable: no answer in time, or the bot failed.
        """

    async def ready(self) -> bool:
        """Tell whether the bot could take a turn now; never raises."""
