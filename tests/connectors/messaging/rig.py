"""What tests of messaging need at hand: one channel with everything between its webhooks and its sender."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

import httpx

from connectors.base import Channel, Webhook
from connectors.http import render_errors
from connectors.listen import bind, listening, new_app
from connectors.messaging.counts import Counts
from connectors.messaging.courier import Courier, SendRules
from connectors.messaging.courtesy import Courtesy
from connectors.messaging.reception import Reception
from connectors.messaging.sender import Sender
from connectors.messaging.signals import Signals
from connectors.messaging.webhooks import Webhooks
from connectors.outgoing import Content
from handoff.attachment import Attachment
from handoff.entry import Author, Button, Entry, Kind
from handoff.gateway import Gateway
from handoff.inbox import Inbox
from handoff.model import Conversation
from handoff.notices import Notices
from handoff.rules import Rules
from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from handoff.worker import Worker
from tests.fakes import FakeClock, ScriptedBot
from tests.handoff.scene import shop_bot

NOTICES = Notices.load(Path(__file__).parents[3] / "data" / "notices")


class Files:
    """Contents of files by their id."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def __call__(self, attachment: Attachment) -> Content:
        """Give a file's bytes."""
        return lambda: self._chunks(attachment.id)

    async def _chunks(self, name: str) -> AsyncIterator[bytes]:
        content = self.kept[name]
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]


@dataclass
class Rig:
    """One channel, connected."""

    channel: Channel
    store: Store
    clock: FakeClock
    bot: ScriptedBot
    counts: Counts
    courtesy: Courtesy
    signals: Signals
    reception: Reception
    webhooks: Webhooks
    sender: Sender
    worker: Worker
    files: Files

    @classmethod
    def of(cls, channel: Channel, store: Store | None = None, rules: SendRules | None = None) -> Self:
        """Connect a channel, over the store in memory unless another is given."""
        store = store or MemoryStore()
        clock, bot, counts, files = FakeClock(), ScriptedBot(shop_bot), Counts(), Files()
        channels = {channel.name: channel}
        courtesy = Courtesy(channels, store.contacts, NOTICES)
        signals = Signals(channels, store.conversations, clock)
        inbox = Inbox(store, Gateway(store, Rules(), clock), clock)
        reception = Reception(inbox, channels, counts, signals, courtesy)
        courier = Courier(channels, store, NOTICES, files, counts, clock, rules, sleep=clock.sleep, random=Random(1))
        return cls(
            channel=channel,
            store=store,
            clock=clock,
            bot=bot,
            counts=counts,
            courtesy=courtesy,
            signals=signals,
            reception=reception,
            webhooks=Webhooks(channels, reception, counts),
            sender=Sender(courier, store, clock),
            worker=Worker(store, bot, Rules(), clock, NOTICES, sleep=clock.sleep),
            files=files,
        )

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[httpx.AsyncClient]:
        """Serve the webhooks on a free loopback port."""
        app = new_app("messaging-test")
        render_errors(app)
        self.webhooks.attach(app)
        sock = bind("127.0.0.1", 0)
        origin = f"http://127.0.0.1:{sock.getsockname()[1]}"
        async with listening(app, sock, grace_s=1.0), httpx.AsyncClient(base_url=origin) as http:
            yield http

    async def post(self, http: httpx.AsyncClient, webhook: Webhook) -> httpx.Response:
        """Post a webhook."""
        named = {"content-type": "application/json", **webhook.headers}
        # A header may hold any bytes.
        headers = {name: value.encode("utf-8", "surrogateescape") for name, value in named.items()}
        return await http.post(
            f"/webhooks/{self.channel.name}", content=webhook.body, headers=headers, params=dict(webhook.query)
        )

    async def conversation(self, ids: Sequence[str]) -> Conversation:
        """Return the conversation of whoever has one of these ids."""
        identity = await self.store.contacts.find(self.channel.name, tuple(ids))
        assert identity is not None, "nobody is known by these ids"
        return await self.store.conversations.get(identity.conversation_id)

    async def log(self, ids: Sequence[str]) -> tuple[Entry, ...]:
        """Return the log of whoever has one of these ids."""
        conversation = await self.conversation(ids)
        return (await self.store.conversations.read(conversation.id, 0)).entries

    async def written(self, ids: Sequence[str]) -> list[str]:
        """Return the texts of a contact's messages."""
        return [one.text for one in await self.log(ids) if one.kind is Kind.MESSAGE and one.author is Author.CONTACT]

    async def say(self, ids: Sequence[str], *texts: str, buttons: Sequence[str] = (), **fields: object) -> int:
        """Say something to a contact; returns the seq of the last of it."""
        conversation = await self.conversation(ids)
        shown = tuple(Button(title, f"/{title}") for title in buttons)
        at = self.clock()
        said = [Entry(Kind.MESSAGE, Author.BOT, at, text=one, buttons=shown, **fields) for one in texts]  # type: ignore[arg-type]
        return (await self.store.conversations.commit(conversation, conversation, said, at)).seq

    async def send(self, ids: Sequence[str], *, until_s: float = 0.0) -> None:
        """Send what is due, again and again until `until_s` seconds have passed on the clock."""
        conversation, end = await self.conversation(ids), self.clock() + round(until_s * 1000)
        while True:
            await self.sender.step(conversation.id)
            if self.clock() >= end:
                return
            self.clock.advance(1)
            await asyncio.sleep(0)

    async def reports(self, ids: Sequence[str]) -> list[tuple[int | None, str, str]]:
        """Return what became of what was said: (seq, status, code)."""
        found = [one for one in await self.log(ids) if one.kind is Kind.DELIVERY]
        return [(one.in_reply_to, one.facts["status"], one.facts.get("code", "")) for one in found]
