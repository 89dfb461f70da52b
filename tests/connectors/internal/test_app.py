"""The internal API over real HTTP: docs/contracts.md, line by line, and what it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from connectors.internal import internal_app
from connectors.listen import bind, listening
from handoff.availability import Availability, Waits
from handoff.calendar import Calendar
from handoff.callbacks import Callbacks
from handoff.instants import from_rfc3339
from handoff.model import Contact, Conversation
from handoff.rules import Rules
from handoff.store.memory import MemoryStore
from handoff.time_words import TimeWords
from tests.fakes import FakeClock
from tests.handoff.scene import NOTICES

SECRET = "kept between the halves"
SUNDAY = from_rfc3339("2026-11-22T10:00:00Z")
TEN = "2026-11-23T09:00:00Z"
ELEVEN = "2026-11-23T10:00:00Z"
BOOKING = {"phone": "+4532123456", "topic": "return", "name": None}
ROUTES = [
    ("GET", "/internal/availability"),
    ("GET", "/internal/callbacks/slots"),
    ("POST", "/internal/callbacks/holds"),
    ("POST", "/internal/callbacks/cb_1/book"),
    ("POST", "/internal/callbacks/cb_1/change"),
    ("POST", "/internal/callbacks/cb_1/cancel"),
    ("GET", "/internal/conversations/c_1/callbacks"),
    ("GET", "/internal/conversations/c_1/contact"),
]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(SUNDAY)


@pytest.fixture
async def kept(clock: FakeClock) -> MemoryStore:
    store = MemoryStore()
    contact = Contact("p_1", verified=True, customer_id="17", name="Kim", email="kim@example.org", phone="+4532123456")
    await store.conversations.open(Conversation("c_1", contact, "web", clock()))
    await store.conversations.open(Conversation("c_2", Contact("p_2"), "web", clock()))
    return store


@pytest.fixture
async def api(kept: MemoryStore, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    """A caller who knows the secret."""
    calendar = Calendar(places=1)
    availability = Availability(kept, Rules(), calendar, clock, Waits())
    callbacks, words = Callbacks(kept, calendar, clock, NOTICES), TimeWords(calendar, NOTICES)
    app = internal_app(availability, callbacks, words, kept.conversations, SECRET)
    sock = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with listening(app, sock), httpx.AsyncClient(base_url=url, trust_env=False) as client:
        client.headers["authorization"] = f"Bearer {SECRET}"
        yield client


async def post(api: httpx.AsyncClient, path: str, body: Any = None, key: str = "k1") -> httpx.Response:
    return await api.post(f"/internal/callbacks/{path}", json=body, headers={"Idempotency-Key": key})


async def hold(api: httpx.AsyncClient, slot_id: str = TEN, conversation_id: str = "c_1", key: str = "k1") -> Any:
    answer = await post(api, "holds", {"conversation_id": conversation_id, "slot_id": slot_id}, key)
    assert answer.status_code == 201, answer.text
    return answer.json()


def code(answer: httpx.Response) -> str:
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert error["message"].endswith(".")
    return str(error["code"])


async def test_availability_has_every_field_of_the_contract(api: httpx.AsyncClient) -> None:
    answer = await api.get("/internal/availability")
    assert answer.status_code == 200
    assert answer.json() == {
        "open_now": False,
        "agents_online": 0,
        "agents_free": 0,
        "queue_length": 0,
        "estimated_wait_seconds": None,
        "opens_at": "2026-11-23T08:00:00Z",
        "hours_text": "Mon–Fri 09:00–17:00 (Copenhagen)",
    }


async def test_slots_are_offered_from_an_instant_on(api: httpx.AsyncClient) -> None:
    first = (await api.get("/internal/callbacks/slots", params={"limit": 2})).json()["slots"]
    assert first[1] == {
        "slot_id": "2026-11-23T08:30:00Z",
        "starts_at": "2026-11-23T08:30:00Z",
        "ends_at": "2026-11-23T09:00:00Z",
        "title": "Mon 23 Nov, 09:30",
    }
    later = await api.get("/internal/callbacks/slots", params={"after": first[1]["starts_at"]})
    assert later.json()["slots"][0]["slot_id"] == TEN
    assert len(later.json()["slots"]) == 5


async def test_times_are_written_in_the_language_asked_for(api: httpx.AsyncClient) -> None:
    asked = {"language": "da", "limit": 1}
    slots = (await api.get("/internal/callbacks/slots", params=asked)).json()["slots"]
    assert slots[0]["title"] == "man. 23. nov. 09.00"
    hours = (await api.get("/internal/availability", params={"language": "da-DK"})).json()["hours_text"]
    assert hours == "man.–fre. 09.00–17.00 (København)"
    refused = await api.get("/internal/callbacks/slots", params={"language": "da_DK"})
    assert (refused.status_code, code(refused)) == (422, "invalid_input")


async def test_a_callback_is_titled_in_the_conversations_language_unless_another_is_asked_for(
    api: httpx.AsyncClient, kept: MemoryStore
) -> None:
    before = await kept.conversations.get("c_1")
    await kept.conversations.commit(before, before.revised(language="zh-Hans"), (), SUNDAY)
    held = await hold(api)
    path = held["callback_id"]
    titles = [held["title"], (await post(api, f"{path}/book", {**BOOKING, "language": "ru"}, "k2")).json()["title"]]
    titles.append((await post(api, f"{path}/change", {"slot_id": ELEVEN}, "k3")).json()["title"])
    listed = await api.get("/internal/conversations/c_1/callbacks", params={"language": "ar"})
    titles.append(listed.json()["callbacks"][0]["title"])
    titles.append((await post(api, f"{path}/cancel", {"language": "en"}, "k4")).json()["title"])
    assert titles == [
        "11月23日周一 10:00",
        "пн, 23 нояб., 10:00",
        "11月23日周一 11:00",
        "الاثنين، 23 نوفمبر، 11:00",
        "Mon 23 Nov, 11:00",
    ]


async def test_a_callback_is_held_booked_changed_listed_and_cancelled(api: httpx.AsyncClient) -> None:
    held = await hold(api)
    assert held["status"] == "held"
    assert held["title"] == "Mon 23 Nov, 10:00"
    assert held["hold_expires_at"] == "2026-11-22T10:05:00.000Z"
    booked = (await post(api, f"{held['callback_id']}/book", BOOKING)).json()
    assert {name: booked[name] for name in ("status", "phone", "topic", "name", "slot_id")} == {
        "status": "booked",
        "phone": "+4532123456",
        "topic": "return",
        "name": None,
        "slot_id": TEN,
    }
    changed = (await post(api, f"{held['callback_id']}/change", {"slot_id": "2026-11-23T10:00:00Z"})).json()
    assert (changed["status"], changed["title"]) == ("booked", "Mon 23 Nov, 11:00")
    assert (await api.get("/internal/conversations/c_1/callbacks")).json() == {"callbacks": [changed]}
    cancelled = (await post(api, f"{held['callback_id']}/cancel")).json()
    assert (cancelled["callback_id"], cancelled["status"]) == (held["callback_id"], "cancelled")
    assert (await api.get("/internal/conversations/c_1/callbacks")).json() == {"callbacks": []}


async def test_the_same_key_gives_the_same_answer_and_with_another_body_a_conflict(api: httpx.AsyncClient) -> None:
    assert await hold(api) == await hold(api)
    answer = await post(api, "holds", {"conversation_id": "c_1", "slot_id": "2026-11-23T10:00:00Z"})
    assert (answer.status_code, code(answer)) == (409, "conflict")


async def test_a_place_that_is_gone_is_said_so(api: httpx.AsyncClient, clock: FakeClock) -> None:
    held = await hold(api)
    taken = await post(api, "holds", {"conversation_id": "c_2", "slot_id": TEN})
    assert (taken.status_code, code(taken)) == (409, "slot_taken")
    clock.advance(301)
    expired = await post(api, f"{held['callback_id']}/book", BOOKING)
    assert (expired.status_code, code(expired)) == (409, "hold_expired")


@pytest.mark.parametrize("slot_id", ["2026-11-22T10:30:00Z", "2026-11-23T09:10:00Z", "2027-11-23T09:00:00Z", "soon"])
async def test_a_time_that_the_calendar_does_not_offer_is_not_said_to_be_taken(
    api: httpx.AsyncClient, slot_id: str
) -> None:
    held = await hold(api)
    refused = await post(api, "holds", {"conversation_id": "c_2", "slot_id": slot_id})
    assert (refused.status_code, code(refused)) == (404, "slot_unknown")
    refused = await post(api, f"{held['callback_id']}/change", {"slot_id": slot_id})
    assert (refused.status_code, code(refused)) == (404, "slot_unknown")


async def test_the_contact_is_told(api: httpx.AsyncClient) -> None:
    assert (await api.get("/internal/conversations/c_1/contact")).json() == {
        "contact_id": "p_1",
        "verified": True,
        "customer_id": "17",
        "name": "Kim",
        "email": "kim@example.org",
        "phone": "+4532123456",
    }


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer wrong", f"Basic {SECRET}", "Bearer schlüssel"])
async def test_without_the_secret_nothing_is_answered(
    api: httpx.AsyncClient, method: str, path: str, authorization: str | None
) -> None:
    del api.headers["authorization"]
    headers = {} if authorization is None else {"authorization": authorization.encode("latin-1")}
    answer = await api.request(method, path, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, code(answer)) == (401, "not_authenticated")


@pytest.mark.parametrize("path", ["/", "/internal", "/internal/nothing", "/openapi.json"])
async def test_an_unknown_address_is_not_even_known_to_strangers(api: httpx.AsyncClient, path: str) -> None:
    assert (await api.get(path)).status_code == 404
    del api.headers["authorization"]
    assert (await api.get(path)).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("holds", {"conversation_id": "c_1"}),
        ("holds", {"conversation_id": "c_1", "slot_id": TEN, "extra": 1}),
        ("holds", {"conversation_id": 1, "slot_id": TEN}),
        ("holds", {"conversation_id": "c_1", "slot_id": None}),
        ("holds", {"conversation_id": "c_1", "slot_id": "x" * 41}),
        ("holds", {"conversation_id": "", "slot_id": TEN}),
        ("cb_1/book", {"phone": "+4532123456"}),
        ("cb_1/book", {**BOOKING, "phone": "call me"}),
        ("cb_1/book", {**BOOKING, "topic": "x" * 301}),
        ("cb_1/change", {}),
        ("cb_1/cancel", {"slot_id": TEN}),
    ],
)
async def test_a_body_that_is_not_the_contracts_is_refused(api: httpx.AsyncClient, path: str, body: Any) -> None:
    answer = await post(api, path, body)
    assert (answer.status_code, code(answer)) == (422, "invalid_input")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=51", "limit=five", "limit=5&limit=6", "after=tomorrow", "after=", "who=me"]
)
async def test_a_query_that_is_not_the_contracts_is_refused(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get(f"/internal/callbacks/slots?{query}")
    assert (answer.status_code, code(answer)) == (422, "invalid_input")


@pytest.mark.parametrize("key", [None, "", "two words", "x" * 201])
async def test_a_step_needs_an_idempotency_key(api: httpx.AsyncClient, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"conversation_id": "c_1", "slot_id": TEN}
    answer = await api.post("/internal/callbacks/holds", json=body, headers=headers)
    assert (answer.status_code, code(answer)) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/internal/callbacks/cb_unknown/cancel"),
        ("GET", "/internal/conversations/c_unknown/callbacks"),
        ("GET", "/internal/conversations/c_unknown/contact"),
    ],
)
async def test_what_does_not_exist_is_not_found(api: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await api.request(method, path, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, code(answer)) == (404, "not_found")


async def test_a_store_that_is_away_is_said_so_and_nothing_is_claimed_to_be_done(
    api: httpx.AsyncClient, kept: MemoryStore
) -> None:
    kept.answers = False
    answer = await post(api, "holds", {"conversation_id": "c_1", "slot_id": TEN})
    assert (answer.status_code, code(answer)) == (503, "store_unavailable")
    assert answer.headers["retry-after"] == "2"
    kept.answers = True
    await hold(api)


def test_an_api_without_a_secret_does_not_start() -> None:
    store = MemoryStore()
    clock = FakeClock()
    calendar = Calendar()
    availability = Availability(store, Rules(), calendar, clock, Waits())
    callbacks, words = Callbacks(store, calendar, clock, NOTICES), TimeWords(calendar, NOTICES)
    with pytest.raises(ValueError, match="secret"):
        internal_app(availability, callbacks, words, store.conversations, "")
