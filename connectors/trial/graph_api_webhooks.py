"""The webhooks of the played Graph API: made, signed, and delivered until they are taken."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from connectors.trial.graph_api_world import Business, Person, Sent, World

_TIMEOUT_S = 10.0
_AGAIN_S = 1.0


def signature(business: Business, body: bytes) -> str:
    """Return what the platform puts into `X-Hub-Signature-256`."""
    return f"sha256={hmac.new(business.app_secret.encode(), body, hashlib.sha256).hexdigest()}"


def webhook(business: Business, *values: Mapping[str, Any]) -> bytes:
    """Return the body of one webhook with these values, each a change of its own."""
    common = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": business.display_number, "phone_number_id": business.phone_number_id},
    }
    changes = [{"value": {**common, **value}, "field": "messages"} for value in values]
    entry = {"id": business.account_id, "changes": changes}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False).encode()


def from_customer(customer: Person, *messages: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value that carries messages of one customer; `messages` need an id, a timestamp and their kind."""
    contact: dict[str, Any] = {"profile": {"name": customer.name}, "user_id": customer.user_id}
    whose: dict[str, Any] = {"from_user_id": customer.user_id}
    if not customer.hides_phone:
        contact["wa_id"] = whose["from"] = customer.phone
    return {"contacts": [contact], "messages": [{**whose, **message} for message in messages]}


def of_status(sent: Sent, status: str, at: int, error: tuple[int, str] | None = None) -> dict[str, Any]:
    """Return the value that says what became of a message."""
    told: dict[str, Any] = {"id": sent.id, "status": status, "timestamp": str(at // 1000)}
    if sent.customer is not None:
        told["recipient_user_id"] = sent.customer.user_id
        if not sent.customer.hides_phone:
            told["recipient_id"] = sent.customer.phone
    if sent.key:
        told["biz_opaque_callback_data"] = sent.key
    if error is not None:
        code, title = error
        told["errors"] = [{"code": code, "title": title, "message": title, "error_data": {"details": title}}]
    return {"statuses": [told]}


class Deliveries:
    """Delivers webhooks to the address that the business has set, each until it is answered with 200.

    Args:
        world: tells the address and the secret.

    `twice` sends everything again, `shuffled` takes what waits in any order; both as the platform sometimes does.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: list[bytes] = []
        self._news = asyncio.Event()
        self.twice = False
        self.shuffled: random.Random | None = None

    @property
    def waiting(self) -> Sequence[bytes]:
        """The bodies that were not delivered yet."""
        return tuple(self._waiting)

    def add(self, *values: Mapping[str, Any]) -> None:
        """Have a webhook delivered."""
        body = webhook(self._world.business, *values)
        self._waiting += [body, body] if self.twice else [body]
        self._news.set()

    async def flush(self) -> list[int]:
        """Deliver what waits once; returns the answers' status codes, 0 for none. What is not taken waits on."""
        if not self._world.callback or not self._world.subscribed:
            return []
        bodies, self._waiting = self._waiting, []
        if self.shuffled is not None:
            self.shuffled.shuffle(bodies)
        answers = []
        async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as http:
            for body in bodies:
                status = await self._deliver(http, body)
                answers.append(status)
                if status != 200:
                    self._waiting.append(body)
        return answers

    async def run(self) -> None:
        """Deliver for ever; what is not taken is delivered again after a while."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self.flush()
            if self._waiting:
                await asyncio.sleep(_AGAIN_S)
                self._news.set()

    async def _deliver(self, http: httpx.AsyncClient, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(self._world.business, body),
            "User-Agent": "facebookplatform/1.0",
        }
        try:
            return (await http.post(self._world.callback, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0
