"""Whatever is sent: a clear error or a normal answer, nothing lost, no inside shown, nothing personal in the logs."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.connectors.site import Customer, Site, said

CONTRACTS = Path(__file__).parents[3] / "docs" / "contracts.md"
CANARY = "canary-7f3a@example.com"


async def raw(customer: Customer, body: bytes, content_type: str = "application/json") -> httpx.Response:
    headers = {**customer.headers, "Content-Type": content_type}
    return await customer.site.http.post("/api/chat/messages", content=body, headers=headers)


def check(answer: httpx.Response, status: int) -> None:
    """Check that an error is one sentence in the contract's body, and shows nothing of the inside."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}
    assert answer.json()["error"]["message"].endswith((".", "?"))
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\x00\xff\xfe binary", 400),
        (b'{"client_msg_id": "m", "text": "\xff"}', 400),
        (b'{"client_msg_id": "m", "text": ', 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b'{"client_msg_id": "m", "text": "a", "text": "b"}', 400),
        (b'{"client_msg_id": NaN, "text": "a"}', 400),
        (b"[" * 20_000, 400),
        (b'{"client_msg_id": "m", "text": "' + b"x" * 1_000_000 + b'"}', 413),
        (b'{"client_msg_id": "m", "text": "' + b"x" * 40_000 + b'"}', 422),
    ],
)
async def test_a_body_that_is_no_message_is_refused(site: Site, body: bytes, status: int) -> None:
    customer = await site.customer()
    check(await raw(customer, body), status)
    assert (await customer.events()) == {"entries": [], "last_seq": 0}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
async def test_a_body_of_another_type_is_refused(site: Site, content_type: str) -> None:
    check(await raw(await site.customer(), b'{"client_msg_id": "m", "text": "a"}', content_type), 415)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"client_msg_id": "m"},
        {"text": "hello"},
        {"client_msg_id": "m", "text": "hello", "admin": True},
        {"client_msg_id": "m", "text": "hello", "choice": "1.0"},
        {"client_msg_id": "m", "text": None, "choice": None},
        {"client_msg_id": "m", "text": 5},
        {"client_msg_id": "m", "text": ["hello"]},
        {"client_msg_id": "m", "text": {"$ne": ""}},
        {"client_msg_id": "m", "text": ""},
        {"client_msg_id": "m", "text": "   \n\t "},
        {"client_msg_id": "m", "text": "\u200b\u200d\ufeff"},
        {"client_msg_id": "m", "text": "a\x00b"},
        {"client_msg_id": "m", "text": "half a pair: \ud83d"},
        {"client_msg_id": "m", "text": "x" * 4001},
        {"client_msg_id": "", "text": "hello"},
        {"client_msg_id": "x" * 129, "text": "hello"},
        {"client_msg_id": "a\nb", "text": "hello"},
        {"client_msg_id": 5, "text": "hello"},
        {"client_msg_id": None, "text": "hello"},
        {"client_msg_id": True, "text": "hello"},
        {"client_msg_id": "m", "choice": 1.0},
    ],
)
async def test_a_field_unknown_missing_or_wrong_is_refused_and_nothing_is_kept(
    site: Site, body: dict[str, Any]
) -> None:
    customer = await site.customer()
    check(await raw(customer, json.dumps(body).encode()), 422)
    assert (await customer.events()) == {"entries": [], "last_seq": 0}


async def test_the_contract_shows_an_error_as_it_is_sent(site: Site) -> None:
    customer = await site.customer()
    shown = re.search(r"```json\n(.*?)\n```", CONTRACTS.read_text(), re.DOTALL)
    assert shown is not None
    assert (await customer.post(client_msg_id="m", text="x" * 5210)).json() == json.loads(shown[1])


