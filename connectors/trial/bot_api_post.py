"""How the played Bot API hands out updates: to a webhook, one at a time and again until it is taken, or to who asks."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from connectors.trial.bot_api_refusal import Refusal

_FIRST_ID = 814_000_001
_ANSWER_S = 10.0
_MOST_WAIT_S = 8.0


@dataclass
class Webhook:
    """Where updates go."""

    url: str
    secret: str = ""
    last_error: str = ""
    last_error_at: int = 0


@dataclass
class Post:
    """The updates that wait.

    Args:
        retry_s: seconds before an update that was not taken is sent again; doubled each time.
        twice: send each update once more after it was taken, as the platform does when an answer gets lost.
        shuffled: send what waits in any order.
        ids: counts the updates; begin elsewhere where a bot's earlier ones are remembered.
    """

    retry_s: float = 1.0
    twice: bool = False
    shuffled: bool = False
    webhook: Webhook | None = None
    allowed: Sequence[str] = ()
    waiting: list[dict[str, Any]] = field(default_factory=list)
    ids: count[int] = field(default_factory=lambda: count(_FIRST_ID))
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: int = 0

    def put(self, kind: str, body: Mapping[str, Any]) -> int:
        """Have an update wait, if its kind was asked for; returns its id."""
        update_id = next(self.ids)
        # The platform leaves these out unless they are named.
        by_default = kind not in ("chat_member", "message_reaction", "message_reaction_count")
        if kind in self.allowed if self.allowed else by_default:
            self.put_raw({"update_id": update_id, kind: body})
        return update_id

    def put_raw(self, update: dict[str, Any]) -> None:
        """Have an update wait as it is."""
        self.waiting.append(update)
        self._news.set()

    def set(self, webhook: Webhook | None, allowed: Sequence[str] | None, *, drop: bool) -> None:
        """Change where updates go."""
        self.webhook = webhook
        self.allowed = self.allowed if allowed is None else allowed
        if drop:
            self.waiting.clear()
        self._asked += 1
        self._news.set()

    async def ask(self, offset: int, limit: int, timeout_s: float, allowed: Sequence[str] | None) -> Sequence[Any]:
        """Answer `getUpdates`: strike what lies below `offset`, and wait up to `timeout_s` seconds for what is new."""
        if self.webhook is not None:
            words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refusal(409, f"Conflict: {words}")
        self.allowed = self.allowed if allowed is None else allowed
        if offset < 0:
            self.waiting = self.waiting[offset:]
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        self._asked += 1
        mine = self._asked
        self._news.set()  # ends the question that waited before
        try:
            async with asyncio.timeout(timeout_s):
                while not self.waiting and mine == self._asked:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return []
        if mine != self._asked:
            words = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refusal(409, f"Conflict: {words}")
        return self.waiting[:limit]

    async def deliver(self) -> None:
        """Send what waits to the webhook, for ever."""
        async with httpx.AsyncClient(timeout=_ANSWER_S, trust_env=False) as http:
            failures = 0
            while True:
                if self.webhook is None or not self.waiting:
                    self._news.clear()
                    await self._news.wait()
                    continue
                update = random.choice(self.waiting) if self.shuffled else self.waiting[0]  # noqa: S311
                webhook = self.webhook
                taken = await self._send(http, webhook, update)
                if taken and self.twice:
                    await self._send(http, webhook, update)
                if taken:
                    failures = 0
                    self.waiting = [other for other in self.waiting if other is not update]
                else:
                    failures += 1
                    await asyncio.sleep(min(_MOST_WAIT_S, self.retry_s * 2 ** min(failures - 1, 6)))

    async def _send(self, http: httpx.AsyncClient, webhook: Webhook, update: Mapping[str, Any]) -> bool:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        try:
            answer = await http.post(webhook.url, content=json.dumps(update), headers=headers)
        except httpx.HTTPError as error:
            webhook.last_error = f"Connection failed: {type(error).__name__}"
            return False
        if not answer.is_success:
            webhook.last_error = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        return answer.is_success
