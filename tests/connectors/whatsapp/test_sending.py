"""Messages as the Graph API takes them, and what becomes of a send when it does not."""

from __future__ import annotations

import json

import pytest

from connectors.events import DeliveryReported
from connectors.outgoing import (
    Accepted,
    MessageOut,
    Option,
    OptionStyle,
    PlaceOut,
    Rejected,
    RetryAfter,
    Signal,
    TemplateOut,
    TextOut,
    Unknown,
)
from connectors.trial.graph_api import Mishap, Wrong
from handoff.attachment import Attachment, AttachmentKind
from handoff.delivery import DeliveryStatus
from handoff.entry import Template
from tests.connectors.whatsapp.stage import Stage

KEY = "c_one:7:0"
HELLO = TextOut("Hello, Mia 👋")


async def sent(stage: Stage, message: MessageOut) -> dict[str, object]:
    """Send a message that must be taken, and return its body without the envelope."""
    outcome = await stage.channel.send(stage.to, message, KEY)
    assert isinstance(outcome, Accepted), outcome
    taken = stage.api.sent[-1]
    assert outcome.external_id == taken.id
    envelope = ("messaging_product", "recipient_type", "recipient", "biz_opaque_callback_data")
    return {name: value for name, value in taken.body.items() if name not in envelope}


# what a message looks like


async def test_a_text_is_sent_with_the_key_by_user_id(stage: Stage) -> None:
    assert await sent(stage, HELLO) == {"type": "text", "text": {"body": "Hello, Mia 👋", "preview_url": False}}
    taken = stage.api.sent[-1]
    assert taken.customer is stage.mia.person
    assert (taken.body["recipient"], "to" in taken.body, taken.key) == (stage.mia.person.user_id, False, KEY)


async def test_a_contact_without_a_user_id_is_reached_by_number(stage: Stage) -> None:
    assert isinstance(await stage.channel.send(["phone:4520123456"], HELLO, KEY), Accepted)
    assert stage.api.sent[-1].body["to"] == "4520123456"


async def test_a_message_that_needs_the_number_is_sent_to_it_after_all(stage: Stage) -> None:
    stage.api.mishaps.append(Mishap(Wrong.ERROR, 131062))
    assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), Accepted)
    assert stage.api.sent[-1].body["to"] == "4520123456"


async def test_buttons_become_reply_buttons(stage: Stage) -> None:
    options = (Option("7.0", "Track an order"), Option("7.1", "Return"), Option("7.2", "A person"))
    body = await sent(stage, TextOut("How can we help?", options))
    assert body["interactive"] == {
        "type": "button",
        "body": {"text": "How can we help?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": each.id, "title": each.title}} for each in options]},
    }
    stage.mia.press("7.1")
    assert b'"button_reply"' in stage.api.post.waiting[-1]


async def test_a_list_has_rows_with_descriptions_where_there_are_any(stage: Stage) -> None:
    options = (
        Option("9.0", "Tue 14:30", "Tuesday 24 November, 14:30"),
        *(Option(f"9.{n}", f"Slot {n}") for n in range(1, 10)),
    )
    body = await sent(stage, TextOut("When?", options, OptionStyle.LIST, "Choose"))
    interactive = body["interactive"]
    assert isinstance(interactive, dict)
    assert interactive["action"]["button"] == "Choose"
    rows = interactive["action"]["sections"][0]["rows"]
    assert rows[0] == {"id": "9.0", "title": "Tue 14:30", "description": "Tuesday 24 November, 14:30"}
    assert rows[9] == {"id": "9.9", "title": "Slot 9"}


async def test_a_place_is_sent_as_a_place(stage: Stage) -> None:
    place = Attachment(AttachmentKind.LOCATION, name="Our shop", latitude=55.676, longitude=12.568)
    body = await sent(stage, PlaceOut(place))
    assert body["location"] == {"latitude": 55.676, "longitude": 12.568, "name": "Our shop"}


