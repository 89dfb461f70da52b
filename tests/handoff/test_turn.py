"""What comes of a customer's message: whoever owns the conversation decides."""

from __future__ import annotations

import asyncio

import pytest

from handoff.bot import BotMessage, HandoffWanted, TurnRequest, TurnResult
from handoff.entry import Author, Entry, Kind, Owner, OwnerEvent, Understood, Visibility
from handoff.errors import BotUnavailable
from handoff.model import HandoffReason, Status
from handoff.rules import Rules
from handoff.store.memory import MemoryStore
from tests.fakes import echo
from tests.handoff.scene import ADA, BO, ID, Scene, said, shop_bot


def events(entries: list[Entry]) -> list[OwnerEvent]:
    return [entry.event for entry in entries if entry.event is not None]


# the bot owns it


async def test_the_bot_answers_and_its_answer_names_the_message(scene: Scene) -> None:
    (reply,) = await scene.say("hello")
    assert (reply.author, reply.text, reply.in_reply_to) == (Author.BOT, "bot: hello", 1)
    assert reply.understood == Understood("echo", 1.0, fallback=False)
    assert scene.bot.runs[0].message_id == f"{ID}:1"


async def test_a_pressed_button_reaches_the_bot_as_its_choice(scene: Scene) -> None:
    await scene.say("menu")
    await scene.press("Shoes")
    assert (scene.bot.runs[-1].choice, scene.bot.runs[-1].text) == ('/pick{"what": "shoes"}', None)


async def test_a_misunderstood_message_is_marked_even_if_the_bot_says_nothing(scene: Scene) -> None:
    scene.bot.answer = lambda _: TurnResult(understood=Understood("nlu_fallback", 0.1, fallback=True))
    (mark,) = await scene.say("?")
    assert (mark.visibility, mark.text, mark.in_reply_to) == (Visibility.INTERNAL, "", 1)
    assert mark.understood is not None
    assert mark.understood.fallback


async def test_what_the_bot_learnt_is_kept_with_the_conversation(scene: Scene) -> None:
    scene.bot.answer = lambda _: TurnResult(language="da", details={"order_number": "10234"})
    await scene.say("hej")
    conversation = await scene.now()
    assert (conversation.language, dict(conversation.details)) == ("da", {"order_number": "10234"})


async def test_a_message_reopens_a_resolved_conversation_with_a_bot_that_starts_over(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.resolve(ID, ADA)
    entries = await scene.say("hello again")
    assert (await scene.now()).status is Status.OPEN
    assert said(entries, Author.BOT) == ["bot: hello again"]
    assert [run.choice or run.text for run in scene.bot.runs[-2:]] == ["/start_over", "hello again"]


# the bot says goodbye


def goodbye(request: TurnRequest) -> TurnResult:
    """Say goodbye, and that this was all; echo all else."""
    return TurnResult((BotMessage("Bye!"),), resolve=True) if request.text == "bye" else echo(request)


async def test_a_goodbye_closes_the_conversation_and_the_customer_sees_nothing_but_the_goodbye(scene: Scene) -> None:
    scene.bot.answer = goodbye
    entries = await scene.say("bye")
    assert (await scene.now()).status is Status.RESOLVED
    assert [entry.text for entry in entries if entry.visibility is Visibility.PUBLIC] == ["Bye!"]
    assert events(entries) == [OwnerEvent.RESOLVED]
    assert entries[-1].author is Author.BOT


async def test_after_a_goodbye_the_bot_goes_on_with_what_it_knows(scene: Scene) -> None:
    scene.bot.answer = goodbye
    await scene.say("bye")
    entries = await scene.say("one more thing")
    assert (await scene.now()).status is Status.OPEN
    assert events(entries) == [OwnerEvent.REOPENED]
    assert [run.choice or run.text for run in scene.bot.runs] == ["bye", "one more thing"]


async def test_a_handoff_asked_for_with_the_goodbye_goes_before_it(scene: Scene) -> None:
    both = TurnResult(handoff=HandoffWanted(HandoffReason.ASKED), resolve=True)
    scene.bot.answer = lambda _: both
    await scene.say("bye")
    conversation = await scene.now()
    assert (conversation.owner, conversation.status) == (Owner.QUEUE, Status.OPEN)


async def test_a_goodbye_that_comes_after_a_person_was_asked_for_closes_nothing(scene: Scene) -> None:
    """The turn is under way while the conversation changes hands: nothing of it is written."""

    async def ask_for_a_person(request: TurnRequest) -> None:
        scene.bot.before_answer = None
        before = await scene.now()
        asked = before.request_handoff("h_1", HandoffReason.ASKED, "", {}, scene.clock())
        await scene.store.conversations.commit(before, asked.conversation, asked.entries, scene.clock())

    scene.bot.answer = goodbye
    scene.bot.before_answer = ask_for_a_person
    entries = await scene.say("bye")
    conversation = await scene.now()
    assert (conversation.owner, conversation.status) == (Owner.QUEUE, Status.OPEN)
    assert "Bye!" not in said(entries, Author.BOT)


async def test_a_goodbye_asks_for_no_rating_not_even_after_a_handoff_that_was_rated(scene: Scene) -> None:
    scene.bot.answer = goodbye
    await scene.say("bye")
    scene.bot.answer = shop_bot
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "done")
    await scene.worker.step(ID)
    scene.bot.answer = goodbye
    await scene.say("bye")
    questions = [entry for entry in await scene.log() if "How was the help" in entry.text]
    assert len(questions) == 1


