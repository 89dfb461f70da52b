"""A guest who ends the chat: none of their tokens opens anything any more, and the desk knows at once.

Guards taken out to see the tests go red: the look at `ended_at` behind a token (`connectors.web.kept`); the end found
in the log by who follows it; the look after a first read that began past the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from connectors.web.feed import Feed
from handoff.bot import TurnRequest
from handoff.gateway import Gateway
from handoff.rules import Rules
from handoff.store.memory import MemoryStore
from tests.connectors.site import Customer, Site, said
from tests.connectors.web.test_routes import signed
from tests.waiting import PATIENCE_S


async def end(customer: Customer, **request: Any) -> httpx.Response:
    """End the chat as the widget does."""
    return await customer.site.http.post("/api/chat/end", headers=customer.headers, **request)


async def ended(customer: Customer) -> None:
    """End the chat, which must succeed."""
    answer = await end(customer)
    assert (answer.status_code, answer.content) == (204, b"")


def is_left(card: Mapping[str, Any], customer: Customer) -> bool:
    return bool(card["id"] == customer.conversation_id and card["ended"])


# tokens


async def test_no_token_opens_anything_any_more(any_site: Site) -> None:
    site, customer = any_site, await any_site.customer()
    file = await site.http.post("/api/chat/attachments?name=a.txt", content=b"words", headers=customer.headers)
    await customer.post(client_msg_id="a", attachments=[file.json()["token"]], text="menu")
    shown = await customer.until(lambda entry: bool(entry["buttons"]))
    other = await site.customer(token=customer.token)
    await ended(customer)
    media = f"/api/chat/attachments/{file.json()['attachment']['id']}"
    for page in (customer, other):
        asked, headers = site.http, page.headers
        answers = [
            await page.post(client_msg_id="b", text="hello"),
            await page.post(client_msg_id="a", text="menu"),
            await page.post(client_msg_id="c", choice=shown["buttons"][0]["id"]),
            await page.post(client_msg_id="d", choice="99.0"),
            *[await asked.get("/api/chat/events", params=where, headers=headers) for where in ({}, {"after": 10**6})],
            await asked.get("/api/chat/transcript", headers=headers),
            await asked.post("/api/chat/transcript", json={"email": "mia@example.com"}, headers=headers),
            await asked.post("/api/chat/attachments?name=b.txt", content=b"words", headers=headers),
            await asked.get(media, headers=headers),
            await asked.post("/api/chat/sessions", json={"token": page.token}),
        ]
        said_no = [answer.json()["error"]["code"] for answer in answers if answer.status_code == 401]
        assert said_no == ["not_authenticated"] * len(answers), [answer.status_code for answer in answers]
        async with page.live() as live:
            assert await live.closing() == 4401
    assert (await site.customer()).conversation_id != customer.conversation_id


async def test_pages_that_follow_are_turned_away_at_once(any_site: Site) -> None:
    customer = await any_site.customer()
    await customer.send("hello")
    last = (await customer.until(said("bot: hello")))["seq"]
    address = f"/api/chat/events?after={last}&wait=20"
    async with customer.live(last) as live, customer.live(10**6) as ahead:
        assert (await live.frame())["entries"] == []
        assert (await ahead.frame())["entries"] == []
        poll = asyncio.create_task(any_site.http.get(address, headers=customer.headers, timeout=30))
        await asyncio.sleep(0)
        await ended(customer)
        assert await live.closing() == 4401
        assert await ahead.closing() == 4401
    async with asyncio.timeout(PATIENCE_S):
        assert (await poll).status_code == 401


async def test_an_end_during_the_first_read_is_seen_by_a_page_that_asks_past_it(site: Site) -> None:
    """Goes red when the conversation is looked at before its log."""
    customer = await site.customer()

    class Ends(Gateway):
        async def page(self, conversation_id: str, after: int = 0, limit: int = 500) -> Any:
            await self.end(conversation_id)
            return await super().page(conversation_id, after, limit)

    feed = Feed(Ends(site.store, Rules(), site.clock), site.store.conversations, site.hub, site.clock)
    with pytest.raises(Exception, match="ended"):
        await feed.wait(customer.conversation_id, 10**6, 0)


async def test_ending_again_is_answered_alike_and_told_once(any_site: Site) -> None:
    customer = await any_site.customer()
    answers = await asyncio.gather(*(end(customer) for _ in range(3)), end(customer, json={}))
    assert {answer.status_code for answer in answers} == {204}
    log = await any_site.store.conversations.read(customer.conversation_id, 0)
    assert [entry.event for entry in log.entries] == ["ended"]


async def test_only_a_token_ends_and_only_with_nothing_more_to_say(site: Site) -> None:
    customer = await site.customer()
    assert (await site.http.post("/api/chat/end")).status_code == 401
    assert (await end(customer, json={"conversation_id": "c_other"})).status_code == 422
    gone = Customer(site, customer.token, customer.conversation_id)
    site.store.conversations._logs.kept.clear()  # type: ignore[attr-defined]
    assert (await end(gone)).status_code == 401


async def test_a_user_whom_the_host_page_signs_is_told_that_theirs_does_not_end(site: Site) -> None:
    customer = await site.customer(**signed(site))
    answer = await end(customer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert "sign out" in answer.json()["error"]["message"]
    await customer.send("still here")


async def test_while_the_store_is_away_nothing_ends(site: Site) -> None:
    assert isinstance(site.store, MemoryStore)
    customer = await site.customer()
    site.store.answers = False
    answer = await end(customer)
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    site.store.answers = True
    await customer.send("still here")


# the desk


async def test_who_waits_is_out_of_the_queue_and_of_every_offer(any_site: Site) -> None:
    site, customer = any_site, await any_site.waiting_customer()
    async with site.agent() as ada, ada.live() as live:
        kept = await site.store.conversations.get(customer.conversation_id)
        offered = kept.offer("a_ada", "Ada Holm", site.clock() + 30_000, site.clock())
        await site.store.conversations.commit(kept, offered.conversation, offered.entries, site.clock())
        await live.until(lambda frame: any(card["offered_to"] for card in frame.get("queue", ())))
        await ended(customer)
        await live.until(lambda frame: frame.get("queue") == [])
        assert (await ada.act(customer, "claim")).status_code == 409


async def test_the_agent_sees_at_once_that_the_customer_left(any_site: Site) -> None:
    site, customer = any_site, await any_site.waiting_customer()
    async with site.agent() as ada, ada.live() as live:
        await ada.done(customer, "claim")
        await customer.send("hello?")
        await live.send(watch=customer.conversation_id, after=0)
        await ended(customer)
        frames = [await live.frame()]
        while not any(is_left(card, customer) for frame in frames for card in frame.get("mine", ())) or not any(
            entry.get("event") == "ended" for frame in frames for entry in frame.get("entries", ())
        ):
            frames.append(await live.frame())
        opened = (await ada.get(f"/conversations/{customer.conversation_id}")).json()
        assert (opened["conversation"]["agent_id"], opened["conversation"]["waiting_seconds"]) == ("a_ada", 0)
        assert opened["sending"]["ended"]
        assert "hello?" in [entry["text"] for entry in opened["entries"]]
        answer = await ada.act(customer, "replies", client_msg_id="r", text="Are you there?")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "chat_ended")
        assert (await ada.act(customer, "transfer", team="repairs")).status_code == 409
        await ada.done(customer, "notes", client_msg_id="n", text="gone")
        await ada.done(customer, "resolve")


async def test_what_was_booked_is_still_to_be_made(site: Site) -> None:
    customer = await site.customer()
    booked = await site.booked_callback(customer)
    await ended(customer)
    async with site.agent() as ada:
        callbacks = (await ada.get("/overview")).json()["callbacks"]
        assert [each["callback_id"] for each in callbacks] == [booked.id]
        assert (await ada.get(f"/conversations/{customer.conversation_id}")).status_code == 200


async def test_an_answer_under_way_reaches_nobody(any_site: Site) -> None:
    asked, answers = asyncio.Event(), asyncio.Event()

    async def hold(_: TurnRequest) -> None:
        asked.set()
        await answers.wait()

    any_site.bot.before_answer = hold
    customer = await any_site.customer()
    await customer.send("person")
    async with asyncio.timeout(PATIENCE_S):
        await asked.wait()
    await ended(customer)
    answers.set()
    other = await any_site.customer()
    await other.send("hello")
    await other.until(said("bot: hello"))
    log = await any_site.store.conversations.read(customer.conversation_id, 0)
    assert [(entry.text, entry.event) for entry in log.entries] == [("person", None), ("", "ended")]
    assert await any_site.store.conversations.queued() == []
