"""The bot port over HTTP: the Turn contract both ways, and each way in which Rasa can fail (promise 11, bot side)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sanic import HTTPResponse, Request
from sanic import json as json_response
from sanic.response import raw

from connectors.http import parse_json
from connectors.listen import bind, listening, new_app
from connectors.rasa import RasaBot
from handoff.attachment import Attachment, AttachmentKind
from handoff.bot import BotMessage, HandoffWanted, TurnRequest, TurnResult
from handoff.entry import Asks, Button, Understood
from handoff.errors import BotUnavailable
from handoff.model import Contact, HandoffReason

SECRET = "turn secret"
ASKED = TurnRequest("c_1", "c_1:17", "en", "web", Contact("p_1", verified=True, customer_id="17", name="Kim"), "hi")
PLAIN: dict[str, Any] = {"messages": [], "effects": {}, "understood": None, "slots": {}}


class FakeRasa:
    """Answers turns as a test wants, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.answer: Callable[[], Awaitable[HTTPResponse]] = self.say(PLAIN)
        self.healthy = True
        self.app = new_app("fake-rasa")
        self.app.add_route(self._turn, "/webhooks/baton/turn", methods=["POST"])
        self.app.add_route(self._health, "/webhooks/baton/health")

    def say(self, body: Any, status: int = 200) -> Callable[[], Awaitable[HTTPResponse]]:
        async def answer() -> HTTPResponse:
            return json_response(body, status=status)

        return answer

    async def _turn(self, request: Request) -> HTTPResponse:
        self.asked.append(request)
        return await self.answer()

    async def _health(self, request: Request) -> HTTPResponse:
        return json_response({}, status=200 if self.healthy else 503)


@pytest.fixture
async def rasa() -> AsyncIterator[FakeRasa]:
    fake = FakeRasa()
    sock = bind("127.0.0.1", 0)
    fake.app.ctx.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with listening(fake.app, sock, grace_s=0.1):
        yield fake


@pytest.fixture
async def bot(rasa: FakeRasa) -> AsyncIterator[RasaBot]:
    bot = RasaBot(rasa.app.ctx.url, SECRET)
    yield bot
    await bot.close()


async def failure(bot: RasaBot, timeout_s: float = 5) -> BotUnavailable:
    with pytest.raises(BotUnavailable) as caught:
        await bot.turn(ASKED, timeout_s)
    assert caught.value.message.endswith(".")
    return caught.value


async def test_what_the_customer_was_told_unasked_goes_along(rasa: FakeRasa, bot: RasaBot) -> None:
    await bot.turn(replace(ASKED, about={"order_number": "10234"}), 5)
    assert parse_json(rasa.asked[0].body)["metadata"]["about"] == {"order_number": "10234"}


async def test_the_bot_is_told_what_is_proven_elsewhere(rasa: FakeRasa, bot: RasaBot) -> None:
    await bot.turn(replace(ASKED, proven={"10234": "C-1"}), 5)
    await bot.turn(ASKED, 5)
    told, untold = (parse_json(asked.body)["metadata"] for asked in rasa.asked)
    assert told["proven"] == {"10234": "C-1"}
    assert "proven" not in untold


@pytest.mark.parametrize(
    ("slots", "proven"),
    [
        ({"verified_orders": {"10234": "C-1", "10245": "C-2"}}, {"10234": "C-1", "10245": "C-2"}),
        ({"verified_orders": {str(number): "C-1" for number in range(30)}}, {str(n): "C-1" for n in range(10, 30)}),
        ({"verified_orders": {"10234": 7, "": "C-1", "1": "", "2": "C" * 201, "10245": "C-2"}}, {"10245": "C-2"}),
        ({"verified_orders": ["10234"]}, {}),
        ({"order_number": "10234"}, {}),
        (["verified_orders"], {}),
        (None, {}),
    ],
)
async def test_what_is_proven_now_is_read_from_what_the_bot_remembers(
    rasa: FakeRasa, bot: RasaBot, slots: Any, proven: dict[str, str]
) -> None:
    rasa.answer = rasa.say({**PLAIN, "slots": slots})
    assert (await bot.turn(ASKED, 5)).proven == proven


