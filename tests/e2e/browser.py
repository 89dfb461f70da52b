"""Debian's Chromium, and the two pages as people use them: by role and label, never by position."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect, sync_playwright

ANSWER_MS = 30_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def chromium_path() -> str:
    """Return where Chromium is; skips where there is none, which is an error in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        words = "no Chromium on this machine (Debian's package chromium): the page tests are left out"
        if os.environ.get("CI") == "true":
            raise RuntimeError(words)
        pytest.skip(words)
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; skips where there is none, which is an error in CI."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class Labels:
    """By what a customer finds their way in the widget."""

    open: str
    write: str
    retry: str
    offline: str
    more: str
    end: str


ENGLISH = Labels("Open chat", "Write a message…", "Try again", "No connection.", "More", "End chat on this device")
ARABIC = Labels(
    "فتح المحادثة",
    "رسالتك هنا…",
    "إعادة المحاولة",
    "لا يوجد اتصال بالإنترنت.",
    "المزيد",
    "إنهاء المحادثة على هذا الجهاز",
)


class Widget:
    """The chat on the shop's page, opened by a customer."""

    def __init__(self, page: Page, address: str, labels: Labels = ENGLISH) -> None:
        self.page = page
        self.labels = labels
        page.goto(address)

    def open(self) -> Widget:
        """Open the chat; in a tab where it stood open it still does."""
        closed = self.page.get_by_role("button", name=self.labels.open)
        expect(closed.or_(self.page.get_by_role("textbox", name=self.labels.write))).to_be_visible()
        if closed.is_visible():
            closed.click()
        return self

    @property
    def input(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_label(self.labels.write)

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    def said(self, author: str) -> Locator:
        """What that author (contact, bot, agent, system) has said."""
        return self.page.locator(f"baton-chat .entry.{author} .text")

    def write(self, text: str) -> None:
        """Type a message and send it with Enter."""
        self.input.fill(text)
        self.input.press("Enter")

    def hears(self, words: str, author: str = "bot") -> None:
        """Wait until that author has said something with these words."""
        expect(self.said(author).filter(has_text=words).last).to_be_visible(timeout=ANSWER_MS)

    def asks(self, text: str, words: str) -> None:
        """Write a message and wait for the bot's words."""
        self.write(text)
        self.hears(words)

    def wants_a_person(self) -> None:
        """Insist until the conversation waits or somebody has it."""
        waiting = self.page.get_by_text("Waiting for a colleague").or_(self.page.get_by_text("You are talking with "))
        for _ in range(4):
            heard = self.page.locator("baton-chat .entry:not(.contact)").count()
            self.write("I want to talk to a person")
            expect(self.page.locator("baton-chat .entry:not(.contact)").nth(heard)).to_be_visible(timeout=ANSWER_MS)
            if waiting.filter(has_not_text="assistant").count():
                return
        expect(waiting).to_be_visible(timeout=ANSWER_MS)


class DeskPage:
    """The desk in an agent's browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(f"{address}/desk")

    def sign_in(self, login: str, password: str) -> DeskPage:
        """Sign in."""
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_label("Presence")).to_be_visible(timeout=ANSWER_MS)
        return self

    def presence(self, value: str) -> DeskPage:
        """Say whether one is there: online, busy or offline."""
        self.page.get_by_label("Presence").select_option(value)
        expect(self.page.locator(f".presence.{value}")).to_be_visible(timeout=ANSWER_MS)
        return self

    def accept(self) -> None:
        """Accept what is offered."""
        self.page.get_by_role("button", name="Accept").first.click(timeout=ANSWER_MS)
        expect(self.page.get_by_label("Reply to the customer")).to_be_visible(timeout=ANSWER_MS)

    def reply(self, text: str) -> None:
        """Write to the customer."""
        field = self.page.get_by_label("Reply to the customer")
        field.fill(text)
        field.press("Enter")
        expect(field).to_have_value("", timeout=ANSWER_MS)

    def attach(self, *files: FilePayload) -> None:
        """Put files beside what is written next, and wait until they are there."""
        self.page.locator(".composer input[type=file]").set_input_files(list(files))
        expect(self.page.locator(".tray .there")).to_have_count(len(files), timeout=ANSWER_MS)

    def note(self, text: str) -> None:
        """Write a note for colleagues."""
        self.page.get_by_label("Note", exact=True).check()
        field = self.page.get_by_label("Note for colleagues")
        field.fill(text)
        field.press("Enter")
        expect(self.page.get_by_label("Reply to the customer")).to_have_value("", timeout=ANSWER_MS)

    def give_back(self, outcome: str) -> None:
        """Return the conversation to the bot with an outcome."""
        self.page.get_by_role("button", name="Return to bot").first.click()
        self.page.get_by_label("Outcome, in one line").fill(outcome)
        self.page.locator(".sheet").get_by_role("button", name="Return to bot").click()

    @property
    def log(self) -> Locator:
        """The log of the conversation that is read."""
        return self.page.get_by_role("log")
