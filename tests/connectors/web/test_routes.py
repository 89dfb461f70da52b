"""The web chat over real HTTP: sessions, messages, events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.throttle import Rate
from connectors.web.routes import ChatLimits
from connectors.web.tokens import TOKEN_DAYS
from handoff.store.memory import MemoryStore
from tests.connectors.site import USER_SECRET, Customer, Site, said
from tests.connectors.web.test_identity import sign


def signed(site: Site, user_id: str = "42", **changes: Any) -> dict[str, Any]:
    described = {"id": user_id, "issued_at": site.clock() // 1000, **changes}
    return {"user": described, "signature": sign(described, USER_SECRET)}


# sessions


async def test_a_session_is_opened_with_its_token(site: Site) -> None:
    answer = await site.http.post("/api/chat/sessions", json={"language": "da"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "conversation_id", "expires_at"}
    kept = await site.store.conversations.get(answer.json()["conversation_id"])
    assert (kept.channel, kept.language, kept.contact.verified) == ("web", "da", False)


async def test_a_session_is_resumed_by_its_token(site: Site) -> None:
    customer = await site.customer()
    await customer.send("hello")
    resumed = await site.customer(token=customer.token)
    assert resumed.conversation_id == customer.conversation_id
    assert (await resumed.events())["entries"][0]["text"] == "hello"


async def test_a_signed_user_has_one_conversation_on_every_device(site: Site) -> None:
    phone, laptop = await site.customer(**signed(site)), await site.customer(**signed(site, name="Kim"))
    assert phone.conversation_id == laptop.conversation_id
    contact = (await site.store.conversations.get(phone.conversation_id)).contact
    assert contact.verified
    assert contact.customer_id == "42"
    assert (await site.customer(**signed(site, "43"))).conversation_id != phone.conversation_id


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"signature": "0" * 64}, 401),
        ({"signature": None}, 422),
        ({"user": None}, 422),
        ({"signature": "short"}, 422),
        ({"token": "x"}, 422),
    ],
)
async def test_a_session_that_is_not_properly_signed_is_refused(
    site: Site, change: dict[str, Any], status: int
) -> None:
    answer = await site.http.post("/api/chat/sessions", json={**signed(site), **change})
    assert answer.status_code == status, answer.text


async def test_a_token_of_a_conversation_that_is_gone_asks_for_a_new_session(site: Site) -> None:
    customer = await site.customer()
    other = Customer(site, customer.token, customer.conversation_id)
    site.store.conversations._logs.kept.clear()  # type: ignore[attr-defined]
    assert (await other.post(client_msg_id="m1", text="hello")).status_code == 401
    assert (await site.http.get("/api/chat/events", headers=other.headers)).status_code == 401
    assert (await site.http.post("/api/chat/sessions", json={"token": other.token})).status_code == 401


async def test_an_expired_session_is_refused(site: Site) -> None:
    customer = await site.customer()
    site.clock.advance(TOKEN_DAYS * 86_400)
    answer = await customer.post(client_msg_id="m1", text="hello")
    assert answer.status_code == 401
    assert "expired" in answer.json()["error"]["message"]


# messages


async def test_a_message_is_answered_by_the_bot(any_site: Site) -> None:
    customer = await any_site.customer()
    seq = await customer.send("hello")
    answer = await customer.until(said("bot: hello"))
    assert answer["author"] == "bot"
    assert answer["seq"] > seq


async def test_a_message_sent_five_times_at_once_has_one_place(any_site: Site) -> None:
    customer = await any_site.customer()
    answers = await asyncio.gather(*(customer.post(client_msg_id="m1", text="hello") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["seq"] for answer in answers}) == 1
    await customer.until(said("bot: hello"))
    entries = (await customer.events())["entries"]
    assert [entry["text"] for entry in entries] == ["hello", "bot: hello"]


async def test_the_same_id_with_another_body_is_a_conflict(any_site: Site) -> None:
    customer = await any_site.customer()
    await customer.send("hello", "m1")
    answer = await customer.post(client_msg_id="m1", text="something else")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "conflict"


async def test_a_button_is_pressed_by_its_id(site: Site) -> None:
    customer = await site.customer()
    await customer.send("menu")
    shown = await customer.until(lambda entry: bool(entry["buttons"]))
    await customer.press(shown["buttons"][0]["id"])
    pressed = await customer.until(said("Shoes"), after=shown["seq"])
    assert pressed["author"] == "contact"
    await customer.until(said('bot: /pick{"what": "shoes"}'))
    assert site.bot.runs[-1].text is None


@pytest.mark.parametrize("choice", ["99.0", "1.0", "2.9", "0.0", "-1.0", "abc", "/affirm", "2.0.0", "1e3.0"])
async def test_a_button_that_was_never_shown_is_not_found(site: Site, choice: str) -> None:
    customer = await site.customer()
    await customer.send("menu")
    await customer.until(lambda entry: bool(entry["buttons"]))
    answer = await customer.post(client_msg_id="x", choice=choice)
    assert answer.status_code == 404, answer.text


# events


async def test_a_long_poll_answers_as_soon_as_there_is_something(any_site: Site) -> None:
    customer = await any_site.customer()
    began = time.monotonic()
    waiting = asyncio.create_task(customer.events(wait=20))
    await asyncio.sleep(0)
    await customer.send("hello")
    page = await waiting
    assert page["entries"][0]["text"] == "hello"
    assert time.monotonic() - began < 10


async def test_a_poll_without_news_answers_empty_at_its_time(site: Site) -> None:
    customer = await site.customer()
    await customer.send("hello")
    await customer.until(said("bot: hello"))
    assert await customer.events(after=2, wait=1) == {"entries": [], "last_seq": 2}


async def test_history_is_restored_from_any_seq(site: Site) -> None:
    customer = await site.customer()
    for word in ("one", "two", "three"):
        await customer.send(word)
        await customer.until(said(f"bot: {word}"))
    whole = (await customer.events())["entries"]
    assert [entry["text"] for entry in whole] == ["one", "bot: one", "two", "bot: two", "three", "bot: three"]
    assert (await customer.events(after=whole[2]["seq"]))["entries"] == whole[3:]


async def test_a_waiting_poll_hears_that_the_agent_types(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, ada.live() as desk:
        await ada.done(customer, "claim")
        last_seq = (await customer.events())["last_seq"]
        waiting = asyncio.create_task(customer.events(after=last_seq, wait=20))
        await desk.send(watch=customer.conversation_id)
        await desk.until(lambda frame: frame["type"] == "entries")
        await desk.send(typing=customer.conversation_id)
        page = await waiting
    assert [(entry["kind"], entry["author"]) for entry in page["entries"]] == [("typing", "agent")]
    assert page["last_seq"] == last_seq


# limits


@pytest.fixture
async def strict_site() -> AsyncIterator[Site]:
    limits = ChatLimits(sessions=Rate(burst=3, per_minute=6), messages=Rate(burst=2, per_minute=60))
    async with Site.running(MemoryStore(), limits=limits) as running:
        yield running


async def test_too_many_sessions_from_one_address_must_wait(strict_site: Site) -> None:
    for _ in range(3):
        await strict_site.customer()
    refused = await strict_site.http.post("/api/chat/sessions", json={})
    assert refused.status_code == 429
    strict_site.clock.advance(int(refused.headers["retry-after"]))
    await strict_site.customer()


async def test_too_many_messages_must_wait_and_stop_nobody_else(strict_site: Site) -> None:
    fast, calm = await strict_site.customer(), await strict_site.customer()
    await fast.send("one")
    await fast.send("two")
    refused = await fast.post(client_msg_id="x", text="three")
    assert refused.status_code == 429
    await calm.send("hello")
    strict_site.clock.advance(int(refused.headers["retry-after"]))
    await fast.send("three")


# other sites


async def test_only_allowed_sites_may_read_the_answers() -> None:
    shop, other = "https://shop.example.com", "https://evil.example.com"
    async with Site.running(MemoryStore(), widget_origins=(shop,)) as site:
        for origin, allowed in ((shop, shop), (other, None)):
            asked = await site.http.options("/api/chat/messages", headers={"Origin": origin})
            assert asked.status_code == 204
            assert asked.headers.get("access-control-allow-origin") == allowed
            answer = await site.http.post("/api/chat/sessions", json={}, headers={"Origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert "access-control-allow-credentials" not in answer.headers
