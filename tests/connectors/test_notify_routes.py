"""`POST /api/notify` and `baton notify`, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from baton.failure import Failure
from baton.notify import notice, notify
from connectors.http import MAX_BODY, render_errors
from connectors.listen import bind, listening, new_app
from connectors.notify_routes import NotifyRoutes
from handoff.contacts import Contacts
from handoff.model import Contact, Conversation
from handoff.notify import Notifier, Way
from handoff.quiet import QuietHours
from handoff.store.memory import MemoryStore
from tests.connectors.site import MONDAY_10, NOTICES
from tests.fakes import FakeClock

KEY = "the api key"
PHONE = "+4532123456"
GOOD: dict[str, Any] = {"to": {"phone": PHONE}, "order": "10234", "update": "shipped", "fields": {"tracking": "NP1"}}
HEADERS = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "k-1"}


@dataclass
class Office:
    """The route on a loopback port, with one customer on Telegram."""

    origin: str
    http: httpx.AsyncClient
    store: MemoryStore
    clock: FakeClock
    customer: Conversation

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        return await self.http.post("/api/notify", json=body, headers={**HEADERS, **headers})


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    store, clock = MemoryStore(), FakeClock(MONDAY_10)
    customer = Conversation("c_1", Contact("p_1", phone=PHONE), "telegram", clock())
    await store.conversations.open(customer)
    await Contacts(store, clock).recognise(customer)
    quiet = QuietHours.read("21:00-08:00", ZoneInfo("UTC"))
    app = new_app("notify")
    render_errors(app, MAX_BODY)
    NotifyRoutes(Notifier(store, {"telegram": Way()}, quiet, {}, clock, NOTICES), KEY).attach(app)
    sock = bind("127.0.0.1", 0)
    origin = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with listening(app, sock, grace_s=0.1), httpx.AsyncClient(base_url=origin) as http:
        yield Office(origin, http, store, clock, customer)


async def test_an_update_is_taken_and_the_same_key_gives_the_same_answer(office: Office) -> None:
    told = {"status": "sent", "conversation_id": "c_1", "seq": 1, "send_at": None}
    for _ in range(3):
        answer = await office.post(GOOD)
        assert (answer.status_code, answer.json()) == (202, told)
    assert (await office.store.conversations.read("c_1", 0)).last_seq == 1
    assert (await office.post({**GOOD, "order": "10235"})).status_code == 409


async def test_at_night_the_answer_says_until_when_it_waits(office: Office) -> None:
    office.clock.advance(12 * 3600)
    answer = await office.post(GOOD)
    held = {"status": "queued", "conversation_id": "c_1", "seq": None, "send_at": "2026-11-24T08:00:00Z"}
    assert (answer.status_code, answer.json()) == (202, held)


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", "Basic the api key", "Bearer the api key2", KEY])
async def test_who_does_not_show_the_key_is_refused_before_anything_else(office: Office, shown: str) -> None:
    """Seen red with `require_bearer` taken out."""
    answer = await office.http.post("/api/notify", content=b"{", headers={"Authorization": shown})
    assert answer.status_code == 401
    assert (await office.store.conversations.read("c_1", 0)).last_seq == 0


@pytest.mark.parametrize(
    "change",
    [
        {"to": {}},
        {"to": {"phone": PHONE, "customer_id": "1"}},
        {"to": {"email": "kim@example.com"}},
        {"to": "kim"},
        {"to": {"phone": 45}},
        {"order": ""},
        {"order": "1" * 65},
        {"update": "lost"},
        {"update": None},
        {"fields": {"price": "1"}},
        {"fields": {"date": "soon"}},
        {"fields": []},
        {"language": "?"},
        {"surprise": 1},
    ],
)
async def test_what_is_no_update_is_refused_with_a_sentence(office: Office, change: dict[str, Any]) -> None:
    answer = await office.post({**GOOD, **change})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["message"].endswith(".")


@pytest.mark.parametrize("key", ["", "k k", "k" * 101, "kéy"])
async def test_a_key_is_needed_that_can_be_one(office: Office, key: str) -> None:
    answer = await office.http.post(
        "/api/notify", json=GOOD, headers=[("Authorization", f"Bearer {KEY}"), ("Idempotency-Key", key.encode())]
    )
    assert answer.status_code == 422


async def test_an_unknown_customer_and_one_who_wants_none_are_told_apart(office: Office) -> None:
    unknown = await office.post({**GOOD, "to": {"customer_id": "C-9"}})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
    await Contacts(office.store, office.clock).allow_updates(office.customer, False)
    out = await office.post(GOOD, **{"Idempotency-Key": "k-2"})
    assert (out.status_code, out.json()["error"]["code"]) == (409, "opted_out")


async def test_a_store_that_is_away_is_no_promise(office: Office) -> None:
    office.store.answers = False
    answer = await office.post(GOOD)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


def test_without_a_key_there_is_no_api() -> None:
    with pytest.raises(ValueError, match="api_key"):
        NotifyRoutes(None, "")  # type: ignore[arg-type]


# the command


async def test_the_command_says_what_became_of_it(office: Office) -> None:
    body = notice(
        to={"phone": PHONE, "customer_id": None}, order="10234", update="ready", fields={"place": "Main St 1"}
    )
    said = await asyncio.to_thread(notify, office.origin, KEY, body, "k-1")
    assert said == "Sent: conversation c_1, entry 1."
    office.clock.advance(12 * 3600)
    said = await asyncio.to_thread(notify, office.origin, KEY, body)
    assert said == "Kept until the quiet hours are over, at 2026-11-24T08:00:00Z."


async def test_the_command_explains_what_the_gateway_refused(office: Office) -> None:
    body = notice(to={"customer_id": "C-9"}, order="10234", update="ready", fields={}, language="da")
    with pytest.raises(Failure, match="No customer is known"):
        await asyncio.to_thread(notify, office.origin, KEY, body)
    with pytest.raises(Failure, match="baton run"):
        await asyncio.to_thread(notify, "http://127.0.0.1:1", KEY, body)
