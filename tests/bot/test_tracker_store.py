"""The tracker store against a real redis-server: appends, folds, notices, refuses."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.compaction import Window
from bot.errors import StaleTracker, StoreUnavailable, TurnFailed
from bot.tracker import StoredTracker
from bot.tracker_store import KEY_PREFIX, AppendingTrackerStore
from tests.bot.conftest import PROJECT, RedisServer

DOMAIN = Domain.load(PROJECT / "domain.yml")
Result = TypeVar("Result")


def with_store(
    url: str, use: Callable[[AppendingTrackerStore], Awaitable[Result]], window: Window | None = None
) -> Result:
    async def run() -> Result:
        store = AppendingTrackerStore(DOMAIN, url, window=window)
        try:
            return await use(store)
        finally:
            await store.close()

    return asyncio.run(run())


def turn(number: int, *extra: Event) -> list[Event]:
    heard = UserUttered(f"text {number}", {"name": "greet", "confidence": 0.9}, message_id=f"m{number}")
    return [
        heard,
        ActionExecuted("utter_greet"),
        BotUttered(f"reply {number}"),
        *extra,
        ActionExecuted("action_listen"),
    ]


async def add(store: AppendingTrackerStore, conversation: str, events: list[Event]) -> None:
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    tracker.update_with_events(events, DOMAIN)
    await store.save(tracker)


def dump(tracker: DialogueStateTracker | None) -> list[dict[str, object]]:
    assert tracker is not None
    return [event.as_dict() for event in tracker.events]


def test_what_is_saved_is_read_back_with_its_state(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        assert await store.retrieve(name) is None
        tracker = store.init_tracker(name)
        tracker.update_with_events(turn(1, SlotSet("order_number", "10234"), ActiveLoop("return_form")), DOMAIN)
        await store.save(tracker)
        read = await store.retrieve(name)
        assert dump(read) == dump(tracker)
        assert read is not None
        assert read.get_slot("order_number") == "10234"
        assert read.active_loop_name == "return_form"
        assert read.latest_message is not None
        assert read.latest_message.message_id == "m1"
        assert read.latest_action_name == "action_listen"

    with_store(redis_server.url, use)


def test_a_save_sends_only_what_is_new(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        await add(store, name, turn(1))
        before = await store._redis.lrange(KEY_PREFIX + name, 0, -1)
        sent: list[int] = []
        script = store._save_script

        async def watched(keys: list[str], args: list[object]) -> object:
            sent.append(len(args) - 4)
            return await script(keys=keys, args=args)

        store._save_script = watched
        await add(store, name, turn(2))
        assert sent == [len(turn(2))]
        after = await store._redis.lrange(KEY_PREFIX + name, 0, -1)
        assert after[: len(before)] == before

    with_store(redis_server.url, use)


def test_the_stored_conversation_stays_short_and_keeps_its_slots_and_last_turns(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        lengths = []
        for number in range(60):
            extra = [SlotSet("order_number", "10234")] if number == 0 else []
            await add(store, name, turn(number, *extra))
            lengths.append(await store._redis.llen(KEY_PREFIX + name))
            read = await store.retrieve(name)
            assert read is not None
            assert read.get_slot("order_number") == "10234"
            heard = [event.message_id for event in read.events if isinstance(event, UserUttered)]
            assert heard[-4:] == [f"m{n}" for n in range(max(0, number - 3), number + 1)]
        assert max(lengths) <= 6 * 4 + 10

    with_store(redis_server.url, use, Window(keep=4, fold=6, most=20))


def test_a_turn_is_refused_when_another_was_stored_in_between(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        for number in range(20):  # past several foldings
            late = await store.get_or_create_tracker(name, append_action_listen=False)
            await add(store, name, turn(number))
            stored = dump(await store.retrieve(name))
            late.update_with_events(turn(100 + number), DOMAIN)
            with pytest.raises(StaleTracker):
                await store.save(late)
            assert dump(await store.retrieve(name)) == stored

    with_store(redis_server.url, use, Window(keep=2, fold=3, most=5))


def test_of_two_first_turns_at_once_one_is_refused(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        outcomes = await asyncio.gather(*(add(store, name, turn(n)) for n in range(5)), return_exceptions=True)
        assert sum(outcome is None for outcome in outcomes) == 1
        assert sum(isinstance(outcome, StaleTracker) for outcome in outcomes) == 4

    with_store(redis_server.url, use)


def test_redis_being_away_is_an_error_and_its_return_is_noticed(tmp_path: Path, redis_server: RedisServer) -> None:
    server = RedisServer(redis_server.executable, tmp_path)
    server.start()

    async def use(store: AppendingTrackerStore) -> None:
        await add(store, "c", turn(1))
        server.stop()
        with pytest.raises(StoreUnavailable):
            await store.retrieve("c")
        tracker = store.init_tracker("new")
        tracker.update_with_events(turn(1), DOMAIN)
        with pytest.raises(StoreUnavailable):
            await store.save(tracker)
        with pytest.raises(StoreUnavailable):
            await store.ping()
        server.start()
        assert len(dump(await store.retrieve("c"))) == len(turn(1))

    try:
        with_store(server.url, use)
    finally:
        server.stop()


@pytest.mark.parametrize("stored", [["{"], ["{}"], ["[]"], [json.dumps({"format": 9, "generation": 0})], None])
def test_what_is_no_tracker_is_an_error_not_a_fresh_start(redis_server: RedisServer, stored: list[str] | None) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        entries = stored or [json.dumps({"format": 1, "generation": 0}), '{"event": "no_such_event"}']
        await store._redis.rpush(KEY_PREFIX + name, *entries)
        with pytest.raises(TurnFailed):
            await store.retrieve(name)

    with_store(redis_server.url, use)


def test_conversations_can_be_listed_and_forgotten(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        name = uuid.uuid4().hex
        await add(store, name, turn(1))
        assert name in await store.keys()
        await store.delete(name)
        assert name not in await store.keys()
        assert await store.retrieve(name) is None

    with_store(redis_server.url, use)


def test_a_silent_conversation_expires_only_when_that_is_asked_for(redis_server: RedisServer) -> None:
    async def run() -> tuple[int, int]:
        lives = []
        for seconds in (0, 3600):
            store = AppendingTrackerStore(DOMAIN, redis_server.url, ttl_seconds=seconds)
            name = uuid.uuid4().hex
            await add(store, name, turn(1))
            lives.append(await store._redis.ttl(KEY_PREFIX + name))
            await store.close()
        return lives[0], lives[1]

    forever, hour = asyncio.run(run())
    assert forever == -1
    assert 3500 < hour <= 3600


def test_a_tracker_of_another_making_is_refused(redis_server: RedisServer) -> None:
    async def use(store: AppendingTrackerStore) -> None:
        with pytest.raises(TypeError):
            await store.save(DialogueStateTracker("c", DOMAIN.slots))

    with_store(redis_server.url, use)


def test_without_a_redis_url_there_is_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATON_REDIS_URL", raising=False)
    with pytest.raises(ValueError, match="BATON_REDIS_URL"):
        AppendingTrackerStore(DOMAIN)


def test_a_new_tracker_knows_that_nothing_of_it_is_stored() -> None:
    tracker = StoredTracker("c", DOMAIN.slots)
    tracker.update_with_events(turn(1), DOMAIN)
    assert len(tracker.unstored_events()) == len(turn(1))
