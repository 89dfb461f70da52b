"""Promises 1 and 6 at the level of the services: something happens at every await of a turn, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from handoff.bot import TurnRequest
from handoff.carry_out import carry_out
from handoff.entry import Author, Entry, Kind, Owner, OwnerEvent, Visibility
from handoff.model import HandoffReason
from handoff.store.port import Store
from handoff.worker import Worker
from tests.fakes import InterruptedStore
from tests.handoff.scene import ADA, BO, NOTICES, Scene, said

Happening = Callable[[], Awaitable[None]]


class Points:
    """Counts the awaits of a worker, and lets something happen at one of them."""

    def __init__(self, at: int, happening: Happening) -> None:
        self._left = at
        self._happening = happening
        self.reached = ""

    async def pass_by(self, name: str) -> None:
        """Pass one await."""
        self._left -= 1
        if self._left == -1:
            self.reached = name
            await self._happening()

    def worker(self, scene: Scene) -> Worker:
        """Return a worker all of whose awaits are counted."""
        scene.bot.before_answer = self._in_the_bot
        store = cast(Store, InterruptedStore(scene.store, self.pass_by))
        return Worker(store, scene.bot, scene.rules, scene.clock, NOTICES, sleep=scene.clock.sleep)

    async def _in_the_bot(self, _: TurnRequest) -> None:
        await self.pass_by("in the bot")


async def take_over(scene: Scene, conversation_id: str) -> int:
    """Have Bo take the conversation, however it stands; returns the log's end when the claim was acknowledged."""
    if (await scene.now(conversation_id)).owner is Owner.BOT:
        await carry_out(
            scene.store.conversations,
            conversation_id,
            lambda c: c.request_handoff("h", HandoffReason.ASKED, "", {}, scene.clock()),
            scene.clock,
        )
    await scene.desk.claim(conversation_id, BO)
    return (await scene.gateway.page(conversation_id)).last_seq


async def a_question(scene: Scene, conversation_id: str) -> None:
    await scene.write("hello", conversation_id)


async def two_questions(scene: Scene, conversation_id: str) -> None:
    await scene.write("hello", conversation_id)
    await scene.write("where is my order", conversation_id)


async def a_wish_for_a_person(scene: Scene, conversation_id: str) -> None:
    await scene.write("person", conversation_id)


async def a_callback_instead(scene: Scene, conversation_id: str) -> None:
    await scene.say("person", conversation_id)
    await scene.write("Call me back", conversation_id)


async def a_return(scene: Scene, conversation_id: str) -> None:
    await scene.say("person", conversation_id)
    await scene.desk.claim(conversation_id, ADA)
    await scene.desk.give_back(conversation_id, ADA, "done")


TURNS = [a_question, two_questions, a_wish_for_a_person, a_callback_instead, a_return]


def by_the_bot(entries: list[Entry]) -> list[Entry]:
    """Return what the customer sees of the bot."""
    mine = (entry for entry in entries if entry.author is Author.BOT and entry.kind is Kind.MESSAGE)
    return [entry for entry in mine if entry.visibility is Visibility.PUBLIC]


@pytest.mark.parametrize("before", TURNS)
async def test_the_bot_never_speaks_after_a_claim_and_speaks_again_after_the_return(
    scene: Scene, before: Callable[[Scene, str], Awaitable[None]]
) -> None:
    """Promise 6: a claim at every await of a turn.

    Goes red, on both stores, when a commit does not compare versions (the reply appears after the claim).
    """
    dropped = 0
    for at in range(200):
        conversation_id = f"c_at{at}"
        scene.bot.before_answer = None
        await scene.open(conversation_id)
        await before(scene, conversation_id)
        said_before = len(by_the_bot(await scene.log(conversation_id)))
        asked_before = len(scene.bot.asked)
        claimed_at = 0

        async def claim(conversation_id: str = conversation_id) -> None:
            nonlocal claimed_at
            claimed_at = await take_over(scene, conversation_id)

        points = Points(at, claim)
        worker = points.worker(scene)
        await worker.step(conversation_id)
        if not points.reached:
            break
        log = await scene.log(conversation_id)
        assert [entry for entry in by_the_bot(log) if entry.seq > claimed_at] == []
        # Every turn that was asked either came before the claim or was dropped and counted.
        kept = len(by_the_bot(log)) - said_before
        assert kept + worker.dropped_replies == len(scene.bot.asked) - asked_before
        dropped += worker.dropped_replies
        assert await scene.say("still there?", conversation_id) == []

        await scene.desk.give_back(conversation_id, BO, "done")
        await scene.worker.step(conversation_id)
        assert said(await scene.say("and now?", conversation_id), Author.BOT) == ["bot: and now?"]
    else:
        pytest.fail("a turn with 200 awaits")
    assert at > 4
    assert dropped > 0


@pytest.mark.parametrize("before", TURNS)
@pytest.mark.parametrize("ending", ["killed", "cancelled"])
async def test_a_worker_that_ends_at_any_await_leaves_each_message_answered_once(
    scene: Scene, before: Callable[[Scene, str], Awaitable[None]], ending: str
) -> None:
    """Promise 1, for the worker: it stops for good at every await of a turn, and comes back to life too late.

    Goes red when the cursor is moved before the commit (a message is never answered), and, on both stores, when a
    commit does not compare versions (the worker that comes back answers a second time).
    """
    for at in range(200):
        conversation_id = f"c_at{at}"
        scene.bot.before_answer = None
        await scene.open(conversation_id)
        await before(scene, conversation_id)
        stopped, goes_on = asyncio.Event(), asyncio.Event()

        async def stop(stopped: asyncio.Event = stopped, goes_on: asyncio.Event = goes_on) -> None:
            stopped.set()
            await goes_on.wait()

        points = Points(at, stop)
        task = asyncio.create_task(points.worker(scene).step(conversation_id))
        await asyncio.wait([task, stopping := asyncio.create_task(stopped.wait())], return_when="FIRST_COMPLETED")
        stopping.cancel()
        if not points.reached:
            break
        if ending == "cancelled":
            task.cancel()
            await asyncio.wait([task])
        if ending == "killed" or points.reached == "after take":  # else the worker gives its lease back
            scene.clock.advance(scene.rules.lease_seconds)
        await scene.worker.step(conversation_id)
        log = await scene.log(conversation_id)
        goes_on.set()
        await asyncio.wait([task])
        await scene.worker.step(conversation_id)

        assert await scene.log(conversation_id) == log
        to_answer = [e.seq for e in log if e.author is Author.CONTACT or e.event is OwnerEvent.RETURNED]
        assert [entry.in_reply_to for entry in by_the_bot(log)] == to_answer
        runs = [run.message_id for run in scene.bot.runs if run.conversation_id == conversation_id]
        assert len(runs) == len(set(runs))
    else:
        pytest.fail("a turn with 200 awaits")
    assert at > 4
