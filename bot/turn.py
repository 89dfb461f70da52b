"""The turn request: what the gateway sends for one customer message."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.choice import Choice, read_choice
from bot.errors import BadRequest
from bot.languages import DEFAULT_LANGUAGE

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT_CHARACTERS = 4_000

TURN_TIMEOUT_VARIABLE = "BATON_TURN_TIMEOUT_SECONDS"
DEFAULT_TURN_TIMEOUT_SECONDS = 8.0
_BEGUN_BY = 0.5
_DONE_BY = 0.75

_FIELDS = frozenset({"conversation_id", "message_id", "text", "choice", "language", "metadata"})
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class TurnRequest:
    """One customer message for the bot; exactly one of `text` and `choice` is set.

    Args:
        conversation_id: whose turn it is.
        message_id: names the message; asking again with the same one changes nothing.
        text: what the customer typed. A leading slash has no meaning.
        choice: the button that was pressed.
        language: BCP 47 tag of the conversation.
        metadata: handed to actions as the message's metadata.
    """

    conversation_id: str
    message_id: str
    text: str | None
    choice: Choice | None
    language: str
    metadata: dict[str, Any]

    @property
    def channel(self) -> str:
        """The channel the customer writes on, as far as the gateway told."""
        channel = self.metadata.get("channel")
        return channel if isinstance(channel, str) and channel else "baton"

    @property
    def order_told_about(self) -> str | None:
        """The order that the customer was last told about unasked, when this message may answer to that."""
        about = self.metadata.get("about")
        number = about.get("order_number") if isinstance(about, dict) else None
        return number if isinstance(number, str) and number else None


class TurnTime:
    """What is left of a turn's time for more than the message's first request, which may take all of it.

    Args:
        seconds: how long the whole turn may take.
        now: tells the time in seconds; it is begun now.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._begun = now()

    @property
    def may_begin_more(self) -> bool:
        """Whether another request may be begun: half of the time is left."""
        return self._used < self._seconds * _BEGUN_BY

    @property
    def seconds_for_more(self) -> float:
        """How long a request begun now may take; the last quarter is for recording the turn and answering."""
        return max(0.0, self._seconds * _DONE_BY - self._used)

    @property
    def _used(self) -> float:
        return self._now() - self._begun


def read_turn(body: bytes) -> TurnRequest:
    """Read the body of a turn request.

    Raises:
        BadRequest: 413 over 64 kB, 400 not JSON in UTF-8, 422 a field is unknown, missing or wrong.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BadRequest(
            f"A turn request holds at most {MAX_BODY_BYTES:,} bytes; this one has {len(body):,}.",
            status=413,
            code="body_too_large",
        )
    fields = _json_object(body)
    unknown = sorted(fields.keys() - _FIELDS)
    if unknown:
        raise BadRequest(f"A turn has no field {unknown[0][:40]!r}.", code="unknown_field")
    text, choice = _optional_string(fields, "text"), _optional_string(fields, "choice")
    if (text is None) == (choice is None):
        raise BadRequest("A turn carries exactly one of text and choice.", code="text_or_choice")
    return TurnRequest(
        conversation_id=_identifier(fields, "conversation_id"),
        message_id=_identifier(fields, "message_id"),
        text=None if text is None else _customer_text(text),
        choice=None if choice is None else read_choice(choice),
        language=_language(fields),
        metadata=_metadata(fields),
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON in UTF-8.", status=400, code="not_json") from None
    if not isinstance(fields, dict):
        raise BadRequest("The body is a JSON object.")
    try:
        # JSON can escape half a surrogate pair; nothing after us could store or send it.
        json.dumps(fields, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        raise BadRequest("The body holds characters that are not Unicode text.") from None
    return fields


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _optional_string(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} is a text.")
    return value


def _identifier(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise BadRequest(f"{name} is 1 to 200 visible ASCII characters.")
    return value


def _customer_text(text: str) -> str:
    if not text.strip():
        raise BadRequest("A message needs a text.", code="text_empty")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise BadRequest(
            f"A message holds at most {MAX_TEXT_CHARACTERS:,} characters; this one has {len(text):,}.",
            code="text_too_long",
        )
    return text


def _language(fields: Mapping[str, Any]) -> str:
    language = _optional_string(fields, "language") or DEFAULT_LANGUAGE
    if _LANGUAGE.fullmatch(language) is None:
        raise BadRequest("language is a BCP 47 tag such as en or pt-BR.")
    return language


def _metadata(fields: Mapping[str, Any]) -> dict[str, Any]:
    metadata = fields.get("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise BadRequest("metadata is a JSON object.")
    return metadata
