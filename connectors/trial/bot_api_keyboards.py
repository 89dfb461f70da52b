"""Keyboards as the Bot API takes them: under a message, in place of the phone's own, or taken away again.

https://core.telegram.org/bots/api#inlinekeyboardmarkup and #replykeyboardmarkup; stricter than the platform in that a
field that Baton has no use for is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.trial.bot_api_refusal import bad

MAX_CALLBACK_DATA = 64
MAX_ROW = 8
MAX_BUTTONS = 100
_MAX_PLACEHOLDER = 64
_KINDS = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"}
_FLAGS = {"is_persistent", "resize_keyboard", "one_time_keyboard", "selective"}
_REQUESTS = {"request_contact", "request_location", "request_poll", "request_users", "request_chat", "web_app"}

Rows = Sequence[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Markup:
    """What comes with a message.

    Args:
        inline: the rows of buttons under it.
        keyboard: the rows of buttons in place of the phone's own keyboard.
        one_time: that keyboard hides once it was used.
        removes: the keyboard of an earlier message goes.
    """

    inline: Rows = ()
    keyboard: Rows = ()
    one_time: bool = False
    removes: bool = False

    @property
    def asks_contact(self) -> bool:
        """Whether a button of the keyboard shares the customer's own phone number."""
        return any(button.get("request_contact") for row in self.keyboard for button in row)


def read_markup(markup: Any) -> Markup:
    """Return a `reply_markup`; raises Refusal."""
    kinds = markup.keys() & _KINDS if isinstance(markup, dict) else set()
    if len(kinds) != 1:
        raise bad("object expected as reply markup")
    if "inline_keyboard" in kinds:
        _known(markup, {"inline_keyboard"})
        return Markup(inline=[[_inline(button) for button in row] for row in _rows(markup["inline_keyboard"])])
    if "keyboard" in kinds:
        return _keyboard(markup)
    if "remove_keyboard" in kinds:
        _known(markup, {"remove_keyboard", "selective"})
        if markup["remove_keyboard"] is not True:
            raise bad("object expected as reply markup")
        return Markup(removes=True)
    raise bad("Baton does not force replies")


def for_chat(markup: Markup, chat: Mapping[str, Any]) -> Markup:
    """Let a markup pass that may be shown in a chat; raises Refusal."""
    if markup.asks_contact and chat["type"] != "private":
        raise bad("phone number can be requested in private chats only")
    return markup


def _keyboard(markup: Mapping[str, Any]) -> Markup:
    _known(markup, {"keyboard", "input_field_placeholder", *_FLAGS})
    if any(not isinstance(markup[name], bool) for name in _FLAGS & markup.keys()):
        raise bad("a Boolean is expected")
    placeholder = markup.get("input_field_placeholder", "-")
    if not isinstance(placeholder, str) or not 1 <= len(placeholder) <= _MAX_PLACEHOLDER:
        raise bad("input field placeholder is too long")
    rows = [[_button(button) for button in row] for row in _rows(markup["keyboard"])]
    if not rows:
        raise bad("reply keyboard must not be empty")
    return Markup(keyboard=rows, one_time=markup.get("one_time_keyboard", False))


def _rows(rows: Any) -> Sequence[Sequence[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("object expected as reply markup")
    if sum(map(len, rows)) > MAX_BUTTONS or any(not 1 <= len(row) <= MAX_ROW for row in rows):
        raise bad("reply markup is too long")
    return rows


def _inline(button: Any) -> Mapping[str, Any]:
    named = _named(button)
    if named.keys() - {"text"} != {"callback_data"}:
        raise bad("text buttons are unallowed in the inline keyboard")
    pressed = named["callback_data"]
    if not isinstance(pressed, str) or not 1 <= len(pressed.encode()) <= MAX_CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")
    return named


def _button(button: Any) -> Mapping[str, Any]:
    named = _named({"text": button} if isinstance(button, str) else button)
    _known(named, {"text", *_REQUESTS})
    # One of them at most: without any, the button sends its own text.
    if len(named.keys() & _REQUESTS) > 1:
        raise bad("a keyboard button can have one type only")
    if not isinstance(named.get("request_contact", False), bool):
        raise bad("a Boolean is expected")
    return named


def _named(button: Any) -> Mapping[str, Any]:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad("text buttons must be non-empty")
    return button


def _known(given: Mapping[str, Any], names: Iterable[str]) -> None:
    unknown = given.keys() - set(names)
    if unknown:
        raise bad(f"the markup has no field {sorted(unknown)[0]}")
