"""Everything that runs for channels that Baton sends to, made from their adapters: one place to start and stop it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import cast

from connectors.base import Channel, PollingChannel
from connectors.listen import App
from connectors.messaging.counts import Counts
from connectors.messaging.courier import Courier
from connectors.messaging.courtesy import Courtesy
from connectors.messaging.fetcher import Fetcher
from connectors.messaging.polling import Polling
from connectors.messaging.reception import Reception
from connectors.messaging.sender import Sender
from connectors.messaging.signals import Signals
from connectors.messaging.webhooks import Webhooks
from connectors.outgoing import Content
from handoff.attachment import Attachment
from handoff.clock import Clock
from handoff.errors import Unavailable
from handoff.gateway import Gateway
from handoff.inbox import Inbox
from handoff.media import MediaStore
from handoff.notices import Notices
from handoff.store.port import Store

_log = logging.getLogger(__name__)

_SWEEP_S = 3600


class Messaging:
    """The running channels.

    Args:
        channels: their adapters by name; none is fine.
        polled: names of those that are asked for messages instead of sending webhooks.
        store: keeps everything.
        gateway: accepts messages.
        media: keeps files.
        notices: the few sentences that channels need.
        clock: tells the present instant.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        polled: frozenset[str],
        store: Store,
        gateway: Gateway,
        media: MediaStore,
        notices: Notices,
        clock: Clock,
    ) -> None:
        self.channels = channels
        self.counts = Counts()
        self._polled = polled
        self._media = media
        self._signals = Signals(channels, store.conversations, clock)
        self._courtesy = Courtesy(channels, store.contacts, notices)
        inbox = Inbox(store, gateway, clock)
        self.reception = Reception(inbox, channels, self.counts, self._signals, self._courtesy)
        courier = Courier(channels, store, notices, self._content, self.counts, clock)
        self._sender = Sender(courier, store, clock)
        self._fetcher = Fetcher(channels, store, media, self.counts, clock)

    def attach(self, app: App) -> None:
        """Put the webhooks' routes on an app."""
        webhooks = {name: channel for name, channel in self.channels.items() if name not in self._polled}
        Webhooks(webhooks, self.reception, self.counts).attach(app)

    async def run(self) -> None:
        """Send, fetch, ask and show until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep())
            if not self.channels:
                return
            group.create_task(self._sender.run())
            group.create_task(self._fetcher.run())
            group.create_task(self._signals.run())
            group.create_task(self._courtesy.run())
            for name in self._polled:
                polled = cast(PollingChannel, self.channels[name])
                group.create_task(Polling(polled, self.reception).run())

    async def close(self) -> None:
        """Let go of the platforms and of the files' place."""
        for channel in self.channels.values():
            await channel.close()
        await self._media.close()

    def _content(self, attachment: Attachment) -> Content:
        def read() -> AsyncIterator[bytes]:
            return self._media.open(attachment.id)

        return read

    async def _sweep(self) -> None:
        """Forget uploads that no message named."""
        while True:
            try:
                await self._media.sweep()
            except Unavailable as error:
                _log.warning("files that nobody needs stay for now: %s", error.message)
            await asyncio.sleep(_SWEEP_S)
