"""The messages of a turn: what the customer sees of the utterances that the tracker recorded.

What one action says is one message, a paragraph for each utterance, so that an answer made of several sentences from
the domain still comes as one. An utterance that the action marks with ``continues=True`` goes on in the line below
instead; one that it marks with ``asks="phone"`` or ``asks="email_or_phone"`` asks for what some channels can offer to
share.
Two actions are two messages: the answer to a question asked in passing, and the form's own question again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypedDict, get_args

from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, BotUttered, Event

from bot.choice import read_choice
from bot.errors import BadRequest, DomainMismatch

CONTINUES = "continues"
ASKS = "asks"
Asks = Literal["phone", "email_or_phone"]
_ASKABLE: tuple[Asks, ...] = get_args(Asks)


class Button(TypedDict):
    """Something to press, and what it means."""

    title: str
    payload: str


class _Shown(TypedDict):
    text: str
    buttons: list[Button]
    attachment: Any


class Shown(_Shown, total=False):
    """One message; `asks` is there when it asks for something that a channel may have at hand."""

    asks: Asks


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
    joined: Shown = {
        "text": between.join(text for text in (first["text"], second["text"]) if text),
        # Two of the same title could not be told apart when the title is typed.
        "buttons": [*first["buttons"], *(button for button in second["buttons"] if button["title"] not in titles)],
        "attachment": None,
    }
    asking = next((one["asks"] for one in (second, first) if ASKS in one), None)
    if asking is not None:
        joined["asks"] = asking
    return joined


def _shown(utterance: BotUttered) -> Shown | None:
    said = utterance.data
    if said.get("elements"):
        raise DomainMismatch("A bot utterance has elements; say it with text, buttons and an attachment instead.")
    text = utterance.text or ""
    buttons = [_button(button) for button in (said.get("buttons") or []) + (said.get("quick_replies") or [])]
    attachment = _attachment(said)
    if not text and not buttons and attachment is None:
        return None
    shown: Shown = {"text": text, "buttons": buttons, "attachment": attachment}
    if utterance.metadata.get(ASKS) is not None:
        shown["asks"] = _asks(utterance.metadata[ASKS])
    return shown


def _asks(asked: Any) -> Asks:
    for one in _ASKABLE:
        if one == asked:
            return one
    raise DomainMismatch(f"A bot utterance asks for something else than {' or '.join(_ASKABLE)}.")


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
