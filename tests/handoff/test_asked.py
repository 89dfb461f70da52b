"""Which question is open, and with which entry it ends."""

from __future__ import annotations

from handoff.attachment import Attachment, AttachmentKind
from handoff.bot import BotMessage, TurnRequest, TurnResult
from handoff.entry import Asks, Author, Button, Entry
from handoff.store.lists import replayed
from tests.handoff.scene import ADA, ID, Scene, shop_bot

FOREIGN = Attachment(AttachmentKind.CONTACT, name="Kim", phone="+45 20 99 99 99")
PHOTO = Attachment(AttachmentKind.IMAGE, id="a" * 64, name="lamp.jpg", type="image/jpeg")


def asking_bot(request: TurnRequest) -> TurnResult:
    """Ask for a number at `call me` and at `when`, which is answered before it; do as the shop's bot otherwise."""
    asks = BotMessage("Which number?", asks=Asks.PHONE)
    if request.text == "call me":
        return TurnResult((asks,))
    if request.text == "when":
        return TurnResult((BotMessage("Any time.", (Button("Leave it", "/stop"),)), asks))
    return shop_bot(request)


async def asked(scene: Scene) -> list[Entry]:
    scene.bot.answer = asking_bot
    return await scene.say("call me")


async def send(scene: Scene, *attachments: Attachment) -> list[Entry]:
    """Have the customer send something without words; returns what came of it."""
    accepted = await scene.gateway.accept(ID, external_id="sent", text=None, attachments=attachments)
    await scene.worker.step(ID)
    return [entry for entry in await scene.log() if entry.seq > accepted.seq]


def ends(entries: list[Entry]) -> list[bool]:
    return [entry.asks_no_more for entry in entries]


async def test_a_question_is_open_from_the_entry_that_asks_until_the_next_answer(scene: Scene) -> None:
    (question,) = await asked(scene)
    assert (question.asks, question.asks_no_more) == (Asks.PHONE, False)
    assert (await scene.now()).asked is Asks.PHONE
    answer = await scene.say("+4520123402")
    assert ends(answer) == [True]
    assert (await scene.now()).asked is None
    assert ends(await scene.say("thanks")) == [False]


async def test_a_question_that_is_asked_again_did_not_end(scene: Scene) -> None:
    await asked(scene)
    again = await scene.say("when")
    assert [(entry.asks, entry.asks_no_more) for entry in again] == [(None, False), (Asks.PHONE, False)]
    assert (await scene.now()).asked is Asks.PHONE


async def test_a_question_ends_with_the_first_sentence_when_a_person_is_asked_for(scene: Scene) -> None:
    await asked(scene)
    told = [entry for entry in await scene.say("person") if entry.text]
    assert ends(told) == [True] + [False] * (len(told) - 1)
    assert len(told) > 1


async def test_a_question_ends_with_the_sentence_about_a_bot_that_failed(scene: Scene) -> None:
    await asked(scene)
    scene.bot.down = True
    sorry, *_ = await scene.say("+4520123402")
    assert (sorry.author, sorry.asks_no_more) == (Author.SYSTEM, True)


async def test_a_question_ends_when_a_message_cannot_be_dealt_with_at_all(scene: Scene) -> None:
    (question,) = await asked(scene)

    async def fail(_: TurnRequest) -> None:
        raise ValueError

    scene.bot.before_answer = fail
    seq = await scene.write("+4520123402")
    for _ in range(4):
        await scene.worker.step(ID)
        scene.clock.advance(30)
    sorry = next(entry for entry in await scene.log() if entry.seq > seq)
    assert (question.asks_no_more, sorry.asks_no_more) == (False, True)
    assert (await scene.now()).asked is None


async def test_a_picture_leaves_the_question_open(scene: Scene) -> None:
    await asked(scene)
    (told,) = await send(scene, PHOTO)
    assert (told.author, told.asks_no_more) == (Author.SYSTEM, False)
    assert (await scene.now()).asked is Asks.PHONE


async def test_the_card_of_somebody_else_is_the_number_to_call_when_one_is_asked_for_and_proves_nothing(
    scene: Scene,
) -> None:
    await asked(scene)
    (answer,) = await send(scene, FOREIGN)
    assert (scene.bot.runs[-1].text, answer.asks_no_more) == (FOREIGN.phone, True)
    assert (await scene.now()).contact.phone is None


async def test_where_a_number_proves_something_the_card_of_somebody_else_is_none(scene: Scene) -> None:
    scene.bot.answer = lambda _: TurnResult((BotMessage("Whose order?", asks=Asks.EMAIL_OR_PHONE),))
    await scene.say("where is my order")
    (told,) = await send(scene, FOREIGN)
    assert told.author is Author.SYSTEM


async def test_of_two_cards_none_is_taken(scene: Scene) -> None:
    await asked(scene)
    (told,) = await send(scene, FOREIGN, FOREIGN)
    assert told.author is Author.SYSTEM


async def test_an_agent_who_takes_over_has_no_question_to_end(scene: Scene) -> None:
    await asked(scene)
    await scene.hand_over(ADA)
    assert await scene.say("hello") == []
    assert (await scene.now()).asked is None


async def test_what_is_sent_again_asks_for_nothing(scene: Scene) -> None:
    (question,) = await asked(scene)
    assert replayed(question, scene.clock()).asks is None
