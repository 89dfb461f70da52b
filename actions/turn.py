"""One turn as an action reads it: what the customer just said, and what is known about who says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from actions.shop import CustomerId

TASKS = frozenset({"order_status", "start_return", "refund_fee", "cancel_order", "change_address"})
PEOPLE = frozenset({"talk_to_person", "request_callback", "change_callback", "cancel_callback", "upset"})
MANNERS = frozenset(
    {"greet", "goodbye", "thanks", "stop", "start_over", "bot_capabilities", "bot_challenge", "handoff_returned"}
)

FAQ = "faq_"
_QUESTION_MARKS = ("?", "؟", "？")
_SURE = 0.6
_SURE_YES_OR_NO = 0.5
_VERY_SURE = 0.8
_BARE_ANSWER_WORDS = 3
_BARE_YES_OR_NO_WORDS = 3


@dataclass(frozen=True)
class Contact:
    """What the channel knows of the customer. `verified` is true only for a user signed by the host page."""

    verified: bool = False
    customer_id: CustomerId | None = None
    name: str | None = None
    phone: str | None = None

    @property
    def proven_customer(self) -> CustomerId | None:
        """The shop's customer that the host page vouches for."""
        return self.customer_id if self.verified else None


@dataclass(frozen=True)
class Turn:
    """The customer's latest message.

    Args:
        message_id: names the message; the same message always has the same.
        intent: what the NLU, or the pressed button, says it means.
        confidence: of the intent, 0 to 1.
        text: what was typed; empty when a button was pressed.
        pressed: whether it was a button.
        entities: every value found, by entity name.
        language: BCP 47 tag of the conversation.
    """

    conversation_id: str
    message_id: str
    intent: str
    confidence: float
    text: str
    pressed: bool
    entities: Mapping[str, tuple[str, ...]]
    contact: Contact
    language: str

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """The latest turn of a conversation."""
        message = tracker.latest_message
        intent = message.get("intent") or {}
        name = intent.get("name") or "nlu_fallback"
        text = message.get("text") or ""
        pressed = text == f"/{name}" or text.startswith(f"/{name}{{")
        metadata = message.get("metadata") or {}
        return cls(
            conversation_id=tracker.sender_id,
            message_id=str(message.get("message_id") or _last_message_id(tracker)),
            intent=name,
            confidence=float(intent.get("confidence") or 0.0),
            text="" if pressed else text.strip(),
            pressed=pressed,
            entities=_entities(message.get("entities") or []),
            contact=_contact(metadata.get("contact") or {}),
            language=str(metadata.get("language") or "en"),
        )

    def entity(self, name: str) -> str | None:
        """The first value of an entity, or None."""
        return next(iter(self.entities.get(name, ())), None)

    @property
    def is_faq(self) -> bool:
        """Whether it asks a question with one answer."""
        return self.intent.startswith(FAQ)

    def asks_for_something_else(self, own_intent: str | None = None) -> bool:
        """Whether the message is a request of its own rather than an answer to the bot's question.

        Free text is easily mistaken for a request ("it doesn't fit" for a question about sizes), so a typed message
        needs a sure intent, or a question mark. A message that is little more than an order number, an e-mail address
        or a phone number is always an answer.

        Args:
            own_intent: the intent that begins the task in hand; it never leaves it.
        """
        if self.intent == own_intent:
            return False
        if self.intent in MANNERS or self.intent in PEOPLE:
            return self.pressed or self.confidence >= _SURE
        if self.is_about_the_shop() or self.intent == "out_of_scope":
            asked = self.confidence >= _VERY_SURE or self.has_question_mark()
            return self.pressed or (asked and not self.is_bare_detail())
        return False

    def is_about_the_shop(self) -> bool:
        """Whether it is a task, a question or a matter for a person, rather than manners or the wish for a person."""
        return self.intent in TASKS or self.is_faq or self.intent == "topic_for_person"

    def is_bare_detail(self) -> bool:
        """Whether the message is an order number, e-mail address or phone number and at most a few words more."""
        found = [value for name in ("order_number", "email", "phone") for value in self.entities.get(name, ())]
        rest = self.text
        for value in found:
            rest = rest.replace(value, " ")
        return bool(found) and len(rest.split()) <= _BARE_ANSWER_WORDS

    def is_yes_or_no(self) -> bool:
        """Whether it surely agrees or disagrees; what resembles a yes a little must not count as one."""
        return self.intent in ("affirm", "deny") and self.confidence >= _SURE_YES_OR_NO

    def is_bare_yes_or_no(self) -> bool:
        """Whether it says nothing else: "it was not wrapped" resembles a no, but answers why."""
        return self.is_yes_or_no() and len(self.text.split()) <= _BARE_YES_OR_NO_WORDS

    def has_question_mark(self) -> bool:
        """Whether it is written as a question."""
        return any(mark in self.text for mark in _QUESTION_MARKS)


def was_said_last_turn(tracker: Tracker, responses: frozenset[str]) -> bool:
    """Whether the bot said one of these in the turn before this one."""
    turns_back = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            turns_back += 1
        elif turns_back == 1 and (event.get("metadata") or {}).get("utter_action") in responses:
            return True
        if turns_back > 1:
            return False
    return False


def _last_message_id(tracker: Tracker) -> str:
    users = (event.get("message_id") for event in reversed(tracker.events) if event.get("event") == "user")
    return str(next(users, None) or "")


def _entities(found: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for entity in found:
        name, value = entity.get("entity"), entity.get("value")
        if isinstance(name, str) and value is not None:
            values[name] = (*values.get(name, ()), str(value))
    return values


def _contact(given: Mapping[str, Any]) -> Contact:
    customer_id = given.get("customer_id")
    return Contact(
        verified=given.get("verified") is True,
        customer_id=CustomerId(str(customer_id)) if customer_id else None,
        name=given.get("name") or None,
        phone=given.get("phone") or None,
    )
