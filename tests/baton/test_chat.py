"""The terminal chat against a running site."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from baton.chat import Chat
from baton.failure import Failure
from handoff.store.memory import MemoryStore
from tests.connectors.site import Site
from tests.waiting import PATIENCE_S


class Person:
    """Somebody at the terminal who types the next line when they have read what they wait for."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._more = asyncio.Event()

    def say(self, line: str) -> None:
        self.read.append(line)
        self._more.set()

    async def until(self, wanted: Callable[[str], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not any(wanted(line) for line in self.read):
                self._more.clear()
                await self._more.wait()


async def test_what_is_typed_is_answered_and_a_number_presses_a_button() -> None:
    person = Person()

    async def lines() -> AsyncIterator[str]:
        yield "hello\n"
        await person.until(lambda line: "bot: hello" in line)
        yield "\n"
        yield "menu\n"
        await person.until(lambda line: line.endswith("2  Hats"))
        yield "2\n"
        await person.until(lambda line: "/hats" in line)

    async with Site.running(MemoryStore()) as site:
        await Chat(site.origin, person.say).talk(lines())
        assert [turn.choice for turn in site.bot.asked if turn.choice] == ["/hats"]
    assert "    1  Shoes" in person.read


async def test_a_number_is_text_while_there_are_no_buttons() -> None:
    person = Person()

    async def lines() -> AsyncIterator[str]:
        yield "10234\n"
        await person.until(lambda line: "10234" in line)

    async with Site.running(MemoryStore()) as site:
        await Chat(site.origin, person.say).talk(lines())
        assert site.bot.asked[0].text == "10234"


async def test_a_message_that_is_refused_says_why_and_the_chat_goes_on() -> None:
    person = Person()

    async def lines() -> AsyncIterator[str]:
        yield "x" * 5000
        await person.until(lambda line: line.startswith("  ! "))
        yield "hello\n"
        await person.until(lambda line: "bot: hello" in line)

    async with Site.running(MemoryStore()) as site:
        await Chat(site.origin, person.say).talk(lines())


async def test_answers_to_piped_lines_are_still_shown() -> None:
    person = Person()

    async def lines() -> AsyncIterator[str]:
        yield "hello\n"

    async with Site.running(MemoryStore()) as site:
        await Chat(site.origin, person.say, linger_s=1).talk(lines())
    assert any("bot: hello" in line for line in person.read)


async def test_an_address_where_nobody_listens_is_one_sentence() -> None:
    async def lines() -> AsyncIterator[str]:
        yield "hello\n"

    with pytest.raises(Failure, match="does not answer"):
        await Chat("http://127.0.0.1:9", print).talk(lines())
