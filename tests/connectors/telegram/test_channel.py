"""The channel against a played Bot API: what it lets in, what it sends, what it makes of every answer."""

from __future__ import annotations

import logging

import pytest

from connectors.base import Webhook
from connectors.events import Forged
from connectors.listen import bind
from connectors.outgoing import (
    Accepted,
    FetchFailed,
    MessageOut,
    Option,
    PlaceOut,
    Rejected,
    RetryAfter,
    Signal,
    TemplateOut,
    TextOut,
    Unknown,
)
from connectors.telegram import TelegramChannel, TelegramOptions
from connectors.trial.bot_api import TOKEN, FakeBotApi, Mishap, Wrong
from connectors.trial.bot_api_customer import Customer
from connectors.trial.bot_api_keyboards import Markup
from handoff.attachment import Attachment, AttachmentKind
from handoff.entry import Template
from handoff.errors import InvalidInput
from tests.connectors.telegram.scene import PNG, SECRET, content, file_out

HI = TextOut("Hi")


async def sent(channel: TelegramChannel, message: MessageOut = HI, to: int = 5_550_001) -> object:
    return await channel.send((str(to),), message, "c_1:7:0")


# who may call


def test_a_webhook_with_the_secret_passes_and_any_other_does_not(channel: TelegramChannel) -> None:
    channel.verify(Webhook("POST", {"x-telegram-bot-api-secret-token": SECRET}, {}, b"{}"))
    for wrong in ({}, {"x-telegram-bot-api-secret-token": ""}, {"x-telegram-bot-api-secret-token": "\udcff"}):
        with pytest.raises(Forged):
            channel.verify(Webhook("POST", wrong, {}, b"{}"))


