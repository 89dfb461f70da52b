"""The played Bot API is as strict as the real one, and delivers what its customers write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sanic import HTTPResponse, Request
from sanic.response import empty

from connectors.listen import bind, listening, new_app
from connectors.trial.bot_api import FakeBotApi, Mishap, Wrong
from connectors.trial.bot_api_customer import Customer
from tests.waiting import eventually

SECRET = "the-secret-of-a-test"


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi().running() as running:
        running.post.retry_s = 0.01
        yield running


@pytest.fixture
def mia(api: FakeBotApi) -> Customer:
    return Customer(api)


@pytest.fixture
async def http(api: FakeBotApi) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{api.url}/bot{api.token}/", trust_env=False) as http:
        yield http


async def call(http: httpx.AsyncClient, method: str, **fields: Any) -> dict[str, Any]:
    answer = await http.post(method, json=fields)
    body: dict[str, Any] = answer.json()
    assert body["ok"] == (answer.status_code == 200)
    return body


# what is refused


def board(*buttons: Any, **fields: Any) -> dict[str, Any]:
    return {"keyboard": [list(buttons)], **fields}


SHARE = {"text": "Share my number", "request_contact": True}


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (board({**SHARE, "request_location": True}), "one type only"),
        (board({**SHARE, "request_contact": "yes"}), "Boolean"),
        (board({"request_contact": True}), "non-empty"),
        (board({**SHARE, "callback_data": "7.0"}), "no field callback_data"),
        (board(), "too long"),
        ({"keyboard": []}, "must not be empty"),
        ({"keyboard": "x"}, "object expected"),
        (board(SHARE, one_time="yes"), "no field one_time"),
        (board(SHARE, one_time_keyboard="yes"), "Boolean"),
        (board(SHARE, input_field_placeholder="x" * 65), "placeholder"),
        (board(SHARE, inline_keyboard=[]), "object expected"),
        ({"remove_keyboard": False}, "object expected"),
        ({"remove_keyboard": True, "keyboard": []}, "object expected"),
        ({}, "object expected"),
        ([], "object expected"),
    ],
)
async def test_a_keyboard_that_the_platform_would_not_take_is_refused(
    http: httpx.AsyncClient, mia: Customer, markup: object, words: str
) -> None:
    refused = await call(http, "sendMessage", chat_id=mia.id, text="hi", reply_markup=markup)
    assert refused["error_code"] == 400
    assert words in refused["description"]
    assert mia.got == []


async def test_a_number_is_asked_for_in_private_chats_only(api: FakeBotApi, http: httpx.AsyncClient) -> None:
    api.chats[-1_001_999] = {"id": -1_001_999, "type": "supergroup", "title": "Gardeners"}
    refused = await call(http, "sendMessage", chat_id=-1_001_999, text="hi", reply_markup=board(SHARE))
    assert "private chats only" in refused["description"]
    assert api.sent == []


async def test_a_keyboard_stands_until_it_is_taken_away_and_shares_the_number(
    http: httpx.AsyncClient, mia: Customer
) -> None:
    with pytest.raises(LookupError):
        mia.press_share("4520123401")
    await call(http, "sendMessage", chat_id=mia.id, text="Colour?", reply_markup=board("Red", {"text": "Blue"}))
    with pytest.raises(LookupError):
        mia.press_share("4520123401")
    asked = await call(http, "sendMessage", chat_id=mia.id, text="Number?", reply_markup=board(SHARE, "Leave it"))
    assert "reply_markup" not in asked["result"]
    await call(http, "sendMessage", chat_id=mia.id, text="Well?", reply_markup=keys([YES]))
    mia.press_share("4520123401")
    [update] = (await call(http, "getUpdates"))["result"]
    shared = update["message"]
    assert shared["contact"] == {"phone_number": "4520123401", "first_name": "Mia", "user_id": mia.id}
    assert shared["reply_to_message"]["message_id"] == asked["result"]["message_id"]
    await call(http, "sendMessage", chat_id=mia.id, text="Thanks.", reply_markup={"remove_keyboard": True})
    assert mia.keyboard is None
    with pytest.raises(LookupError):
        mia.press_share("4520123401")


def keys(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


YES = {"text": "Yes", "callback_data": "7.0"}


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("sendMessage", {"text": "hi"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 5_550_001}, "message text is empty"),
        ("sendMessage", {"chat_id": 5_550_001, "text": " \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "😀" * 2049}, "message is too long"),
        ("sendMessage", {"chat_id": 404, "text": "hi"}, "chat not found"),
        ("sendMessage", {"chat_id": "me", "text": "hi"}, "chat not found"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "txet": "hi"}, "no field txet"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "reply_markup": keys([])}, "too long"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "reply_markup": keys([YES] * 9)}, "too long"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "reply_markup": keys(*[[YES]] * 101)}, "too long"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "reply_markup": keys([{**YES, "text": ""}])}, "non-empty"),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "reply_markup": keys([{"text": "x"}])}, "unallowed"),
        (
            "sendMessage",
            {"chat_id": 5_550_001, "text": "hi", "reply_markup": keys([{**YES, "callback_data": "é" * 33}])},
            "BUTTON_DATA_INVALID",
        ),
        ("sendMessage", {"chat_id": 5_550_001, "text": "hi", "reply_markup": "{"}, "JSON"),
        ("sendDocument", {"chat_id": 5_550_001}, '"document" is required'),
        ("sendDocument", {"chat_id": 5_550_001, "document": "http://127.0.0.1/x"}, "wrong HTTP URL"),
        ("sendDocument", {"chat_id": 5_550_001, "document": "x", "caption": "x" * 1025}, "caption is too long"),
        ("sendLocation", {"chat_id": 5_550_001, "latitude": 91, "longitude": 0}, "wrong latitude"),
        ("sendLocation", {"chat_id": 5_550_001, "latitude": "nan", "longitude": 0}, "wrong latitude"),
        ("sendVenue", {"chat_id": 5_550_001, "latitude": 1, "longitude": 0, "title": "x"}, '"address" is required'),
        ("sendChatAction", {"chat_id": 5_550_001, "action": "dancing"}, "wrong parameter action"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
        ("getUpdates", {"limit": 101}, "out of range"),
        ("setWebhook", {"url": "http://shop.example/x"}, "HTTPS"),
        ("setWebhook", {"url": "https://shop.example:8080/x"}, "ports"),
        ("setWebhook", {"url": "https://shop.example/x", "secret_token": "a b"}, "unallowed characters"),
        ("setWebhook", {"url": "https://shop.example/x", "allowed_updates": ["massage"]}, "allowed_updates"),
    ],
)
async def test_what_breaks_a_rule_is_refused(
    http: httpx.AsyncClient, api: FakeBotApi, mia: Customer, method: str, fields: dict[str, Any], words: str
) -> None:
    answer = await call(http, method, **fields)
    assert answer["error_code"] == 400
    assert words in answer["description"]
    assert api.sent == []


async def test_only_the_token_opens_it(api: FakeBotApi, http: httpx.AsyncClient) -> None:
    for bot, status in ((f"bot{api.token}x", 401), ("botnonsense", 404), (api.token, 404)):
        assert (await http.get(f"{api.url}/{bot}/getMe")).status_code == status
    assert (await call(http, "getYou"))["error_code"] == 404
    assert (await call(http, "getMe"))["result"]["username"] == "fern_harbour_bot"
    assert (await http.get(f"{api.url}/file/bot1:x/documents/x.bin")).status_code == 401


async def test_a_photo_must_be_one(api: FakeBotApi, http: httpx.AsyncClient, mia: Customer) -> None:
    for content, words in ((b"text", "IMAGE_PROCESS_FAILED"), (b"", "non-empty"), (bytes(10_000_001), "too big")):
        answer = await http.post("sendPhoto", data={"chat_id": "5550001"}, files={"photo": ("a.png", content)})
        assert words in answer.json()["description"]
    answer = await http.post("sendPhoto", data={"chat_id": "5550001"}, files={"photo": ("a.png", b"\xff\xd8\xff.")})
    assert answer.json()["ok"]
    assert api.sent[0].file is not None


async def test_who_blocked_the_bot_gets_nothing_until_they_start_it_again(
    api: FakeBotApi, http: httpx.AsyncClient, mia: Customer
) -> None:
    mia.block()
    assert (await call(http, "sendMessage", chat_id=mia.id, text="hi"))["error_code"] == 403
    mia.unblock()
    assert (await call(http, "sendMessage", chat_id=mia.id, text="hi"))["ok"]
    assert [message.text for message in api.sent] == ["hi"]


async def test_a_flood_limit_says_how_long(api: FakeBotApi, http: httpx.AsyncClient, mia: Customer) -> None:
    api.mishaps.append(Mishap(Wrong.FLOOD, 7))
    answer = await call(http, "sendMessage", chat_id=mia.id, text="hi")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 7})
    assert (await call(http, "sendMessage", chat_id=mia.id, text="hi"))["ok"]


# updates


@dataclass
class Hook:
    """A webhook that answers as a test wants."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)

    async def take(self, request: Request) -> HTTPResponse:
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), json.loads(request.body)))
        return empty(self.statuses.pop(0) if self.statuses else 200)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.got]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook, app, sock = Hook(), new_app("hook"), bind("127.0.0.1", 0)
    app.add_route(hook.take, "/hook", methods=["POST"])
    hook.url = f"http://127.0.0.1:{sock.getsockname()[1]}/hook"
    async with listening(app, sock, grace_s=0.05):
        yield hook


