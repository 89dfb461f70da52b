"""A chat that its customer ends on a shared device: whoever comes next finds nothing of it, and the server knows.

Seen red without the look at other tabs, without the look at whose answer it is, and without telling the server.
"""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest
from playwright.async_api import Page, Route, expect

from handoff.entry import Author
from handoff.gateway import Gateway
from handoff.rules import Rules
from handoff.store.memory import MemoryStore
from tests.connectors.browser import conversation_of, open_chat, write
from tests.connectors.site import Site
from tests.connectors.web.hosting import PAPER, agents, host, pick
from tests.waiting import eventually

END = "End chat on this device"
UNTOLD = "the server could not be told that you ended it"


async def end(page: Page) -> None:
    """End the chat by the menu, and say yes."""
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("button", name=END).click()
    await page.get_by_role("group").get_by_role("button", name=END).click()


async def untold(route: Route) -> None:
    """Keep the server from being told."""
    await route.abort()


async def in_two_tabs(page: Page, site: Site) -> Page:
    """Chat, and open the chat in a second tab; returns that tab."""
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    other = await page.context.new_page()
    await open_chat(other, site)
    await expect(other.locator(".entry.contact .text")).to_have_text(["my secret"])
    return other


async def stored(page: Page) -> str:
    """Return everything that the browser keeps."""
    return str(await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })"))


