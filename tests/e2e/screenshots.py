"""Takes the pictures of the documentation from a running Baton: `python -m tests.e2e.screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from baton.settings import ROOT
from tests.e2e.browser import DeskPage, Widget, chromium
from tests.e2e.system import System

IMAGES = ROOT / "docs" / "images"
SETTLE_MS = 700


def main() -> None:
    """Play a customer and an agent, and keep what they see."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="baton-pictures-") as home,
        System.running(Path(home), "--demo-channels") as system,
        chromium() as browser,
    ):
        number, email = system.shop_order("shipped")
        customer = Widget(window(browser, 1180, 760), system.address).open()
        desk = DeskPage(window(browser, 1280, 800), system.address).sign_in("demo", system.password).presence("online")
        customer.asks("Hello!", "")
        customer.asks(f"Where is my order {number}?", "e-mail")
        customer.asks(email, number)
        keep(customer.page, "chat")
        customer.wants_a_person()
        desk.accept()
        desk.reply("Hi, Robin here. I have read everything. Shall I ask the carrier to deliver on Saturday?")
        customer.hears("Saturday", "agent")
        customer.write("Yes please, that would be great")
        desk.log.get_by_text("Yes please").wait_for()
        desk.note("Promised Saturday delivery; carrier informed")
        desk.log.get_by_text("Promised Saturday").wait_for()
        keep(desk.page, "desk")
        phone = Widget(window(browser, 390, 780, dark=True), system.address).open()
        phone.asks("please call me back", "call you")
        keep(phone.page, "callback-dark-phone")
        keep(played_phones(window(browser, 1360, 760), system), "phones")


def played_phones(page: Page, system: System) -> Page:
    """Talk to the shop on both played phones; returns the page."""
    number, email = system.shop_order("shipped")
    page.goto(system.phones)
    page.get_by_role("button", name="Start", exact=True).click()
    whatsapp, telegram = (page.get_by_role("log", name=name) for name in ("WhatsApp", "Telegram"))
    for name, log, text, words in (
        ("WhatsApp", whatsapp, f"Where is my order {number}?", "e-mail"),
        ("WhatsApp", whatsapp, email, "on its way"),
        ("Telegram", telegram, "How long does delivery take?", "working days"),
        ("Telegram", telegram, "I want to talk to a person", "what is it about"),
    ):
        field = page.get_by_label(f"{name}: message")
        field.fill(text)
        field.press("Enter")
        log.get_by_text(words).last.wait_for()
    return page


def window(browser: Browser, width: int, height: int, *, dark: bool = False) -> Page:
    """Open a window of its own."""
    return browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    ).new_page()


def keep(page: Page, name: str) -> None:
    """Keep what a window shows, once it has settled."""
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
