"""How the widget asks for attention: what it says aloud, the number, the title, the sound, the first word.

Seen red with the whole log as live region, without the switch for sound, and with the greeting's marks not read.
"""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Page, expect

from tests.connectors.browser import open_chat, write
from tests.connectors.site import Site
from tests.connectors.web.hosting import agents, host, says

# Every line that the live region has ever had, as a screen reader would say it.
SAID = """window.heard = [];
function watch() {
  const region = document.querySelector("baton-chat")?.shadowRoot?.querySelector("[aria-live=polite]");
  if (!region) { requestAnimationFrame(watch); return; }
  const hear = ({ addedNodes }) => addedNodes.forEach((line) => heard.push(line.textContent));
  new MutationObserver((changes) => changes.forEach(hear)).observe(region, { childList: true });
}
requestAnimationFrame(watch);"""
TITLES = """window.titles = []; new MutationObserver(() => titles.push(document.title))
  .observe(document.querySelector("title"), { childList: true });"""
TONES = """window.tones = 0; window.AudioContext = class {
  currentTime = 0; destination = null; constructor() { tones += 1; throw new Error("no sound in tests"); } };"""


# what is said aloud


async def test_each_news_is_said_in_one_line_and_the_log_never_as_a_whole(site: Site, page: Page) -> None:
    await page.add_init_script(SAID)
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    await says(site, page, agents(site, "One\n\nmoment"), agents(site, "please"))
    await expect(page.locator(".entry.agent")).to_have_count(2)
    assert await page.evaluate("heard") == ["Assistant: bot: hello", "Ada: One moment", "Ada: please"]
    await write(page, "menu")
    await expect(page.locator(".replies button").first).to_be_visible()
    titles = ", ".join(await page.locator(".replies button").all_inner_texts())
    assert (await page.evaluate("heard"))[-1].endswith(f" You can choose: {titles}.")
    await page.reload()
    await expect(page.locator(".entry.agent")).to_have_count(2)
    await says(site, page, agents(site, "back?"))
    await expect(page.locator(".entry.agent")).to_have_count(3)
    assert await page.evaluate("heard") == ["Ada: back?"]
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


# asking to be looked at


async def test_news_behind_a_closed_chat_are_counted_and_told_to_the_page(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.evaluate("told = []; addEventListener('baton-unread', ({ detail }) => told.push(detail.count))")
    title = await page.title()
    await says(site, page, agents(site, "one"), agents(site, "two"))
    await expect(page.get_by_role("button", name="Open chat, 2 new messages")).to_be_visible()
    assert await page.title() == f"(2) {title}"
    await page.evaluate("document.title = 'Another page'")
    await says(site, page, agents(site, "three"))
    await expect(page).to_have_title("(3) Another page")
    await page.get_by_role("button", name="Open chat").click()
    await expect(page).to_have_title("Another page")
    assert await page.evaluate("[told, document.querySelector('baton-chat').unread]") == [[2, 3, 0], 0]


@pytest.mark.parametrize("still", [False, True])
async def test_the_title_turns_only_while_nobody_looks_not_for_long_and_not_where_motion_is_unwanted(
    site: Site, page: Page, still: bool
) -> None:
    await page.emulate_media(reduced_motion="reduce" if still else "no-preference")
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    title = await page.title()
    await page.clock.install()
    await page.evaluate("Object.defineProperty(document, 'hidden', { get: () => !window.looked, configurable: true })")
    await page.evaluate(TITLES)
    await says(site, page, agents(site, "one"))
    await expect(page).to_have_title(f"(1) {title}")
    await page.clock.run_for(60_000)
    assert ("1 new message" in await page.evaluate("titles")) is not still
    await expect(page).to_have_title(f"(1) {title}")
    await page.evaluate("looked = true; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page).to_have_title(title)


async def test_sound_is_off_until_it_is_switched_on_and_then_remembered(site: Site, page: Page) -> None:
    await page.add_init_script(TONES)
    await open_chat(page, site)
    await write(page, "hello")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    await page.keyboard.press("Escape")
    await says(site, page, agents(site, "one"))
    await expect(page.get_by_role("button", name="Open chat, 1 new message")).to_be_visible()
    assert await page.evaluate("tones") == 0
    await page.get_by_role("button", name="Open chat").click()
    await page.get_by_role("button", name="More").click()
    switch = page.get_by_role("switch", name="Sound for new messages")
    await expect(switch).to_be_focused()
    await switch.press("Space")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="More")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.get_by_role("button", name="Open chat")).to_be_visible()
    await says(site, page, agents(site, "two"))
    await expect(page.get_by_role("button", name="Open chat, 1 new message")).to_be_visible()
    assert await page.evaluate("tones") == 1


# the first word

RULES_OF_SHOP = json.dumps(
    [
        {"text": "Questions about paying?", "path": "/check*", "seconds": 5},
        {"text": {"en": "Can we help?", "da": "Kan vi hjælpe?"}, "seconds": 30, "idle": 10},
    ]
)


async def visit(page: Page, site: Site, path: str = "/host") -> None:
    """Go to a page of a shop that greets."""
    await host(page, site, f"greetings='{RULES_OF_SHOP}'", path)


async def test_a_visitor_is_greeted_by_rule_once_a_day(site: Site, page: Page) -> None:
    await page.clock.install(time=1_795_428_000)
    await visit(page, site)
    greeting = page.locator("baton-chat .greeting")
    await page.clock.run_for(25_000)
    await page.mouse.move(50, 50)
    await page.mouse.move(60, 60)
    await page.clock.run_for(9_000)
    await expect(greeting).to_have_count(0)  # somebody is busy
    await page.clock.run_for(2_500)
    await expect(greeting).to_contain_text("Can we help?")
    await page.get_by_role("button", name="Dismiss").click()
    await expect(greeting).to_have_count(0)
    await expect(page.get_by_role("button", name="Open chat")).to_be_focused()
    await visit(page, site, "/checkout")
    await page.clock.run_for(60_000)
    await expect(greeting).to_have_count(0)
    await page.clock.fast_forward("24:00:00")
    await visit(page, site, "/checkout")
    await page.clock.run_for(6_500)
    await expect(greeting).to_contain_text("Questions about paying?")
    await greeting.get_by_role("button", name="Questions about paying?").click()
    await expect(page.get_by_label("Write a message…")).to_be_focused()


async def test_who_has_opened_the_chat_is_not_greeted_any_more(site: Site, page: Page) -> None:
    await page.clock.install(time=1_795_428_000)
    await visit(page, site, "/checkout")
    await page.get_by_role("button", name="Open chat").click()
    await page.keyboard.press("Escape")
    await page.clock.fast_forward(72 * 3600 * 1000)
    await visit(page, site, "/checkout")
    await page.clock.run_for(60_000)
    await expect(page.locator("baton-chat .greeting")).to_have_count(0)


@pytest.mark.parametrize("rules", ["not json", '{"text": "x"}', '[{"seconds": 1}]', '[{"text": "x", "seconds": "1"}]'])
async def test_rules_that_make_no_sense_greet_nobody_and_break_nothing(site: Site, page: Page, rules: str) -> None:
    warned: list[str] = []
    page.on("console", lambda said: warned.append(said.text) if said.type == "warning" else None)
    await host(page, site, f"greetings='{rules}'")
    assert len([text for text in warned if "greetings must be" in text]) == 1
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_label("Write a message…")).to_be_focused()