async def test_a_typed_message_is_asked_as_the_contract_says(rasa: FakeRasa, bot: RasaBot) -> None:
    await bot.turn(ASKED, 5)
    assert rasa.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert parse_json(rasa.asked[0].body) == {
        "conversation_id": "c_1",
        "message_id": "c_1:17",
        "text": "hi",
        "language": "en",
        "metadata": {
            "channel": "web",
            "contact": {"verified": True, "customer_id": "17", "name": "Kim", "email": None, "phone": None},
        },
    }


async def test_a_pressed_button_travels_as_a_choice(rasa: FakeRasa, bot: RasaBot) -> None:
    await bot.turn(TurnRequest("c_1", "c_1:18", "en", "web", Contact("p_1"), choice="/start_over"), 5)
    body = parse_json(rasa.asked[0].body)
    assert body["choice"] == "/start_over"
    assert "text" not in body


async def test_an_answer_is_read_in_full(rasa: FakeRasa, bot: RasaBot) -> None:
    rasa.answer = rasa.say(
        {
            "messages": [
                {"text": "Which order?", "buttons": [{"title": "10234", "payload": "/inform"}], "attachment": None},
                {"text": "", "buttons": [], "attachment": {"type": "image", "url": "https://example.org/label.png"}},
            ],
            "effects": {
                "handoff": {"reason": "asked", "topic": "return", "details": {"order_number": "10234"}},
                "language": "da",
                "details": {"order_number": "10234"},
                "resolve": True,
                "verified": {"customer_id": "C-1"},
            },
            "understood": {"intent": "order_status", "confidence": 0.93, "entities": [], "fallback": False},
            "slots": {"order_number": "10234"},
        }
    )
    assert await bot.turn(ASKED, 5) == TurnResult(
        messages=(
            BotMessage("Which order?", (Button("10234", "/inform"),)),
            BotMessage("", attachment=Attachment(AttachmentKind.LINK, url="https://example.org/label.png")),
        ),
        handoff=HandoffWanted(HandoffReason.ASKED, "return", {"order_number": "10234"}),
        language="da",
        details={"order_number": "10234"},
        understood=Understood("order_status", 0.93, fallback=False),
        resolve=True,
        verified="C-1",
    )


@pytest.mark.parametrize(
    ("asked", "read"),
    [("phone", Asks.PHONE), ("email_or_phone", Asks.EMAIL_OR_PHONE), ("moon", None), (None, None), (["phone"], None)],
)
async def test_what_a_message_asks_for_is_read_and_passed_over_where_it_is_not_known(
    rasa: FakeRasa, bot: RasaBot, asked: object, read: Asks | None
) -> None:
    rasa.answer = rasa.say({**PLAIN, "messages": [{"text": "Which number?", "asks": asked}]})
    assert (await bot.turn(ASKED, 5.0)).messages == (BotMessage("Which number?", asks=read),)