async def test_what_the_bot_says_to_a_return_closes_nothing(scene: Scene) -> None:
    await scene.hand_over(ADA)
    scene.bot.answer = lambda _: TurnResult((BotMessage("Back with me."),), resolve=True)
    await scene.desk.give_back(ID, ADA, "done")
    await scene.worker.step(ID)
    assert (await scene.now()).status is Status.OPEN


# the bot hands over, or fails


async def test_a_handoff_puts_the_conversation_in_the_queue_and_tells_the_place(scene: Scene) -> None:
    entries = await scene.say("person")
    conversation = await scene.now()
    assert conversation.owner is Owner.QUEUE
    assert conversation.handoff is not None
    assert (conversation.handoff.reason, conversation.handoff.topic) == (HandoffReason.ASKED, "returns")
    assert dict(conversation.details) == {"order_number": "10234"}
    assert [entry.kind for entry in entries] == [Kind.MESSAGE, Kind.OWNER, Kind.MESSAGE]
    assert "next in line" in said(entries, Author.SYSTEM)[0]


async def test_a_failed_turn_is_asked_again_with_the_same_id(scene: Scene) -> None:
    scene.bot.failures = [BotUnavailable("The bot is down."), BotUnavailable("The bot is down.")]
    entries = await scene.say("hello")
    assert said(entries, Author.BOT) == ["bot: hello"]
    assert {request.message_id for request in scene.bot.asked} == {f"{ID}:1"}


async def test_a_bot_that_is_down_hands_over_within_the_limit(scene: Scene) -> None:
    """Promise 11. Goes red without the deadline (the step never ends) or without the hand-over (no notice)."""
    scene.bot.down = True
    began = scene.clock()
    entries = await scene.say("hello")
    assert scene.clock() - began <= scene.rules.turn_timeout_s * 1000
    assert said(entries, Author.SYSTEM)[0].startswith("Sorry, I can't answer")
    conversation = await scene.now()
    assert conversation.owner is Owner.QUEUE
    assert conversation.handoff is not None
    assert conversation.handoff.reason is HandoffReason.BOT_FAILED


async def test_a_bot_that_refuses_hands_over_at_once(scene: Scene) -> None:
    scene.bot.failures = [BotUnavailable("The bot refused the turn.", retryable=False)]
    await scene.say("hello")
    assert len(scene.bot.asked) == 1
    assert (await scene.now()).owner is Owner.QUEUE


async def test_a_bot_that_hangs_is_given_up_after_its_time() -> None:
    """Promise 11, in real time. Goes red without the time limit around the turn."""
    scene = await Scene.set(MemoryStore(), Rules(turn_timeout_s=0.1, retry_pause_s=0.05))
    scene.bot.hangs = True
    entries = await asyncio.wait_for(scene.say("hello"), 5)
    assert said(entries, Author.SYSTEM)[0].startswith("Sorry, I can't answer")
    assert (await scene.now()).owner is Owner.QUEUE


# the queue owns it


@pytest.mark.parametrize("how", ["press", "say"])
async def test_a_customer_can_go_back_to_the_bot(scene: Scene, how: str) -> None:
    await scene.hand_over()
    entries = await getattr(scene, how)("Back to assistant")
    assert events(entries) == [OwnerEvent.GAVE_UP]
    assert "assistant again" in entries[0].text
    assert said(await scene.say("hello"), Author.BOT) == ["bot: hello"]


