"""The description is true: every route is in it, everything in it exists, and real answers are as it says."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from connectors.base import Capabilities, TemplateShape
from connectors.mail import SmtpMail, SmtpOptions
from connectors.openapi import description
from connectors.operations import OPERATIONS
from handoff.contacts import Contacts
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Author, Entry, Kind
from handoff.instants import to_rfc3339
from handoff.model import Contact, Conversation, HandoffReason
from handoff.store.memory import MemoryStore
from tests.connectors.mailbox import mailbox
from tests.connectors.messaging.played import PlayedChannel
from tests.connectors.site import API_KEY, AgentDesk, Customer, Site

PHONE = "phone:+4520123456"


def closed(schema: Any) -> Any:
    """Close every described object, so that an answer with a field more than described fails."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(each) for name, each in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in inner else inner


COMPONENTS = closed(description()["components"])


class Called:
    """Calls the app and holds each answer against the description."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str, int]] = set()

    def check(self, answer: httpx.Response) -> httpx.Response:
        """Check one answer."""
        method, path = answer.request.method.lower(), template(answer.request.url.path)
        described = description()["paths"][path][method]["responses"][str(answer.status_code)]
        self.seen.add((method, path, answer.status_code))
        if "content" not in described:
            assert answer.content == b""
            return answer
        if "*/*" in described["content"]:
            assert answer.content
            return answer
        assert answer.headers["content-type"] == "application/json"
        schema = {**described["content"]["application/json"]["schema"], "components": COMPONENTS}
        problems = [
            f"{list(problem.absolute_path)}: {problem.message}"
            for problem in Draft202012Validator(schema).iter_errors(answer.json())
        ]
        assert not problems, (method, path, problems)
        return answer


def template(path: str) -> str:
    """Return the described path that an address belongs to."""
    for operation in OPERATIONS:
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", operation.path), path):
            return operation.path
    raise AssertionError(f"{path} is not described")


async def test_every_route_of_the_api_is_described_and_every_described_one_exists(site: Site) -> None:
    routes = {
        (method.lower(), "/" + re.sub(r"<(\w+):\w+>", r"{\1}", route.path))
        for route in site.app.router.routes
        for method in route.methods - {"HEAD", "OPTIONS"}
        if route.path.startswith("api/")
    }
    assert routes == {(operation.method, operation.path) for operation in OPERATIONS}


async def test_the_description_is_served_and_sound(site: Site) -> None:
    served = (await site.http.get("/api/openapi.json")).json()
    assert served == description()
    names = set(served["components"]["schemas"])
    referred = set(re.findall(r"#/components/schemas/(\w+)", str(served)))
    assert referred <= names
    ids = [operation.id for operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    for schema in served["components"]["schemas"].values():
        validator_for(schema, Draft202012Validator).check_schema(schema)


async def test_real_answers_are_as_described() -> None:
    called = Called()
    played = PlayedChannel(Capabilities(max_text=100, templates=True, session_window_s=60))
    played.shapes = (TemplateShape("shipped", "en", "Order {{1}} is on its way.", 1),)
    async with (
        mailbox() as box,
        Site.running(
            MemoryStore(),
            mail=SmtpMail(SmtpOptions.of(f"smtp://127.0.0.1:{box.port}", "shop@example.com")),
            channels={"played": played},
        ) as site,
    ):
        customer, asked = await site.customer(), called.check
        asked(await site.http.get("/api/health"))
        asked(await site.http.get("/api/openapi.json"))
        asked(await site.http.get("/api/chat/offer"))
        await as_customer(site, customer, called)
        async with site.agent() as ada, site.agent("bo"):
            await as_agent_on_a_channel(site, ada, called)
            await as_agent_of_a_person(site, customer, ada, called)
            await as_agent(site, customer, ada, called)
    good = {(method, path) for method, path, status in called.seen if status < 400}
    described = {(each.method, each.path) for each in OPERATIONS if each.status != 101}
    assert described - good == set()


async def as_customer(site: Site, customer: Customer, called: Called) -> None:
    """Make every call of a customer, well and badly."""
    asked = called.check
    asked(await site.http.post("/api/chat/sessions", json={"language": "en"}))
    asked(await site.http.post("/api/chat/sessions", json={"token": "x"}))
    asked(await customer.post(client_msg_id="a", text="menu"))
    asked(await customer.post(client_msg_id="a", text="other"))
    asked(await customer.post(client_msg_id="b", choice="99.0"))
    asked(await customer.post(client_msg_id="b"))
    asked(await site.http.post("/api/chat/messages", content=b"{", headers={"Content-Type": "application/json"}))
    asked(await site.http.post("/api/chat/messages", content=b"{", headers=customer.headers))
    await customer.until(lambda entry: bool(entry["buttons"]))
    await site.booked_callback(customer)
    await customer.send("gibberish")
    await customer.send("person")
    await customer.until(lambda entry: entry.get("owner") == "queue")
    asked(await site.http.get("/api/chat/events", headers=customer.headers))
    asked(await site.http.get("/api/chat/events"))
    asked(await site.http.get("/api/chat/transcript", headers=customer.headers))
    to = {"email": "mia@example.com"}
    asked(await site.http.post("/api/chat/transcript", json=to, headers=customer.headers))
    address = "/api/chat/attachments"
    file = asked(await site.http.post(f"{address}?name=a.txt", content=b"some words", headers=customer.headers)).json()
    asked(await customer.post(client_msg_id="f", attachments=[file["token"]]))
    asked(await site.http.get(f"{address}/{file['attachment']['id']}", headers=customer.headers))
    asked(await site.http.get(f"{address}/{'0' * 64}", headers=customer.headers))
    leaver = await site.customer()
    asked(await site.http.post("/api/chat/end", headers=leaver.headers))
    asked(await site.http.get("/api/chat/events", headers=leaver.headers))
    asked(await site.http.post("/api/chat/end"))


async def as_agent_on_a_channel(site: Site, ada: AgentDesk, called: Called) -> None:
    """Make every call about sending, with a message that could not be delivered."""
    asked, store, now = called.check, site.store, site.clock()
    before = await store.conversations.open(Conversation("c_played", Contact("p_played"), "played", now))
    waiting = before.request_handoff("h", HandoffReason.ASKED, "", {}, now).conversation
    after = waiting.claim("a_ada", "Ada Holm", now).conversation
    said = Entry(Kind.MESSAGE, Author.BOT, now, text="Your parcel is here.")
    await store.conversations.commit(before, after, (said, said), now)
    parcel = await store.outbox.take("c_played", now, 60_000)
    assert parcel is not None
    for seq in (1, 2):
        report = DeliveryReport(DeliveryStatus.FAILED, now, "403", "They have blocked us.")
        await store.outbox.settle(parcel, seq, report, now)
    for path in ("/dead-letters", "/overview", "/conversations/c_played", "/channels/played/templates"):
        asked(await ada.get(path))
    asked(await ada.get("/channels/none/templates"))
    asked(await ada.post("/dead-letters/c_played/1/replay"))
    asked(await ada.post("/dead-letters/c_played/1/replay"))
    asked(await ada.http.delete("/api/desk/dead-letters/c_played/2"))
    template = {"client_msg_id": "t", "name": "shipped", "language": "en"}
    asked(await ada.post("/conversations/c_played/templates", **template, fields=["10234"]))
    asked(await ada.post("/conversations/c_played/templates", **template, fields=[]))
    asked(await ada.get("/conversations/c_played/entries"))


async def as_agent_of_a_person(site: Site, customer: Customer, ada: AgentDesk, called: Called) -> None:
    """Make every call about files and about one person on two channels."""
    asked, one = called.check, f"/conversations/{customer.conversation_id}"
    upload = await ada.http.post(f"/api/desk{one}/attachments?name=b.txt", content=b"words of ours")
    token, media_id = asked(upload).json()["token"], upload.json()["attachment"]["id"]
    asked(await ada.post(f"{one}/notes", client_msg_id="file", attachments=[token]))
    asked(await ada.get(f"{one}/attachments/{media_id}"))
    key = {"Authorization": f"Bearer {API_KEY}", "Idempotency-Key": "n1"}
    notice = {
        "to": {"contact_id": (await site.store.conversations.get(customer.conversation_id)).contact.id},
        "order": "10234",
        "update": "shipped",
    }
    asked(await site.http.post("/api/notify", json=notice, headers=key))
    asked(await site.http.post("/api/notify", json=notice))
    nobody = {**notice, "to": {"contact_id": "p_nobody"}}
    asked(await site.http.post("/api/notify", json=nobody, headers={**key, "Idempotency-Key": "n2"}))
    contacts = Contacts(site.store, site.clock)
    for name in (customer.conversation_id, "c_played"):
        assert await contacts.prove(await site.store.conversations.get(name), PHONE) is (name == "c_played")
    person = asked(await ada.get(one)).json()["person"]
    asked(await ada.post(f"{one}/part", merge_id=person["merges"][0]["merge_id"]))
    asked(await ada.post(f"{one}/part", merge_id="none"))


async def as_agent(site: Site, customer: Customer, ada: AgentDesk, called: Called) -> None:
    """Make every call of an agent, well and badly."""
    asked, one = called.check, f"/conversations/{customer.conversation_id}"
    body = {"login": "ada", "password": "a password of ten"}
    asked(await site.http.post("/api/desk/login", json=body, headers={"Origin": site.origin}))
    asked(await site.http.post("/api/desk/login", json=body))
    asked(await site.http.get("/api/desk/me", headers={"Cookie": ""}))
    asked(await ada.post("/presence", "PUT", presence="online"))
    for path in ("/me", "/overview", "/callbacks", one, f"{one}/entries", "/conversations/c_none"):
        asked(await ada.get(path))
    kept = await site.store.conversations.get(customer.conversation_id)
    offered = kept.offer("a_ada", "Ada Holm", site.clock() + 30_000, site.clock())
    await site.store.conversations.commit(kept, offered.conversation, offered.entries, site.clock())
    asked(await ada.get("/overview"))
    asked(await ada.post(f"{one}/decline"))
    asked(await ada.post(f"{one}/claim"))
    asked(await ada.post(f"{one}/replies", client_msg_id="r1", text="hello"))
    asked(await ada.post(f"{one}/notes", client_msg_id="n1", text="a note"))
    asked(await ada.post(f"{one}/snooze", until=to_rfc3339(site.clock() + 60_000)))
    asked(await ada.post(f"{one}/snooze", until="tomorrow"))
    contacts, conversations = Contacts(site.store, site.clock), site.store.conversations
    other = await conversations.open(Conversation("c_other", Contact("p_other"), "telegram", site.clock()))
    for each in (other, await conversations.get(customer.conversation_id)):
        await contacts.prove(each, "phone:+4532123456")
    (merge,) = asked(await ada.get(one)).json()["person"]["merges"]
    asked(await ada.post(f"{one}/part", merge_id=merge["merge_id"]))
    asked(await ada.post(f"{one}/part", merge_id="m_none"))
    asked(await ada.get(one))
    asked(await ada.post(f"{one}/return", outcome="told them"))
    for last in ("resolve", "transfer"):
        asks = await customer.send("person")
        await customer.until(lambda entry: entry.get("owner") == "queue", after=asks)
        asked(await ada.post(f"{one}/claim"))
        asked(await ada.post(f"{one}/{last}", **({"agent_id": "a_bo"} if last == "transfer" else {})))
    asked(await ada.post(f"{one}/replies", client_msg_id="r2", text="not mine any more"))
    callback = (await ada.get("/callbacks")).json()["callbacks"][0]["callback_id"]
    asked(await ada.post(f"/callbacks/{callback}/done", outcome="reached"))
    asked(await ada.post(f"/callbacks/{callback}/done", outcome="no_answer"))
    asked(await ada.get("/overview"))
    asked(await ada.post("/logout"))


@pytest.mark.parametrize("name", sorted(description()["components"]["schemas"]))
def test_requests_refuse_unknown_fields_as_the_app_does(name: str) -> None:
    schema = description()["components"]["schemas"][name]
    if name.endswith("Request"):
        assert schema["additionalProperties"] is False
