"""Files of contacts: fetched in time, or given up with a word on why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.events import MessageReceived
from connectors.messaging.fetcher import PAUSES_S, Fetcher, FetchRules
from connectors.outgoing import FetchFailed
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.entry import Entry, Kind, Visibility
from handoff.media import MediaRefused, MediaUnavailable
from handoff.store.port import Store
from tests.connectors.messaging.played import KIM, PlayedChannel
from tests.connectors.messaging.rig import Rig
from tests.waiting import eventually


class Media:
    """A media store that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.away = False

    async def put(
        self, chunks: AsyncIterator[bytes], *, name: str = "", claimed_type: str = "", waiting: bool = False
    ) -> Attachment:
        """Keep a file, unless it is a virus."""
        if self.away:
            raise MediaUnavailable("The disk is full.")
        content = b"".join([chunk async for chunk in chunks])
        kept = Attachment(AttachmentKind.IMAGE, id="a" * 64, name=name, type="image/png", size=len(content))
        if content == b"virus":
            raise MediaRefused("A virus was found in it.", kept)
        self.kept.append(content)
        return kept


class Failing(PlayedChannel):
    """A channel whose files fail to come."""

    failures: list[Exception]

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """Fail as long as failures are left."""
        if self.failures:
            raise self.failures.pop(0)
        yield self.files[ref]


@pytest.fixture
def channel() -> Failing:
    played = Failing(files={"f1": b"one", "f2": b"two", "bad": b"virus"})
    played.failures = []
    return played


@pytest.fixture
def rig(channel: Failing, store: Store) -> Rig:
    return Rig.of(channel, store)


def fetcher(rig: Rig, media: Media, **rules: float) -> Fetcher:
    return Fetcher({"played": rig.channel}, rig.store, media, rig.counts, rig.clock, FetchRules(**rules))  # type: ignore[arg-type]


async def came(rig: Rig, *refs: str) -> str:
    files = tuple(Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref=ref, name=f"{ref}.png") for ref in refs)
    card = Attachment(AttachmentKind.CONTACT, name="Ada", phone="+45")
    await rig.reception.take("played", [MessageReceived(KIM, "in-1", 0, attachments=(*files, card))])
    return (await rig.conversation(KIM.ids)).id


async def told(rig: Rig) -> Entry | None:
    found = [entry for entry in await rig.log(KIM.ids) if entry.kind is Kind.MEDIA]
    assert len(found) <= 1
    return found[0] if found else None


async def test_files_come_into_the_media_store_and_the_log_says_so(rig: Rig) -> None:
    name, media = await came(rig, "f1", "f2"), Media()
    assert await fetcher(rig, media).step(name, 1)
    assert media.kept == [b"one", b"two"]
    entry = await told(rig)
    assert entry is not None
    assert (entry.visibility, entry.in_reply_to) == (Visibility.INTERNAL, 1)
    assert [each.state for each in entry.attachments] == [AttachmentState.READY] * 3
    assert not await fetcher(rig, media).step(name, 1)


async def test_a_file_that_is_refused_keeps_no_other_from_coming(rig: Rig) -> None:
    name, media = await came(rig, "bad", "f1"), Media()
    await fetcher(rig, media).step(name, 1)
    entry = await told(rig)
    assert entry is not None
    refused, ready, _ = entry.attachments
    assert (refused.state, refused.note, refused.ref) == (AttachmentState.REFUSED, "A virus was found in it.", "")
    assert ready.state is AttachmentState.READY


async def test_a_file_that_does_not_come_is_tried_again_and_then_given_up(rig: Rig, channel: Failing) -> None:
    name, media = await came(rig, "f1"), Media()
    channel.failures = [FetchFailed("The platform is down.", permanent=False)] * 99
    tries = 0
    while await told(rig) is None:
        assert await fetcher(rig, media).step(name, 1)
        assert not await fetcher(rig, media).step(name, 1)
        tries += 1
        rig.clock.advance(121)
    assert tries == len(PAUSES_S) + 1
    entry = await told(rig)
    assert entry is not None
    assert entry.attachments[0].note == "The platform is down."


@pytest.mark.parametrize(
    "failure", [FetchFailed("Later.", permanent=False), KeyError("secret words"), TimeoutError(), "away"]
)
async def test_a_passing_failure_loses_nothing(
    rig: Rig, channel: Failing, failure: Exception | str, caplog: pytest.LogCaptureFixture
) -> None:
    name, media = await came(rig, "f1"), Media()
    media.away = failure == "away"
    channel.failures = [failure] if isinstance(failure, Exception) else []
    await fetcher(rig, media).step(name, 1)
    assert await told(rig) is None
    media.away = False
    rig.clock.advance(5)
    await fetcher(rig, media).step(name, 1)
    assert media.kept == [b"one"]
    assert "secret" not in caplog.text


async def test_a_file_that_is_gone_is_given_up_at_once(rig: Rig, channel: Failing) -> None:
    name = await came(rig, "f1")
    channel.failures = [FetchFailed("It is gone.", permanent=True)]
    await fetcher(rig, Media()).step(name, 1)
    entry = await told(rig)
    assert entry is not None
    assert entry.attachments[0].state is AttachmentState.REFUSED


async def test_the_fetcher_is_woken_by_a_message(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.messaging.fetcher.SWEEP_S", 3600)
    media = Media()
    running = asyncio.create_task(fetcher(rig, media).run())
    try:
        await came(rig, "f1")
        await eventually(lambda: media.kept == [b"one"])
    finally:
        running.cancel()
        await asyncio.wait([running])