@pytest.mark.parametrize("how", ["press", "say"])
async def test_a_customer_can_leave_the_queue_for_a_callback(scene: Scene, how: str) -> None:
    await scene.hand_over()
    entries = await getattr(scene, how)("Call me back")
    assert events(entries) == [OwnerEvent.GAVE_UP]
    assert said(entries, Author.BOT) == ["bot: /request_callback"]
    assert (await scene.now()).owner is Owner.BOT


async def test_who_cannot_be_called_back_keeps_their_place(scene: Scene) -> None:
    await scene.hand_over()
    scene.bot.down = True
    entries = await scene.press("Call me back")
    assert said(entries, Author.SYSTEM) == ["Sorry, I can't book a call at the moment. You keep your place in line."]
    assert (await scene.now()).owner is Owner.QUEUE


async def test_a_queue_button_pressed_too_late_does_not_reach_the_bot_as_text(scene: Scene) -> None:
    await scene.hand_over()
    await scene.press("Back to assistant")
    entries = await scene.press("Back to assistant")
    assert said(entries, Author.SYSTEM) == ["You're talking to the assistant already. What can I help you with?"]
    assert said(await scene.press("Call me back"), Author.BOT) == ["bot: /request_callback"]


# an agent owns it


async def test_the_bot_is_silent_while_an_agent_has_it(scene: Scene) -> None:
    await scene.hand_over(ADA)
    asked = len(scene.bot.asked)
    assert await scene.say("hello Ada") == []
    assert len(scene.bot.asked) == asked
    assert not await scene.worker.step(ID)


async def test_a_message_wakes_a_conversation_that_was_set_aside(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.snooze(ID, ADA, scene.clock() + 60_000)
    await scene.say("hello Ada")
    assert ((await scene.now()).status, (await scene.now()).agent_id) == (Status.OPEN, ADA.id)


async def test_the_bot_hears_of_a_return_and_answers_again(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, 'sent a "new" one')
    await scene.worker.step(ID)
    assert scene.bot.runs[-1].choice == '/handoff_returned{"outcome": "sent a \\"new\\" one", "agent": "Ada"}'
    assert said(await scene.say("thanks"), Author.BOT) == ["bot: thanks"]


async def test_a_return_that_the_bot_cannot_hear_of_asks_for_no_person(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "done")
    scene.bot.down = True
    await scene.worker.step(ID)
    assert (await scene.now()).owner is Owner.BOT
    assert not await scene.worker.step(ID)


async def test_a_bot_that_was_down_hears_of_every_return_before_the_next_message(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "sent a new one")
    scene.bot.down = True
    await scene.worker.step(ID)
    await scene.say("still there?")
    await scene.desk.claim(ID, BO)
    await scene.desk.give_back(ID, BO, "it has arrived")
    await scene.worker.step(ID)
    scene.bot.down = False
    entries = await scene.say("thanks")
    assert [text.partition(" ")[2] for text in said(entries, Author.BOT)] == [
        '/handoff_returned{"outcome": "sent a new one", "agent": "Ada"}',
        '/handoff_returned{"outcome": "it has arrived", "agent": "Bo"}',
        "thanks",
    ]
    assert said(await scene.say("bye"), Author.BOT) == ["bot: bye"]


async def test_a_return_that_the_bot_refuses_for_good_is_not_told_again(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "done")
    scene.bot.failures = [BotUnavailable("The bot refused the turn.", retryable=False)]
    await scene.worker.step(ID)
    assert said(await scene.say("thanks"), Author.BOT) == ["bot: thanks"]


async def test_a_bot_that_fails_only_at_a_return_still_answers(scene: Scene) -> None:
    async def fail_at_returns(request: TurnRequest) -> None:
        if (request.choice or "").startswith("/handoff_returned"):
            raise BotUnavailable("The bot failed this turn.")

    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "done")
    scene.bot.before_answer = fail_at_returns
    await scene.worker.step(ID)
    began = scene.clock()
    assert said(await scene.say("thanks"), Author.BOT) == ["bot: thanks"]
    assert scene.clock() - began <= scene.rules.turn_timeout_s * 1000


async def test_a_bot_that_starts_over_hears_of_no_earlier_return(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.give_back(ID, ADA, "done")
    scene.bot.down = True
    await scene.worker.step(ID)
    await scene.say("hello?")
    await scene.desk.claim(ID, ADA)
    await scene.desk.resolve(ID, ADA)
    scene.bot.down = False
    await scene.say("hello again")
    assert [run.choice or run.text for run in scene.bot.runs[-2:]] == ["/start_over", "hello again"]
