"""Pages of a shop that embed the widget in their own way, and what customers and agents do there."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, expect

from handoff.entry import Author, Entry, Kind
from tests.connectors.browser import conversation_of
from tests.connectors.media.files import PDF, png
from tests.connectors.site import Site
from tests.e2e.accessibility import RULES

HOSTED = """<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head>
<body><main><h1>Shop</h1></main>{chat}<script type="module" src="/widget.js"></script></body></html>"""
PICTURE = {"name": "jacket.png", "mimeType": "image/png", "buffer": png(20, 10)}
PAPER = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": PDF}


class Letters:
    """Mail that goes nowhere."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def send(self, to: str, subject: str, text: str) -> None:
        """Keep the address."""
        self.to.append(to)


async def host(page: Page, site: Site, attributes: str = "", path: str = "/host") -> None:
    """Show a page of a shop with its own <baton-chat>."""
    body = HOSTED.format(chat=f"<baton-chat {attributes}></baton-chat>")
    await page.route(f"**{path}", lambda route: route.fulfill(body=body, content_type="text/html"))
    await page.goto(f"{site.origin}{path}")
    await expect(page.locator("baton-chat .launcher")).to_be_visible()


async def says(site: Site, page: Page, *entries: Entry) -> None:
    """Put entries into the page's log."""
    await site.append(await conversation_of(page, site), *entries)


def agents(site: Site, text: str) -> Entry:
    """Something that an agent says."""
    return Entry(Kind.MESSAGE, Author.AGENT, site.clock(), text=text, name="Ada Holm")


async def pick(page: Page, *files: Any) -> None:
    """Pick files with the button's own field."""
    await expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    await page.locator("baton-chat input[type=file]").set_input_files(list(files))


async def violations(page: Page) -> list[str]:
    """Say what axe finds wrong with what the page shows now."""
    await page.evaluate(AXE_SCRIPT)
    found = await page.evaluate("(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", list(RULES))
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
