"""The WhatsApp channel and the played Graph API that it talks to."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import Webhook
from connectors.outgoing import FileOut
from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_customer import Customer
from connectors.trial.graph_api_webhooks import signature
from connectors.trial.graph_api_world import Business
from connectors.whatsapp import WhatsApp, WhatsAppOptions
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from tests.fakes import FakeClock

PAYLOADS = Path(__file__).parent / "payloads"
NOW = 1_795_428_000_000
BUSINESS = Business(token="EAA-made-up-token", app_secret="a made up app secret")
VERIFY_TOKEN = "a made up verify token"
RECORDED = {path.stem: path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))}


def options(url: str = "http://127.0.0.1:9", **changed: Any) -> WhatsAppOptions:
    """The options of the played business, over the Graph API at `url`."""
    told: dict[str, Any] = {
        "token": BUSINESS.token,
        "app_secret": BUSINESS.app_secret,
        "verify_token": VERIFY_TOKEN,
        "phone_number_id": BUSINESS.phone_number_id,
        "account_id": BUSINESS.account_id,
        "graph_url": url,
        "timeout_s": 1.0,
        **changed,
    }
    return WhatsAppOptions(**told)


@dataclass
class Stage:
    """A running played platform, the channel over it, and a customer who wrote just now."""

    api: FakeGraphApi
    channel: WhatsApp
    clock: FakeClock
    mia: Customer

    @property
    def to(self) -> tuple[str, ...]:
        """The customer's ids, as `parse` gives them."""
        return (f"user:{self.mia.person.user_id}", f"phone:{self.mia.person.phone}")

    @classmethod
    @asynccontextmanager
    async def open(cls, **changed: Any) -> AsyncIterator[Stage]:
        """Run the platform, webhooks held back until `api.post.flush`."""
        clock = FakeClock(NOW)
        async with FakeGraphApi(BUSINESS, clock).running(deliver=False) as api:
            channel = WhatsApp(options(api.url, **changed), clock)
            mia = Customer(api)
            mia.write("Hello")
            try:
                yield cls(api, channel, clock, mia)
            finally:
                await channel.close()


def signed(body: bytes) -> Webhook:
    """The webhook as Meta would send it."""
    headers = {"content-type": "application/json", "x-hub-signature-256": signature(BUSINESS, body)}
    return Webhook("POST", headers, {}, body)


def file_out(
    content: bytes,
    kind: AttachmentKind = AttachmentKind.IMAGE,
    type: str = "image/jpeg",  # noqa: A002
    *,
    name: str = "",
    caption: str = "",
) -> FileOut:
    """A file to send, as it comes from the media store."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 7):
            yield content[start : start + 7]

    digest = hashlib.sha256(content).hexdigest()
    attachment = Attachment(kind, AttachmentState.READY, id=digest, name=name, type=type, size=len(content))
    return FileOut(attachment, chunks, caption)
