"""Promise 8: a page that reconnects misses nothing and shows nothing twice.

Pages that lose their socket at random while both sides write resume after the last seq they have; what they end up
with equals the log. Seen red with `resume_at` answering the log's end however little was read, with the socket ignoring
`after`; `web/test_feed.py` goes red when `Feed.follow` listens only after its first read.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from connectors import live as live_module
from handoff import gateway as gateway_module
from tests.connectors.site import AgentDesk, Customer, Live, Site, said

MESSAGES = 40
SEED = 8


@pytest.fixture(autouse=True)
def no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing but wake-ups bring news, so that a lost one would show."""
    for module in ("connectors.web.feed", "connectors.desk.socket"):
        monkeypatch.setattr(f"{module}.RECHECK_S", 60.0)
    assert live_module.RECHECK_S < 60


class Page:
    """A page that keeps what it is told as pages do, and loses its connection."""

    def __init__(self, seed: int) -> None:
        self.entries: list[dict[str, Any]] = []
        self.last_seq = 0
        self.drops = 0
        self._random = random.Random(seed)

    def take(self, frame: dict[str, Any]) -> None:
        """Keep a frame's entries; nothing may come twice."""
        for entry in frame.get("entries", ()):
            if entry["kind"] != "typing":
                assert entry["seq"] > (self.entries[-1]["seq"] if self.entries else 0), "an entry came twice"
                self.entries.append(entry)
        self.last_seq = frame.get("last_seq", self.last_seq)

    async def follow(self, connect: Callable[[int], AbstractAsyncContextManager[Live]], last: str) -> None:
        """Follow a conversation until the entry with the text `last`, over many sockets."""
        while not any(entry["text"] == last for entry in self.entries):
            async with connect(self.last_seq) as live:
                for _ in range(self._random.randint(1, 6)):
                    self.take(await live.frame())
                    if any(entry["text"] == last for entry in self.entries):
                        return
                self.drops += 1
                if self._random.random() < 0.5:
                    # No closing handshake, as when a phone leaves the network.
                    live.socket.transport.abort()


async def write(customer: Customer, ada: AgentDesk) -> None:
    """Have both sides write, by turns and at once."""
    for number in range(MESSAGES):
        await asyncio.gather(customer.send(f"customer {number}"), ada.reply(customer, f"agent {number}"))
        customer.site.clock.advance(1)
    await ada.reply(customer, "the end")


async def test_a_customers_page_ends_up_with_exactly_the_log(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    page = Page(SEED)
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(page.follow(customer.live, "the end"))
            group.create_task(write(customer, ada))
    log = [entry async for entry in whole_log(customer)]
    assert page.entries == log[: len(page.entries)]
    assert page.entries[-1]["text"] == "the end"
    assert page.drops > 5


async def test_a_desks_page_ends_up_with_exactly_the_log(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    page = Page(SEED)
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(page.follow(lambda after: watching(ada, customer, after), "the end"))
            group.create_task(write(customer, ada))
        log = (await ada.get(f"/conversations/{customer.conversation_id}/entries")).json()["entries"]
    assert page.entries == log[: len(page.entries)]
    assert page.entries[-1]["text"] == "the end"
    assert page.drops > 5


async def test_a_page_that_polls_ends_up_with_exactly_the_log(any_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # Short stretches, so that a page is often told less than there is.
    monkeypatch.setattr(gateway_module.Gateway.page, "__defaults__", (0, 3))
    customer = await any_site.waiting_customer()
    page = Page(SEED)

    async def poll() -> None:
        while not any(map(said("the end"), page.entries)):
            page.take(await customer.events(after=page.last_seq, wait=5))

    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(poll())
            group.create_task(write(customer, ada))
    log = [entry async for entry in whole_log(customer)]
    assert page.entries == log[: len(page.entries)]


async def whole_log(customer: Customer) -> AsyncIterator[dict[str, Any]]:
    """Read what the customer may see, from the start."""
    after = 0
    while (page := await customer.events(after))["entries"]:
        for entry in page["entries"]:
            yield entry
        after = page["last_seq"]


@asynccontextmanager
async def watching(ada: AgentDesk, customer: Customer, after: int) -> AsyncIterator[Live]:
    """Open the desk's socket on a conversation."""
    async with ada.live() as live:
        await live.send(watch=customer.conversation_id, after=after)
        yield live
