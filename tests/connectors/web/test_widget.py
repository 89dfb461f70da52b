"""The customer's widget in a real browser: several tabs, long logs, who types, what may still be pressed."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from handoff import asking
from handoff.bot import TurnRequest
from handoff.entry import Author, Entry, Kind
from tests.connectors.browser import chromium, conversation_of, open_chat, window, write
from tests.connectors.site import Site


class HeldSocket:
    """A page's live socket whose frames wait until the test lets them through."""

    def __init__(self) -> None:
        self._frames: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._route: WebSocketRoute | None = None

    async def hold(self, page: Page) -> None:
        """Hold the socket that the page opens next."""
        await page.route_web_socket("**/api/chat/ws**", self._meet)

    async def pass_on(self, messages: int) -> None:
        """Let frames through until they have told so many messages."""
        while messages > 0:
            frame = await self._frames.get()
            messages -= str(frame).count('"kind":"message"')
            assert self._route is not None
            self._route.send(frame)

    def _meet(self, route: WebSocketRoute) -> None:
        self._route = route
        route.connect_to_server().on_message(self._frames.put_nowait)


async def test_two_tabs_of_one_customer_show_each_message_once(site: Site) -> None:
    """The tab that sent a message hears of it last, after the other has cleared it from the outbox that they share."""
    async with chromium() as browser, window(browser) as one:
        await open_chat(one, site)
        await write(one, "first")
        await expect(one.locator(".entry.bot")).to_have_count(1)
        two = await one.context.new_page()
        ones, twos = HeldSocket(), HeldSocket()
        await ones.hold(one)
        await twos.hold(two)
        for page in (one, two):
            await open_chat(page, site)
            await expect(page.locator(".entry.bot")).to_have_count(1)
        await write(one, "second")
        await expect(one.locator(".entry.contact .text")).to_have_text(["first", "second"])
        await expect(one.get_by_text("Sending…")).to_have_count(0)
        await twos.pass_on(2)
        await expect(two.locator(".entry.bot")).to_have_count(2)
        await ones.pass_on(2)
        await expect(one.locator(".entry.bot")).to_have_count(2)
        for page in (one, two):
            await expect(page.locator(".entry.contact .text")).to_have_text(["first", "second"])


