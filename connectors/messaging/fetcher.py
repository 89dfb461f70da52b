"""The fetcher: brings contacts' files from the platform, which keeps them for minutes only, into the media store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.base import Channel
from connectors.messaging.counts import Counts
from connectors.outgoing import FetchFailed
from handoff.attachment import Attachment, AttachmentState
from handoff.clock import Clock
from handoff.crew import Crew
from handoff.errors import NotFound, Stale, Unavailable, place_of
from handoff.media import MediaRefused, MediaStore
from handoff.store.port import Store
from handoff.store.sending_port import Fetch
from handoff.watching import watched

log = logging.getLogger(__name__)

SWEEP_S = 1.0
PAUSES_S = (2, 10, 30, 120)
"""After the first, second, … try; when they are used up, the file counts as lost."""


@dataclass(frozen=True, slots=True)
class FetchRules:
    """The fetcher's numbers.

    Args:
        at_once: messages whose files are fetched at the same time.
        file_s: seconds that one file may take.
        lease_s: seconds that a fetcher has a message to itself.
    """

    at_once: int = 8
    file_s: float = 60.0
    lease_s: float = 900.0


class Fetcher:
    """Fetches what contacts sent.

    Args:
        channels: the running channels by name.
        store: names the messages with files to fetch.
        media: where the files go.
        counts: of what came of them.
        clock: tells the present instant.
        rules: its numbers.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        store: Store,
        media: MediaStore,
        counts: Counts,
        clock: Clock,
        rules: FetchRules | None = None,
    ) -> None:
        self._channels = channels
        self._outbox = store.outbox
        self._conversations = store.conversations
        self._media = media
        self._counts = counts
        self._clock = clock
        self._rules = rules or FetchRules()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Fetch until cancelled."""
        async with asyncio.TaskGroup() as group:
            crew = Crew(group, self._attempt, self._rules.at_once)
            group.create_task(self._listen())
            group.create_task(self._sweep(crew))

    async def step(self, conversation_id: str, seq: int) -> bool:
        """Fetch the files of one message; False when there are none, or another fetcher is at it.

        Raises:
            StoreUnavailable: the store does not answer; it is done again once it does.
        """
        fetch = await self._outbox.take_fetch(conversation_id, seq, self._clock(), round(self._rules.lease_s * 1000))
        if fetch is None:
            return False
        channel = self._channels.get(fetch.conversation.channel)
        last_try = fetch.tries >= len(PAUSES_S)
        came = [await self._fetched(channel, each, last_try=last_try) for each in fetch.entry.attachments]
        if any(each is None for each in came):
            await self._outbox.put_off_fetch(fetch, self._clock() + PAUSES_S[fetch.tries] * 1000)
            return True
        await self._tell(fetch, [each for each in came if each is not None])
        return True

    async def _tell(self, fetch: Fetch, came: list[Attachment]) -> None:
        try:
            await self._outbox.fetched(fetch, came, self._clock())
        except Stale:
            log.info("another fetcher goes on with %s:%d", fetch.conversation.id, fetch.entry.seq)

    async def _fetched(self, channel: Channel | None, attachment: Attachment, *, last_try: bool) -> Attachment | None:
        """Return what came of one file; None when it is to be tried again."""
        if attachment.state is not AttachmentState.PENDING:
            return attachment
        note = "The channel that it came by is not running; ask for it again."
        if channel is not None:
            try:
                async with asyncio.timeout(self._rules.file_s):
                    chunks = channel.fetch(attachment.ref)
                    kept = await self._media.put(chunks, name=attachment.name, claimed_type=attachment.type)
            except MediaRefused as refused:
                self._counts.add(channel.name, "file_refused")
                return replace(refused.attachment, name=refused.attachment.name or attachment.name)
            except FetchFailed as error:
                note, last_try = error.message, last_try or error.permanent
            except TimeoutError:
                note = "The platform took too long to give it; ask for it again."
            except Unavailable as error:
                note = error.message
            except Exception as error:  # noqa: BLE001 - one bad file must not keep the others from coming
                log.error("a file of %s could not be fetched: %s", channel.name, place_of(error))
                note = "It could not be fetched; ask for it again."
            else:
                self._counts.add(channel.name, "file_fetched")
                return kept
        if not last_try:
            return None
        self._counts.add(channel.name if channel else "none", "file_lost")
        return replace(attachment, state=AttachmentState.REFUSED, ref="", note=note)

    async def _attempt(self, name: str) -> None:
        seq, _, conversation_id = name.partition(" ")
        try:
            await self.step(conversation_id, int(seq))
        except Unavailable as error:
            log.warning("files of %s wait: %s", conversation_id, error.message)
        except NotFound:
            log.info("conversation %s is gone", conversation_id)
        except Exception as error:  # noqa: BLE001 - the lease ends, and the sweep comes back to it
            log.error("files of %s could not be dealt with: %s", conversation_id, place_of(error))

    async def _listen(self) -> None:
        async for moved in watched(self._conversations):
            if moved.fetches:
                self._wake.set()

    async def _sweep(self, crew: Crew) -> None:
        while True:
            self._wake.clear()
            try:
                for conversation_id, seq in await self._outbox.fetches_due(self._clock()):
                    crew.call(f"{seq} {conversation_id}")
            except Unavailable as error:
                log.warning("nothing can be looked for: %s", error.message)
            try:
                async with asyncio.timeout(SWEEP_S):
                    await self._wake.wait()
            except TimeoutError:
                continue