@pytest.mark.parametrize(
    ("token", "secret", "named"),
    [
        ("", SECRET, "BATON_TELEGRAM_TOKEN"),
        ("no token", SECRET, "BATON_TELEGRAM_TOKEN"),
        (TOKEN, "", "BATON_TELEGRAM_SECRET"),
        (TOKEN, "short", "BATON_TELEGRAM_SECRET"),
        (TOKEN, "not allowed: a blank and a colon", "BATON_TELEGRAM_SECRET"),
    ],
)
def test_there_is_no_bot_without_token_and_secret(token: str, secret: str, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        TelegramOptions(token, secret)


def test_options_do_not_show_what_is_secret() -> None:
    shown = repr(TelegramOptions(TOKEN, SECRET))
    assert TOKEN not in shown
    assert SECRET not in shown


# what is sent


async def test_a_text_goes_out_as_it_was_written(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> None:
    written = "*no* _mark_ <b>up</b> \u200fשלום 😀"
    assert await sent(channel, TextOut(written)) == Accepted("1")
    assert api.sent[0].fields == {"chat_id": mia.id, "text": written}


async def test_choices_are_buttons_with_our_ids(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> None:
    options = [Option(f"12.{place}", title) for place, title in enumerate(["Yes", "No", "I would rather not say so"])]
    await sent(channel, TextOut("Well?", tuple(options)))
    rows = api.sent[0].markup.inline
    assert [[button["text"] for button in row] for row in rows] == [["Yes", "No"], ["I would rather not say so"]]
    assert [data for _, data in api.sent[0].buttons] == ["12.0", "12.1", "12.2"]


async def test_a_question_for_a_number_has_a_button_in_place_of_the_keyboard_and_the_next_text_takes_it_away(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    await sent(channel, TextOut("Which number?", phone_button="Share my phone number"))
    assert mia.keyboard is api.sent[0]
    assert api.sent[0].markup == Markup(
        keyboard=[[{"text": "Share my phone number", "request_contact": True}]], one_time=True
    )
    await sent(channel, TextOut("What is it about?", (Option("12.0", "An order"),)))
    assert mia.keyboard is api.sent[0]
    await sent(channel, TextOut("Thank you.", no_phone_button=True))
    assert mia.keyboard is None


async def test_as_many_buttons_and_as_long_a_text_as_promised_are_taken(
    mia: Customer, channel: TelegramChannel
) -> None:
    can = channel.capabilities
    for title in ("W" * can.button_title, "1"):
        options = tuple(Option(f"999999999999999.{place}", title) for place in range(can.max_buttons))
        assert isinstance(await sent(channel, TextOut("😀" * (can.max_interactive // 2), options)), Accepted)


@pytest.mark.parametrize(
    ("kind", "type_", "method"),
    [
        (AttachmentKind.IMAGE, "image/png", "sendphoto"),
        (AttachmentKind.IMAGE, "image/gif", "sendanimation"),
        (AttachmentKind.IMAGE, "image/tiff", "senddocument"),
        (AttachmentKind.AUDIO, "audio/ogg", "sendvoice"),
        (AttachmentKind.AUDIO, "audio/mpeg", "sendaudio"),
        (AttachmentKind.AUDIO, "audio/wav", "senddocument"),
        (AttachmentKind.VIDEO, "video/mp4", "sendvideo"),
        (AttachmentKind.VIDEO, "video/webm", "senddocument"),
        (AttachmentKind.DOCUMENT, "application/pdf", "senddocument"),
    ],
)
async def test_each_kind_of_file_goes_out_as_what_it_is(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel, kind: AttachmentKind, type_: str, method: str
) -> None:
    assert isinstance(await sent(channel, file_out(kind, type_, PNG, "See")), Accepted)
    message = api.sent[0]
    assert message.file is not None
    assert (message.method, message.text, message.file.content) == (method, "See", PNG)
    assert message.file.name == "a file.bin"


async def test_a_picture_that_is_no_photo_to_telegram_goes_out_as_a_document(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    odd = file_out(AttachmentKind.IMAGE, "image/png", b"a picture that Telegram cannot process")
    assert isinstance(await sent(channel, odd), Accepted)
    large = file_out(AttachmentKind.IMAGE, "image/png", PNG + bytes(10_000_000))
    assert isinstance(await sent(channel, large), Accepted)
    assert [message.method for message in api.sent] == ["senddocument", "senddocument"]


async def test_a_file_over_the_limit_is_not_sent(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> None:
    told = Attachment(AttachmentKind.DOCUMENT, id="x", name="x", size=50_000_001)
    untold = Attachment(AttachmentKind.DOCUMENT, id="x", name="x")
    for attachment in (told, untold):
        message = file_out(AttachmentKind.DOCUMENT, "application/zip")
        message = type(message)(attachment, content(*[bytes(1_000_000)] * 51))
        outcome = await sent(channel, message)
        assert isinstance(outcome, Rejected)
        assert (outcome.code, outcome.permanent) == ("too_large", True)
    assert api.calls == []


async def test_a_place_goes_out_as_a_place(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> None:
    for name in ("", "The shop", "The shop, Havnegade 1"):
        place = Attachment(AttachmentKind.LOCATION, name=name, latitude=55.5, longitude=12.25)
        assert isinstance(await sent(channel, PlaceOut(place)), Accepted)
    assert [message.method for message in api.sent] == ["sendlocation", "sendvenue", "sendvenue"]
    assert [message.fields.get("address") for message in api.sent] == [None, "55.50000, 12.25000", "Havnegade 1"]


async def test_there_are_no_templates(channel: TelegramChannel) -> None:
    outcome = await sent(channel, TemplateOut(Template("shipped", "en")))
    assert isinstance(outcome, Rejected)
    assert await channel.templates() == ()


# what the platform answers


@pytest.mark.parametrize(
    ("mishap", "outcome", "taken"),
    [
        (Mishap(Wrong.FLOOD, 7), RetryAfter(7.0, "429", everybody=True), 0),
        (Mishap(Wrong.BROKEN, 500), RetryAfter(None, "500"), 0),
        (Mishap(Wrong.BROKEN, 502), RetryAfter(None, "502"), 0),
        (Mishap(Wrong.BROKEN, 504), Unknown(), 0),
        (Mishap(Wrong.HANG), Unknown(), 1),
        (Mishap(Wrong.DROP), Unknown(), 1),
        (Mishap(Wrong.GARBLED), Unknown(), 1),
        (Mishap(Wrong.NEWER), Accepted("1"), 1),
        (Mishap(Wrong.BLOCKED), Rejected("403", "", permanent=True), 0),
        (Mishap(Wrong.NO_CHAT), Rejected("400", "", permanent=True), 0),
        (Mishap(Wrong.NO_TOKEN), Rejected("401", "", permanent=False), 0),
    ],
)
async def test_every_answer_has_its_outcome(
    api: FakeBotApi,
    mia: Customer,
    channel: TelegramChannel,
    hasty: TelegramChannel,
    mishap: Mishap,
    outcome: object,
    taken: int,
) -> None:
    api.mishaps.append(mishap)
    got = await sent(hasty if mishap.wrong is Wrong.HANG else channel)
    assert type(got) is type(outcome)
    for field in ("seconds", "code", "everybody", "permanent", "external_id"):
        assert getattr(got, field, None) == getattr(outcome, field, None), field
    assert str(getattr(got, "hint", ".")).endswith(".")
    assert len(api.sent) == taken


async def test_a_customer_who_blocked_the_bot_is_named_as_the_cause(mia: Customer, channel: TelegramChannel) -> None:
    mia.block()
    outcome = await sent(channel)
    assert isinstance(outcome, Rejected)
    assert "has blocked the bot" in outcome.hint


async def test_a_stranger_cannot_be_written_to(api: FakeBotApi, channel: TelegramChannel) -> None:
    outcome = await sent(channel, to=404)
    assert isinstance(outcome, Rejected)
    assert "press Start" in outcome.hint


async def test_what_certainly_did_not_leave_is_tried_again() -> None:
    with bind("127.0.0.1", 0) as nobody_listens:
        url = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        channel = TelegramChannel(TelegramOptions(TOKEN, SECRET, url=url, timeout_s=1.0))
        outcome = await sent(channel)
        await channel.signal(("1",), Signal.TYPING, None)
        await channel.close()
    assert isinstance(outcome, RetryAfter)
    assert outcome.code == "unreachable"


# signs


async def test_typing_is_shown(api: FakeBotApi, mia: Customer, channel: TelegramChannel) -> None:
    await channel.signal((str(mia.id),), Signal.TYPING, None)
    assert api.actions == [(mia.id, "typing")]


async def test_a_pressed_button_is_answered_and_a_late_answer_is_of_no_account(
    api: FakeBotApi, mia: Customer, channel: TelegramChannel
) -> None:
    await sent(channel, TextOut("Well?", (Option("7.0", "Yes"),)))
    press_id = mia.press("7.0")
    for _ in range(2):
        await channel.signal((str(mia.id),), Signal.SEEN, f"callback:{press_id}")
    await channel.signal((str(mia.id),), Signal.SEEN, None)
    assert api.answered == [press_id]


# files of customers


async def fetched(channel: TelegramChannel, ref: str) -> bytes:
    return b"".join([chunk async for chunk in channel.fetch(ref)])


async def test_a_file_is_fetched(api: FakeBotApi, channel: TelegramChannel) -> None:
    assert await fetched(channel, api.keep(PNG * 10_000)) == PNG * 10_000


async def test_a_file_over_the_limit_will_never_be_had(api: FakeBotApi, channel: TelegramChannel) -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetched(channel, api.keep(bytes(20_000_001)))
    assert failed.value.permanent


async def test_a_file_that_is_larger_than_was_said_is_read_no_further(
    api: FakeBotApi, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.channel.MAX_DOWNLOAD", 1000)
    with pytest.raises(FetchFailed) as failed:
        await fetched(channel, api.keep(bytes(1001)))
    assert failed.value.permanent


async def test_a_file_that_is_gone_will_never_be_had(channel: TelegramChannel) -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetched(channel, "no such file")
    assert failed.value.permanent


async def test_a_wrong_token_can_be_mended_and_the_file_be_had_then(api: FakeBotApi, channel: TelegramChannel) -> None:
    ref, api.token = api.keep(PNG), "1:another"
    with pytest.raises(FetchFailed) as failed:
        await fetched(channel, ref)
    assert not failed.value.permanent


# the token


async def test_the_token_is_in_no_log_and_no_error(
    api: FakeBotApi, mia: Customer, hasty: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for wrong in (*Wrong, None):
        api.mishaps.append(Mishap(wrong, 500) if wrong is not None else None)
        assert TOKEN not in repr(await sent(hasty, TextOut("canary 4711")))
    await hasty.check(None)
    api.token = "1:another"
    with pytest.raises(FetchFailed) as failed:
        await fetched(hasty, "x")
    assert TOKEN not in failed.value.message
    assert TOKEN not in caplog.text
    assert "canary" not in caplog.text
    assert "It works" not in caplog.text, "what a platform answers may quote what people write"


# operators


async def test_a_webhook_that_was_set_is_found_well(api: FakeBotApi, channel: TelegramChannel) -> None:
    url = "https://shop.example/webhooks/telegram"
    await channel.set_webhook(url)
    assert api.post.webhook is not None
    assert (api.post.webhook.url, api.post.webhook.secret) == (url, SECRET)
    assert "message_reaction" in api.post.allowed
    found = await channel.check(url)
    assert all(finding.well for finding in found)
    assert "@fern_harbour_bot" in found[0].what


@pytest.mark.parametrize(
    ("set_to", "wanted", "words"),
    [
        (None, "https://shop.example/webhooks/telegram", "No webhook is set"),
        ("https://other.example/secret-path", "https://shop.example/webhooks/telegram", "goes to other.example"),
        (None, None, "no public address"),
    ],
)
async def test_a_webhook_that_is_not_well_comes_with_advice(
    api: FakeBotApi, channel: TelegramChannel, set_to: str | None, wanted: str | None, words: str
) -> None:
    if set_to is not None:
        await channel.set_webhook(set_to)
    last = (await channel.check(wanted))[-1]
    assert words in last.what
    assert "secret-path" not in last.what
    assert last.advice
    assert not last.well


async def test_a_wrong_token_is_all_that_a_check_finds(api: FakeBotApi, channel: TelegramChannel) -> None:
    api.token = "1:another"
    [only] = await channel.check("https://shop.example/webhooks/telegram")
    assert not only.well
    assert "BATON_TELEGRAM_TOKEN" in only.advice


async def test_an_address_that_telegram_refuses_is_explained(channel: TelegramChannel) -> None:
    with pytest.raises(InvalidInput, match="BATON_PUBLIC_URL"):
        await channel.set_webhook("http://shop.example/webhooks/telegram")


async def test_with_polling_a_webhook_is_in_the_way_and_taken_away(
    channel: TelegramChannel, asking: TelegramChannel
) -> None:
    await channel.set_webhook("https://shop.example/webhooks/telegram")
    assert not (await asking.check(None))[-1].well
    await asking.set_webhook("")
    assert (await asking.check(None))[-1].well
