"""A person on several channels, as an agent reads and answers them over real HTTP."""

from __future__ import annotations

import asyncio
import re
from itertools import pairwise
from typing import Any

import httpx
from playwright.async_api import Route, expect

from handoff.entry import Author, Entry, Kind, Owner
from handoff.gateway import Gateway
from handoff.model import Contact, Conversation
from handoff.rules import Rules
from tests.connectors.browser import chromium, open_desk, window
from tests.connectors.site import AgentDesk, Customer, Site
from tests.waiting import eventually

PHONE = "+4532123456"
TELEGRAM = "c_telegram"


async def write_on_telegram(site: Site, text: str) -> None:
    """Have the customer write on Telegram, and wait until the worker has dealt with it."""
    conversations = site.store.conversations
    opened = Conversation(TELEGRAM, Contact("p_telegram", phone=PHONE), "telegram", site.clock())
    await conversations.open(opened)
    end = await Gateway(site.store, Rules(), site.clock).accept(
        TELEGRAM, external_id=f"m{site.clock()}{text}", text=text
    )

    async def dealt_with() -> bool:
        return (await conversations.get(TELEGRAM)).cursor >= end.seq

    await eventually(dealt_with)


async def person(site: Site) -> Customer:
    """A customer of the page who waits for a person and is proven to be somebody on Telegram."""
    await write_on_telegram(site, "on Telegram")
    site.clock.advance(1)
    customer = await site.waiting_customer()
    conversations = site.store.conversations
    stranger = await conversations.get(customer.conversation_id)
    known = Contact(stranger.contact.id, verified=True, customer_id="7", phone=PHONE)
    await conversations.commit(stranger, stranger.revised(contact=known), (), site.clock())
    site.clock.advance(1)
    await customer.send("still here")

    async def joined() -> bool:
        return any(entry.kind is Kind.CONTACT for entry in (await conversations.read(TELEGRAM, 0)).entries)

    await eventually(joined)
    site.clock.advance(1)
    return customer


async def opened(desk: AgentDesk, conversation_id: str) -> dict[str, Any]:
    answer = await desk.get(f"/conversations/{conversation_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def part(desk: AgentDesk, customer: Customer, merge_id: str) -> httpx.Response:
    return await desk.act(customer, "part", merge_id=merge_id)


async def test_the_agent_reads_one_timeline_and_where_the_customer_last_wrote(any_site: Site) -> None:
    customer = await person(any_site)
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        for conversation_id in (customer.conversation_id, TELEGRAM):
            page = await opened(ada, conversation_id)
            assert page["person"]["last_used"] == customer.conversation_id
            assert {each["channel"] for each in page["person"]["conversations"]} == {"web", "telegram"}
            assert {each["conversation_id"] for each in page["entries"]} == {customer.conversation_id, TELEGRAM}
            assert all(one["sent_at"] <= other["sent_at"] for one, other in pairwise(page["entries"]))
            for each in page["person"]["conversations"]:
                own = [one["seq"] for one in page["entries"] if one["conversation_id"] == each["conversation_id"]]
                assert own == list(range(1, each["last_seq"] + 1))
            own_end = next(
                each["last_seq"]
                for each in page["person"]["conversations"]
                if each["conversation_id"] == conversation_id
            )
            assert page["last_seq"] == own_end
        await write_on_telegram(any_site, "now from here")
        assert (await opened(ada, customer.conversation_id))["person"]["last_used"] == TELEGRAM
        reply = await ada.done(customer, "replies", client_msg_id="r1", text="Hello there")
        assert reply["conversation_id"] == TELEGRAM
        note = await ada.done(customer, "notes", client_msg_id="n1", text="a note")
        assert note["conversation_id"] == customer.conversation_id


async def test_a_reply_is_refused_that_would_not_go_where_the_agent_was_shown(any_site: Site) -> None:
    """Seen red with `to` not handed on to the desk service."""
    customer = await person(any_site)
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        shown = (await opened(ada, customer.conversation_id))["sending"]["conversation_id"]
        await write_on_telegram(any_site, "now from here")
        refused = await ada.act(customer, "replies", client_msg_id="r1", text="Hello there", to=shown)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "wrote_elsewhere")
        assert "on telegram" in refused.json()["error"]["message"]
        now = (await opened(ada, customer.conversation_id))["sending"]["conversation_id"]
        assert now == TELEGRAM
        body = {"client_msg_id": "r1", "text": "Hello there"}
        assert (await ada.done(customer, "replies", **body, to=now))["conversation_id"] == TELEGRAM
        body = {"client_msg_id": "r2", "text": "Hello here"}
        insisted = await ada.done(customer, "replies", **body, to=shown, insist=True)
        assert insisted["conversation_id"] == customer.conversation_id
        assert (await ada.act(customer, "notes", client_msg_id="n1", text="a note", to=now)).status_code == 422


