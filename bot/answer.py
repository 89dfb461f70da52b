"""The turn answer, read from what the tracker recorded.

A first answer and a repeated one take the same way: both are made from the events of the turn. So asking again about
a message gives the same answer without running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypedDict

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.constants import (
    ACTION_DEFAULT_FALLBACK_NAME,
    REQUESTED_SLOT,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.effects import NOT_UNDERSTOOD, Effects, merge_effects
from bot.errors import DomainMismatch
from bot.languages import SWITCHED
from bot.messages import Shown, messages_of
from bot.nlu.importer import LANGUAGE
from bot.tracker import begins_turn

_INNER_SLOTS = frozenset({REQUESTED_SLOT, SESSION_START_METADATA_SLOT})
_ENDS_BOTS_PART = frozenset({"handoff", "resolve"})


class Understood(TypedDict):
    """What the bot made of the message; `fallback` when it could not make sense of it."""

    intent: str | None
    confidence: float
    entities: list[dict[str, Any]]
    fallback: bool


class Answer(TypedDict):
    """The body of a turn's 200."""

    messages: list[Shown]
    effects: Effects
    understood: Understood
    slots: dict[str, Any]


def answer_to(tracker: DialogueStateTracker, message_id: str) -> Answer | None:
    """The answer that the tracker holds for a message, or None when it does not hold the message.

    Raises:
        DomainMismatch: an action said something that the turn contract cannot carry.
    """
    events = list(tracker.events)
    starts = [place for place, event in enumerate(events) if begins_turn(event)]
    for start, end in pairwise([*starts, len(events)]):
        if events[start].message_id == message_id:
            later = end < len(events)
            return _answer(events[start:end], _slots_at(tracker, events[:end]) if later else tracker)
    return None


def ends_bots_part(tracker: DialogueStateTracker) -> bool:
    """Whether in the latest turn a person has been asked for, or the customer has said goodbye."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and _signal(event).keys() & _ENDS_BOTS_PART:
            return True
        if begins_turn(event):
            return False
    return False


def _slots_at(tracker: DialogueStateTracker, events: Iterable[Event]) -> DialogueStateTracker:
    past = tracker.init_copy()
    for event in events:
        past.update(event)
    return past


def _answer(turn: Sequence[Event], tracker: DialogueStateTracker) -> Answer:
    message = turn[0]
    assert isinstance(message, UserUttered)
    signals = [_signal(event) for event in turn if isinstance(event, BotUttered)]
    return {
        "messages": messages_of(turn),
        "effects": merge_effects([_language_effect(message), *signals]),
        "understood": _understood(message, fallback=_gave_up(turn) or any(NOT_UNDERSTOOD in one for one in signals)),
        "slots": {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and name not in _INNER_SLOTS
        },
    }


def _language_effect(message: UserUttered) -> dict[str, Any]:
    metadata = message.metadata or {}
    return {"language": metadata[LANGUAGE]} if metadata.get(SWITCHED) else {}


def _gave_up(turn: Iterable[Event]) -> bool:
    return any(
        isinstance(event, ActionExecuted) and event.action_name == ACTION_DEFAULT_FALLBACK_NAME for event in turn
    )


def _understood(message: UserUttered, *, fallback: bool) -> Understood:
    return {
        "intent": message.intent_name,
        "confidence": float(message.intent.get("confidence") or 0.0),
        "entities": [{"entity": found.get("entity"), "value": found.get("value")} for found in message.entities],
        "fallback": fallback or message.intent_name == DEFAULT_NLU_FALLBACK_INTENT_NAME,
    }


def _signal(utterance: BotUttered) -> dict[str, Any]:
    custom = utterance.data.get("custom")
    if not custom:
        return {}
    if not isinstance(custom, dict) or custom.keys() != {"baton"} or not isinstance(custom["baton"], dict):
        raise DomainMismatch(
            'A bot utterance has a custom payload that is not {"baton": {…}}; a turn can carry nothing else there.'
        )
    return custom["baton"]
