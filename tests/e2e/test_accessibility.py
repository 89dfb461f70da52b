"""Every state of the customer's page and of the desk, looked at by axe-core: nothing may stand in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from connectors.trial.phones import PEOPLE
from tests.e2e.accessibility import violations
from tests.e2e.browser import ANSWER_MS, ARABIC, ENGLISH, DeskPage, Labels, Widget
from tests.e2e.system import AgentPage, CustomerPage, PhoneInHand, System

pytestmark = pytest.mark.e2e

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}},
}
PHONE = "+4533123456"
LETTER: FilePayload = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a letter"}
NO_PICTURE: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": b"<html>not a picture</html>"}
PHONES = {who.id: f"+{who.phone}" for who in PEOPLE}
PERSON_WANTED = {"wei": "I want to talk to a person", "irina": "أريد التحدث مع موظف"}
"""Who asks for a person on both played platforms, and in which words: English, or Arabic."""


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
    page.get_by_role("button", name=labels.more).click()
    inspection.look("menu")
    page.get_by_role("button", name=labels.end).click()
    inspection.look("asked whether to end the chat")
    page.keyboard.press("Escape")
    page.locator("baton-chat input[type=file]").set_input_files([LETTER, NO_PICTURE])
    expect(page.locator("baton-chat .tray .failed")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("with a file, and one that was refused")
    page.locator("baton-chat .tray .failed button.plain").click()
    widget.write("hello")
    expect(page.locator("baton-chat .entry.contact .file")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("a file was sent")
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


@pytest.fixture(params=PERSON_WANTED)
def two_channels(request: pytest.FixtureRequest, system: System) -> Iterator[PhoneInHand]:
    """Somebody who waits on WhatsApp, wrote on Telegram with the same number, and sent all there is to send."""
    who = request.param
    with system.phone("whatsapp", who) as whatsapp, system.phone("telegram", who) as telegram, system.agent() as agent:
        for _ in range(4):
            whatsapp.do("write", text=PERSON_WANTED[who])
            with suppress(AssertionError):
                system.until(lambda: card_of(agent, "whatsapp") is not None, 3)
                break
        whatsapp.do("sample", kind="voice")
        whatsapp.do("sample", kind="document")
        whatsapp.do("place", latitude=55_676_000, longitude=12_568_000)
        whatsapp.do("card", phone="+4533123456", name="Kim")
        telegram.do("card", phone=PHONES[who], name="Kim")
        card = card_of(agent, "whatsapp")
        assert card is not None
        system.until(lambda: len(agent.of(card["id"])["person"]["conversations"]) == 2)
        system.until(lambda: any(sent.get("name") == "Kim" for sent in attachments_of(agent, card["id"], "whatsapp")))
        agent.call("PUT", "/presence", presence="offline")
        yield whatsapp
        agent.do(card["id"], "resolve")


def card_of(agent: AgentPage, channel: str) -> Any:
    """Return the card of the conversation that waits on a channel."""
    queue = agent.call("GET", "/overview")["queue"]
    return next((card for card in queue if card["channel"] == channel), None)


def attachments_of(agent: AgentPage, conversation_id: str, channel: str) -> list[Any]:
    """Return what came on a channel beside words."""
    entries = agent.of(conversation_id)["entries"]
    return [one for entry in entries if entry["channel"] == channel for one in entry["attachments"]]


def long_ago(route: Route) -> None:
    """Answer as the desk would a day later: the time to write freely is over."""
    answer = route.fetch()
    opened = answer.json()
    if "sending" in opened:
        opened["sending"]["window_ends_at"] = "2026-01-01T00:00:00.000Z"
    route.fulfill(response=answer, json=opened)


def test_nothing_about_channels_at_the_desk_stands_in_anybody_s_way(
    system: System, inspection: Inspection, two_channels: PhoneInHand
) -> None:
    page = inspection.page
    page.context.add_cookies([{"name": n, "value": v, "url": system.address} for n, v in system.session.items()])
    desk = DeskPage(page, system.address)
    page.locator("nav section", has_text="Queue").locator(".card").filter(has_text="WhatsApp").click()
    page.get_by_role("button", name="Take it").click()
    expect(desk.log.get_by_role("link", name="letter.pdf").last).to_be_visible(timeout=ANSWER_MS)
    inspection.look("files in the log")
    page.get_by_text("One person on").click()
    expect(page.get_by_role("button", name="Not the same person")).to_be_visible()
    inspection.look("a person on two channels")
    page.locator(".composer input[type=file]").set_input_files([LETTER, NO_PICTURE])
    expect(page.locator(".tray .failed")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("a file to send, and one that was refused")
    page.get_by_role("button", name="Remove photo.png").click()
    system.mishap("whatsapp", "gone")
    desk.reply("Here you are.")
    expect(desk.log.get_by_text("not delivered").last).to_be_visible(timeout=ANSWER_MS)
    inspection.look("a message that did not arrive, in the log")
    page.route("**/api/desk/conversations/*", long_ago)
    page.reload()
    expect(page.get_by_role("button", name="Drop").first).to_be_visible(timeout=ANSWER_MS)
    inspection.look("the list of what did not arrive")
    page.locator("nav section", has_text="My conversations").locator(".card").filter(has_text="WhatsApp").click()
    expect(page.get_by_text("The time to write freely is over")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("the time to write freely is over")
    page.get_by_role("button", name="Templates").click()
    page.get_by_role("combobox", name="Template").select_option(index=1)
    expect(page.get_by_label("Field 1")).to_be_visible(timeout=ANSWER_MS)
    inspection.look("a template with fields")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Field 1")).to_have_count(0)
    if page.get_by_role("button", name="Back to the lists").is_visible():
        page.get_by_role("button", name="Back to the lists").click()
    page.get_by_role("button", name="Drop").first.click()
    expect(page.get_by_role("button", name="Drop")).to_have_count(0, timeout=ANSWER_MS)
    page.unroute_all(behavior="ignoreErrors")


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
