"""The customer's page and the desk in a real browser, on the real processes."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import ANSWER_MS, DeskPage, Widget
from tests.e2e.system import System

pytestmark = pytest.mark.e2e

DOT = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
"""A picture of one pixel (PNG)."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A customer's window; an error on the page fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def desk(browser: Browser, system: System) -> Iterator[DeskPage]:
    """The demo agent's window, online; offline again at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    desk = DeskPage(page, system.address).sign_in("demo", system.password).presence("online")
    yield desk
    desk.presence("offline")
    context.close()
    assert errors == []


def test_a_customer_asks_and_finds_the_conversation_again_after_a_reload(system: System, page: Page) -> None:
    widget = Widget(page, system.address).open()
    widget.asks("how long does delivery take?", "working days")
    Widget(page, system.address).open()
    widget.hears("working days")
    expect(widget.said("contact")).to_have_text(["how long does delivery take?"])


def test_a_quick_reply_is_pressed_instead_of_typed(system: System, page: Page) -> None:
    widget = Widget(page, system.address).open()
    widget.write("hello")
    reply = page.locator("baton-chat .replies button").first
    expect(reply).to_be_visible(timeout=ANSWER_MS)
    title = reply.inner_text()
    before = widget.said("bot").count()
    reply.click()
    expect(widget.said("contact").last).to_have_text(title)
    expect(widget.said("bot").nth(before)).to_be_visible(timeout=ANSWER_MS)


def test_what_is_written_without_a_connection_is_sent_once_when_it_is_back(system: System, page: Page) -> None:
    widget = Widget(page, system.address).open()
    widget.asks("hello", "")
    page.context.set_offline(True)
    widget.write("do you sell gift cards?")
    widget.write("how long does delivery take?")
    expect(page.get_by_text("Sending…").first).to_be_visible(timeout=ANSWER_MS)
    page.context.set_offline(False)
    widget.hears("working days")
    expect(page.get_by_text("Sending…")).to_have_count(0)
    expect(widget.said("contact")).to_have_text(["hello", "do you sell gift cards?", "how long does delivery take?"])


def test_markup_is_shown_as_text_and_arabic_from_right_to_left(system: System, page: Page) -> None:
    widget = Widget(page, system.address).open()
    widget.write("<img src=x onerror=document.title='taken'> <b>hi</b>")
    expect(widget.said("contact").last).to_have_text("<img src=x onerror=document.title='taken'> <b>hi</b>")
    widget.write("أين طلبي؟")
    expect(widget.said("contact").last).to_have_css("direction", "rtl")
    assert page.title() != "taken"


def test_the_whole_chat_works_by_keyboard(system: System, page: Page) -> None:
    Widget(page, system.address)
    launcher = page.get_by_role("button", name="Open chat")
    launcher.focus()
    page.keyboard.press("Enter")
    widget_input = page.get_by_label("Write a message…")
    expect(widget_input).to_be_focused()
    page.keyboard.type("how long does delivery take?")
    page.keyboard.press("Enter")
    expect(page.locator("baton-chat .entry.bot").last).to_contain_text("working days", timeout=ANSWER_MS)
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()


def test_a_person_takes_over_sees_everything_and_gives_back(system: System, page: Page, desk: DeskPage) -> None:
    number, email = system.shop_order("shipped")
    widget = Widget(page, system.address).open()
    widget.asks(f"where is my order {number}", "e-mail")
    widget.asks(email, number)
    widget.wants_a_person()
    desk.accept()
    widget.hears("joined", "system")
    expect(desk.log).to_contain_text(f"where is my order {number}")
    expect(desk.page.get_by_label("Summary")).to_contain_text(number)

    desk.reply("Hello, I have read it all.")
    widget.hears("Hello, I have read it all.", "agent")
    widget.write("thank you!")
    expect(desk.log).to_contain_text("thank you!", timeout=ANSWER_MS)
    desk.note("a friendly customer")
    expect(desk.log).to_contain_text("a friendly customer", timeout=ANSWER_MS)

    desk.give_back("A new parcel is on its way")
    widget.hears("A new parcel is on its way")
    widget.asks("how long does delivery take?", "working days")
    expect(widget.log).not_to_contain_text("a friendly customer")


def test_an_agent_s_picture_reaches_the_customer_with_its_words(system: System, page: Page, desk: DeskPage) -> None:
    widget = Widget(page, system.address).open()
    widget.wants_a_person()
    desk.accept()
    desk.attach({"name": "lamp.png", "mimeType": "image/png", "buffer": DOT})
    desk.reply("Is it this lamp?")
    widget.hears("Is it this lamp?", "agent")
    picture = page.get_by_role("img", name="Picture: lamp.png")
    expect(picture).to_be_visible(timeout=ANSWER_MS)
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 1
    expect(desk.log.get_by_role("img", name="lamp.png")).to_be_visible(timeout=ANSWER_MS)
    desk.give_back("The lamp was found")
    widget.hears("The lamp was found")
    expect(widget.said("system").filter(has_text="talking to the assistant again")).to_have_count(1)
    expect(widget.said("bot").last).to_have_text("Robin noted: The lamp was found")


def test_a_callback_is_booked_with_nobody_there_and_appears_at_the_desk(
    system: System, page: Page, browser: Browser
) -> None:
    widget = Widget(page, system.address).open()
    widget.asks("please call me back", "When shall we call")
    page.locator("baton-chat .replies button").first.click()
    widget.hears("phone number")
    widget.asks("+45 33 98 76 54", "what is it about")
    widget.asks("my parcel came broken", "Shall I book it")
    page.get_by_role("button", name="Yes, book it").click()
    widget.hears("Callback booked", "system")
    other = browser.new_context().new_page()
    DeskPage(other, system.address).sign_in("demo", system.password)
    expect(other.get_by_role("link", name="+4533987654")).to_be_visible(timeout=ANSWER_MS)
    other.context.close()


def test_the_desk_refuses_a_wrong_password_in_words(system: System, page: Page) -> None:
    page.goto(f"{system.address}/desk")
    page.get_by_label("Login").fill("demo")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty(timeout=ANSWER_MS)
