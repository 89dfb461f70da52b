"""What a customer hears while waiting for a person."""

from __future__ import annotations

from handoff.entry import Author
from handoff.model import Presence
from handoff.worker import Worker
from tests.handoff.scene import ADA, BO, ID, NOTICES, Scene, said


async def test_the_second_in_the_queue_is_told_so(scene: Scene) -> None:
    await scene.open("c_2")
    await scene.say("person", "c_2")
    entries = await scene.say("person")
    assert "number 2" in said(entries, Author.SYSTEM)[0]


async def test_the_wait_is_told_when_somebody_can_tell(scene: Scene) -> None:
    async def estimate(place: int) -> int:
        return 90 * place

    worker = Worker(scene.store, scene.bot, scene.rules, scene.clock, NOTICES, estimate=estimate)
    await scene.write("person")
    await worker.step(ID)
    assert "about 2 min" in said(await scene.log(), Author.SYSTEM)[0]


async def test_a_customer_is_told_when_nobody_is_at_the_desk(scene: Scene) -> None:
    await scene.sign_in(ADA, Presence.OFFLINE)
    await scene.sign_in(BO)
    scene.clock.advance(scene.rules.heartbeat_seconds)
    entries = await scene.say("person")
    assert "Nobody is at the desk" in said(entries, Author.SYSTEM)[0]


async def test_a_waiting_customer_is_told_so_once_in_a_while_and_the_bot_is_silent(scene: Scene) -> None:
    await scene.hand_over()
    asked = len(scene.bot.asked)
    assert await scene.say("hello?") == []
    scene.clock.advance(scene.rules.notice_seconds)
    await scene.sign_in(ADA)
    assert "still next in line" in said(await scene.say("anyone?"), Author.SYSTEM)[0]
    assert await scene.say("hello??") == []
    assert len(scene.bot.asked) == asked