async def test_an_answer_without_anything_to_say_is_an_answer(rasa: FakeRasa, bot: RasaBot) -> None:
    assert await bot.turn(ASKED, 5) == TurnResult()


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_turn_that_failed_because_a_part_is_away_may_be_asked_again(
    rasa: FakeRasa, bot: RasaBot, status: int
) -> None:
    rasa.answer = rasa.say({"error": {"code": "actions_away", "message": "…"}}, status)
    assert (await failure(bot)).retryable


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422, 302, 500])
async def test_a_refused_or_failed_turn_may_not(rasa: FakeRasa, bot: RasaBot, status: int) -> None:
    rasa.answer = rasa.say({"error": {"code": "invalid", "message": "…"}}, status)
    assert not (await failure(bot)).retryable


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {**PLAIN, "messages": {}},
        {**PLAIN, "messages": ["hi"]},
        {**PLAIN, "messages": [{"text": 1}]},
        {**PLAIN, "messages": [{"text": "hi", "buttons": [{"title": "Yes"}]}]},
        {**PLAIN, "messages": [{"text": "hi", "attachment": "https://example.org"}]},
        {**PLAIN, "effects": None},
        {**PLAIN, "effects": {"handoff": {"topic": "return"}}},
        {**PLAIN, "effects": {"handoff": {"reason": "bored"}}},
        {**PLAIN, "effects": {"language": 7}},
        {**PLAIN, "effects": {"resolve": "yes"}},
        {**PLAIN, "effects": {"verified": "C-1"}},
        {**PLAIN, "effects": {"verified": {}}},
        {**PLAIN, "effects": {"verified": {"customer_id": ""}}},
        {**PLAIN, "effects": {"verified": {"customer_id": "1" * 201}}},
        {**PLAIN, "understood": {"intent": "greet", "confidence": "high", "fallback": False}},
        {**PLAIN, "understood": {"intent": "greet", "confidence": 1}},
    ],
)
async def test_an_answer_that_breaks_the_contract_is_refused_and_not_quoted(
    rasa: FakeRasa, bot: RasaBot, body: Any
) -> None:
    rasa.answer = rasa.say(body)
    error = await failure(bot)
    assert not error.retryable
    assert "example.org" not in error.message


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'"' + b"x" * 2_000_000 + b'"'])
async def test_an_answer_that_is_no_json_or_too_large_is_refused(rasa: FakeRasa, bot: RasaBot, body: bytes) -> None:
    async def answer() -> HTTPResponse:
        return raw(body)

    rasa.answer = answer
    assert not (await failure(bot)).retryable


async def test_a_bot_that_hangs_is_given_up_within_the_limit(rasa: FakeRasa, bot: RasaBot) -> None:
    async def hang() -> HTTPResponse:
        await asyncio.Event().wait()
        raise AssertionError

    rasa.answer = hang
    started = asyncio.get_running_loop().time()
    assert (await failure(bot, timeout_s=0.2)).retryable
    assert asyncio.get_running_loop().time() - started < 5


async def test_a_bot_that_trickles_its_answer_is_given_up_within_the_limit_too() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        with suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()

    assert (await _failure_of(trickle, timeout_s=0.2)).retryable


async def test_a_bot_that_cuts_the_connection_may_be_asked_again() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    assert (await _failure_of(cut, timeout_s=5)).retryable


async def test_a_bot_that_is_not_there_may_be_asked_again() -> None:
    sock = bind("127.0.0.1", 0)
    bot = RasaBot(f"http://127.0.0.1:{sock.getsockname()[1]}", SECRET)
    assert (await failure(bot)).retryable
    assert not await bot.ready()
    await bot.close()
    sock.close()


async def test_readiness_is_rasas_own_health(rasa: FakeRasa, bot: RasaBot) -> None:
    assert await bot.ready()
    rasa.healthy = False
    assert not await bot.ready()


async def test_a_proxy_named_in_the_environment_does_not_get_to_see_turns(
    rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with pytest.raises(httpx.HTTPError):
        async with httpx.AsyncClient() as proxied:
            await proxied.get(rasa.app.ctx.url)
    bot = RasaBot(rasa.app.ctx.url, SECRET)
    await bot.turn(ASKED, 5)
    await bot.close()


async def test_many_turns_run_side_by_side(rasa: FakeRasa, bot: RasaBot) -> None:
    arrived = asyncio.Barrier(150)

    async def answer() -> HTTPResponse:
        await arrived.wait()
        return json_response(PLAIN)

    rasa.answer = answer
    assert len(await asyncio.gather(*(bot.turn(ASKED, 10) for _ in range(150)))) == 150


async def _failure_of(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], timeout_s: float
) -> BotUnavailable:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    bot = RasaBot(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", SECRET)
    try:
        return await failure(bot, timeout_s)
    finally:
        await bot.close()
        server.close()
