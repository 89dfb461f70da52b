"""Files that an agent sends, in a real browser: picked, dropped, pasted, told of before, tried again.

Seen red without the look at a file before its upload, and with a message that does not wait for its files.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import FilePayload, Page, Route, expect

from connectors.web.offer import FileRules
from handoff.store.memory import MemoryStore
from tests.connectors.browser import chromium, open_desk, window
from tests.connectors.media.files import PDF, png
from tests.connectors.site import Customer, Site

UPLOADS = "**/api/desk/conversations/*/attachments?**"
PICTURE: FilePayload = {"name": "lamp.png", "mimeType": "image/png", "buffer": png(20, 20)}
PAPER: FilePayload = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": PDF}


@asynccontextmanager
async def desk(site: Site) -> AsyncIterator[tuple[Page, Customer]]:
    """A customer's conversation, taken by an agent in a window of theirs."""
    async with chromium() as browser, window(browser) as page:
        # Choosers are taken over by the test as soon as somebody listens, but not at that very instant.
        page.on("filechooser", lambda _: None)
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await page.locator("nav section", has_text="Queue").locator(".card").first.click()
        await page.get_by_role("button", name="Take it").click()
        await expect(page.get_by_label("Reply to the customer")).to_be_focused()
        yield page, customer


async def pick(page: Page, *files: FilePayload) -> None:
    """Choose files as the agent does, by the keyboard alone."""
    attach = page.get_by_role("button", name="Attach files")
    await attach.focus()
    async with page.expect_file_chooser() as choosing:
        await page.keyboard.press("Enter")
    await (await choosing.value).set_files(files)


async def transfer(page: Page, kind: str, at: str) -> None:
    """Paste or drop a small picture."""
    await page.evaluate(
        """([kind, at, bytes]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, { type: "image/png" }));
          const how = { bubbles: true, cancelable: true };
          const event = kind === "paste" ? new ClipboardEvent("paste", { ...how, clipboardData: carried })
            : new DragEvent(kind, { ...how, dataTransfer: carried });
          document.querySelector(at).dispatchEvent(event);
        }""",
        [kind, at, list(png(len(kind), 3))],
    )


async def files_of(customer: Customer) -> list[list[str]]:
    """Return the names of the files in each of the agent's messages, as the customer sees them."""
    entries = (await customer.events())["entries"]
    return [[each["name"] for each in entry["attachments"]] for entry in entries if entry["author"] == "agent"]


async def test_a_customer_gets_files_with_a_caption(site: Site) -> None:
    async with desk(site) as (page, customer):
        await pick(page, PICTURE, PAPER)
        await expect(page.get_by_role("list", name="Files to send").get_by_text("kB")).to_have_count(2)
        field = page.get_by_label("Reply to the customer")
        await field.fill("This lamp?")
        await field.press("Enter")
        await expect(page.get_by_role("list", name="Files to send")).to_have_count(0)
        entry = await customer.until(lambda entry: entry["text"] == "This lamp?")
        picture, paper = entry["attachments"]
        assert (picture["name"], picture["kind"], paper["name"]) == ("lamp.png", "image", "invoice.pdf")
        answer = await site.http.get(f"/api/chat/attachments/{paper['id']}", headers=customer.headers)
        assert answer.content == PDF
        shown = page.get_by_role("log").get_by_role("img", name="lamp.png")
        await shown.scroll_into_view_if_needed()
        assert await shown.evaluate("img => img.decode().then(() => img.naturalWidth)") == 20


async def test_what_is_dropped_or_pasted_is_a_message_without_words(site: Site) -> None:
    async with desk(site) as (page, customer):
        await transfer(page, "dragover", ".log")
        await expect(page.locator(".conversation.over")).to_be_visible()
        await transfer(page, "drop", ".log")
        await expect(page.locator(".conversation.over")).to_have_count(0)
        await transfer(page, "paste", ".composer textarea")
        await expect(page.locator(".tray .there")).to_have_count(2)
        await page.get_by_role("button", name="Remove drop.png").click()
        await page.get_by_label("Reply to the customer").press("Enter")
        await customer.until(lambda entry: bool(entry["attachments"]))
        assert await files_of(customer) == [["paste.png"]]


async def test_a_file_that_misses_the_conversation_does_not_take_the_page_away(site: Site) -> None:
    async with desk(site) as (page, _):
        kept = """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["x"], "x.txt"));
          return document.querySelector("nav").dispatchEvent(
            new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }));
        }"""
        assert await page.evaluate(kept) is False
        await expect(page.locator(".tray")).to_have_count(0)


