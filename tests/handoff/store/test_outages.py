"""Promise 11 at the store: when Redis is down, suspended or full, every call says so soon, and nothing lower leaks.

A process is killed, suspended, restarted and starved of memory under a store. Goes red without its guard: with the
translation of errors taken out of redis_link.py the client's own errors come through; without the time limit a call on
a suspended server waits until the test gives up.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis

from baton.redis_server import RunningRedis, redis_server
from handoff.delivery import DeliveryStatus
from handoff.entry import Author
from handoff.errors import InvalidInput, StoreUnavailable
from handoff.model import Presence
from handoff.store.agents_port import Agent, AgentPresence, AgentStore, DeskSession
from handoff.store.contacts_port import ContactStore, Identity, Profile
from handoff.store.later_port import Later, LaterStore
from handoff.store.memory import MemoryStore
from handoff.store.port import CallbackStore, ConversationStore, Moved, Once, Store
from handoff.store.redis_store import RedisStore
from handoff.store.sending_port import Fetch, OutboxStore, Parcel
from tests.handoff.store.samples import ID, LEASE, NOW, accept, fresh, held, message, pushed, slot, texts, told

SOON_S = 6.0  # a call takes 1.8 s at most; the rest is for a busy machine
ADA = Agent("a_1", "ada", "Ada", "-")
PERSON = Identity("whatsapp", ID, "p_1", ("user:1",))
SENT = told(DeliveryStatus.SENT)
PARCEL = Parcel(pushed(), (replace(message("a", Author.BOT), seq=1),), 1)
FETCH = Fetch(pushed(), replace(message(), seq=1), 1)
Call = Callable[[Store], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "ConversationStore.open": lambda s: s.conversations.open(fresh()),
    "ConversationStore.get": lambda s: s.conversations.get(ID),
    "ConversationStore.several": lambda s: s.conversations.several([ID]),
    "ConversationStore.accept": lambda s: accept(s.conversations, "a"),
    "ConversationStore.ready": lambda s: s.conversations.ready(NOW),
    "ConversationStore.take": lambda s: s.conversations.take(ID, NOW, LEASE),
    "ConversationStore.put_off": lambda s: s.conversations.put_off(ID, NOW),
    "ConversationStore.commit": lambda s: s.conversations.commit(fresh(), fresh(), [message()], NOW),
    "ConversationStore.read": lambda s: s.conversations.read(ID, 0),
    "ConversationStore.queued": lambda s: s.conversations.queued(),
    "ConversationStore.assigned": lambda s: s.conversations.assigned(),
    "ConversationStore.announce": lambda s: s.conversations.announce(Moved(ID)),
    "AgentStore.add": lambda s: s.agents.add(ADA),
    "AgentStore.replace": lambda s: s.agents.replace(ADA),
    "AgentStore.remove": lambda s: s.agents.remove("a_1"),
    "AgentStore.get": lambda s: s.agents.get("a_1"),
    "AgentStore.by_login": lambda s: s.agents.by_login("ada"),
    "AgentStore.all": lambda s: s.agents.all(),
    "AgentStore.set_presence": lambda s: s.agents.set_presence("a_1", AgentPresence(Presence.ONLINE, 1, 1)),
    "AgentStore.presences": lambda s: s.agents.presences(),
    "AgentStore.open_session": lambda s: s.agents.open_session("d", DeskSession("a_1", "c"), 60),
    "AgentStore.session": lambda s: s.agents.session("d"),
    "AgentStore.close_session": lambda s: s.agents.close_session("d"),
    "AgentStore.count_attempt": lambda s: s.agents.count_attempt("ada", 60),
    "CallbackStore.get": lambda s: s.callbacks.get("cb_1"),
    "CallbackStore.save": lambda s: s.callbacks.save(None, held("cb_1", slot()), slot(), NOW),
    "CallbackStore.free_places": lambda s: s.callbacks.free_places([slot()], NOW),
    "CallbackStore.between": lambda s: s.callbacks.between(NOW, NOW + 1),
    "CallbackStore.of_conversation": lambda s: s.callbacks.of_conversation(ID),
    "CallbackStore.by_key": lambda s: s.callbacks.by_key("k"),
    "CallbackStore.keep_key": lambda s: s.callbacks.keep_key(Once("k", "d"), 60),
    "OutboxStore.due": lambda s: s.outbox.due(NOW),
    "OutboxStore.take": lambda s: s.outbox.take(ID, NOW, LEASE),
    "OutboxStore.part_sent": lambda s: s.outbox.part_sent(PARCEL, 1, "m_1", NOW),
    "OutboxStore.settle": lambda s: s.outbox.settle(PARCEL, 1, SENT, NOW),
    "OutboxStore.put_off": lambda s: s.outbox.put_off(PARCEL, NOW),
    "OutboxStore.report": lambda s: s.outbox.report(ID, "m_1", SENT, NOW, place=(1, 0)),
    "OutboxStore.place_of": lambda s: s.outbox.place_of(ID, "m_1"),
    "OutboxStore.dead": lambda s: s.outbox.dead(),
    "OutboxStore.drop": lambda s: s.outbox.drop(ID, 1),
    "OutboxStore.replay": lambda s: s.outbox.replay(ID, 1, NOW),
    "OutboxStore.fetches_due": lambda s: s.outbox.fetches_due(NOW),
    "OutboxStore.take_fetch": lambda s: s.outbox.take_fetch(ID, 1, NOW, LEASE),
    "OutboxStore.fetched": lambda s: s.outbox.fetched(FETCH, [], NOW),
    "OutboxStore.put_off_fetch": lambda s: s.outbox.put_off_fetch(FETCH, NOW),
    "ContactStore.reach": lambda s: s.contacts.reach(PERSON),
    "ContactStore.find": lambda s: s.contacts.find("whatsapp", PERSON.ids),
    "ContactStore.identity_of": lambda s: s.contacts.identity_of(ID),
    "ContactStore.profile": lambda s: s.contacts.profile("p_1"),
    "ContactStore.kept": lambda s: s.contacts.kept("p_1"),
    "ContactStore.holder": lambda s: s.contacts.holder("phone:+4512345678"),
    "ContactStore.save": lambda s: s.contacts.save({"p_1": (Profile("p_1"), Profile("p_1"))}),
    "ContactStore.note_sent": lambda s: s.contacts.note_sent("k", "d", 60),
    "LaterStore.put_by": lambda s: s.later.put_by(Later("n", "b"), NOW),
    "LaterStore.take_due": lambda s: s.later.take_due(NOW, LEASE),
    "LaterStore.strike": lambda s: s.later.strike("n"),
    "LaterStore.answer_to": lambda s: s.later.answer_to("k"),
    "LaterStore.keep_answer": lambda s: s.later.keep_answer("k", "a", 60),
}


def test_every_call_of_the_port_is_tried_here() -> None:
    calls = {
        f"{port.__name__}.{name}"
        for port in (ConversationStore, AgentStore, CallbackStore, OutboxStore, ContactStore, LaterStore)
        for name in vars(port)
        if not name.startswith("_") and name != "watch"  # a watch goes on through an outage
    }
    assert calls == CALLS.keys()


@pytest.mark.parametrize("call", CALLS)
async def test_a_store_that_is_down_says_so(call: str, tmp_path: Path) -> None:
    in_memory = MemoryStore()
    in_memory.answers = False
    for store in (in_memory, RedisStore(f"unix://{tmp_path}/nobody.sock"), RedisStore("redis://127.0.0.1:1")):
        with pytest.raises(StoreUnavailable):
            await CALLS[call](store)
        assert not await store.ping()
        await store.close()


async def test_a_killed_redis_is_reported_and_found_again_with_all_it_answered(own_redis: RunningRedis) -> None:
    store = RedisStore(own_redis.url)
    await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        own_redis.kill()
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await accept(store.conversations, "b")
        assert time.monotonic() - started < SOON_S

        home = Path(own_redis.url.removeprefix("unix://")).parents[1]
        with redis_server(home).running():
            assert await asyncio.wait_for(anext(watch), 20) == Moved("")
            assert (await accept(store.conversations, "b")).seq == 2
            assert await texts(store.conversations) == ["a", "b"]
            assert await store.ping()
    await store.close()


async def test_a_suspended_redis_is_given_up_soon_and_a_retry_is_kept_once(own_redis: RunningRedis) -> None:
    store = RedisStore(own_redis.url)
    await store.conversations.open(fresh())
    os.kill(own_redis.pid, signal.SIGSTOP)
    started = time.monotonic()
    told = await asyncio.gather(
        *[accept(store.conversations, f"m{number}") for number in range(200)], return_exceptions=True
    )
    assert {type(answer) for answer in told} == {StoreUnavailable}
    assert time.monotonic() - started < SOON_S
    os.kill(own_redis.pid, signal.SIGCONT)

    # Some of them may have been kept; nobody was told so. Sent again, each is there once.
    for number in range(200):
        await accept(store.conversations, f"m{number}")
    assert sorted(await texts(store.conversations)) == sorted(f"m{number}" for number in range(200))
    await store.close()


async def test_a_full_redis_keeps_nothing_by_halves(own_redis: RunningRedis) -> None:
    store = RedisStore(own_redis.url)
    opened = await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", "1")
        with pytest.raises(StoreUnavailable):
            await accept(store.conversations, "b")
        with pytest.raises(StoreUnavailable):
            await store.conversations.commit(opened, opened.revised(cursor=1), [message()], NOW)
        client.config_set("maxmemory", "0")
    assert await texts(store.conversations) == ["a"]
    assert await store.conversations.get(ID) == opened
    assert (await accept(store.conversations, "b")).seq == 2
    await store.close()


async def test_a_watcher_notices_that_redis_went_silent(
    own_redis: RunningRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.store.redis_link._SILENCE_S", 0.1)
    store = RedisStore(own_redis.url, timeout_s=0.2)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        os.kill(own_redis.pid, signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting := asyncio.ensure_future(anext(watch))), 1.0)
        os.kill(own_redis.pid, signal.SIGCONT)
        assert await asyncio.wait_for(waiting, 20) == Moved("")
    await store.close()


async def test_a_watcher_of_a_quiet_redis_keeps_its_subscription(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.store.redis_link._SILENCE_S", 0.02)
    store = RedisStore(redis_url)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        for seq in range(3):
            waiting = asyncio.ensure_future(anext(watch))
            await asyncio.wait((waiting,), timeout=0.1)
            await store.conversations.announce(Moved(ID, seq))
            assert await asyncio.wait_for(waiting, 20) == Moved(ID, seq)
    await store.close()


async def test_a_redis_that_forgot_its_scripts_is_taught_them_again(redis_url: str) -> None:
    store = RedisStore(redis_url)
    await store.conversations.open(fresh())
    with redis.Redis.from_url(redis_url) as client:
        for text in "abc":
            client.script_flush()
            await accept(store.conversations, text)
    assert await texts(store.conversations) == ["a", "b", "c"]
    await store.close()


async def test_a_call_given_up_leaves_no_answer_for_the_next(redis_url: str) -> None:
    store = RedisStore(redis_url, connections=2)
    ids = [f"c_{number}" for number in range(50)]
    for conversation_id in ids:
        await store.conversations.open(fresh(conversation_id))
    for rounds in range(20):
        calls = [asyncio.create_task(store.conversations.get(conversation_id)) for conversation_id in ids]
        await asyncio.sleep(0.0002 * rounds)
        for task in calls[::2]:
            task.cancel()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        for conversation_id, answer in zip(ids, answers, strict=True):
            assert isinstance(answer, asyncio.CancelledError) or answer == fresh(conversation_id)
    assert [(await store.conversations.get(conversation_id)).id for conversation_id in ids] == ids
    await store.close()


@pytest.mark.parametrize("url", ["", "localhost:6379", "http://localhost", "postgres://there"])
def test_an_address_that_is_not_of_redis_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="redis://"):
        RedisStore(url)


async def test_an_outage_is_logged_once_and_so_is_its_end(
    own_redis: RunningRedis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="handoff")
    store = RedisStore(own_redis.url)
    await store.conversations.open(fresh())
    own_redis.kill()
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await accept(store.conversations, "a secret of the customer")
    home = Path(own_redis.url.removeprefix("unix://")).parents[1]
    with redis_server(home).running():
        for _ in range(3):
            await accept(store.conversations, "a secret of the customer")
    down, up = [record.getMessage() for record in caplog.records]
    assert "Redis fails (ConnectionError)" in down
    assert "works again" in up
    assert "secret" not in caplog.text
    await store.close()