async def test_an_agent_chooses_where_what_they_typed_goes_when_the_customer_wrote_elsewhere(site: Site) -> None:
    """Seen red without `to` in what the desk sends, and without the look at where a reply goes once one was refused."""
    customer = await person(site)
    fresh = asyncio.Event()

    async def later(route: Route) -> None:
        await fresh.wait()
        await route.continue_()

    async with chromium() as browser, window(browser) as page:
        await open_desk(page, site)
        await page.locator(".card").first.click()
        await page.get_by_role("button", name="Take it").click()
        field, send = page.get_by_label("Reply to the customer"), page.locator(".composer .main")
        await field.fill("Your code is 1234")
        await expect(page.get_by_text("Replies go to Web")).to_be_visible()
        await page.route(re.compile(r"/api/desk/conversations/[^/]+$"), later)
        await write_on_telegram(site, "now from here")
        await send.click()
        await expect(page.get_by_text("Nothing was sent: a reply goes into another conversation now")).to_be_visible()
        await expect(field).to_have_value("Your code is 1234")
        fresh.set()
        await expect(send).to_have_text("Send on Telegram")
        await page.get_by_role("button", name="Send on Web all the same").click()
        await expect(field).to_have_value("")
        await expect(send).to_have_text("Send")
    page_log, telegram = [
        [entry.text for entry in (await site.store.conversations.read(name, 0)).entries if entry.author is Author.AGENT]
        for name in (customer.conversation_id, TELEGRAM)
    ]
    assert (page_log, telegram) == (["Your code is 1234"], [])


async def test_the_agent_is_told_where_a_reply_goes_when_a_colleague_has_the_person_elsewhere(site: Site) -> None:
    """Seen red with the place where the customer last wrote, whoever has it."""
    customer = await person(site)
    async with site.agent() as ada:
        await ada.done(customer, "claim")
        kept = await site.store.conversations.get(TELEGRAM)
        theirs = kept.revised(owner=Owner.AGENT, agent_id="a_bo", agent_name="Bo Berg", epoch=kept.epoch + 1)
        await site.store.conversations.commit(kept, theirs, (), site.clock())
        site.clock.advance(1)
        await write_on_telegram(site, "to Bo")
        page = await opened(ada, customer.conversation_id)
        assert page["person"]["last_used"] == TELEGRAM
        reply = await ada.done(customer, "replies", client_msg_id="r1", text="Hello there")
        assert page["sending"]["conversation_id"] == reply["conversation_id"] == customer.conversation_id


async def test_an_entry_written_by_a_clock_that_is_behind_stays_in_its_place(site: Site) -> None:
    customer = await person(site)
    early = Entry(Kind.NOTE, Author.AGENT, at=site.clock() - 3_600_000, text="early")
    await site.append(customer.conversation_id, early)
    async with site.agent() as ada:
        entries = (await opened(ada, customer.conversation_id))["entries"]
        own = [each["seq"] for each in entries if each["conversation_id"] == customer.conversation_id]
        assert own == sorted(own)


async def test_who_may_read_one_conversation_of_a_person_may_read_the_others_until_they_are_parted(site: Site) -> None:
    """Seen red with `Reading.may_read` asking about the one conversation alone, and `parted` keeping identities."""
    customer = await person(site)
    async with site.agent() as ada, site.agent("bo") as bo:
        await ada.done(customer, "claim")
        assert (await ada.get(f"/conversations/{TELEGRAM}")).status_code == 200
        assert (await bo.get(f"/conversations/{TELEGRAM}")).status_code == 403
        (merge,) = (await opened(ada, TELEGRAM))["person"]["merges"]
        assert (merge["proof"], PHONE in str(merge)) == ("phone", False)
        assert (await part(bo, customer, merge["merge_id"])).status_code == 403
        assert (await part(ada, customer, "m_unknown")).status_code == 404
        assert (await part(ada, customer, merge["merge_id"])).status_code == 200
        assert (await ada.get(f"/conversations/{TELEGRAM}")).status_code == 403
        page = await opened(ada, customer.conversation_id)
        assert {each["conversation_id"] for each in page["entries"]} == {customer.conversation_id}
        assert page["person"]["merges"] == []