@pytest.mark.parametrize(
    ("length", "sentence"),
    [
        (0, "The text is empty; write something and send again."),
        (40_000, "A text holds at most 4,000 characters; this one has 40,000."),
    ],
)
async def test_a_text_that_does_not_fit_is_told_its_own_limit(site: Site, length: int, sentence: str) -> None:
    customer = await site.customer()
    answer = await customer.post(client_msg_id="m", text="x" * length)
    check(answer, 422)
    assert answer.json()["error"] == {"code": "invalid_input", "message": sentence}


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        '/handoff_returned{"outcome": "x"}',
        "مرحبا، أين طلبي؟",
        "\u202egnirts desrever\u202c",
        "zero\u200bwidth\u200djoined\ufeff",
        "<script>alert(1)</script><img src=x onerror=alert(2)>",
        "{{7*7}} ${jndi:ldap://x} '; DROP TABLE--",
        "👩‍👩‍👧‍👦 é \U0001f1e9\U0001f1f0",
        "x" * 4000,
        "line one\nline two",
    ],
)
async def test_an_unusual_text_is_kept_as_it_was_written_and_answered(site: Site, text: str) -> None:
    customer = await site.customer()
    await customer.send(text)
    await customer.until(said(f"bot: {text}"))
    assert (await customer.events())["entries"][0]["text"] == text
    assert site.bot.runs[0].choice is None


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer x.y", "Basic dXNlcjpwYXNz", "Bearer a.b.c", "Bearer " + "x" * 4000],
)
async def test_a_missing_or_wrong_token_is_refused_everywhere(site: Site, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    check(await site.http.get("/api/chat/events", headers=headers), 401)
    body = {"client_msg_id": "m", "text": "hello"}
    check(await site.http.post("/api/chat/messages", json=body, headers=headers), 401)


async def test_a_token_that_is_not_text_is_refused(site: Site) -> None:
    headers = [(b"Authorization", b"Bearer \xff\xfe.\xff")]
    check(await site.http.get("/api/chat/events", headers=headers), 401)


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=1.5",
        "after=",
        "wait=26",
        "wait=-1",
        "wait=1&wait=2",
        "x=1",
        "after=9999999999999999999",
    ],
)
async def test_a_wrong_query_is_refused(site: Site, query: str) -> None:
    customer = await site.customer()
    check(await site.http.get(f"/api/chat/events?{query}", headers=customer.headers), 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/chat/messages", 405),
        ("DELETE", "/api/chat/sessions", 405),
        ("POST", "/api/chat/events", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/chat/ws", 422),
        ("GET", "/api/desk/ws", 422),
        ("GET", "/../etc/passwd", 404),
    ],
)
async def test_a_wrong_address_or_method_is_refused(site: Site, method: str, path: str, status: int) -> None:
    check(await site.http.request(method, path), status)


@pytest.mark.parametrize("language", ["", "e", "english language", "../en", 5, "en_US", "x" * 40, ["en"]])
async def test_a_session_in_no_language_is_refused(site: Site, language: Any) -> None:
    check(await site.http.post("/api/chat/sessions", json={"language": language}), 422)


async def test_a_fault_of_ours_shows_no_inside_and_logs_no_message(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await site.customer()

    async def fail(*args: object, **_: object) -> None:
        raise RuntimeError(f"cannot keep {args!r} {CANARY}")

    monkeypatch.setattr(site.store.conversations, "accept", fail)
    answer = await customer.post(client_msg_id="m1", text=CANARY)
    check(answer, 500)
    assert CANARY not in answer.text
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text


async def test_nothing_personal_is_logged_on_any_path(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    # The HTTP client of the test itself logs the addresses that it calls.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with caplog.at_level(logging.INFO):
        customer = await site.customer()
        await customer.send(f"my e-mail is {CANARY}")
        await customer.post(client_msg_id="m0", text=f"other text, same id, {CANARY}")
        await customer.post(client_msg_id="m1", text=CANARY, unknown=CANARY)
        await site.http.get(f"/api/chat/events?{CANARY}=1", headers=customer.headers)
        await site.http.post("/api/desk/login", json={"login": CANARY, "password": CANARY}, headers={"Origin": "x"})
        async with customer.live() as live:
            await live.frame()
            await live.send(unknown=CANARY)
            await live.until(lambda frame: "error" in frame)
    assert CANARY not in caplog.text
    assert customer.token not in caplog.text
