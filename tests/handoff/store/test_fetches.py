"""Which files are still to be fetched, and by whom, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import pytest

from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.errors import Stale
from handoff.store.port import Moved, Once, Store
from handoff.store.sending_port import Fetch
from tests.handoff.store.samples import ID, LEASE, NOW, message, pushed

PENDING = Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="media 1")
HERE = Attachment(AttachmentKind.IMAGE, AttachmentState.READY, id="ab" * 32, type="image/png", size=9)
PLACE = Attachment(AttachmentKind.LOCATION, latitude=55.6, longitude=12.5)


async def receive(store: Store, *attachments: Attachment, key: str = "k", conversation_id: str = ID) -> int:
    """Accept a message with attachments; returns its seq."""
    await store.conversations.open(pushed(conversation_id))
    entry = replace(message("look"), attachments=attachments)
    return (await store.conversations.accept(conversation_id, entry, Once(key, "d"), NOW)).seq


async def taken(store: Store, now: int = NOW) -> Fetch:
    fetch = await store.outbox.take_fetch(ID, 1, now, LEASE)
    assert fetch is not None
    return fetch


async def test_a_message_with_a_file_is_due_for_fetching_in_the_step_that_accepts_it(store: Store) -> None:
    await store.conversations.open(pushed())
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await receive(store, PENDING)
        assert await anext(watch) == Moved(ID, last_seq=1, work=True, fetches=True)
    assert await store.outbox.fetches_due(NOW) == [(ID, 1)]
    fetch = await taken(store)
    assert (fetch.conversation, fetch.entry.attachments, fetch.tries) == (pushed(), (PENDING,), 0)


async def test_what_has_no_bytes_is_not_fetched(store: Store) -> None:
    await receive(store, PLACE)
    assert await store.outbox.fetches_due(NOW) == []
    assert await store.outbox.take_fetch(ID, 1, NOW, LEASE) is None


async def test_a_repeated_message_is_fetched_once(store: Store) -> None:
    await receive(store, PENDING)
    await store.outbox.fetched(await taken(store), [HERE], NOW)
    await receive(store, PENDING)
    assert await store.outbox.fetches_due(NOW + LEASE) == []


async def test_one_at_a_time_fetches_a_message(store: Store) -> None:
    await receive(store, PENDING)
    await receive(store, PENDING, key="other")
    await taken(store)
    assert await store.outbox.take_fetch(ID, 1, NOW + LEASE - 1, LEASE) is None
    assert await store.outbox.fetches_due(NOW) == [(ID, 2)]
    assert await store.outbox.fetches_due(NOW + LEASE) == [(ID, 2), (ID, 1)]


async def test_what_came_of_the_files_is_an_inner_record(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await receive(store, PENDING, PLACE)
    fetch = await taken(store)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await store.outbox.fetched(fetch, [HERE, PLACE], NOW + 5)
        assert await anext(watch) == Moved(ID, last_seq=2)
    (entry,) = (await store.conversations.read(ID, 1)).entries
    assert entry == Entry(
        Kind.MEDIA,
        Author.CONTACT,
        NOW + 5,
        seq=2,
        visibility=Visibility.INTERNAL,
        in_reply_to=1,
        attachments=(HERE, PLACE),
    )
    assert await store.conversations.get(ID) == opened
    assert await store.outbox.fetches_due(NOW + LEASE) == []
    assert await store.outbox.due(NOW + LEASE) == []


async def test_who_lost_the_lease_writes_nothing(store: Store) -> None:
    await receive(store, PENDING)
    slow = await taken(store)
    quick = await taken(store, NOW + LEASE)
    with pytest.raises(Stale):
        await store.outbox.fetched(slow, [HERE], NOW)
    await store.outbox.put_off_fetch(slow, NOW)
    await store.outbox.fetched(quick, [HERE], NOW)
    with pytest.raises(Stale):
        await store.outbox.fetched(quick, [HERE], NOW)
    assert (await store.conversations.read(ID, 0)).last_seq == 2


async def test_a_fetch_that_is_put_off_counts_its_tries(store: Store) -> None:
    await receive(store, PENDING)
    for tries in range(3):
        fetch = await taken(store, NOW + tries)
        assert fetch.tries == tries
        await store.outbox.put_off_fetch(fetch, NOW + tries + 1)
        with pytest.raises(Stale):
            await store.outbox.fetched(fetch, [HERE], NOW)
    assert await store.outbox.fetches_due(NOW + 2) == []
    assert await store.outbox.fetches_due(NOW + 3) == [(ID, 1)]


async def test_a_conversation_id_with_blanks_is_fine(store: Store) -> None:
    await receive(store, PENDING, conversation_id="c with {blanks}")
    assert await store.outbox.fetches_due(NOW) == [("c with {blanks}", 1)]
