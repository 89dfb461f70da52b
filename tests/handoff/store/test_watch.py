"""Promise 8 at the store: a reader that resumes from the last seq it has misses nothing and sees nothing twice.

Readers are woken by `watch`, read the log past the seq they have, and go away and come back at random; in Redis their
subscriptions are also cut by the server. Goes red without its guard: without the `Moved("")` after a gap, a reader
whose subscription was cut behind the last message waits for ever; with pages that begin at `after` instead of past it,
entries are seen twice.

A process subscribes once, however many watch. Red with a subscription for each; with one that goes on without watchers;
with mailboxes that hold whatever comes; without telling those who watch that the subscription is gone.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

import pytest
import redis.asyncio

from handoff.errors import StoreUnavailable
from handoff.model import HandoffReason
from handoff.store.port import ConversationStore, Moved, Store
from handoff.store.redis_store import RedisStore
from tests.handoff.store.samples import ID, NOW, accept, fresh, message, waiting
from tests.waiting import PATIENCE_S, eventually

MESSAGES = 200


def watching(store: Store) -> aclosing[AsyncGenerator[Moved, None]]:
    """Watch, and stop properly."""
    return aclosing(store.conversations.watch())


async def heard(watch: AsyncIterator[Moved]) -> Moved:
    return await asyncio.wait_for(anext(watch), PATIENCE_S)


async def reader(store: Store, chance: random.Random) -> list[tuple[int, str]]:
    """Follow the log as a page does, dropping the line now and then, until every message is there."""
    seen: list[tuple[int, str]] = []
    while len(seen) < MESSAGES:
        async with watching(store) as watch:
            async for _ in watch:
                page = await store.conversations.read(ID, len(seen), limit=chance.randint(1, 7))
                while page.entries:
                    seen += [(entry.seq, entry.text) for entry in page.entries]
                    page = await store.conversations.read(ID, len(seen), limit=chance.randint(1, 7))
                if len(seen) >= MESSAGES or chance.random() < 0.2:
                    break
    return seen


async def writer(conversations: ConversationStore, chance: random.Random) -> None:
    for number in range(MESSAGES):
        await accept(conversations, str(number))
        if chance.random() < 0.3:
            await asyncio.sleep(0.001)


async def test_a_reader_that_resumes_misses_nothing_and_sees_nothing_twice(store: Store) -> None:
    await store.conversations.open(fresh())
    readers = [asyncio.create_task(reader(store, random.Random(seed))) for seed in range(8)]
    await writer(store.conversations, random.Random(8))
    log = [(seq, str(seq - 1)) for seq in range(1, MESSAGES + 1)]
    assert await asyncio.wait_for(asyncio.gather(*readers), PATIENCE_S) == [log] * 8


async def test_a_reader_whose_subscription_is_cut_misses_nothing(redis_url: str) -> None:
    store = RedisStore(redis_url)
    await store.conversations.open(fresh())
    readers = [asyncio.create_task(reader(store, random.Random(seed))) for seed in range(4)]

    async def scissors() -> None:
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            while True:
                await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
                await asyncio.sleep(0.02)

    cutting = asyncio.create_task(scissors())
    await writer(store.conversations, random.Random(8))
    log = [(seq, str(seq - 1)) for seq in range(1, MESSAGES + 1)]
    assert await asyncio.wait_for(asyncio.gather(*readers), PATIENCE_S) == [log] * 4
    cutting.cancel()
    with suppress(asyncio.CancelledError):
        await cutting
    await store.close()


async def test_a_watcher_first_looks_at_everything(store: Store) -> None:
    async with watching(store) as watch:
        assert await heard(watch) == Moved("")


async def test_an_accepted_message_wakes_the_watchers(store: Store) -> None:
    await store.conversations.open(fresh())
    async with watching(store) as watch, watching(store) as other:
        await heard(watch)
        await heard(other)
        await accept(store.conversations, "a")
        assert await heard(watch) == await heard(other) == Moved(ID, last_seq=1, work=True)


async def test_a_repeated_message_wakes_nobody(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    async with watching(store) as watch:
        await heard(watch)
        await accept(store.conversations, "a")
        await accept(store.conversations, "b")
        assert (await heard(watch)).last_seq == 2


async def test_a_change_of_hands_tells_the_desk(store: Store) -> None:
    opened = await store.conversations.open(waiting())
    async with watching(store) as watch:
        await heard(watch)
        change = opened.claim("ada", "Ada", NOW)
        await store.conversations.commit(opened, change.conversation, change.entries, NOW)
        assert await heard(watch) == Moved(ID, last_seq=1, desk=True)
        await store.conversations.commit(change.conversation, change.conversation, [message()], NOW)
        assert await heard(watch) == Moved(ID, last_seq=2)


async def test_what_the_bot_opens_and_closes_wakes_no_desk(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    async with watching(store) as watch:
        await heard(watch)
        closed = opened.resolve_by_bot(NOW)
        await store.conversations.commit(opened, closed.conversation, closed.entries, NOW)
        assert await heard(watch) == Moved(ID, last_seq=1)
        again = closed.conversation.reopen(NOW)
        await store.conversations.commit(closed.conversation, again.conversation, again.entries, NOW)
        assert await heard(watch) == Moved(ID, last_seq=2)
        asked = again.conversation.request_handoff("h_1", HandoffReason.ASKED, "", {}, NOW)
        await store.conversations.commit(again.conversation, asked.conversation, asked.entries, NOW)
        assert await heard(watch) == Moved(ID, last_seq=3, desk=True)


async def test_what_passes_is_announced(store: Store) -> None:
    said = Moved("c with {spaces} in it", last_seq=3, desk=True, signal="typing:agent")
    async with watching(store) as watch:
        await heard(watch)
        await store.conversations.announce(said)
        assert await heard(watch) == said


async def test_words_of_a_stranger_on_the_channel_do_no_harm(redis_url: str) -> None:
    store = RedisStore(redis_url)
    async with watching(store) as watch, redis.asyncio.Redis.from_url(redis_url) as client:
        await heard(watch)
        for words in ("", "hello", "x y z w", "1 2"):
            await client.publish("baton:live", words)
            assert await heard(watch) == Moved("")
    await store.close()


async def test_one_who_watches_no_longer_takes_nothing_from_the_others(store: Store) -> None:
    async with watching(store) as stays:
        async with watching(store) as goes:
            await heard(stays)
            await heard(goes)
            await store.conversations.announce(Moved(ID, 1))
            assert await heard(goes) == Moved(ID, 1)
        async with watching(store) as comes:
            assert await heard(comes) == Moved("")
            await store.conversations.announce(Moved(ID, 2))
            assert await heard(comes) == Moved(ID, 2)
        assert [await heard(stays), await heard(stays)] == [Moved(ID, 1), Moved(ID, 2)]


async def test_a_watcher_that_lags_looks_at_everything_and_holds_up_nobody(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.store.watchers.MOST_WAITING", 10)
    async with watching(store) as lags, watching(store) as keeps_up:
        await heard(lags)
        await heard(keeps_up)
        for seq in range(1, 26):
            await store.conversations.announce(Moved(ID, seq))
            assert await heard(keeps_up) == Moved(ID, seq)
        late = [await heard(lags)]
        while late[-1] != Moved(ID, 25):
            late.append(await heard(lags))
        assert late[0] == Moved("")
        assert len(late) <= 11


async def test_a_process_subscribes_once_and_only_while_somebody_watches(redis_url: str) -> None:
    store = RedisStore(redis_url)
    async with redis.asyncio.Redis.from_url(redis_url) as client:

        async def subscriptions() -> int:
            ((_, count),) = await client.pubsub_numsub("baton:live")
            return int(count)

        async def ended() -> bool:
            return await subscriptions() == 0

        for _ in range(2):
            async with watching(store) as one, watching(store) as other:
                await heard(one)
                await heard(other)
                assert await subscriptions() == 1
            await eventually(ended)
    await store.close()


async def test_after_a_cut_everybody_looks_at_everything(redis_url: str) -> None:
    store = RedisStore(redis_url)
    async with watching(store) as one, watching(store) as other, redis.asyncio.Redis.from_url(redis_url) as client:
        await heard(one)
        await heard(other)
        await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
        assert await heard(one) == await heard(other) == Moved("")
        await store.conversations.announce(Moved(ID, 1))
        assert await heard(one) == await heard(other) == Moved(ID, 1)
    await store.close()


async def test_those_who_watch_learn_that_a_subscription_broke_off(redis_url: str) -> None:
    """What is not even text breaks it off; the next watch goes on."""
    store = RedisStore(redis_url)
    async with watching(store) as one, watching(store) as other, redis.asyncio.Redis.from_url(redis_url) as client:
        await heard(one)
        await heard(other)
        await client.publish("baton:live", b"\xff")
        with pytest.raises(StoreUnavailable):
            await heard(one)
        async with watching(store) as again:
            assert await heard(again) == Moved("")
            with pytest.raises(StoreUnavailable):
                await heard(other)
            await store.conversations.announce(Moved(ID, 1))
            assert await heard(again) == Moved(ID, 1)
    await store.close()
