"""Asking Telegram for what is new, for those without a public address."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from telegram.error import TelegramError

from connectors.events import InboundEvent
from connectors.telegram.calls import Garbled, Line, Refused
from connectors.telegram.reading import USED, event_of
from handoff.clock import Clock

_log = logging.getLogger(__name__)

_BATCH = 100
_FIRST_S = 1.0
_MOST_S = 60.0
_SLACK_S = 10.0

Sleep = Callable[[float], Awaitable[object]]


class Poller:
    """Asks for updates.

    Args:
        line: the way to the Bot API.
        url: of the method `getUpdates`.
        hold_s: seconds for which the platform holds a question when there is nothing new.
        clock: tells the instant.
        sleep: waits some seconds.
    """

    def __init__(self, line: Line, url: str, hold_s: int, clock: Clock, sleep: Sleep) -> None:
        self._line = line
        self._url = url
        self._hold_s = hold_s
        self._clock = clock
        self._sleep = sleep

    async def batches(self) -> AsyncIterator[Sequence[InboundEvent]]:
        """Yield what is new for ever. What was yielded is asked for again unless the next batch is asked for."""
        offset = 0
        failures = 0
        while True:
            try:
                updates = await self._ask(offset)
            except TelegramError as error:
                failures += 1
                await self._sleep(_pause(error, failures))
                continue
            failures = 0
            if updates:
                now = self._clock()
                yield [event_of(update, now) for update in updates]
                # Telegram forgets what lies below the offset of the next question, so only here may it grow.
                offset = max(update["update_id"] for update in updates) + 1

    async def _ask(self, offset: int) -> list[dict[str, Any]]:
        """Return what is new; read one by one later, so that an update nobody can read holds up no other."""
        fields = {"offset": offset, "limit": _BATCH, "timeout": self._hold_s, "allowed_updates": json.dumps(USED)}
        found = await self._line.ask(self._url, self._hold_s + _SLACK_S, **fields)
        if not isinstance(found, list):
            raise Garbled("getUpdates gave no list.")
        updates = [update for update in found if isinstance(update, dict) and _id(update) is not None]
        if found and not updates:
            raise Garbled("getUpdates gave no update with an id.")
        return updates


def _id(update: dict[str, Any]) -> int | None:
    found = update.get("update_id")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _pause(error: TelegramError, failures: int) -> float:
    """Return the seconds to wait after a failure, and tell the operator of one that a person must mend."""
    backed_off: float = min(_MOST_S, _FIRST_S * 2 ** min(failures - 1, 10))
    if isinstance(error, Refused):
        if error.retry_after is not None:
            return error.retry_after
        if error.status in _ADVICE:
            _log.error("Telegram cannot be asked for messages: %s", _ADVICE[error.status])
            return _MOST_S
    if failures == 1:
        _log.warning("Telegram did not answer when asked for messages (%s); asking again.", type(error).__name__)
    return backed_off * random.uniform(0.5, 1.0)  # noqa: S311 - only spreads the load


_ADVICE = {
    401: "it does not know the token; copy it from BotFather into BATON_TELEGRAM_TOKEN.",
    404: "it does not know the token; copy it from BotFather into BATON_TELEGRAM_TOKEN.",
    409: "a webhook is set, or another program asks for the same bot; end that one, or run "
    "`baton channel set-webhook telegram`, which takes the webhook away when BATON_TELEGRAM_RECEIVE=polling.",
}