async def test_a_long_log_comes_back_whole_after_a_reload_and_is_no_news(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        await write(page, "hello")
        await expect(page.locator(".entry.bot")).to_have_count(1)
        said = [Entry(Kind.MESSAGE, Author.BOT, site.clock(), text=f"line {number}") for number in range(700)]
        await site.append(await conversation_of(page, site), *said)
        await page.keyboard.press("Escape")
        await page.reload()
        await expect(page.locator(".entry")).to_have_count(702)
        await expect(page.get_by_role("button", name="Open chat", exact=True)).to_be_visible()


async def test_a_chat_that_stands_open_does_so_on_the_tab_s_next_page_and_takes_no_cursor(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        written = page.get_by_role("textbox", name="Write a message…")
        await open_chat(page, site)
        await expect(written).to_be_focused()
        await write(page, "hello")
        await expect(page.locator(".entry.bot")).to_have_count(1)
        await page.goto(f"{site.origin}/?lang=en#goods")
        await page.reload()
        await expect(written).to_be_visible()
        await expect(page.locator(".entry.bot")).to_be_in_viewport()
        assert await page.evaluate("document.activeElement === document.body")
        other = await page.context.new_page()
        await other.goto(site.origin)
        await expect(other.get_by_role("button", name="Open chat")).to_be_visible()
        await written.focus()
        await page.keyboard.press("Escape")
        await page.reload()
        await expect(page.get_by_role("button", name="Open chat")).to_be_visible()
        await expect(written).to_have_count(0)


async def test_a_browser_that_keeps_nothing_still_chats(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await page.add_init_script(
            "for (const shelf of ['localStorage', 'sessionStorage'])"
            "  Object.defineProperty(window, shelf, { get() { throw new DOMException('no', 'SecurityError'); } });"
        )
        await open_chat(page, site)
        await write(page, "hello")
        await expect(page.locator(".entry.bot .text")).to_have_text(["bot: hello"])
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Open chat")).to_be_focused()


async def test_who_scrolled_up_to_read_is_left_there(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        for number in range(12):
            await write(page, f"question {number}")
            await expect(page.locator(".entry.bot")).to_have_count(number + 1)
        log = page.get_by_role("log")
        at_end = "log => Math.abs(log.scrollHeight - log.scrollTop - log.clientHeight) < 2"
        assert await log.evaluate(at_end)
        await log.evaluate("log => { log.scrollTop = 0; }")
        news = Entry(Kind.MESSAGE, Author.BOT, site.clock(), text="by the way")
        await site.append(await conversation_of(page, site), news)
        await expect(page.locator(".entry.bot")).to_have_count(13)
        assert await log.evaluate("log => log.scrollTop") == 0
        await write(page, "thanks")
        await expect(page.locator(".entry.bot")).to_have_count(14)
        assert await log.evaluate(at_end)


async def test_the_end_of_the_log_stays_in_sight_when_there_is_less_room(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        await write(page, "hello")
        await expect(page.locator(".entry.bot")).to_have_count(1)
        said = [Entry(Kind.MESSAGE, Author.BOT, site.clock(), text=f"line {number}") for number in range(30)]
        await site.append(await conversation_of(page, site), *said)
        await expect(page.get_by_text("line 29", exact=True)).to_be_in_viewport(ratio=1)
        await page.get_by_label("Write a message…").fill("a\nlonger\ndraft")
        await expect(page.get_by_text("line 29", exact=True)).to_be_in_viewport(ratio=1)
        await page.set_viewport_size({"width": 1200, "height": 420})
        await expect(page.get_by_text("line 29", exact=True)).to_be_in_viewport(ratio=1)


async def test_the_assistant_is_shown_writing_only_while_a_turn_takes_long(site: Site) -> None:
    answers = asyncio.Event()

    async def wait(_: TurnRequest) -> None:
        await answers.wait()

    site.bot.before_answer = wait
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        await write(page, "hello")
        await expect(page.locator(".typing")).to_contain_text("Assistant is writing")
        answers.set()
        await expect(page.locator(".entry.bot .text")).to_have_text(["bot: hello"])
        await expect(page.locator(".typing")).to_have_text("")


async def test_the_assistant_is_not_shown_writing_when_it_answers_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TYPING_AFTER_S", 60)
    asked, answers = asyncio.Event(), asyncio.Event()

    async def wait(_: TurnRequest) -> None:
        asked.set()
        await answers.wait()

    site.bot.before_answer = wait
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        await write(page, "hello")
        await asked.wait()
        assert await page.locator(".typing").inner_text() == ""
        answers.set()
        await expect(page.locator(".entry.bot .text")).to_have_text(["bot: hello"])


async def test_ways_out_of_the_queue_are_gone_once_an_agent_is_there(site: Site) -> None:
    async with chromium() as browser, window(browser) as page, site.agent() as ada:
        await open_chat(page, site)
        await write(page, "person")
        await expect(page.get_by_role("button", name="Back to assistant")).to_be_visible()
        await ada.post(f"/conversations/{await conversation_of(page, site)}/claim")
        await expect(page.get_by_text("You are talking with Ada")).to_be_visible()
        await expect(page.get_by_role("button", name="Back to assistant")).to_have_count(0)


async def test_a_message_not_sent_yet_survives_a_reload(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        await write(page, "hello")
        await expect(page.locator(".entry.bot")).to_have_count(1)
        await page.route("**/api/chat/messages", lambda route: route.abort())
        await write(page, "where is my order?")
        await expect(page.get_by_text("Sending…")).to_be_visible()
        await page.unroute("**/api/chat/messages")
        await page.reload()
        await expect(page.locator(".entry.bot")).to_have_count(2)
        await expect(page.locator(".entry.contact .text")).to_have_text(["hello", "where is my order?"])


async def test_an_address_in_an_answer_is_a_link_and_nothing_else_is(site: Site) -> None:
    """The scripted bot answers with the customer's own words, so the same text is seen from both sides."""
    text = "see https://tracking.example/NP1?a=1. or javascript:alert(1) <a href=https://x.example>x</a>"
    async with chromium() as browser, window(browser) as page:
        await open_chat(page, site)
        await write(page, text)
        await expect(page.locator(".entry.bot .text")).to_have_text([f"bot: {text}"])
        links = page.locator(".entry.bot .text a")
        targets = await links.evaluate_all("links => links.map((link) => link.href)")
        assert targets == ["https://tracking.example/NP1?a=1", "https://x.example/"]
        assert await links.first.get_attribute("rel") == "noopener noreferrer"
        await expect(page.locator(".entry.contact a")).to_have_count(0)
