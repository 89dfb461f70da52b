"""What an operator asks the channel: is everything well, set the webhook, which templates are there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sanic import HTTPResponse, Request
from sanic.response import empty, text

from connectors.base import Finding, TemplateShape, Webhook
from connectors.events import Forged
from connectors.listen import bind, listening, new_app
from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_world import Business
from connectors.whatsapp import WhatsApp
from handoff.errors import InvalidInput
from tests.connectors.whatsapp.stage import BUSINESS, NOW, RECORDED, VERIFY_TOKEN, Stage, options, signed
from tests.fakes import FakeClock

HOOK = "https://shop.example.com/webhooks/whatsapp"


def wrong(findings: Any) -> list[str]:
    return [finding.what for finding in findings if not finding.well]


async def found(stage: Stage, url: str | None = HOOK) -> dict[str, Finding]:
    return {finding.what: finding for finding in await stage.channel.check(url)}


# check


async def test_a_number_that_is_set_up_is_found_well(stage: Stage) -> None:
    stage.api.connect(HOOK)
    findings = await stage.channel.check(HOOK)
    assert wrong(findings) == []
    assert [finding.what for finding in findings] == [
        "access token",
        "phone number +4520000001 (Fern & Harbour)",
        "business account",
        "account subscribed to the app",
        f"webhook {HOOK}",
        "templates: 3 approved",
    ]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"token": "another"}, "access token"),
        ({"phone_number_id": "1"}, "phone number"),
        ({"account_id": "1"}, "business account"),
        ({"account_id": ""}, "business account"),
        ({"app_secret": "another"}, f"webhook {HOOK}"),
    ],
    ids=lambda value: str(value),
)
async def test_a_wrong_setting_is_named_with_what_to_do(changed: dict[str, str], what: str) -> None:
    async with Stage.open(**changed) as stage:
        stage.api.connect(HOOK)
        findings = await found(stage)
    assert not findings[what].well
    assert findings[what].advice


async def test_a_webhook_that_is_missing_or_elsewhere_is_found(stage: Stage) -> None:
    assert wrong(await stage.channel.check(HOOK)) == ["account subscribed to the app", f"webhook {HOOK}"]
    stage.api.connect("https://old.example.com/hook")
    finding = (await found(stage))[f"webhook {HOOK}"]
    assert not finding.well
    assert "https://old.example.com/hook" in finding.advice
    stage.api.world.fields = ("account_update",)
    assert "not active for messages" in (await found(stage))[f"webhook {HOOK}"].advice


async def looked_at(business: Business) -> list[Finding]:
    async with FakeGraphApi(business, FakeClock(NOW)).running(deliver=False) as api:
        channel = WhatsApp(options(api.url))
        findings = list(await channel.check(None))
        await channel.close()
    return findings


async def test_a_token_that_lacks_a_permission_is_found() -> None:
    (finding,) = await looked_at(replace(BUSINESS, scopes=("whatsapp_business_messaging",)))
    assert not finding.well
    assert "whatsapp_business_management" in finding.advice


async def test_a_token_that_will_expire_works_but_is_warned_of() -> None:
    finding = (await looked_at(replace(BUSINESS, expires_at=1_800_000_000)))[0]
    assert finding.well
    assert "expires" in finding.advice


async def test_a_platform_that_cannot_be_reached_is_said() -> None:
    async with Stage.open(graph_url="http://127.0.0.1:9") as stage:
        (finding,) = await stage.channel.check(HOOK)
    assert not finding.well
    assert "no answer" in finding.advice


async def test_no_advice_shows_a_secret(stage: Stage) -> None:
    async with Stage.open(app_secret="another secret", phone_number_id="1") as other:
        told = " ".join(f"{finding.what} {finding.advice}" for finding in await other.channel.check(HOOK))
    assert BUSINESS.token not in told
    assert "another secret" not in told
    assert BUSINESS.token not in repr(options())


# the webhook


@asynccontextmanager
async def gateway(answer: Callable[[Request], HTTPResponse]) -> AsyncIterator[str]:
    app = new_app("gateway")

    async def greet(request: Request) -> HTTPResponse:
        return answer(request)

    app.add_route(greet, "/webhooks/whatsapp", methods=["GET", "POST"])
    sock = bind("127.0.0.1", 0)
    async with listening(app, sock, grace_s=0.05):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks/whatsapp"


async def test_the_webhook_is_tried_out_and_set_and_the_account_subscribed(stage: Stage) -> None:
    def greet(request: Request) -> HTTPResponse:
        query = {name: values[0] for name, values in request.args.items()}
        return text(stage.channel.greet(Webhook("GET", {}, query, b"")) or "")

    async with gateway(greet) as url:
        await stage.channel.set_webhook(url)
    assert (stage.api.world.callback, stage.api.world.fields) == (url, ("messages",))
    assert stage.api.world.subscribed


async def test_an_address_that_does_not_answer_the_challenge_is_not_set(stage: Stage) -> None:
    async with gateway(lambda _: text("not the challenge")) as url:
        with pytest.raises(InvalidInput, match="did not take the webhook"):
            await stage.channel.set_webhook(url)
    assert stage.api.world.callback == ""


async def test_the_real_platform_is_told_of_no_address_without_https() -> None:
    channel = WhatsApp(options("https://graph.facebook.com"))
    with pytest.raises(InvalidInput, match="https"):
        await channel.set_webhook("http://shop.example.com/webhooks/whatsapp")
    await channel.close()


async def test_webhooks_come_signed_again_and_in_any_order_until_they_are_taken(stage: Stage) -> None:
    got: list[bytes] = []

    def take(request: Request) -> HTTPResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        stage.channel.verify(Webhook("POST", headers, {}, request.body))
        got.append(request.body)
        return empty(503) if len(got) == 1 else empty(200)

    stage.api.post.twice = True
    async with gateway(take) as url:
        stage.api.connect(url)
        stage.mia.write("Are you there?")
        first = await stage.api.post.flush()
        second = await stage.api.post.flush()
    assert sorted(first) == [200, 200, 503]
    assert second == [200]
    assert len(set(got)) == 2


# what is let in


def test_a_genuine_webhook_is_let_in() -> None:
    WhatsApp(options()).verify(signed(RECORDED["text"]))


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        "upper",
        "æ\udcff",
    ],
)
def test_a_webhook_without_the_right_signature_is_forged(shown: str | None) -> None:
    genuine = signed(RECORDED["text"])
    right = genuine.headers["x-hub-signature-256"]
    shown = right.removeprefix("sha256=") if shown == "upper" else shown
    headers = {} if shown is None else {"x-hub-signature-256": shown}
    with pytest.raises(Forged):
        WhatsApp(options()).verify(replace(genuine, headers=headers))


def test_a_body_changed_on_the_way_is_forged() -> None:
    genuine = signed(RECORDED["text"])
    with pytest.raises(Forged):
        WhatsApp(options()).verify(replace(genuine, body=genuine.body + b" "))


def test_the_challenge_is_returned_to_who_knows_the_verify_token() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    assert WhatsApp(options()).greet(Webhook("GET", {}, query, b"")) == "1158201444"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "another"},
        {"hub.verify_token": ""},
        {"hub.challenge": "<script>alert(1)</script>"},
        {"hub.challenge": ""},
    ],
)
def test_a_greeting_that_is_not_the_platforms_is_refused(changed: dict[str, str]) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1", **changed}
    with pytest.raises(Forged):
        WhatsApp(options()).greet(Webhook("GET", {}, query, b""))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"token": ""}, "BATON_WHATSAPP_TOKEN"),
        ({"app_secret": ""}, "BATON_WHATSAPP_APP_SECRET"),
        ({"verify_token": ""}, "BATON_WHATSAPP_VERIFY_TOKEN"),
        ({"phone_number_id": ""}, "BATON_WHATSAPP_PHONE_NUMBER_ID"),
        ({"phone_number_id": "+45 20 12 34 56"}, "BATON_WHATSAPP_PHONE_NUMBER_ID"),
        ({"account_id": "../me"}, "BATON_WHATSAPP_ACCOUNT_ID"),
        ({"graph_version": "26"}, "BATON_WHATSAPP_GRAPH_VERSION"),
    ],
)
def test_it_does_not_start_without_what_it_needs(changed: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        WhatsApp(options(**changed))


# templates


async def test_templates_come_with_their_text_and_number_of_fields(stage: Stage) -> None:
    assert await stage.channel.templates() == [
        TemplateShape("hello_again", "en-US", "You asked us something; we have an answer. Write to us to go on.", 0),
        TemplateShape("order_shipped", "da", "Hej {{1}}, din ordre {{2}} er på vej.", 2),
        TemplateShape("order_shipped", "en-US", "Hello {{1}}, your order {{2}} is on its way.", 2),
    ]


async def test_templates_of_all_pages_come_and_none_that_is_not_approved(stage: Stage) -> None:
    for number in range(230):
        stage.api.add_template(f"news_{number:03d}", "da", "Hej {{1}}")
    stage.api.add_template("held_back", "da", "Hej", "PAUSED")
    names = [shape.name for shape in await stage.channel.templates()]
    assert len(names) == 233
    assert "held_back" not in names


@pytest.mark.parametrize(
    "more",
    [
        {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hej"}]},
        {"components": [{"type": "HEADER", "format": "TEXT", "text": "Hej {{1}}"}, {"type": "BODY", "text": "Hej"}]},
        {"components": [{"type": "BODY", "text": "Hej {{name}}"}]},
        {"components": [{"type": "BODY", "text": "Hej {{2}}"}]},
        {
            "components": [
                {"type": "BODY", "text": "Hej"},
                {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Se", "url": "https://example.com/{{1}}"}]},
            ]
        },
        {"components": [{"type": "BODY", "text": "Hej"}, {"type": "CAROUSEL", "cards": []}]},
        {"category": "AUTHENTICATION"},
    ],
)
async def test_a_template_that_asks_for_more_than_text_is_left_out(stage: Stage, more: dict[str, Any]) -> None:
    stage.api.world.templates[:] = [{**stage.api.world.templates[0], **more}]
    assert await stage.channel.templates() == []


async def test_a_header_a_footer_and_quick_replies_belong_to_the_text(stage: Stage) -> None:
    components = [
        {"type": "HEADER", "format": "TEXT", "text": "On its way"},
        {"type": "BODY", "text": "Order {{1}}"},
        {"type": "FOOTER", "text": "Fern & Harbour"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Where is it?"}]},
    ]
    stage.api.world.templates[:] = [{**stage.api.world.templates[0], "components": components}]
    (shape,) = await stage.channel.templates()
    assert (shape.text, shape.places) == ("On its way\n\nOrder {{1}}\n\nFern & Harbour", 1)


async def test_without_an_account_or_a_platform_there_are_no_templates() -> None:
    async with Stage.open(account_id="") as stage:
        assert list(await stage.channel.templates()) == []
    async with Stage.open(graph_url="http://127.0.0.1:9") as stage:
        assert list(await stage.channel.templates()) == []
