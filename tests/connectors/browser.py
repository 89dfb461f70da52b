"""Debian's Chromium for the tests of the pages: the real ones, over a running site with a bot that a test scripts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.connectors.site import PASSWORD, Site
from tests.e2e.browser import FLAGS, chromium_path

WAIT_MS = 20_000
"""Milliseconds that a page is waited for: far more than it takes, for the machine may be busy with other tests."""

expect.set_options(timeout=WAIT_MS)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium; skips where there is none, which is an error in CI."""
    path = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def window(browser: Browser) -> AsyncIterator[Page]:
    """A window of a person's own; an error on its page fails the test."""
    context = await browser.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(WAIT_MS)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


async def open_chat(page: Page, site: Site) -> None:
    """Open the shop's page, and the chat on it."""
    await page.goto(site.origin)
    # In a tab where it stood open it still does.
    closed = page.get_by_role("button", name="Open chat")
    await expect(closed.or_(page.get_by_role("textbox", name="Write a message…"))).to_be_visible()
    if await closed.is_visible():
        await closed.click()


async def write(page: Page, text: str) -> None:
    """Write as the customer."""
    field = page.get_by_label("Write a message…")
    await field.fill(text)
    await field.press("Enter")


async def conversation_of(page: Page, site: Site) -> str:
    """Return the id of the conversation that a customer's page is in."""
    stored = str(await page.evaluate("JSON.stringify(localStorage)"))
    token = re.search(r'token\\\\?":\\\\?"([\w.-]+)', stored)
    assert token is not None, stored
    answer = await site.http.post("/api/chat/sessions", json={"token": token[1]})
    return str(answer.json()["conversation_id"])


async def open_desk(page: Page, site: Site, login: str = "ada") -> None:
    """Sign an agent in at the desk, online."""
    await page.goto(f"{site.origin}/desk")
    await page.get_by_label("Login").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Presence").select_option("online")
