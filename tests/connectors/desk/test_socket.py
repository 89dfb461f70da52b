"""The desk's live socket: lists after every change, the conversation being read, nothing after the session ended."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.site import Site, said
from tests.waiting import eventually


async def test_the_lists_come_on_opening_and_after_every_change(any_site: Site) -> None:
    async with any_site.agent() as ada, ada.live() as live:
        assert (await live.frame())["type"] == "overview"
        customer = await any_site.waiting_customer()
        await live.until(lambda frame: [card["id"] for card in frame["queue"]] == [customer.conversation_id])
        await ada.done(customer, "claim")
        await live.until(lambda frame: [card["id"] for card in frame["mine"]] == [customer.conversation_id])
        await customer.send("are you there?")
        await live.until(lambda frame: bool(frame["mine"]) and frame["mine"][0]["last_text"] == "are you there?")


async def test_a_colleagues_presence_shows_at_once(site: Site) -> None:
    async with site.agent() as ada, ada.live() as live:
        await live.frame()
        async with site.agent("bo"):
            await live.until(lambda frame: frame["agents"][1]["presence"] == "online")


async def test_a_watched_conversation_comes_whole_and_then_live(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    async with any_site.agent() as ada, ada.live() as live:
        await ada.done(customer, "claim")
        await live.send(watch=customer.conversation_id, after=0)
        whole = await live.until(lambda frame: frame["type"] == "entries")
        assert [entry["seq"] for entry in whole["entries"]] == list(range(1, whole["last_seq"] + 1))
        await customer.send("one more thing")
        entry = await live.entry(said("one more thing"))
        assert entry["seq"] == whole["last_seq"] + 1
        await ada.reply(customer, "go on")
        assert (await live.entry(said("go on")))["facts"] == {"agent_id": "a_ada"}


async def test_a_page_that_turns_to_another_conversation_hears_only_of_that_one(site: Site) -> None:
    one, two = await site.waiting_customer(), await site.waiting_customer()
    async with site.agent() as ada, ada.live() as live:
        await live.send(watch=one.conversation_id)
        await live.until(lambda frame: frame["type"] == "entries")
        await live.send(watch=two.conversation_id)
        await live.until(lambda frame: frame.get("conversation_id") == two.conversation_id)
        await one.send("to nobody's page")
        await two.send("to the page")
        frame = await live.until(lambda frame: frame["type"] == "entries")
        assert frame["conversation_id"] == two.conversation_id


async def test_asking_again_gives_an_answer_even_if_nothing_is_new(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, ada.live() as live:
        await live.send(watch=customer.conversation_id)
        whole = await live.until(lambda frame: frame["type"] == "entries")
        await live.send(watch=customer.conversation_id, after=whole["last_seq"])
        again = await live.until(lambda frame: frame["type"] == "entries")
        assert (again["entries"], again["last_seq"]) == ([], whole["last_seq"])


async def test_the_customer_typing_is_shown_to_who_reads(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, ada.live() as desk, customer.live() as page:
        await page.frame()
        await desk.send(watch=customer.conversation_id)
        await desk.until(lambda frame: frame["type"] == "entries")
        await page.send(typing=True)
        typing = await desk.until(lambda frame: frame["type"] == "typing")
        assert typing == {"type": "typing", "conversation_id": customer.conversation_id, "author": "contact"}


async def test_a_ping_is_answered_and_is_the_agents_heartbeat(any_site: Site) -> None:
    async with any_site.agent() as ada, ada.live() as live:
        any_site.clock.advance(20)
        await live.send(ping=1)
        await live.until(lambda frame: frame == {"type": "pong"})
        assert (await any_site.store.agents.presences())["a_ada"].seen_at == any_site.clock()


async def test_a_conversation_that_a_colleague_has_is_not_shown(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, site.agent("bo") as bo, bo.live() as live:
        await live.send(watch=customer.conversation_id)
        await live.until(lambda frame: frame["type"] == "entries")
        await ada.done(customer, "claim")
        refused = await live.until(lambda frame: frame["type"] != "overview")
        while refused["type"] == "entries":
            # What came before the claim may still be told.
            assert not any(entry.get("owner") == "agent" for entry in refused["entries"])
            refused = await live.until(lambda frame: frame["type"] != "overview")
        assert (refused["type"], refused["error"]["code"]) == ("error", "not_allowed")
        await ada.reply(customer, "for the customer only")
        await live.send(ping=1)
        frames = [await live.frame()]
        while frames[-1]["type"] != "pong":
            frames.append(await live.frame())
        assert "for the customer only" not in str(frames)


async def test_watching_no_conversation_is_refused_and_the_page_goes_on(site: Site) -> None:
    async with site.agent() as ada, ada.live() as live:
        await live.send(watch="c_none")
        refused = await live.until(lambda frame: frame["type"] == "error")
        assert refused["error"]["code"] == "not_found"
        await live.send(ping=1)
        await live.until(lambda frame: frame["type"] == "pong")


async def test_after_signing_out_the_socket_tells_nothing_more_and_closes(any_site: Site) -> None:
    async with any_site.agent() as ada, ada.live() as live:
        await live.frame()
        await ada.post("/logout")
        assert await live.closing() == 4401


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", 4400),
        ("[]", 4400),
        (b"\x00", 4400),
        ('{"watch": 5}', 4422),
        ('{"watch": "c_1", "after": -1}', 4422),
        ('{"unknown": 1}', 4422),
        ("x" * 100_000, 1009),
    ],
)
async def test_a_frame_that_is_none_closes_the_socket_with_the_reason(site: Site, frame: Any, code: int) -> None:
    async with site.agent() as ada, ada.live() as live:
        await live.socket.send(frame)
        assert await live.closing() == code


async def test_nothing_is_kept_of_desks_that_closed(site: Site) -> None:
    async with site.agent() as ada:
        for _ in range(5):
            async with ada.live() as live:
                await live.frame()

    async def all_gone() -> bool:
        return not site.hub._listeners and not site.app.websocket_tasks

    await eventually(all_gone)