async def test_a_template_goes_out_beyond_the_window_with_each_field_on_one_line(stage: Stage) -> None:
    stage.clock.advance(25 * 3600)
    body = await sent(stage, TemplateOut(Template("order_shipped", "en-US", ("Mia\nKrog", "10042"))))
    assert body["template"] == {
        "name": "order_shipped",
        "language": {"code": "en_US"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Mia Krog"}, {"type": "text", "text": "10042"}]}
        ],
    }


async def test_a_template_without_fields_has_no_components(stage: Stage) -> None:
    body = await sent(stage, TemplateOut(Template("hello_again", "en-US")))
    assert body["template"] == {"name": "hello_again", "language": {"code": "en_US"}}


# what the platform refuses


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (Template("order_shipped", "en-US", ("Mia",)), "132000"),
        (Template("order_shipped", "en-US", ("Mia", " ")), "132000"),
        (Template("order_shipped", "fr", ("Mia", "10042")), "132001"),
        (Template("no_such", "en-US"), "132001"),
    ],
)
async def test_a_template_that_is_not_there_or_not_filled_is_rejected(
    stage: Stage, template: Template, code: str
) -> None:
    outcome = await stage.channel.send(stage.to, TemplateOut(template), KEY)
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.permanent) == (code, True)


async def test_beyond_the_window_a_text_is_rejected_and_the_hint_names_templates(stage: Stage) -> None:
    stage.clock.advance(24 * 3600)
    outcome = await stage.channel.send(stage.to, HELLO, KEY)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "131047"
    assert "template" in outcome.hint


async def test_a_platform_that_tells_later_reports_the_closed_window_with_the_key(stage: Stage) -> None:
    stage.api.tells_later = True
    stage.clock.advance(24 * 3600)
    outcome = await stage.channel.send(stage.to, HELLO, KEY)
    (report,) = stage.channel.parse(stage.api.post.waiting[-1])
    assert isinstance(outcome, Accepted)
    assert isinstance(report, DeliveryReported)
    assert (report.message_id, report.idempotency_key) == (outcome.external_id, KEY)
    assert (report.report.status, report.report.code) == (DeliveryStatus.FAILED, "131047")


async def test_nobody_to_send_to_is_a_rejection(stage: Stage) -> None:
    outcome = await stage.channel.send(["chat:7"], HELLO, KEY)
    assert isinstance(outcome, Rejected)
    assert stage.api.sent == []


async def test_a_wrong_token_can_be_mended(stage: Stage) -> None:
    async with Stage.open(token="another") as other:
        outcome = await other.channel.send(other.to, HELLO, KEY)
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.permanent) == ("190", False)
    assert "BATON_WHATSAPP_TOKEN" in outcome.hint


async def test_no_hint_names_the_customer(stage: Stage) -> None:
    outcome = await stage.channel.send(["phone:0004520123456"], HELLO, KEY)
    assert isinstance(outcome, Rejected)
    assert "4520123456" not in outcome.hint


# what is tried later, and what is not known


async def test_the_platform_says_how_long_to_wait(stage: Stage) -> None:
    stage.api.mishaps.append(Mishap(Wrong.ERROR, 130429, wait_s=9))
    outcome = await stage.channel.send(stage.to, HELLO, KEY)
    assert outcome == RetryAfter(9.0, "130429", outcome.hint if isinstance(outcome, RetryAfter) else "", everybody=True)


async def test_the_limit_of_one_recipient_grows_fourfold_until_a_message_is_taken(stage: Stage) -> None:
    stage.api.mishaps.extend([Mishap(Wrong.ERROR, 131056)] * 3)
    waits = [await stage.channel.send(stage.to, HELLO, KEY) for _ in range(3)]
    assert [(wait.seconds, wait.everybody) for wait in waits if isinstance(wait, RetryAfter)] == [
        (4, False),
        (16, False),
        (64, False),
    ]
    assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), Accepted)
    stage.api.mishaps.append(Mishap(Wrong.ERROR, 131056))
    again = await stage.channel.send(stage.to, HELLO, KEY)
    assert isinstance(again, RetryAfter)
    assert again.seconds == 4


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_platform_is_tried_again(stage: Stage, status: int) -> None:
    stage.api.mishaps.append(Mishap(Wrong.BROKEN, status))
    outcome = await stage.channel.send(stage.to, HELLO, KEY)
    assert isinstance(outcome, RetryAfter)
    assert (outcome.seconds, outcome.everybody) == (None, False)


