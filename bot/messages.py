"""The messages of a turn: what the customer sees of the utterances that the tracker recorded.

What one action says is one message, a paragraph for each utterance, so that an answer made of several sentences from
the domain still comes as one. An utterance that the action marks with ``continues=True`` goes on in the line below
instead. Two actions are two messages: the answer to a question asked in passing, and the form's own question again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, BotUttered, Event

from bot.choice import read_choice
from bot.errors import BadRequest, DomainMismatch

CONTINUES = "continues"


class Button(TypedDict):
    """Something to press, and what it means."""

    title: str
    payload: str


class Shown(TypedDict):
    """One message."""

    text: str
    buttons: list[Button]
    attachment: Any


def messages_of(turn: Iterable[Event]) -> list[Shown]:
    """The messages that the customer gets from the events of a turn, in order.

    Raises:
        DomainMismatch: an action said something that the turn contract cannot carry.
    """
    messages: list[Shown] = []
    for utterances in _by_action(turn):
        said: list[Shown] = []
        for utterance in utterances:
            shown = _shown(utterance)
            if shown is None:
                continue
            if said and said[-1]["attachment"] is None and shown["attachment"] is None:
                said[-1] = _joined(said[-1], shown, "\n" if utterance.metadata.get(CONTINUES) else "\n\n")
            else:
                said.append(shown)
        messages += said
    return messages


def _by_action(turn: Iterable[Event]) -> Iterator[list[BotUttered]]:
    utterances: list[BotUttered] = []
    for event in turn:
        if isinstance(event, BotUttered):
            utterances.append(event)
        elif isinstance(event, ActionExecuted | ActionExecutionRejected):
            yield utterances
            utterances = []
    yield utterances


def _joined(first: Shown, second: Shown, between: str) -> Shown:
    titles = {button["title"] for button in first["buttons"]}
    return {
        "text": between.join(text for text in (first["text"], second["text"]) if text),
        # Two of the same title could not be told apart when the title is typed.
        "buttons": [*first["buttons"], *(button for button in second["buttons"] if button["title"] not in titles)],
        "attachment": None,
    }


def _shown(utterance: BotUttered) -> Shown | None:
    said = utterance.data
    if said.get("elements"):
        raise DomainMismatch("A bot utterance has elements; say it with text, buttons and an attachment instead.")
    text = utterance.text or ""
    buttons = [_button(button) for button in (said.get("buttons") or []) + (said.get("quick_replies") or [])]
    attachment = _attachment(said)
    if not text and not buttons and attachment is None:
        return None
    return {"text": text, "buttons": buttons, "attachment": attachment}


def _button(button: dict[str, Any]) -> Button:
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
