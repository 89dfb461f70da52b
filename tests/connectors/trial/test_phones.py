"""The trial page in Chromium: the phones as one uses them, by role and label."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, expect

from tests.connectors.browser import WAIT_MS, chromium
from tests.connectors.trial.stage import SHARE, Stage, buttons, keys, rows
from tests.e2e.accessibility import RULES
from tests.waiting import eventually

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}},
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage.running() as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


async def opened(browser: Browser, stage: Stage, **look: Any) -> Page:
    """Open the page; an error on it, or something its policy forbids, fails the test at the end."""
    context = await browser.new_context(**look)
    context.set_default_timeout(WAIT_MS)
    page = await context.new_page()
    page.on("pageerror", lambda error: stage.errors.append(str(error)))
    page.on("console", lambda said: stage.errors.append(said.text) if said.type == "error" else None)
    await page.goto(stage.url)
    await expect(page.get_by_label("Whose phone").first).to_have_value("oliver")
    return page


async def write(page: Page, app: str, text: str) -> None:
    field = page.get_by_label(f"{app}: message")
    await field.fill(text)
    await field.press("Enter")
    await expect(page.get_by_role("log", name=app).get_by_text(text, exact=True).last).to_be_visible()


async def test_a_conversation_on_whatsapp(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage)
    log = page.get_by_role("log", name="WhatsApp")
    await write(page, "WhatsApp", "Where is my <b>order</b>?")
    await stage.say("whatsapp", "", **buttons("Return", "Cancel"))
    await log.get_by_role("button", name="Cancel").click()
    await eventually(lambda: "button_reply" in str(stage.came["whatsapp"]))
    await stage.say("whatsapp", "", **rows("Lamp", "Kettle"))
    opens = log.get_by_role("button", name="Choose")
    await opens.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Kettle more").press("Enter")
    await eventually(lambda: "list_reply" in str(stage.came["whatsapp"]))
    await eventually(lambda: "'read'" in str(stage.came["whatsapp"]))
    await page.get_by_role("button", name="WhatsApp: send something else").click()
    await page.get_by_role("button", name="Sample photo").click()
    picture = log.get_by_role("img", name="photo.jpg")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 320)
    assert stage.errors == []


async def test_a_conversation_on_telegram(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage)
    log = page.get_by_role("log", name="Telegram")
    await page.get_by_role("button", name="Start", exact=True).click()
    await eventually(lambda: "/start" in str(stage.came["telegram"]))
    await stage.say("telegram", "Which?", **keys("Return", "Cancel"))
    await log.get_by_role("button", name="Cancel").press("Enter")
    await eventually(lambda: "callback_query" in str(stage.came["telegram"]))
    await expect(log.get_by_role("button", name="Cancel (waiting for an answer)")).to_be_focused()
    await write(page, "Telegram", "ordr 10234")
    await log.get_by_role("button", name="Reply or react").last.click()
    await log.get_by_role("button", name="Edit").click()
    await write(page, "Telegram", "order 10234")
    await eventually(lambda: "edited_message" in str(stage.came["telegram"]))
    await log.get_by_role("button", name="Reply or react").last.click()
    await log.get_by_role("button", name="React with heart").click()
    await eventually(lambda: "message_reaction" in str(stage.came["telegram"]))
    await page.get_by_role("region", name="Telegram", exact=True).get_by_label("Whose phone").select_option("layla")
    await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await write(page, "Telegram", "أين طلبي؟")
    await eventually(lambda: "'language_code': 'ar'" in str(stage.came["telegram"]))
    assert stage.errors == []


async def test_a_number_is_shared_with_the_button_in_place_of_the_keyboard(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage)
    await stage.say("telegram", "Which number?", **SHARE)
    share = page.get_by_role("button", name="Share my phone number", exact=True)
    await share.press("Enter")
    await eventually(lambda: "'contact'" in str(stage.came["telegram"]))
    await expect(share).to_be_hidden()
    await expect(page.get_by_role("log", name="Telegram")).to_contain_text("+4520123401")
    await expect(page.get_by_label("Telegram: message")).to_be_focused()
    assert stage.errors == []


async def test_a_mishap_is_planned_befalls_and_is_gone(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage)
    await write(page, "WhatsApp", "hi")
    trouble = page.get_by_role("region", name="With WhatsApp")
    await trouble.get_by_label("The shop's next message:").select_option("broken")
    await trouble.get_by_role("button", name="Plan it").click()
    await expect(trouble.get_by_role("list", name="Planned")).to_contain_text("out of order")
    assert await stage.say("whatsapp", "lost") == 503
    await expect(trouble.get_by_role("button", name="Forget these")).to_be_hidden()
    await trouble.get_by_role("button", name="+ 25 h").click()
    await expect(trouble.get_by_text("The 24-hour window is closed.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
async def test_nothing_stands_in_anybody_s_way(stage: Stage, browser: Browser, look: str) -> None:
    page = await opened(browser, stage, **LOOKS[look])
    await write(page, "WhatsApp", "hi")
    await stage.say("whatsapp", "", **buttons("Return", "Cancel"))
    await stage.say("telegram", "Which?", **keys("Return", "Cancel"))
    await stage.say("telegram", "Which number?", **SHARE)
    await stage.act("telegram/oliver/sample", kind="voice")
    await stage.act("telegram/oliver/sample", kind="document")
    await stage.act("telegram/mishap", name="busy")
    await expect(page.get_by_role("list", name="Planned")).to_have_count(1)
    await page.get_by_role("log", name="WhatsApp").get_by_role("button", name="Reply or react").last.click()
    await page.get_by_role("log", name="WhatsApp").get_by_role("button", name="Reply", exact=True).last.click()
    await page.get_by_role("button", name="Telegram: send something else").click()
    await page.evaluate(AXE_SCRIPT)
    ran = "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })"
    found = await page.evaluate(ran, list(RULES))
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
    width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0
