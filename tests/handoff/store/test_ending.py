"""A conversation that its customer has ended takes nothing more from them: both stores see to it in one step.

Guards taken out to see the tests go red: the look at `ended` in accept.lua, and in the twin; its place before the look
at what was seen; `ended` among what a commit writes; `ended_at` among what the desk lists.
"""

from __future__ import annotations

from contextlib import aclosing

import pytest
from redis.asyncio import Redis

from handoff.ending import end
from handoff.errors import ChatEnded
from handoff.model import Conversation
from handoff.store.keys import conversation_keys
from handoff.store.port import Store
from handoff.store.redis_store import RedisStore
from tests.handoff.store.samples import ID, NOW, accept, fresh, message, texts, waiting


async def ended(store: Store, before: Conversation) -> Conversation:
    """Open a conversation, and have its customer end it."""
    opened = await store.conversations.open(before)
    change = end(opened, NOW)
    await store.conversations.commit(opened, change.conversation, change.entries, NOW)
    return change.conversation


async def test_nothing_is_accepted_in_it_known_or_new(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "hello")
    await ended(store, fresh())
    for text in ("hello", "one more thing"):
        with pytest.raises(ChatEnded):
            await accept(store.conversations, text)
    assert await texts(store.conversations) == ["hello", ""]
    assert await store.conversations.get(ID) == await ended(store, fresh())


async def test_what_others_write_is_kept(store: Store) -> None:
    after = await ended(store, fresh())
    await store.conversations.commit(after, after.revised(language="da"), [message("a note")], NOW)
    assert await texts(store.conversations) == ["", "a note"]
    with pytest.raises(ChatEnded):
        await accept(store.conversations, "hello")


async def test_one_that_waited_is_in_no_list_and_the_desk_hears_of_it(store: Store) -> None:
    await store.conversations.open(waiting())
    async with aclosing(store.conversations.watch()) as heard:
        await anext(heard)
        await ended(store, waiting())
        assert (await anext(heard)).desk
    assert await store.conversations.queued() == []


async def test_the_desk_hears_of_one_that_an_agent_has(store: Store) -> None:
    taken = waiting().claim("a_ada", "Ada", NOW).conversation
    await store.conversations.open(taken)
    async with aclosing(store.conversations.watch()) as heard:
        await anext(heard)
        await ended(store, taken)
        assert (await anext(heard)).desk
    assert await store.conversations.assigned() == {ID: "a_ada"}


async def test_one_kept_before_there_was_an_end_reads_and_ends_well(redis_url: str) -> None:
    store = RedisStore(redis_url)
    record = conversation_keys(ID).record
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        opened = await store.conversations.open(fresh())
        await redis.hdel(record, "ended")
        assert await redis.hget(record, "ended") is None
        assert (await store.conversations.get(ID)).ended_at is None
        assert (await accept(store.conversations, "hello")).seq == 1
        await ended(store, opened)
        with pytest.raises(ChatEnded):
            await accept(store.conversations, "hello?")
    await store.close()
