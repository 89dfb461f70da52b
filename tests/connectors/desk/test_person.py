"""A person on several channels, as an agent reads and answers them over real HTTP."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx

from handoff.entry import Author, Entry, Kind, Owner
from handoff.gateway import Gateway
from handoff.model import Contact, Conversation
from handoff.rules import Rules
from tests.connectors.site import AgentDesk, Customer, Site, eventually

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
    kept = await site.store.conversations.get(customer.conversation_id)
    early = Entry(Kind.NOTE, Author.AGENT, at=site.clock() - 3_600_000, text="early")
    await site.store.conversations.commit(kept, kept, (early,), site.clock())
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
