"""Calls of the Bot API: python-telegram-bot's own transport, with the platform's answers told apart.

The library folds every status of 5xx into one error and keeps of a flood limit only a sentence; what a send came to
(`connectors.outgoing.SendOutcome`) hangs on just that.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from connectors.outgoing import Rejected, RetryAfter, SendOutcome, Unknown

_MEDIA_SECONDS = 120.0
_MOST_RETRY_S = 24 * 3600
# What fails before a byte of the request has left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class Refused(TelegramError):
    """The platform said no.

    Args:
        status: of the answer.
        description: what the platform says of it, in lower case; never shown, it may name a person.
        retry_after: seconds to wait, where the platform says so.
    """

    __slots__ = ("description", "retry_after", "status")

    def __init__(self, status: int, description: str, retry_after: float | None) -> None:
        super().__init__(f"The Bot API answered {status}.")
        self.status = status
        self.description = description
        self.retry_after = retry_after


class Garbled(TelegramError):
    """The platform answered 2xx with something that is no answer of the Bot API."""

    __slots__ = ()


class Line(HTTPXRequest):
    """The way to the Bot API, for one bot.

    Args:
        timeout_s: seconds to wait for an answer.
    """

    def __init__(self, timeout_s: float) -> None:
        # The library's default of one second to get a connection is less than a burst needs.
        super().__init__(
            read_timeout=timeout_s,
            write_timeout=timeout_s,
            connect_timeout=min(timeout_s, 5.0),
            pool_timeout=timeout_s,
            media_write_timeout=max(timeout_s, _MEDIA_SECONDS),
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make one call; raises Refused and Garbled besides the library's errors of the network."""
        status, payload = await super().do_request(*args, **kwargs)
        answer = _object(payload)
        if 200 <= status < 300:
            if answer.get("ok") is not True or "result" not in answer:
                raise Garbled("The Bot API's answer is not one of its own.")
            return status, payload
        raise Refused(status, str(answer.get("description", "")).lower(), _wait(answer.get("parameters")))

    async def ask(self, url: str, timeout_s: float, **fields: Any) -> Any:
        """Call a method and return its result as it came, unlike `telegram.Bot`, which reads it and may fail at that.

        Args:
            url: of the method.
            timeout_s: seconds to wait for the answer.
            fields: of the method.
        """
        return await self.post(f"{url}?{urlencode(fields)}", read_timeout=timeout_s)


def quiet() -> None:
    """Keep the token and what people write out of logs.

    The token is part of every address, and httpx logs addresses; the library logs whole calls when it is let.
    """
    for name in ("httpx", "httpcore", "telegram"):
        log = logging.getLogger(name)
        log.setLevel(max(log.level, logging.WARNING))


def outcome_of(error: TelegramError) -> SendOutcome:
    """Return what a send that ended in this error came to."""
    if isinstance(error, Refused):
        return _refusal(error)
    if isinstance(error.__cause__, _NOT_SENT):
        return RetryAfter(None, "unreachable", "Telegram cannot be reached; see whether this machine is online.")
    return Unknown("Telegram gave no answer that can be read; the message may have been sent or not.")


def _refusal(error: Refused) -> SendOutcome:
    code = str(error.status)
    if error.status == 429:
        # Our own pace keeps each chat's limit, so this is the one over all chats.
        return RetryAfter(error.retry_after, code, "Telegram's flood limit was reached.", everybody=True)
    if error.status == 504:
        return Unknown("Telegram's own gateway gave up waiting; the message may have been sent or not.")
    if error.status >= 500:
        return RetryAfter(error.retry_after, code, "Telegram is in trouble.")
    if error.status in (401, 404):
        hint = "Telegram does not know this token; copy it from BotFather into BATON_TELEGRAM_TOKEN, then replay."
        return Rejected(code, hint, permanent=False)
    for words, hint in _HINTS.items():
        if words in error.description:
            return Rejected(code, hint)
    if error.status < 400:
        return Rejected(code, "No Bot API answers there; put BATON_TELEGRAM_URL right, then replay.", permanent=False)
    return Rejected(code, _PLAIN.get(error.status, "Telegram refused this message; write it in another way."))


_HINTS = {
    "blocked by the user": "The customer has blocked the bot; reach them in another way.",
    "user is deactivated": "The customer's Telegram account is gone; reach them in another way.",
    "can't initiate conversation": "The customer must open the bot and press Start before it may write to them.",
    "can't send messages to bots": "That account is a bot, to which bots cannot write; write to a person's.",
    "chat not found": "Telegram knows no such chat for this bot; the customer must open the bot and press Start.",
    "was kicked": "The bot was removed from that chat; reach the customer in another way.",
    "message is too long": "The text is longer than Telegram takes; send it in shorter parts.",
    "caption is too long": "The caption is longer than Telegram takes; send the text by itself.",
    "button_data_invalid": "A button could not be sent; send the text without buttons.",
    "file is too big": "The file is larger than the 50 MB that a bot may send; send a link instead.",
    "voice_messages_forbidden": "The customer takes no voice messages; send the recording as a document.",
}
_PLAIN = {
    400: "Telegram refused this message; write it in another way.",
    403: "Telegram does not let the bot write to this customer; reach them in another way.",
    413: "The file is larger than the 50 MB that a bot may send; send a link instead.",
}


def _wait(parameters: object) -> float | None:
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    return float(seconds) if 0 <= seconds <= _MOST_RETRY_S else None


def _object(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
