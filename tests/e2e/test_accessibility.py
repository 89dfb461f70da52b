"""Every state of the customer's page and of the desk, looked at by axe-core: nothing may stand in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import violations
from tests.e2e.browser import ANSWER_MS, ARABIC, ENGLISH, DeskPage, Labels, Widget
from tests.e2e.system import CustomerPage, System

pytestmark = pytest.mark.e2e

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}},
}
PHONE = "+4533123456"


class Inspection:
    """A window in which one state after the other is looked at; what is wrong is told at its end, by state."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: dict[str, list[str]] = {}

    def look(self, state: str) -> None:
        """Look at what the page shows now."""
        if found := violations(self.page):
            self.wrong[state] = found


@pytest.fixture(params=LOOKS)
def inspection(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Inspection]:
    """A window in each look."""
    context = browser.new_context(reduced_motion="reduce", **LOOKS[request.param])
    inspection = Inspection(context.new_page())
    yield inspection
    context.close()
    assert inspection.wrong == {}


@pytest.fixture
def waiting(system: System) -> Iterator[CustomerPage]:
    """A customer who waits for a person, with something to read in the log; nobody waits any more at the end."""
    with system.customer() as customer:
        customer.write("how long does delivery take?")
        customer.hears("bot", "working days")
        wait_for_a_person(customer)
        yield customer
        with system.agent() as agent:
            card = agent.of(customer.conversation_id)["conversation"]
            if card["owner"] == "queue":
                agent.do(customer.conversation_id, "claim")
            agent.do(customer.conversation_id, "resolve")


@pytest.fixture
def called_back(system: System) -> Iterator[CustomerPage]:
    """A customer who is to be phoned; the call is cancelled at the end."""
    with system.customer() as customer:
        customer.write("please call me back")
        first = customer.until(lambda entry: bool(entry["buttons"]))["buttons"][0]["title"]
        customer.press(first)
        customer.hears("bot", "phone number")
        customer.write(PHONE)
        customer.hears("bot", "what is it about")
        customer.write("a broken lamp")
        customer.hears("bot", "Shall I book it")
        customer.press("Yes, book it")
        customer.hears("system", "Callback booked")
        yield customer


def wait_for_a_person(customer: CustomerPage) -> None:
    """Insist until the customer waits."""
    for _ in range(4):
        heard = len(customer.seen)
        customer.write("I want to talk to a person")
        customer.until(lambda entry: entry["author"] != "contact")
        customer.more(wait=1)
        if any(entry.get("owner") == "queue" for entry in customer.seen[heard:]):
            return
    customer.until(lambda entry: entry.get("owner") == "queue")


@pytest.mark.parametrize(("language", "labels"), [("en", ENGLISH), ("ar", ARABIC)])
def test_nothing_on_the_customer_page_stands_in_anybody_s_way(
    system: System, inspection: Inspection, language: str, labels: Labels
) -> None:
    page = inspection.page
    address = f"{system.address}/?lang={language}"
    widget = Widget(page, address, labels)
    expect(page.get_by_role("button", name=labels.open)).to_be_visible()
    inspection.look("closed")
    widget.open()
    expect(page.locator("baton-chat")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    inspection.look("open")
    widget.write("hello")
    expect(page.locator("baton-chat .replies button").first).to_be_visible(timeout=ANSWER_MS)
    inspection.look("with buttons")
    page.route("**/api/chat/messages", lambda route: route.fulfill(status=422, json={"error": {"message": "No."}}))
    widget.write("this is refused")
    expect(page.get_by_role("button", name=labels.retry)).to_be_visible()
    inspection.look("a message was refused")
    page.route("**/api/chat/**", lambda route: route.abort())
    Widget(page, address, labels).open()
    expect(page.get_by_text(labels.offline)).to_be_visible(timeout=ANSWER_MS)
    inspection.look("without a connection")


def test_nothing_at_the_desk_stands_in_anybody_s_way(
    system: System, inspection: Inspection, waiting: CustomerPage, called_back: CustomerPage
) -> None:
    page = inspection.page
    desk = DeskPage(page, system.address)
    expect(page.get_by_label("Login")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("login")
    page.get_by_label("Login").fill("demo")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty(timeout=ANSWER_MS)
    inspection.look("login refused")
    desk.sign_in("demo", system.password)
    expect(page.get_by_role("link", name=PHONE).first).to_be_visible(timeout=ANSWER_MS)
    inspection.look("queue and callbacks")
    page.locator("nav section", has_text="Queue").locator(".card").last.click()
    expect(page.get_by_role("button", name="Take it")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("reading a waiting conversation")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_label("Reply to the customer")).to_be_visible(timeout=ANSWER_MS)
    desk.note("a note")
    expect(desk.log).to_contain_text("a note", timeout=ANSWER_MS)
    inspection.look("in conversation")
    for ending in ("Return to bot", "Transfer", "Snooze", "Resolve"):
        page.get_by_role("button", name=ending).first.click()
        inspection.look(f"choosing to {ending.lower()}")
        page.keyboard.press("Escape")


PLANTS = {
    "a picture without words on the page": "document.querySelector('main').append(document.createElement('img'))",
    "a picture without words in the widget": (
        "document.querySelector('baton-chat').shadowRoot.querySelector('.log').append(document.createElement('img'))"
    ),
    "pale words in the widget": (
        "document.querySelector('baton-chat').style.setProperty('--baton-on-accent', 'rgb(40 120 110)')"
    ),
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_a_planted_barrier_is_found(system: System, browser: Browser, plant: str) -> None:
    page = browser.new_context().new_page()
    Widget(page, system.address).open()
    assert violations(page) == []
    page.evaluate(plant)
    found = violations(page)
    assert found
    assert all(("baton-chat >> " in line) == ("baton-chat" in plant) for line in found)
    page.context.close()
