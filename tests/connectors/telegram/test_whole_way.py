"""A played Telegram with a real gateway behind it: what customers do there ends in the log, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.messaging.polling import Polling
from connectors.telegram import TelegramChannel
from connectors.trial.bot_api import FakeBotApi
from connectors.trial.bot_api_customer import Customer
from handoff.bot import BotMessage, TurnRequest, TurnResult
from handoff.entry import Asks, Button, Kind
from tests.connectors.messaging.rig import Rig
from tests.waiting import eventually


def ids(customer: Customer) -> tuple[str, ...]:
    return (str(customer.id),)


async def test_every_message_is_kept_once_though_telegram_sends_twice_and_in_any_order(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    api.post.twice = api.post.shuffled = True
    rig, texts = Rig.of(channel), [f"message {number}" for number in range(12)]
    async with rig.listening() as http:
        for text in texts:
            mia.write(text)
        await channel.set_webhook(f"{http.base_url}/webhooks/telegram")
        await eventually(lambda: not api.post.waiting)
    assert sorted(await rig.written(ids(mia))) == sorted(texts)


async def test_a_pressed_button_is_answered_and_says_what_it_shows(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    rig = Rig.of(channel)
    async with rig.listening() as http:
        await channel.set_webhook(f"{http.base_url}/webhooks/telegram")
        mia.write("/start")
        await eventually(lambda: not api.post.waiting)
        await rig.say(ids(mia), "Which colour?", buttons=("Red", "Blue"))
        await rig.send(ids(mia))
        press_id = mia.press(mia.got[-1].buttons[1][1])
        await eventually(lambda: api.answered == [press_id])
    assert await rig.written(ids(mia)) == ["Hello", "Blue"]


def asking_bot(request: TurnRequest) -> TurnResult:
    """Ask for a number with a way out, then what it is about, which has buttons; then be done."""
    if request.text == "call me":
        leave = Button("Leave it", "/stop")
        return TurnResult((BotMessage("Which number?", (leave,), asks=Asks.PHONE),))
    if (request.text or "").startswith("+"):
        return TurnResult((BotMessage("What is it about?", (Button("An order", "/order"),)),))
    return TurnResult((BotMessage("Done."),))


async def talk(api: FakeBotApi, rig: Rig, mia: Customer) -> list[str]:
    """Have what Mia did dealt with and answered; returns what she gets."""
    await eventually(lambda: not api.post.waiting)
    seen = len(mia.got)
    await rig.worker.step((await rig.conversation(ids(mia))).id)
    await rig.send(ids(mia), until_s=3)
    return [sent.text for sent in mia.got[seen:]]


@asynccontextmanager
async def calling(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> AsyncIterator[tuple[Rig, list[str]]]:
    """Mia has asked for a call; yields with what she was asked then."""
    rig = Rig.of(channel)
    rig.bot.answer = asking_bot
    async with rig.listening() as http:
        await channel.set_webhook(f"{http.base_url}/webhooks/telegram")
        mia.write("call me")
        yield rig, await talk(api, rig, mia)


async def test_a_number_that_is_shared_when_asked_for_is_the_answer_and_verified_and_the_button_goes(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    async with calling(api, mia, channel) as (rig, asked):
        assert asked == ["Which number?", "You can also share your own number with the button below."]
        assert [title for title, _ in mia.got[0].buttons] == ["Leave it"]
        mia.press_share("4520123401")
        assert await talk(api, rig, mia) == ["All right.", "What is it about?"]
        assert mia.keyboard is None
        mia.write("a lamp")
        assert await talk(api, rig, mia) == ["Done."]
    assert [request.text for request in rig.bot.runs] == ["call me", "+4520123401", "a lamp"]
    assert (await rig.conversation(ids(mia))).contact.phone == "+4520123401"


async def test_the_card_of_somebody_else_answers_the_question_and_verifies_nothing(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    async with calling(api, mia, channel) as (rig, _):
        mia.share_contact("+45 33 12 34 56", own=False, name="Jonas")
        await talk(api, rig, mia)
    assert [request.text for request in rig.bot.runs] == ["call me", "+4533123456"]
    assert (await rig.conversation(ids(mia))).contact.phone is None


async def test_who_is_asked_again_after_a_stop_keeps_nothing_twice(
    api: FakeBotApi, mia: Customer, asking: TelegramChannel
) -> None:
    rig = Rig.of(asking)
    for text in ("one", "two"):
        mia.write(text)
        polling = asyncio.create_task(Polling(asking, rig.reception).run())
        kept = 1 if text == "one" else 2
        await eventually(lambda kept=kept: _has(rig, mia, kept))  # type: ignore[misc]
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    assert await rig.written(ids(mia)) == ["one", "two"]


async def _has(rig: Rig, mia: Customer, entries: int) -> bool:
    found = await rig.store.contacts.find("telegram", ids(mia))
    return found is not None and len(await rig.written(ids(mia))) >= entries


async def test_what_a_customer_who_left_does_not_get_is_set_aside_with_the_reason(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    rig = Rig.of(channel)
    async with rig.listening() as http:
        await channel.set_webhook(f"{http.base_url}/webhooks/telegram")
        mia.write("hi")
        mia.block()
        await eventually(lambda: not api.post.waiting)
    await rig.say(ids(mia), "Are you there?")
    await rig.send(ids(mia))
    [dead] = await rig.store.outbox.dead()
    assert (dead.entry.text, dead.report.code) == ("Are you there?", "403")
    assert "blocked the bot" in dead.report.hint


async def test_an_edit_and_a_reaction_are_kept_with_what_they_are_about(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    rig = Rig.of(channel)
    async with rig.listening() as http:
        await channel.set_webhook(f"{http.base_url}/webhooks/telegram")
        message_id = mia.write("ordr 10234")
        mia.edit(message_id, "order 10234")
        mia.react(message_id, "👍")
        await eventually(lambda: not api.post.waiting)
    entries = await rig.log(ids(mia))
    written = entries[0].seq
    about = {entry.kind: entry.in_reply_to for entry in entries}
    assert (about[Kind.EDIT], about[Kind.REACTION]) == (written, written)


async def test_a_group_is_told_once(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> None:
    rig, group = Rig.of(channel), {"id": -1_001_999, "type": "supergroup", "title": "Gardeners"}
    api.chats[-1_001_999] = group
    async with rig.listening() as http:
        await channel.set_webhook(f"{http.base_url}/webhooks/telegram")
        for number in range(3):
            about = {"message_id": 900 + number, "from": mia.user, "chat": group, "date": 1_795_428_000}
            api.post.put("message", {**about, "text": "/start@fern_harbour_bot"})
        await eventually(lambda: not api.post.waiting)
    for _ in range(3):
        await rig.courtesy.step()
    assert [sent.chat_id for sent in api.sent] == [-1_001_999]
    assert await rig.store.contacts.find("telegram", ids(mia)) is None
