"""The bot port over HTTP: one turn of Rasa, as docs/contracts.md describes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx

from handoff.attachment import Attachment, AttachmentKind
from handoff.bot import BotMessage, HandoffWanted, TurnRequest, TurnResult
from handoff.entry import Asks, Button, Understood
from handoff.errors import BotUnavailable
from handoff.model import HandoffReason

_TURN = "/webhooks/baton/turn"
_HEALTH = "/webhooks/baton/health"
_HEALTH_SECONDS = 2.0
_FAILED = 500
_MAX_ANSWER = 1024 * 1024
_MAX_CUSTOMER_ID = 200
_PROVEN_SLOT = "verified_orders"
_MOST_PROVEN = 20
# Shorter than Rasa's own 5 s, so that a connection is never used in the moment in which Rasa closes it.
_KEEP_ALIVE_SECONDS = 3.0

T = TypeVar("T")


class RasaBot:
    """Takes turns by asking Rasa.

    Args:
        url: where Rasa listens, such as `http://127.0.0.1:5005`.
        secret: shown to Rasa as a bearer token.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=None,  # noqa: S113 - each turn has its own limit, over all of its phases
            limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEEP_ALIVE_SECONDS),
            # A proxy named in the environment is for the outside world; Rasa is on loopback.
            trust_env=False,
        )

    async def turn(self, request: TurnRequest, timeout_s: float) -> TurnResult:
        """Answer one message within `timeout_s` seconds.

        Raises:
            BotUnavailable: no answer in time, or the bot failed; `retryable` unless Rasa refused or failed the turn or
                its answer makes no sense, which asking again would not change.
        """
        try:
            async with asyncio.timeout(timeout_s):
                status, answer = await self._ask(_turn_body(request))
        except TimeoutError:
            raise BotUnavailable(f"The bot did not answer within {timeout_s:g} seconds.") from None
        except httpx.HTTPError as error:
            raise BotUnavailable("The bot cannot be reached; see whether Rasa runs.") from error
        if status >= 500:
            # 500 is a failure of the turn itself; the others say that a part is away, perhaps only for a moment.
            words = f"The bot failed this turn with status {status}; its log says why."
            raise BotUnavailable(words, retryable=status != _FAILED)
        if status != 200:
            raise BotUnavailable(f"The bot refused this turn with status {status}; its log says why.", retryable=False)
        try:
            return _turn_result(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # The cause may quote what was said, so only its type is kept.
            raise BotUnavailable(
                f"The bot's answer does not follow the Turn contract ({type(error).__name__}).", retryable=False
            ) from None

    async def ready(self) -> bool:
        """Tell whether the bot could take a turn now; never raises."""
        try:
            answer = await self._http.get(_HEALTH, timeout=_HEALTH_SECONDS)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _ask(self, body: Mapping[str, Any]) -> tuple[int, bytes]:
        async with self._http.stream("POST", _TURN, json=body) as answer:
            read = bytearray()
            async for chunk in answer.aiter_bytes():
                read += chunk
                if len(read) > _MAX_ANSWER:
                    raise BotUnavailable("The bot's answer is larger than a turn may be.", retryable=False)
            return answer.status_code, bytes(read)


def _turn_body(request: TurnRequest) -> dict[str, Any]:
    said = {"text": request.text} if request.choice is None else {"choice": request.choice}
    contact = request.contact
    about = {"about": dict(request.about)} if request.about else {}
    proven = {"proven": dict(request.proven)} if request.proven else {}
    return {
        "conversation_id": request.conversation_id,
        "message_id": request.message_id,
        **said,
        "language": request.language,
        "metadata": {
            "channel": request.channel,
            **about,
            **proven,
            "contact": {
                "verified": contact.verified,
                "customer_id": contact.customer_id,
                "name": contact.name,
                "email": contact.email,
                "phone": contact.phone,
            },
        },
    }


def _turn_result(answer: bytes) -> TurnResult:
    """Read an answer; whatever it lacks or has wrong raises a KeyError, TypeError or ValueError."""
    body = _as(dict, json.loads(answer))
    effects = _as(dict, body["effects"])
    language, resolve = effects.get("language"), effects.get("resolve")
    return TurnResult(
        messages=tuple(_message(_as(dict, message)) for message in _as(list, body["messages"])),
        handoff=_handoff(_as(dict, effects["handoff"])) if effects.get("handoff") is not None else None,
        language=_as(str, language) if language is not None else None,
        details=_as(dict, effects.get("details") or {}),
        understood=_understood(_as(dict, body["understood"])) if body.get("understood") is not None else None,
        resolve=_as(bool, resolve) if resolve is not None else False,
        verified=_verified(effects.get("verified")),
        proven=_proven(body.get("slots")),
    )


def _message(message: dict[str, Any]) -> BotMessage:
    buttons = (_as(dict, button) for button in _as(list, message.get("buttons") or []))
    attachment = message.get("attachment")
    return BotMessage(
        text=_as(str, message.get("text") or ""),
        buttons=tuple(Button(_as(str, button["title"]), _as(str, button["payload"])) for button in buttons),
        attachment=_link(_as(dict, attachment)) if attachment is not None else None,
        asks=_asks(message.get("asks")),
    )


def _asks(asked: Any) -> Asks | None:
    """What a message asks for; a word that is not known here is of a newer bot, and no channel can help with it."""
    return next((one for one in Asks if one == asked), None)


def _link(attachment: dict[str, Any]) -> Attachment:
    """A file of the bot's is a public address; whoever shows it decides how."""
    return Attachment(
        AttachmentKind.LINK, url=_as(str, attachment["url"]), name=_as(str, attachment.get("title") or "")
    )


def _handoff(wanted: dict[str, Any]) -> HandoffWanted:
    return HandoffWanted(
        reason=HandoffReason(_as(str, wanted["reason"])),
        topic=_as(str, wanted.get("topic") or ""),
        details=_as(dict, wanted.get("details") or {}),
    )


def _verified(verified: Any) -> str | None:
    """The customer whom the contact has proven to be: an id that names somebody."""
    if verified is None:
        return None
    customer_id = _as(str, _as(dict, verified)["customer_id"])
    if not 1 <= len(customer_id) <= _MAX_CUSTOMER_ID:
        raise ValueError("expected a customer id")
    return customer_id


def _proven(slots: Any) -> dict[str, str]:
    """The orders that the bot takes as proven now, the latest ones; of a bot that keeps them otherwise, none."""
    orders = slots.get(_PROVEN_SLOT) if isinstance(slots, dict) else None
    if not isinstance(orders, dict):
        return {}
    named = [(number, customer) for number, customer in orders.items() if isinstance(customer, str)]
    fitting = [each for each in named if all(1 <= len(part) <= _MAX_CUSTOMER_ID for part in each)]
    return dict(fitting[-_MOST_PROVEN:])


def _understood(understood: dict[str, Any]) -> Understood:
    return Understood(
        intent=_as(str, understood.get("intent") or ""),
        confidence=float(understood.get("confidence") or 0.0),
        fallback=_as(bool, understood["fallback"]),
    )


def _as(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value