async def test_what_was_said_is_gone_and_the_next_conversation_is_another(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    before = await conversation_of(page, site)
    async with page.expect_response("**/api/chat/end") as told:
        await end(page)
    assert (await told.value).status == 204
    assert (await site.store.conversations.get(before)).ended_at is not None
    await expect(page.get_by_text(UNTOLD)).to_have_count(0)
    await expect(page.get_by_role("button", name="Open chat")).to_be_focused()
    kept = await stored(page)
    assert all(json.loads(shelf).get("token") is None for shelf in json.loads(kept).values() if "token" in shelf)
    assert "my secret" not in kept
    sessions: list[str] = []
    page.on("request", lambda request: sessions.append(request.url))
    await page.reload()
    await expect(page.get_by_role("button", name="Open chat")).to_be_visible()
    assert not [url for url in sessions if "/api/chat/" in url]
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.contact .text")).to_have_text(["hello"])
    assert await conversation_of(page, site) != before


async def test_what_waited_for_the_first_session_is_not_said_in_the_next(site: Site, page: Page) -> None:
    """Goes red when the outbox is not looked at again after the wait for a session."""
    late, asked = asyncio.Event(), itertools.count()

    async def first_late(route: Route) -> None:
        if next(asked) == 0:
            await late.wait()
        await route.continue_()

    await page.route("**/api/chat/sessions", first_late)
    await open_chat(page, site)
    await write(page, "my secret")
    await end(page)
    await page.get_by_role("button", name="Open chat").click()
    # Asked from here: the page's policy forbids what wait_for_function would do on it.
    has_token = "Object.values(localStorage).some((kept) => JSON.parse(kept).token)"
    await eventually(lambda: page.evaluate(has_token))
    async with page.expect_response("**/api/chat/sessions"):
        late.set()
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    kept = await site.store.conversations.read(await conversation_of(page, site), 0)
    assert [entry.text for entry in kept.entries if entry.author is Author.CONTACT] == ["hello"]


async def test_the_chat_goes_on_without_a_reload(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    await pick(page, PAPER)
    await page.get_by_label("Write a message…").fill("not sent yet")
    await end(page)
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.locator(".entry")).to_have_count(0)
    await expect(page.locator(".tray li")).to_have_count(0)
    await expect(page.get_by_label("Write a message…")).to_have_value("")
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_be_visible()
    await expect(page.locator(".entry.contact .text")).to_have_text(["hello"])


async def test_an_answer_that_comes_too_late_is_not_shown_to_the_next(site: Site, page: Page) -> None:
    await page.route_web_socket("**/api/chat/ws?*", lambda socket: socket.close())
    await open_chat(page, site)
    async with page.expect_request(lambda request: "wait=20" in request.url and "after=0" not in request.url):
        await write(page, "my secret")
    old = await site.store.conversations.get(await conversation_of(page, site))
    await page.route("**/api/chat/end", untold)  # who was told would hear no more of it
    await end(page)
    await page.get_by_role("button", name="Open chat").click()
    async with page.expect_event("requestfinished", lambda request: "wait=20" in request.url):
        await site.append(old.id, agents(site, "about your secret"))
    await write(page, "hello")
    await expect(page.locator(".entry.contact .text")).to_have_text(["hello"])
    await expect(page.locator(".entry", has_text="secret")).to_have_count(0)


async def test_other_tabs_end_with_it(site: Site, page: Page) -> None:
    other = await in_two_tabs(page, site)
    await end(page)
    await expect(other.locator(".entry")).to_have_count(0)
    await expect(other.get_by_role("button", name="Open chat")).to_be_visible()


async def test_the_server_is_told_once_by_the_tab_in_which_it_was_ended(site: Site, page: Page) -> None:
    told: list[str] = []
    page.context.on("request", lambda request: told.append(request.url) if request.url.endswith("/end") else None)
    other = await in_two_tabs(page, site)
    await end(page)
    await expect(other.get_by_role("button", name="Open chat")).to_be_visible()
    assert len(told) == 1


async def test_a_tab_that_the_server_turns_away_first_begins_no_new_conversation(site: Site, page: Page) -> None:
    """Goes red when a token that opens nothing is always only replaced."""
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    conversation_id, opened = await conversation_of(page, site), list[str]()
    # What another tab does when it ends the chat; that the browser tells of it comes late.
    await page.evaluate(
        "for (const key of Object.keys(localStorage)) if (key.includes(':guest'))"
        " localStorage.setItem(key, JSON.stringify({ token: null, outbox: [], endings: 1 }))"
    )
    page.on("request", lambda request: opened.append(request.url) if request.url.endswith("/sessions") else None)
    async with page.expect_response(lambda answer: "/api/chat/events" in answer.url and answer.status == 401):
        await Gateway(site.store, Rules(), site.clock).end(conversation_id)
    await expect(page.get_by_role("button", name="Open chat")).to_be_visible()
    await expect(page.locator(".entry")).to_have_count(0)
    assert opened == []


async def test_a_token_that_is_over_costs_no_tab_its_unsent_words(site: Site, page: Page) -> None:
    """Goes red when a tab takes a token that another one has dropped for a chat that was ended there."""
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_be_visible()
    other = await page.context.new_page()
    await other.route("**/api/chat/messages", untold)
    await open_chat(other, site)
    await expect(other.locator(".entry.bot")).to_be_visible()
    await write(other, "not sent yet")
    before = await conversation_of(page, site)
    # Either tab may send it: they share what waits.
    async with page.context.expect_event(
        "response", lambda answer: answer.url.endswith("/messages") and answer.status == 202
    ):
        await Gateway(site.store, Rules(), site.clock).end(before)
        await other.unroute("**/api/chat/messages")
    await expect(other.locator(".entry.contact .text")).to_have_text(["not sent yet"])


async def test_the_chat_that_is_ended_is_the_one_that_another_tab_has_renewed(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_be_visible()
    answer = await site.http.post("/api/chat/sessions", json={"language": "en"})
    renewed = answer.json()
    await page.evaluate(
        "(token) => { for (const key of Object.keys(localStorage)) if (key.includes(':guest'))"
        " localStorage.setItem(key, JSON.stringify({ token })) }",
        renewed["token"],
    )
    async with page.expect_response("**/api/chat/end"):
        await end(page)
    assert (await site.store.conversations.get(renewed["conversation_id"])).ended_at is not None


@pytest.mark.parametrize("how", ["offline", "503"])
async def test_a_server_that_cannot_be_told_is_said_and_the_device_forgets_all_the_same(
    site: Site, page: Page, how: str
) -> None:
    assert isinstance(site.store, MemoryStore)
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    before = await conversation_of(page, site)
    if how == "offline":
        await page.context.set_offline(True)
    else:
        site.store.answers = False
    await write(page, "not sent yet")
    await end(page)
    bubble = page.get_by_role("region", name="Customer service").filter(has_text=UNTOLD)
    await expect(bubble).to_be_visible()
    assert "secret" not in await stored(page)
    assert "not sent yet" not in await stored(page)
    await page.context.set_offline(False)
    site.store.answers = True
    assert (await site.store.conversations.get(before)).ended_at is None
    await bubble.get_by_role("button", name="Dismiss").click()
    await expect(bubble).to_have_count(0)
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.contact .text")).to_have_text(["hello"])
    log = await site.store.conversations.read(before, 0)
    assert "not sent yet" not in [entry.text for entry in log.entries]


async def test_whoever_has_begun_another_chat_is_told_in_it(site: Site, page: Page) -> None:
    late = asyncio.Event()

    async def fail_late(route: Route) -> None:
        await late.wait()
        await route.abort()

    await page.route("**/api/chat/end", fail_late)
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    await end(page)
    await page.get_by_role("button", name="Open chat").click()
    late.set()
    await expect(page.get_by_role("status").filter(has_text=UNTOLD)).to_be_visible()


async def test_the_server_is_told_by_a_request_that_outlives_the_page(site: Site, page: Page) -> None:
    await page.add_init_script(
        "const real = fetch; window.outlives = [];"
        "window.fetch = (url, options) => {"
        " if (String(url).endsWith('/api/chat/end')) outlives.push(options.keepalive);"
        " return real(url, options); };"
    )
    await open_chat(page, site)
    await write(page, "my secret")
    await expect(page.locator(".entry.bot")).to_be_visible()
    async with page.expect_response("**/api/chat/end"):
        await end(page)
    assert await page.evaluate("outlives") == [True]


async def test_nobody_ends_a_chat_by_one_press(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "my secret")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("button", name=END).click()
    await expect(page.get_by_role("group")).to_contain_text("you cannot come back to it")
    await expect(page.get_by_role("button", name="Not now")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=END)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(".entry.contact .text")).to_have_text(["my secret"])


async def test_whoever_comes_next_is_asked_for_their_own_consent(site: Site, page: Page) -> None:
    await host(page, site, "consent-required")
    await page.get_by_role("button", name="Open chat").click()
    await page.get_by_role("button", name="Agree and chat").click()
    await write(page, "my secret")
    await end(page)
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_role("button", name="Agree and chat")).to_be_visible()


async def test_a_user_whom_the_host_page_signed_ends_their_chat_there(site: Site, page: Page) -> None:
    await page.add_init_script("window.batonChat = { user: { user: { id: '7' }, signature: 'none' } }")
    await open_chat(page, site)
    await page.get_by_role("button", name="More").click()
    await expect(page.get_by_role("switch")).to_be_visible()
    await expect(page.get_by_role("button", name=END)).to_have_count(0)
