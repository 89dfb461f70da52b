"""Promise 15: nobody reads another's conversation — role x conversation x every route and frame, routes from the app.

Seen red with `Reading._may_read` always true, with `SessionTokens.conversation_of` not comparing signatures, and with
the guard's session check taken out.
"""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect

from handoff.instants import to_rfc3339
from tests.connectors.site import AgentDesk, Customer, Site, said
from tests.waiting import PATIENCE_S

SECRET = "the secret of the other customer"
STATES = ("bot", "queue", "mine", "colleague's", "resolved by me", "resolved by colleague", "callback")
READABLE = {"queue", "mine", "resolved by me", "callback"}


async def in_state(site: Site, state: str, ada: AgentDesk, bo: AgentDesk) -> Customer:
    """Bring a conversation, with a secret in it, into a state as Ada sees it."""
    customer = await site.customer()
    await customer.send(SECRET)
    await customer.until(said(f"bot: {SECRET}"))
    if state == "callback":
        await site.booked_callback(customer)
    if state in ("bot", "callback"):
        return customer
    await customer.send("person")
    await customer.until(lambda entry: entry.get("owner") == "queue")
    if state == "queue":
        return customer
    holder = ada if state in ("mine", "resolved by me") else bo
    await holder.done(customer, "claim")
    if state.startswith("resolved"):
        await holder.done(customer, "resolve")
    return customer


def bodies(site: Site) -> dict[str, dict[str, object]]:
    """A good body for every step; a step that is added has none and fails the test."""
    message: dict[str, object] = {"client_msg_id": "x", "text": "hi"}
    return {
        "claim": {},
        "decline": {},
        "replies": message,
        "notes": message,
        "transfer": {"team": "returns"},
        "return": {"outcome": "done"},
        "resolve": {},
        "part": {"merge_id": "m_1"},
        "snooze": {"until": to_rfc3339(site.clock() + 3_600_000)},
        "templates": {"client_msg_id": "x", "name": "hello", "language": "en", "fields": []},
    }


def conversation_routes(site: Site) -> list[tuple[str, str]]:
    """Every method and address that names a conversation, as the app itself has them."""
    return [
        (method, "/" + route.path)
        for route in site.app.router.routes
        for method in sorted(route.methods - {"HEAD", "OPTIONS"})
        if "conversation_id" in route.path
    ]


@pytest.mark.parametrize("state", STATES)
async def test_an_agent_reads_only_what_is_theirs_to_read(site: Site, state: str) -> None:
    async with site.agent() as ada, site.agent("bo") as bo, ada.live() as live:
        customer = await in_state(site, state, ada, bo)
        # Files have a matrix of their own in tests/connectors/media.
        reads = [path for method, path in conversation_routes(site) if method == "GET" and "media_id" not in path]
        assert len(reads) == 2
        for path in reads:
            address = path.replace("<conversation_id:str>", customer.conversation_id)
            answer = await ada.http.get(address)
            assert answer.status_code == (200 if state in READABLE else 403), (path, answer.text)
            assert (SECRET in answer.text) is (state in READABLE)
        await live.send(watch=customer.conversation_id)
        frame = await live.until(lambda frame: frame["type"] in ("entries", "error"))
        assert (SECRET in json.dumps(frame)) is (state in READABLE)
        overview = json.dumps((await ada.get("/overview")).json())
        assert (customer.conversation_id in overview) is (state in ("queue", "mine", "callback"))


@pytest.mark.parametrize("state", ["bot", "colleague's", "resolved by me", "resolved by colleague", "callback"])
async def test_an_agent_changes_nothing_in_a_conversation_that_is_not_theirs(site: Site, state: str) -> None:
    async with site.agent() as ada, site.agent("bo") as bo:
        customer = await in_state(site, state, ada, bo)
        before = await site.store.conversations.read(customer.conversation_id, 0)
        posts = [path for method, path in conversation_routes(site) if method == "POST"]
        letters = [path for path in posts if "/dead-letters/" in path]
        steps = [path for path in posts if path not in letters and not path.endswith("/attachments")]
        assert len(letters) == 1
        assert {path.rpartition("/")[2] for path in steps} == set(bodies(site))
        for path in steps:
            step = path.rpartition("/")[2]
            answer = await ada.act(customer, step, **bodies(site)[step])
            # What may be read answers that there is no such template or merge; nothing is done either way.
            known = (403, 404, 409) if step in ("templates", "part") and state in READABLE else (403, 409)
            assert answer.status_code in known, (step, answer.text)
            assert SECRET not in answer.text
        answer = await ada.post(f"/dead-letters/{customer.conversation_id}/1/replay")
        assert answer.status_code == (404 if state in READABLE else 403)
        assert await site.store.conversations.read(customer.conversation_id, 0) == before


async def test_a_customer_reads_their_own_conversation_whatever_else_they_name(any_site: Site) -> None:
    victim, other = await any_site.customer(), await any_site.customer()
    await victim.send(SECRET)
    await victim.until(said(f"bot: {SECRET}"))
    for query in ("", f"?conversation_id={victim.conversation_id}"):
        answer = await any_site.http.get(f"/api/chat/events{query}", headers=other.headers)
        assert SECRET not in answer.text
    mixed = other.token.partition(".")[0] + "." + victim.token.partition(".")[2]
    swapped = victim.token.partition(".")[0] + "." + other.token.partition(".")[2]
    for token in (mixed, swapped, victim.conversation_id):
        answer = await any_site.http.get("/api/chat/events", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    # A button of one conversation is none of another.
    await victim.send("menu")
    shown = await victim.until(lambda entry: bool(entry["buttons"]))
    assert (await other.post(client_msg_id="x", choice=shown["buttons"][0]["id"])).status_code == 404


async def test_a_customers_socket_hears_only_of_their_own_conversation(any_site: Site) -> None:
    victim, other = await any_site.customer(), await any_site.customer()
    async with other.live() as live:
        await live.frame()
        await victim.send(SECRET)
        await victim.until(said(f"bot: {SECRET}"))
        await other.send("hello")
        frames = [await live.frame()]
        while "bot: hello" not in str(frames):
            frames.append(await live.frame())
        assert SECRET not in str(frames)


async def test_a_customers_token_opens_nothing_at_the_desk_and_a_desks_session_nothing_in_the_chat(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        token = ada.http.cookies["baton_desk"]
        for path in ("/api/desk/overview", f"/api/desk/conversations/{customer.conversation_id}"):
            cookie = {"Cookie": f"baton_desk={customer.token}"}
            assert (await site.http.get(path, headers={**customer.headers, **cookie})).status_code == 401
        answer = await ada.http.get("/api/chat/events", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        async with connect(f"{site.origin.replace('http', 'ws')}/api/chat/ws") as socket:
            await socket.send(json.dumps({"token": token}))
            async with asyncio.timeout(PATIENCE_S):
                assert "not_authenticated" in str(await socket.recv())
