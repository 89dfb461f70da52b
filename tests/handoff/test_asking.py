"""Asking the bot: the customer sees that it takes a while, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from handoff import asking
from handoff.bot import TurnRequest
from handoff.entry import Author
from handoff.store.memory import MemoryStore
from handoff.store.port import BOT_TYPES, Moved
from tests.handoff.scene import ID, Scene, said
from tests.waiting import PATIENCE_S


@pytest.fixture
async def scene() -> Scene:
    """A scene in memory: nothing here depends on the store."""
    return await Scene.set(MemoryStore())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the signs come as soon and as often as the event loop turns."""
    monkeypatch.setattr(asking, "TYPING_AFTER_S", 0)
    monkeypatch.setattr(asking, "TYPING_AGAIN_S", 0)


@asynccontextmanager
async def heard(scene: Scene) -> AsyncIterator[AsyncGenerator[Moved, None]]:
    async with aclosing(scene.store.conversations.watch()) as moves:
        assert (await anext(moves)).conversation_id == ""
        yield moves


async def test_while_a_turn_takes_long_the_customer_is_shown_so_again_and_again(scene: Scene) -> None:
    answered = asyncio.Event()

    async def wait(_: TurnRequest) -> None:
        await answered.wait()

    scene.bot.before_answer = wait
    async with heard(scene) as moves, asyncio.timeout(PATIENCE_S):
        turn = asyncio.create_task(scene.say("hello"))
        signs = 0
        while signs < 3:
            moved = await anext(moves)
            signs += moved == Moved(ID, signal=BOT_TYPES)
        answered.set()
        assert said(await turn, Author.BOT) == ["bot: hello"]


async def test_a_quick_turn_shows_no_sign(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TYPING_AFTER_S", 60)
    async with heard(scene) as moves, asyncio.timeout(PATIENCE_S):
        await scene.say("hello")
        seen = [await anext(moves), await anext(moves)]
    assert [moved.signal for moved in seen] == ["", ""]
    assert seen[-1].last_seq == 2


async def test_no_sign_comes_after_the_answer(scene: Scene) -> None:
    async def a_little(_: TurnRequest) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    scene.bot.before_answer = a_little
    async with heard(scene) as moves, asyncio.timeout(PATIENCE_S):
        await scene.say("hello")
        await scene.store.conversations.announce(Moved("the end"))
        seen = []
        while (moved := await anext(moves)).conversation_id != "the end":
            seen.append(moved)
    assert seen[-1] == Moved(ID, 2)
    assert BOT_TYPES in {moved.signal for moved in seen}


async def test_a_sign_that_cannot_be_given_does_not_spoil_the_turn(scene: Scene) -> None:
    async def while_the_store_is_down(_: TurnRequest) -> None:
        scene.store.answers = False  # type: ignore[attr-defined]
        for _ in range(20):
            await asyncio.sleep(0)
        scene.store.answers = True  # type: ignore[attr-defined]

    scene.bot.before_answer = while_the_store_is_down
    assert said(await scene.say("hello"), Author.BOT) == ["bot: hello"]
