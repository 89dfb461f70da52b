"""What the store of agents promises, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from handoff.errors import Conflict, NotFound
from handoff.model import Presence
from handoff.store.agents_port import Agent, AgentPresence, DeskSession
from handoff.store.port import Store

ADA = Agent("a_1", "Ada", "Ada Holm", "$argon2id$…", limit=2, team="returns")
BO = Agent("a_2", "bo", "Bo Berg", "$argon2id$…")
HERE = AgentPresence(Presence.ONLINE, seen_at=5, idle_since=3)


async def test_an_agent_is_found_by_id_and_by_login_in_any_case(store: Store) -> None:
    await store.agents.add(ADA)
    assert await store.agents.get("a_1") == ADA
    assert await store.agents.by_login("aDA") == ADA
    assert await store.agents.by_login("bo") is None


async def test_agents_are_listed_by_login(store: Store) -> None:
    await store.agents.add(BO)
    await store.agents.add(ADA)
    assert await store.agents.all() == [ADA, BO]


async def test_a_taken_login_is_refused(store: Store) -> None:
    await store.agents.add(ADA)
    with pytest.raises(Conflict, match="login"):
        await store.agents.add(replace(BO, login="ADA"))
    with pytest.raises(Conflict, match="id"):
        await store.agents.add(replace(ADA, login="other"))
    assert await store.agents.all() == [ADA]


async def test_a_changed_login_frees_the_old_one(store: Store) -> None:
    await store.agents.add(ADA)
    await store.agents.add(BO)
    with pytest.raises(Conflict, match="login"):
        await store.agents.replace(replace(ADA, login="Bo"))
    renamed = replace(ADA, login="countess", name="Ada King")
    await store.agents.replace(renamed)
    assert await store.agents.by_login("ada") is None
    assert await store.agents.by_login("countess") == renamed
    await store.agents.add(Agent("a_3", "ada", "Another Ada", "-"))


async def test_a_removed_agent_leaves_nothing_behind(store: Store) -> None:
    await store.agents.add(ADA)
    await store.agents.set_presence("a_1", HERE)
    await store.agents.open_session("digest", DeskSession("a_1", "csrf"), 60)
    await store.agents.remove("a_1")
    assert await store.agents.by_login("ada") is None
    assert await store.agents.presences() == {}
    await store.agents.add(ADA)
    assert await store.agents.session("digest") is None


async def test_who_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.agents.get("a_1")
    with pytest.raises(NotFound):
        await store.agents.replace(ADA)
    with pytest.raises(NotFound):
        await store.agents.remove("a_1")


async def test_presence_is_kept_for_each_agent(store: Store) -> None:
    assert await store.agents.presences() == {}
    away = AgentPresence(Presence.OFFLINE, 9, 9)
    await store.agents.set_presence("a_1", HERE)
    await store.agents.set_presence("a_2", HERE)
    await store.agents.set_presence("a_2", away)
    assert await store.agents.presences() == {"a_1": HERE, "a_2": away}


async def test_a_session_lives_until_it_is_closed(store: Store) -> None:
    session = DeskSession("a_1", "csrf")
    assert await store.agents.session("digest") is None
    await store.agents.open_session("digest", session, 60)
    await store.agents.open_session("other", session, 60)
    assert await store.agents.session("digest") == session
    await store.agents.close_session("digest")
    assert await store.agents.session("digest") is None
    assert await store.agents.session("other") == session


async def test_a_session_ends_by_itself(store: Store) -> None:
    await store.agents.open_session("digest", DeskSession("a_1", "csrf"), 1)
    deadline = time.monotonic() + 5
    while await store.agents.session("digest") is not None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_attempts_are_counted_until_their_window_ends(store: Store) -> None:
    assert [await store.agents.count_attempt("ada", 1) for _ in range(3)] == [1, 2, 3]
    assert await store.agents.count_attempt("bo", 60) == 1
    deadline = time.monotonic() + 5
    while await store.agents.count_attempt("ada", 1) != 1:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