@pytest.mark.parametrize(
    "mishap",
    [Mishap(Wrong.HANG), Mishap(Wrong.DROP), Mishap(Wrong.GARBLED), Mishap(Wrong.BROKEN, 504)],
    ids=lambda mishap: mishap.wrong.value,
)
async def test_a_send_without_an_answer_is_unknown(stage: Stage, mishap: Mishap) -> None:
    stage.api.mishaps.append(mishap)
    assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), Unknown)


async def test_a_status_resolves_a_send_without_an_answer_by_its_key(stage: Stage) -> None:
    stage.api.mishaps.append(Mishap(Wrong.DROP))
    await stage.channel.send(stage.to, HELLO, KEY)
    reports = [event for body in stage.api.post.waiting[1:] for event in stage.channel.parse(body)]
    keys = {event.idempotency_key for event in reports if isinstance(event, DeliveryReported)}
    assert keys == {KEY}


async def test_a_platform_that_cannot_be_reached_took_nothing() -> None:
    async with Stage.open(graph_url="http://127.0.0.1:9") as stage:
        assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), RetryAfter)


async def test_an_answer_with_fields_of_the_future_is_understood(stage: Stage) -> None:
    stage.api.mishaps.append(Mishap(Wrong.NEWER))
    assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), Accepted)


async def test_a_burst_is_let_through_and_the_next_message_waits(stage: Stage) -> None:
    pace = stage.channel.capabilities.pace
    for _ in range(pace.burst):
        assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), Accepted)
    assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), RetryAfter)
    stage.clock.advance(pace.seconds_each)
    assert isinstance(await stage.channel.send(stage.to, HELLO, KEY), Accepted)


# signals


async def test_typing_marks_as_read_in_the_same_call(stage: Stage) -> None:
    message_id = stage.mia.write("Are you there?")
    calls = len(stage.api.calls)
    await stage.channel.signal(stage.to, Signal.TYPING, message_id)
    assert len(stage.api.calls) == calls + 1
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    assert stage.api.world.signals == [{**read, "typing_indicator": {"type": "text"}}]


async def test_seen_shows_no_typing(stage: Stage) -> None:
    message_id = stage.mia.write("Are you there?")
    await stage.channel.signal(stage.to, Signal.SEEN, message_id)
    assert "typing_indicator" not in stage.api.world.signals[0]


@pytest.mark.parametrize("ref", [None, "wamid.nobody-knows-it"])
async def test_a_signal_that_fails_is_of_no_account(stage: Stage, ref: str | None) -> None:
    await stage.channel.signal(stage.to, Signal.TYPING, ref)
    assert stage.api.world.signals == []


# back and forth


async def test_what_the_played_customer_does_is_understood(stage: Stage) -> None:
    await stage.channel.send(stage.to, TextOut("Choose", (Option("7.0", "Yes"), Option("7.1", "No"))), KEY)
    stage.mia.press("7.0")
    stage.mia.react(stage.api.sent[-1].id, "👍")
    stage.mia.read()
    stage.mia.change_number("4520765432")
    names = [type(event).__name__ for body in stage.api.post.waiting for event in stage.channel.parse(body)]
    assert names == [
        "MessageReceived",
        "DeliveryReported",
        "DeliveryReported",
        "MessageReceived",
        "ReactionReceived",
        "DeliveryReported",
        "AddressChanged",
    ]
    pressed = stage.channel.parse(stage.api.post.waiting[3])[0]
    assert getattr(pressed, "choice", None) == "7.0"
    assert json.loads(stage.api.post.waiting[-1])["object"] == "whatsapp_business_account"