async def test_a_message_waits_for_its_files(site: Site) -> None:
    held: list[Route] = []
    async with desk(site) as (page, customer):
        await page.route(UPLOADS, lambda route: held.append(route))
        await pick(page, PAPER)
        await expect(page.get_by_role("progressbar", name="Uploading invoice.pdf")).to_be_visible()
        field = page.get_by_label("Reply to the customer")
        await field.fill("your invoice")
        await field.press("Enter")
        await expect(page.locator(".told")).to_have_text("The message goes out as soon as the files are there.")
        assert await files_of(customer) == []
        await held[0].continue_()
        entry = await customer.until(lambda entry: entry["text"] == "your invoice")
        assert [each["name"] for each in entry["attachments"]] == ["invoice.pdf"]
        await expect(field).to_have_value("")


async def test_files_wait_while_the_agent_turns_to_another_conversation(site: Site) -> None:
    async with desk(site) as (page, customer):
        other = await site.waiting_customer()
        await pick(page, PAPER)
        await expect(page.locator(".tray .there")).to_have_count(1)
        await page.locator("nav section", has_text="Queue").locator(".card").first.click()
        await page.get_by_role("button", name="Take it").click()
        await expect(page.get_by_label("Reply to the customer")).to_be_visible()
        await expect(page.locator(".tray")).to_have_count(0)
        await page.locator(".card:not(.current)").first.click()
        await expect(page.locator(".tray .there")).to_have_count(1)
        await page.get_by_label("Reply to the customer").press("Enter")
        await customer.until(lambda entry: bool(entry["attachments"]))
        assert await files_of(other) == []


async def test_a_failed_upload_is_told_and_tried_again(site: Site) -> None:
    async with desk(site) as (page, customer):
        sentence = {"error": {"code": "media_unavailable", "message": "Files cannot be kept just now."}}
        await page.route(UPLOADS, lambda route: route.fulfill(status=503, json=sentence))
        await pick(page, PICTURE)
        told = page.locator(".told")
        await expect(told).to_have_text("lamp.png could not be uploaded. Files cannot be kept just now.")
        await page.get_by_label("Reply to the customer").press("Enter")
        await expect(told).to_have_text("Try the upload again, or remove the file.")
        await page.unroute(UPLOADS)
        await page.get_by_role("button", name="Try again: lamp.png").click()
        await expect(page.locator(".tray .there")).to_have_count(1)
        await page.get_by_label("Reply to the customer").press("Enter")
        await customer.until(lambda entry: bool(entry["attachments"]))


async def test_what_the_server_refuses_is_told_in_its_words(site: Site) -> None:
    async with desk(site) as (page, _):
        await pick(page, {"name": "photo.png", "mimeType": "image/png", "buffer": b"<html>not a picture</html>"})
        await expect(page.locator(".told")).to_contain_text("Files of this kind are not taken")
        await expect(page.get_by_role("button", name="Try again: photo.png")).to_have_count(0)


async def test_limits_are_told_before_a_byte_goes_out() -> None:
    async with Site.running(MemoryStore(), files=FileRules(5_000, 2)) as site, desk(site) as (page, _):
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if "attachments?" in request.url else None)
        attach = page.get_by_role("button", name="Attach files")
        await expect(attach).to_have_attribute(
            "title", "Up to 2 files of 5 kB each; or paste them, or drop them on the conversation"
        )
        await pick(page, {**PAPER, "buffer": PDF + bytes(5_000)}, {**PAPER, "name": "setup.exe"})
        told = page.locator(".told")
        await expect(told).to_contain_text("invoice.pdf is larger than 5 kB.")
        await expect(told).to_contain_text("setup.exe: files of this kind are not taken.")
        assert sent == []
        await pick(page, PICTURE, PAPER, {**PAPER, "name": "more.pdf"})
        await expect(told).to_have_text("A message has 2 files at most.")
        await expect(page.locator(".tray .there")).to_have_count(2)


async def test_a_note_for_colleagues_takes_files_too(site: Site) -> None:
    async with desk(site) as (page, customer):
        await page.get_by_label("Note", exact=True).check()
        await pick(page, PAPER)
        await expect(page.locator(".tray .there")).to_have_count(1)
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.locator(".entry.note")).to_contain_text("invoice.pdf")
        assert await files_of(customer) == []
