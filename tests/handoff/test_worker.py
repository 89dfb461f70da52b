"""Who works on what, in which order, and what happens when that goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from handoff.bot import BotMessage, TurnRequest, TurnResult
from handoff.entry import Author, Owner
from handoff.store.memory import MemoryStore
from handoff.worker import Worker
from tests.handoff.scene import ID, NOTICES, Scene, said


async def test_waiting_messages_are_answered_in_order(scene: Scene) -> None:
    for text in ("one", "two", "three"):
        await scene.write(text)
    await scene.worker.step(ID)
    assert said(await scene.log(), Author.BOT) == ["bot: one", "bot: two", "bot: three"]


async def test_nothing_is_left_to_do_after_an_answer(scene: Scene) -> None:
    await scene.say("hello")
    assert not await scene.worker.step(ID)
    assert list(await scene.store.conversations.ready(scene.clock())) == []


async def test_a_message_that_comes_during_a_turn_is_answered_by_the_same_step(scene: Scene) -> None:
    async def another(request: TurnRequest) -> None:
        if request.text == "one":
            await scene.write("two")

    scene.bot.before_answer = another
    await scene.say("one")
    assert said(await scene.log(), Author.BOT) == ["bot: one", "bot: two"]


# what goes wrong


class Defect(Exception):
    pass


async def test_a_defect_met_three_times_passes_the_message_to_a_person(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: TurnRequest) -> None:
        raise Defect(request.text)

    scene.bot.before_answer = fail
    with caplog.at_level(logging.DEBUG):
        await scene.say("secret words")
        for _ in range(3):
            assert (await scene.now()).owner is Owner.BOT
            scene.clock.advance(30)
            await scene.worker.step(ID)
    assert (await scene.now()).owner is Owner.QUEUE
    assert ID in caplog.text
    assert "secret" not in caplog.text


async def test_a_defect_puts_one_conversation_off_and_no_other(scene: Scene) -> None:
    await scene.open("c_2")

    async def fail(request: TurnRequest) -> None:
        if request.conversation_id == ID:
            raise Defect

    scene.bot.before_answer = fail
    await scene.write("hello")
    await scene.write("hello", "c_2")
    async with working(scene):
        await until_the_bot_said(scene, ["bot: hello"], "c_2")
        scene.bot.before_answer = None
        scene.clock.advance(30)
        await until_the_bot_said(scene, ["bot: hello"])


async def test_what_the_store_cannot_keep_is_a_defect_too(scene: Scene) -> None:
    scene.bot.answer = lambda _: TurnResult((BotMessage("hi"),), details={"order": object()})
    await scene.say("hello")
    for _ in range(3):
        scene.clock.advance(30)
        await scene.worker.step(ID)
    assert (await scene.now()).owner is Owner.QUEUE


async def test_the_worker_is_woken_by_a_message(scene: Scene) -> None:
    async with working(scene):
        await scene.write("one")
        await until_the_bot_said(scene, ["bot: one"])
        await scene.write("two")
        await until_the_bot_said(scene, ["bot: one", "bot: two"])


async def test_two_workers_never_ask_the_bot_about_one_conversation_at_once(scene: Scene) -> None:
    """Goes red when `take` leases to everybody."""
    at_once = 0

    async def watch(_: TurnRequest) -> None:
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        await asyncio.sleep(0)
        at_once -= 1

    scene.bot.before_answer = watch
    other = Worker(scene.store, scene.bot, scene.rules, scene.clock, NOTICES)
    for number in range(5):
        await scene.write(f"{number}")
    await asyncio.gather(*(worker.step(ID) for worker in (scene.worker, other) * 4))
    assert said(await scene.log(), Author.BOT) == [f"bot: {number}" for number in range(5)]
    assert len(scene.bot.asked) == 5


async def test_a_hung_turn_stalls_no_other_conversation(scene: Scene) -> None:
    """Promise 4, lightly. Goes red when one conversation is worked on at a time (`turns_at_once=1`)."""
    others = [f"c_other{number}" for number in range(20)]
    for conversation_id in others:
        await scene.open(conversation_id)
    hung = asyncio.Event()

    async def hang(request: TurnRequest) -> None:
        if request.conversation_id == ID:
            hung.set()
            await asyncio.Event().wait()

    scene.bot.before_answer = hang
    async with working(scene):
        await scene.write("hello")
        await hung.wait()
        for conversation_id in others:
            await scene.write("hello", conversation_id)
        for conversation_id in others:
            await until_the_bot_said(scene, ["bot: hello"], conversation_id)
        assert said(await scene.log(), Author.BOT) == []


async def test_a_worker_survives_a_store_that_is_down_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    scene = await Scene.set(store)
    store.answers = False
    async with working(scene):
        while "nothing can be looked for" not in caplog.text:
            await asyncio.sleep(0.005)
        store.answers = True
        await scene.write("hello")
        await until_the_bot_said(scene, ["bot: hello"])


async def test_an_outage_during_a_turn_delays_the_answer_no_longer_than_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The lease taken before the outage is given back after it; the clock, which alone would end it, stands still."""
    store = MemoryStore()
    scene = await Scene.set(store)

    async def lose_the_store(_: TurnRequest) -> None:
        store.answers = False
        scene.bot.before_answer = None

    scene.bot.before_answer = lose_the_store
    async with working(scene):
        await scene.write("hello")
        while f"conversation {ID} waits" not in caplog.text:
            await asyncio.sleep(0.005)
        store.answers = True
        await until_the_bot_said(scene, ["bot: hello"])


@asynccontextmanager
async def working(scene: Scene) -> AsyncIterator[None]:
    """Let the worker run, for less time than a hung turn is given."""
    task = asyncio.create_task(scene.worker.run())
    try:
        async with asyncio.timeout(scene.rules.turn_timeout_s / 2):
            yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until_the_bot_said(scene: Scene, texts: list[str], conversation_id: str = ID) -> None:
    """Wait until the customer sees exactly these answers of the bot."""
    while said(await scene.log(conversation_id), Author.BOT) != texts:
        await asyncio.sleep(0.005)