async def test_updates_go_to_the_webhook_with_the_secret_and_again_until_they_are_taken(
    api: FakeBotApi, http: httpx.AsyncClient, mia: Customer, hook: Hook
) -> None:
    hook.statuses = [503, 500]
    await call(http, "setWebhook", url=hook.url, secret_token=SECRET)
    mia.write("one")
    mia.write("two")
    await eventually(lambda: not api.post.waiting)
    assert hook.texts() == ["one", "one", "one", "two"]
    assert {secret for secret, _ in hook.got} == {SECRET}
    told = (await call(http, "getWebhookInfo"))["result"]
    assert (told["url"], told["pending_update_count"]) == (hook.url, 0)
    assert "503" not in told["last_error_message"]
    assert "500" in told["last_error_message"]


async def test_updates_come_twice_and_in_any_order_when_asked_for(
    api: FakeBotApi, http: httpx.AsyncClient, mia: Customer, hook: Hook
) -> None:
    api.post.twice = api.post.shuffled = True
    written = [f"text {number}" for number in range(20)]
    for text in written:
        mia.write(text)
    await call(http, "setWebhook", url=hook.url)
    await eventually(lambda: len(hook.got) == 40)
    assert sorted(hook.texts()) == sorted(written * 2)
    assert hook.texts()[::2] != written


