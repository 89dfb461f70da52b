"""What a page hears, and when: nothing falls between reading the log and waiting for more."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from connectors.web.feed import Feed
from handoff.errors import NotAuthenticated
from handoff.gateway import Gateway
from handoff.rules import Rules
from handoff.store.port import AGENT_TYPES, BOT_TYPES, CONTACT_TYPES, Moved
from tests.connectors.site import Site, said
from tests.waiting import PATIENCE_S


@pytest.fixture
def feed(site: Site, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """A feed that takes no second look by itself."""
    monkeypatch.setattr("connectors.web.feed.RECHECK_S", 60.0)
    return Feed(Gateway(site.store, Rules(), site.clock), site.store.conversations, site.hub, site.clock)


async def test_what_comes_while_a_page_takes_its_first_answer_is_told_next(site: Site, feed: Feed) -> None:
    customer = await site.customer()
    async with aclosing(feed.follow(customer.conversation_id, 0)) as pages:
        assert (await anext(pages))["entries"] == []
        await customer.send("hello")
        await customer.until(said("bot: hello"))
        async with asyncio.timeout(PATIENCE_S):
            told = (await anext(pages))["entries"]
    assert [entry["text"] for entry in told] == ["hello", "bot: hello"]


async def test_a_page_that_lags_gets_everything_in_order(site: Site, feed: Feed) -> None:
    customer = await site.customer()
    async with aclosing(feed.follow(customer.conversation_id, 0)) as pages:
        await anext(pages)
        for word in ("one", "two", "three"):
            await customer.send(word)
            await customer.until(said(f"bot: {word}"))
        async with asyncio.timeout(PATIENCE_S):
            told = (await anext(pages))["entries"]
    assert [entry["text"] for entry in told if entry["author"] == "contact"] == ["one", "two", "three"]


@pytest.mark.parametrize(("signal", "author"), [(BOT_TYPES, "bot"), (AGENT_TYPES, "agent")])
async def test_who_types_is_told_without_moving_the_page(site: Site, feed: Feed, signal: str, author: str) -> None:
    customer = await site.customer()
    async with aclosing(feed.follow(customer.conversation_id, 0)) as pages:
        await anext(pages)
        await site.store.conversations.announce(Moved(customer.conversation_id, signal=signal))
        async with asyncio.timeout(PATIENCE_S):
            told = await anext(pages)
    assert [(entry["kind"], entry["author"]) for entry in told["entries"]] == [("typing", author)]
    assert told["last_seq"] == 0


async def test_the_customers_own_typing_is_not_told_to_them(site: Site, feed: Feed) -> None:
    customer = await site.customer()
    poll = asyncio.create_task(feed.wait(customer.conversation_id, 0, 0.2))
    await asyncio.sleep(0)
    await site.store.conversations.announce(Moved(customer.conversation_id, signal=CONTACT_TYPES))
    assert (await poll)["entries"] == []


async def test_a_note_between_agents_wakes_no_customer(site: Site, feed: Feed) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        await ada.done(customer, "claim")
        after = (await customer.events())["last_seq"]
        await ada.done(customer, "notes", client_msg_id="n", text="between us")
        page = await feed.wait(customer.conversation_id, after, 0.05)
        assert page == {"entries": [], "last_seq": after + 1}


async def test_the_poll_ends_when_the_process_stops(site: Site, feed: Feed) -> None:
    customer = await site.customer()
    site.hub.close()
    async with asyncio.timeout(PATIENCE_S):
        assert await feed.wait(customer.conversation_id, 0, 25) == {"entries": [], "last_seq": 0}


async def test_whoever_asks_for_no_conversation_is_turned_away(feed: Feed) -> None:
    with pytest.raises(NotAuthenticated):
        await feed.wait("c_none", 0, 0)
