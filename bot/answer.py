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

from bot.choice import read_choice
from bot.effects import NOT_UNDERSTOOD, Effects, merge_effects
from bot.errors import BadRequest, DomainMismatch
from bot.tracker import begins_turn

_INNER_SLOTS = frozenset({REQUESTED_SLOT, SESSION_START_METADATA_SLOT})


class Understood(TypedDict):
    """What the bot made of the message; `fallback` when it could not make sense of it."""

    intent: str | None
    confidence: float
    entities: list[dict[str, Any]]
    fallback: bool


class Answer(TypedDict):
    """The body of a turn's 200."""

    messages: list[dict[str, Any]]
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


def _slots_at(tracker: DialogueStateTracker, events: Iterable[Event]) -> DialogueStateTracker:
    past = tracker.init_copy()
    for event in events:
        past.update(event)
    return past


def _answer(turn: Sequence[Event], tracker: DialogueStateTracker) -> Answer:
    message = turn[0]
    assert isinstance(message, UserUttered)
    utterances = [event for event in turn if isinstance(event, BotUttered)]
    signals = [_signal(utterance) for utterance in utterances]
    return {
        "messages": [shown for shown in map(_shown, utterances) if shown is not None],
        "effects": merge_effects(signals),
        "understood": _understood(message, fallback=_gave_up(turn) or any(NOT_UNDERSTOOD in one for one in signals)),
        "slots": {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and name not in _INNER_SLOTS
        },
    }


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


def _shown(utterance: BotUttered) -> dict[str, Any] | None:
    said = utterance.data
    if said.get("elements"):
        raise DomainMismatch("A bot utterance has elements; say it with text, buttons and an attachment instead.")
    text = utterance.text or ""
    buttons = [_button(button) for button in (said.get("buttons") or []) + (said.get("quick_replies") or [])]
    attachment = _attachment(said)
    if not text and not buttons and attachment is None:
        return None
    return {"text": text, "buttons": buttons, "attachment": attachment}


def _button(button: dict[str, Any]) -> dict[str, str]:
    title, payload = button.get("title"), button.get("payload")
    if not isinstance(title, str) or not isinstance(payload, str):
        raise DomainMismatch("A button needs a title and a payload.")
    try:
        read_choice(payload)
    except BadRequest as error:
        raise DomainMismatch(f"A button's payload cannot be sent back. {error.message}") from error
    return {"title": title, "payload": payload}


def _attachment(said: dict[str, Any]) -> Any:
    # Rasa repeats an image as the attachment; only the image says what it is.
    if said.get("image"):
        return {"type": "image", "url": said["image"]}
    attachment = said.get("attachment") or None
    return {"type": "file", "url": attachment} if isinstance(attachment, str) else attachment