async def test_who_asks_gets_what_waits_until_they_ask_past_it(http: httpx.AsyncClient, mia: Customer) -> None:
    mia.write("one")
    mia.write("two")
    for _ in range(2):
        first = (await call(http, "getUpdates"))["result"]
        assert [update["message"]["text"] for update in first] == ["one", "two"]
    rest = (await call(http, "getUpdates", offset=first[0]["update_id"] + 1, limit=1))["result"]
    assert rest == first[1:]
    assert (await call(http, "getUpdates", offset=first[1]["update_id"] + 1))["result"] == []


async def test_two_cannot_ask_at_once_nor_one_beside_a_webhook(
    api: FakeBotApi, http: httpx.AsyncClient, mia: Customer, hook: Hook
) -> None:
    first = asyncio.create_task(call(http, "getUpdates", timeout=30))
    await eventually(lambda: "getupdates" in api.calls)
    second = asyncio.create_task(call(http, "getUpdates", timeout=30))
    assert (await first)["error_code"] == 409
    mia.write("hi")
    assert len((await second)["result"]) == 1
    await call(http, "setWebhook", url=hook.url)
    assert "deleteWebhook" in (await call(http, "getUpdates"))["description"]
    await call(http, "deleteWebhook")
    assert (await call(http, "getUpdates"))["ok"]


async def test_only_kinds_that_were_asked_for_come(http: httpx.AsyncClient, mia: Customer) -> None:
    mia.react(1, "👍")
    assert (await call(http, "getUpdates"))["result"] == []
    await call(http, "getUpdates", allowed_updates=["message_reaction"])
    mia.write("hi")
    mia.react(1, "👍")
    [update] = (await call(http, "getUpdates"))["result"]
    assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "👍"}]


async def test_a_button_is_pressed_and_answered_once(api: FakeBotApi, http: httpx.AsyncClient, mia: Customer) -> None:
    with pytest.raises(LookupError):
        mia.press("7.0")
    await call(http, "sendMessage", chat_id=mia.id, text="Well?", reply_markup=keys([YES]))
    press_id = mia.press("7.0")
    [update] = (await call(http, "getUpdates"))["result"]
    assert update["callback_query"]["data"] == "7.0"
    assert (await call(http, "answerCallbackQuery", callback_query_id=press_id))["ok"]
    assert (await call(http, "answerCallbackQuery", callback_query_id=press_id))["error_code"] == 400


async def test_a_file_of_a_customer_can_be_had(api: FakeBotApi, http: httpx.AsyncClient, mia: Customer) -> None:
    mia.send_file("document", b"a bill", name="bill.pdf")
    [update] = (await call(http, "getUpdates"))["result"]
    file = (await call(http, "getFile", file_id=update["message"]["document"]["file_id"]))["result"]
    answer = await http.get(f"{api.url}/file/bot{api.token}/{file['file_path']}")
    assert answer.content == b"a bill"
