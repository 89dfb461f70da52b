"""Which messages say how a handoff was, and what becomes of them."""

from __future__ import annotations

import pytest

from handoff.bot import BotMessage, TurnResult
from handoff.entry import Author, Button, Entry, Kind, Visibility
from handoff.model import Status
from tests.fakes import echo
from tests.handoff.scene import ADA, BO, ID, Scene, said


async def test_one_conversation_can_have_several_handoffs_each_rated_for_itself(scene: Scene) -> None:
    rated = []
    for agent in (ADA, BO):
        await scene.hand_over(agent)
        await scene.desk.give_back(ID, agent, "done")
        await scene.worker.step(ID)
        rating, _ = await scene.press("5 – very good")
        rated.append(rating.facts["handoff_id"])
    assert len(set(rated)) == 2
    questions = [entry for entry in await scene.log() if "How was the help" in entry.text]
    assert len(questions) == 2


@pytest.mark.parametrize("end", ["give_back", "resolve"])
async def test_a_rating_is_asked_once_recorded_and_thanked_without_the_bot(scene: Scene, end: str) -> None:
    await scene.hand_over(ADA)
    handoff = (await scene.now()).handoff
    assert handoff is not None
    await getattr(scene.desk, end)(ID, ADA, "done")
    await scene.worker.step(ID)
    asked = len(scene.bot.asked)
    rating, thanks = await scene.press("4 – good")
    assert (rating.kind, rating.visibility) == (Kind.CSAT, Visibility.INTERNAL)
    assert dict(rating.facts) == {"score": 4, "handoff_id": handoff.id}
    assert thanks.text == "Thank you for your answer."
    assert len(scene.bot.asked) == asked
    questions = [entry for entry in await scene.log() if "How was the help" in entry.text]
    assert len(questions) == 1
    assert (await scene.now()).status is (Status.RESOLVED if end == "resolve" else Status.OPEN)


@pytest.mark.parametrize("end", ["give_back", "resolve"])
@pytest.mark.parametrize("typed", [" 5", "5 – Very good"])
async def test_a_rating_may_be_typed_while_it_is_the_latest_question(scene: Scene, end: str, typed: str) -> None:
    await scene.hand_over(ADA)
    await getattr(scene.desk, end)(ID, ADA, "done")
    await scene.worker.step(ID)
    asked = len(scene.bot.asked)
    rating, thanks = await scene.say(typed)
    assert (rating.kind, rating.facts["score"], thanks.text) == (Kind.CSAT, 5, "Thank you for your answer.")
    assert len(scene.bot.asked) == asked
    assert said(await scene.say("5"), Author.BOT) == ["bot: 5"]


async def test_a_number_that_answers_something_else_is_no_rating(scene: Scene) -> None:
    assert said(await scene.say("5"), Author.BOT) == ["bot: 5"]
    await scene.hand_over(ADA)
    await scene.write("5")  # an answer to the agent, on its way when the question is put
    await scene.desk.give_back(ID, ADA, "done")
    await scene.worker.step(ID)
    assert Kind.CSAT not in {entry.kind for entry in await scene.log()}
    scene.bot.answer = lambda _: TurnResult((BotMessage("How many?", (Button("5", "/five"),)),))
    await scene.say("shoes")
    scene.bot.answer = echo
    assert said(await scene.say("5"), Author.BOT) == ["bot: 5"]


async def test_receipts_and_reactions_after_the_question_do_not_hide_it_from_a_typed_rating(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "done")
    await scene.worker.step(ID)
    now = await scene.now()
    receipt = Entry(Kind.DELIVERY, Author.SYSTEM, scene.clock(), visibility=Visibility.INTERNAL, in_reply_to=1)
    reaction = Entry(Kind.REACTION, Author.CONTACT, scene.clock(), text="👍", in_reply_to=1)
    await scene.store.conversations.commit(now, now, [*[receipt] * 40, reaction], scene.clock())
    rating, _ = await scene.say("5")
    assert (rating.kind, rating.facts["score"]) == (Kind.CSAT, 5)
