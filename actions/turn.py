"""One turn as an action reads it: what the customer just said, and what is known about who says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from actions.shop import CustomerId
from actions.words import word_count

TASKS = frozenset({"order_status", "start_return", "refund_fee", "cancel_order", "change_address"})
PEOPLE = frozenset({"talk_to_person", "request_callback", "change_callback", "cancel_callback", "upset"})
MANNERS = frozenset(
    {
        "greet",
        "goodbye",
        "thanks",
        "stop",
        "start_over",
        "bot_capabilities",
        "bot_challenge",
        "change_language",
        "handoff_returned",
    }
)

FAQ = "faq_"
_ANSWERS = ("order_number", "email", "phone")
_ENDS = ("start", "end")
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
class Detail:
    """A detail found in a message.

    Args:
        entity: its kind.
        value: what it means.
        start: place of its first character in the text.
        end: place behind its last character; 0 when the detail was not typed but came with a button.
    """

    entity: str
    value: str
    start: int = 0
    end: int = 0

    def is_within(self, others: Iterable[Detail]) -> bool:
        """Whether it is a part of one of the others."""
        return any(other.start <= self.start and self.end <= other.end for other in others)


@dataclass(frozen=True)
class Turn:
    """The customer's latest message.

    Args:
        message_id: names the message; the same message always has the same.
        intent: what the NLU, or the pressed button, says it means.
        confidence: of the intent, 0 to 1.
        text: what was typed; empty when a button was pressed.
        pressed: whether it was a button.
        details: everything found in the message, or carried by the button, in order.
        language: BCP 47 tag of the language to answer in.
        languages: everything that the bot speaks, the default first; empty when that is not known.
        proven: orders that the customer has proven in other conversations, each with whose it is; for this turn only.
    """

    conversation_id: str
    message_id: str
    intent: str
    confidence: float
    text: str
    pressed: bool
    details: tuple[Detail, ...]
    contact: Contact
    language: str
    languages: tuple[str, ...] = ()
    proven: Mapping[str, CustomerId] = field(default_factory=dict)

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
            details=_details(message.get("entities") or [], len(text) - len(text.lstrip())),
            contact=_contact(metadata.get("contact") or {}),
            # An action may have changed it in this very turn.
            language=str(tracker.get_slot("language") or metadata.get("language") or "en"),
            languages=tuple(map(str, metadata.get("languages") or ())),
            proven=_proven(metadata.get("proven")),
        )

    @cached_property
    def entities(self) -> Mapping[str, tuple[str, ...]]:
        """Every value found, by the kind of detail."""
        values: dict[str, tuple[str, ...]] = {}
        for detail in self.details:
            values[detail.entity] = (*values.get(detail.entity, ()), detail.value)
        return values

    def details_of(self, *kinds: str) -> tuple[Detail, ...]:
        """The details of some kinds, in order."""
        return tuple(detail for detail in self.details if detail.entity in kinds)

    def text_without(self, *kinds: str) -> str:
        """What was typed, with a space in place of the details of some kinds."""
        text = self.text
        for detail in sorted(self.details_of(*kinds), key=lambda one: one.start, reverse=True):
            text = f"{text[: detail.start]} {text[detail.end :]}" if detail.end else text
        return text

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

    def is_bare_detail(self, most_words: int = _BARE_ANSWER_WORDS) -> bool:
        """Whether the message is an order number, e-mail address or phone number and at most some words more."""
        found = self.details_of(*_ANSWERS)
        return bool(found) and word_count(self.text_without(*_ANSWERS)) <= most_words

    def is_yes_or_no(self) -> bool:
        """Whether it surely agrees or disagrees; what resembles a yes a little must not count as one."""
        return self.intent in ("affirm", "deny") and self.confidence >= _SURE_YES_OR_NO

    def is_bare_yes_or_no(self) -> bool:
        """Whether it says nothing else: "it was not wrapped" resembles a no, but answers why."""
        return self.is_yes_or_no() and word_count(self.text) <= _BARE_YES_OR_NO_WORDS

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


def said_before(tracker: Tracker) -> str:
    """What the customer wrote in the message before this one."""
    texts = (event.get("text") for event in reversed(tracker.events) if event.get("event") == "user")
    return str(next(islice(texts, 1, None), None) or "")


def _last_message_id(tracker: Tracker) -> str:
    users = (event.get("message_id") for event in reversed(tracker.events) if event.get("event") == "user")
    return str(next(users, None) or "")


def _details(found: list[dict[str, Any]], cut: int) -> tuple[Detail, ...]:
    """Args: cut: characters of white space that the text has lost at its beginning."""
    return tuple(
        Detail(entity["entity"], str(entity["value"]), *(max(0, int(entity.get(end) or 0) - cut) for end in _ENDS))
        for entity in found
        if isinstance(entity.get("entity"), str) and entity.get("value") is not None
    )


def _proven(given: Any) -> dict[str, CustomerId]:
    pairs = given.items() if isinstance(given, dict) else ()
    return {
        number: CustomerId(customer_id) for number, customer_id in pairs if customer_id and isinstance(customer_id, str)
    }


def _contact(given: Mapping[str, Any]) -> Contact:
    customer_id = given.get("customer_id")
    return Contact(
        verified=given.get("verified") is True,
        customer_id=CustomerId(str(customer_id)) if customer_id else None,
        name=given.get("name") or None,
        phone=given.get("phone") or None,
    )
