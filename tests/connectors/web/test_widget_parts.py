"""The widget around the words: consent, copies to keep, satisfaction, themes, the keyboard, and what axe finds.

Seen red with the chat followed, or marked as open, before consent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from handoff.buttons import csat_buttons
from handoff.notices import Say
from handoff.store.memory import MemoryStore
from tests.connectors.browser import open_chat, window, write
from tests.connectors.site import NOTICES, Site
from tests.connectors.web.hosting import PAPER, PICTURE, Letters, host, pick, says, violations

GREETINGS = json.dumps([{"text": "Hi?"}])


# consent


async def test_nothing_is_sent_or_kept_before_consent(site: Site, page: Page) -> None:
    called: list[str] = []
    page.on("request", lambda request: called.append(request.url) if "/api/" in request.url else None)
    attributes = f"consent='We keep it 30 days.' consent-link='/privacy' consent-required greetings='{GREETINGS}'"
    await page.clock.install()
    await host(page, site, attributes)
    await page.clock.run_for(60_000)
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_role("button", name="Agree and chat")).to_be_focused()
    await expect(page.get_by_role("link", name="Privacy notice")).to_have_attribute("href", f"{site.origin}/privacy")
    await expect(page.get_by_label("Write a message…")).to_be_hidden()
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert (await page.evaluate(kept), called) == ([0, 0, ""], [])
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("button", name="Open chat")).to_be_focused()
    assert (await page.evaluate(kept), called) == ([0, 0, ""], [])
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Write a message…")).to_be_focused()
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".entry.bot")).to_have_count(1)


async def test_a_shop_that_begins_to_ask_asks_those_who_talked_before_too(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    called: list[str] = []
    page.on("request", lambda request: called.append(request.url) if "/api/" in request.url else None)
    await host(page, site, "consent-required")
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_role("button", name="Agree and chat")).to_be_focused()
    assert called == []
    await page.keyboard.press("Enter")
    await expect(page.locator(".entry.bot")).to_have_count(1)


async def test_other_words_ask_for_consent_anew_and_a_line_asks_for_nothing(site: Site, page: Page) -> None:
    await host(page, site, "consent='One.' consent-required")
    await page.get_by_role("button", name="Open chat").click()
    await page.get_by_role("button", name="Agree and chat").click()
    await page.keyboard.press("Escape")
    await host(page, site, "consent='Two.' consent-required", "/other")
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_text("Two.")).to_be_visible()
    await host(page, site, "consent='Three.' consent-link='javascript:alert(1)'", "/third")
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_text("Three.")).to_be_visible()
    await expect(page.get_by_role("link")).to_have_count(0)
    await expect(page.get_by_label("Write a message…")).to_be_focused()


# the rest


async def test_a_copy_is_downloaded_and_without_a_mail_server_none_is_mailed(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    await page.get_by_role("button", name="More").click()
    await expect(page.get_by_label("Send the conversation by e-mail to")).to_be_hidden()
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Download the conversation").click()
    assert "bot: hello" in Path(await (await saved.value).path()).read_text("utf-8")


async def test_a_copy_is_mailed_until_it_is_enough(browser: Browser) -> None:
    letters = Letters()
    async with Site.running(MemoryStore(), mail=letters) as site, window(browser) as page:
        await open_chat(page, site)
        await write(page, "hello")
        await expect(page.locator(".entry.bot")).to_have_count(1)
        for words in (
            "The e-mail is on its way.",
            "The e-mail is on its way.",
            "This conversation was sent often enough",
        ):
            if await page.locator("baton-chat .menu").is_hidden():
                await page.get_by_role("button", name="More").click()
            await page.get_by_label("Send the conversation by e-mail to").fill("kim@example.com")
            await page.keyboard.press("Enter")
            await expect(page.locator("baton-chat .told")).to_contain_text(words)
            await page.evaluate(
                "document.querySelector('baton-chat').shadowRoot.querySelector('.told').textContent = ''"
            )
        assert letters.to == ["kim@example.com"] * 2


async def test_satisfaction_is_a_row_of_five_with_words(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    buttons = csat_buttons(NOTICES, "en", "h_1")
    await says(site, page, NOTICES.entry(Say.CSAT_QUESTION, "en", site.clock(), buttons=buttons))
    row = page.get_by_role("group", name="Your answer, from 1 to 5").get_by_role("button")
    await expect(row).to_have_count(5)
    boxes = [await row.nth(place).bounding_box() for place in range(5)]
    assert len({box["y"] for box in boxes if box}) == 1
    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    await page.get_by_role("button", name="4 – good", exact=True).press("Enter")
    await expect(page.locator(".entry.contact .text").last).to_have_text("4 – good")
    await expect(page.locator(".scale")).to_have_count(0)


async def test_a_refused_message_can_be_thrown_away(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await page.route(
        "**/api/chat/messages", lambda route: route.fulfill(status=422, json={"error": {"message": "No."}})
    )
    await write(page, "hello")
    await page.get_by_role("button", name="Discard").click()
    await expect(page.locator(".entry.contact")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_label("Write a message…")).to_be_visible()
    await expect(page.locator(".entry.contact")).to_have_count(0)


async def test_hosts_change_the_look_by_variables_and_attributes(site: Site, page: Page) -> None:
    style = (
        "--baton-accent: rgb(120, 30, 90); --baton-radius: 3px; --baton-font: monospace; --baton-offset-inline: 40px"
    )
    await host(page, site, f"style='{style}' position=start theme=light")
    await page.emulate_media(color_scheme="dark")
    launcher = page.locator("baton-chat .launcher")
    await expect(launcher).to_have_css("background-color", "rgb(120, 30, 90)")
    place = await launcher.bounding_box()
    assert place is not None
    assert place["x"] == 40
    await launcher.click()
    panel = page.locator("baton-chat .panel")
    await expect(panel).to_have_css("border-radius", "3px")
    await expect(panel).to_have_css("font-family", "monospace")
    await expect(panel).to_have_css("background-color", "rgb(255, 255, 255)")
    await page.evaluate("document.querySelector('baton-chat').setAttribute('theme', 'dark')")
    await expect(panel).to_have_css("background-color", "rgb(23, 32, 31)")


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}}])
async def test_axe_finds_nothing_and_every_target_is_large_enough(browser: Browser, look: dict[str, Any]) -> None:
    async with Site.running(MemoryStore(), mail=Letters()) as site:
        context = await browser.new_context(reduced_motion="reduce", **look)
        page = await context.new_page()
        await host(page, site, f"consent='We keep it.' consent-link='/p' greetings='{GREETINGS}'")
        await expect(page.locator("baton-chat .greeting")).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("button", name="Hi?").click()
        await pick(page, PICTURE, PAPER, {**PAPER, "name": "bad.pdf", "buffer": b"MZ\0"}, {**PAPER, "name": "x.exe"})
        await expect(page.locator(".tray .failed")).to_have_count(1)
        await expect(page.locator(".tray .state", has_text="kB")).to_have_count(2)
        assert await violations(page) == []
        await page.get_by_role("button", name="Remove bad.pdf").click()
        await write(page, "look")
        await expect(page.get_by_role("img", name="Picture: jacket.png")).to_be_visible()
        buttons = csat_buttons(NOTICES, "en", "h_1")
        await says(site, page, NOTICES.entry(Say.CSAT_QUESTION, "en", site.clock(), buttons=buttons))
        await expect(page.locator(".scale")).to_be_visible()
        await page.get_by_role("button", name="More").click()
        assert await violations(page) == []
        small = await page.locator("baton-chat button:visible, baton-chat input:visible").evaluate_all(
            "all => all.map((one) => [one.ariaLabel || one.textContent, one.getBoundingClientRect()])"
            "  .filter(([, { width, height }]) => width < 44 || height < 44).map(([name]) => name)"
        )
        assert small == []
        await host(page, site, "consent-required", "/asks")
        await page.evaluate("localStorage.clear(); sessionStorage.clear()")
        await page.reload()
        await page.get_by_role("button", name="Open chat").click()
        await expect(page.get_by_role("button", name="Agree and chat")).to_be_visible()
        assert await violations(page) == []
        await context.close()


async def test_the_whole_chat_works_by_keyboard(site: Site, page: Page) -> None:
    await host(page, site)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Write a message…")).to_be_focused()
    await page.keyboard.type("menu")
    await page.keyboard.press("Enter")
    await expect(page.locator(".replies button").first).to_be_visible()
    await expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Attach files")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    last = page.locator(".replies button").last
    await expect(last).to_be_focused()
    title = await last.inner_text()
    await page.keyboard.press("Enter")
    await expect(page.locator(".entry.contact .text").last).to_have_text(title)
    await expect(page.get_by_label("Write a message…")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Open chat")).to_be_focused()
