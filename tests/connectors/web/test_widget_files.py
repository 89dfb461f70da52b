"""Files of the widget: picked, pasted, dropped, told of before, tried again, shown; and how large all of it is.

Seen red without the look at a file before its upload, and with a message that does not wait for its files.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

import connectors.web
from connectors.web.offer import FileRules
from handoff.store.memory import MemoryStore
from tests.connectors.browser import open_chat, window, write
from tests.connectors.media.files import PDF, png
from tests.connectors.site import Site
from tests.connectors.web.hosting import PAPER, PICTURE, pick

STATIC = Path(connectors.web.__file__).parent / "static"
MOST_BYTES = 35_000


async def transfer(page: Page, kind: str, name: str) -> None:
    """Paste or drop a small picture."""
    await page.evaluate(
        """([kind, name, bytes]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
          const at = document.querySelector("baton-chat").shadowRoot.querySelector("textarea");
          const how = { bubbles: true, composed: true, cancelable: true };
          at.dispatchEvent(kind === "paste" ? new ClipboardEvent("paste", { ...how, clipboardData: carried })
            : new DragEvent(kind, { ...how, dataTransfer: carried }));
        }""",
        [kind, name, list(png(len(name), 3))],
    )


# size


@pytest.mark.parametrize("language", sorted(file.stem for file in (STATIC / "strings").glob("*.js")))
def test_the_widget_with_one_language_is_small(language: str) -> None:
    loaded, ahead = set[str](), ["widget.js", f"strings/{language}.js"]
    while ahead:
        name = ahead.pop()
        if name not in loaded:
            loaded.add(name)
            ahead += re.findall(r'from "/static/web/([^"]+)"', (STATIC / name).read_text("utf-8"))
    assert {"client.js", "look.js", "tray.js"} <= loaded
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in loaded) <= MOST_BYTES


def test_the_widget_writes_no_markup_and_its_modules_are_short() -> None:
    for file in STATIC.rglob("*.js"):
        source = file.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source), (
            file
        )
        assert source.count("\n") <= 300, file


# files


async def test_files_go_with_a_message_and_pictures_are_shown(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await pick(page, PICTURE, PAPER)
    await expect(page.locator(".tray li")).to_have_count(2)
    await expect(page.locator(".tray")).to_contain_text("Up to 10 files of 16 MB each")
    await write(page, "look")
    await expect(page.locator(".tray")).to_be_hidden()
    shown = page.get_by_role("img", name="Picture: jacket.png")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("img => img.decode().then(() => [img.naturalWidth, img.src.slice(0, 5)])") == [
        20,
        "blob:",
    ]
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Download invoice.pdf").click()
    download = await saved.value
    assert download.suggested_filename == "invoice.pdf"
    assert Path(await download.path()).read_bytes() == PDF
    await page.reload()
    await expect(shown).to_be_visible()


async def test_a_message_waits_for_its_files_and_a_file_alone_is_a_message(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await page.route("**/api/chat/attachments?**", lambda _: None)  # no answer yet
    await pick(page, PAPER)
    await expect(page.get_by_role("progressbar", name="Uploading invoice.pdf")).to_be_visible()
    await page.get_by_label("Write a message…").press("Enter")
    await expect(page.locator(".tray .notice")).to_have_text("Your message is sent as soon as the files are there.")
    await page.get_by_role("button", name="Remove invoice.pdf").click()
    await expect(page.locator(".tray")).to_be_hidden()
    await page.unroute("**/api/chat/attachments?**")
    await pick(page, PAPER)
    await page.get_by_label("Write a message…").press("Enter")
    await expect(page.get_by_role("button", name="Download invoice.pdf")).to_be_visible()
    await expect(page.locator(".entry.contact .text")).to_have_count(0)


async def test_a_failed_upload_can_be_tried_again_or_removed(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await page.route("**/api/chat/attachments?**", lambda route: route.fulfill(status=503, json={}))
    await pick(page, PICTURE)
    await expect(page.locator(".tray .notice")).to_have_text("jacket.png could not be uploaded.")
    await write(page, "look")
    await expect(page.locator(".tray .notice")).to_contain_text("Try the upload again")
    await page.unroute("**/api/chat/attachments?**")
    await page.get_by_role("button", name="Try again: jacket.png").click()
    await expect(page.locator(".tray .state")).to_have_text("1 kB")
    await page.get_by_label("Write a message…").press("Enter")
    await expect(page.get_by_role("img", name="Picture: jacket.png")).to_be_visible()


async def test_what_the_server_refuses_is_told_in_its_words(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await pick(page, {"name": "photo.png", "mimeType": "image/png", "buffer": b"<html>not a picture</html>"})
    await expect(page.locator(".tray .failed")).to_contain_text("Files of this kind are not taken")
    await expect(page.get_by_role("button", name="Try again: photo.png")).to_be_hidden()


async def test_limits_are_told_before_a_byte_goes_out(browser: Browser) -> None:
    async with Site.running(MemoryStore(), files=FileRules(5_000, 2)) as site, window(browser) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if "attachments?" in request.url else None)
        await open_chat(page, site)
        await pick(page, {**PAPER, "buffer": PDF + bytes(5_000)}, {**PAPER, "name": "setup.exe"})
        notice = page.locator(".tray .notice")
        await expect(notice).to_contain_text("invoice.pdf is larger than 5 kB.")
        await expect(notice).to_contain_text("setup.exe: files of this kind are not taken.")
        assert sent == []
        await pick(page, PICTURE, PAPER, {**PAPER, "name": "more.pdf"})
        await expect(notice).to_have_text("A message has 2 files at most.")
        await expect(page.locator(".tray .state", has_text="kB")).to_have_count(2)
        assert len(sent) == 2


async def test_pictures_are_pasted_and_dropped(site: Site, page: Page) -> None:
    await open_chat(page, site)
    await expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    await transfer(page, "paste", "pasted.png")
    await transfer(page, "dragover", "dropped.png")
    await expect(page.locator("baton-chat .chat.dropping")).to_have_count(1)
    await transfer(page, "drop", "dropped.png")
    await expect(page.locator("baton-chat .chat.dropping")).to_have_count(0)
    await expect(page.locator(".tray li bdi")).to_have_text(["pasted.png", "dropped.png"])
