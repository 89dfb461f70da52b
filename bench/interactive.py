"""The widget in headless Chromium: how many bytes come, and how soon one can click it and write in it.

Every visit is a new window with an empty cache, on the demonstration shop's page. The page itself says when: at each
frame it looks whether the launcher would get a click in its middle, and, once it was clicked, whether the field has the
cursor. The first from the start of the navigation, the second from the click; both are as fine as a frame, some 17 ms.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bench.figures import spread
from tests.e2e.browser import FLAGS, chromium_path
from tests.e2e.system import System

VISITS = 9
LANGUAGES = ("en", "da", "ar", "ru", "zh")
_PATIENCE_MS = 30_000
_BESIDE = ("shop", "icon.svg")
"""Files of the demonstration shop, not of the widget."""

_LOOK = """() => {
  const root = () => document.querySelector("baton-chat")?.shadowRoot;
  const eachFrame = (there, name) => {
    const look = () => there() ? (window[name] = performance.now()) : requestAnimationFrame(look);
    look();
  };
  const clickable = () => {
    const button = root()?.querySelector("button.launcher");
    if (!button || button.disabled) return false;
    const { left, top, width, height } = button.getBoundingClientRect();
    return width > 0 && button.contains(root().elementFromPoint(left + width / 2, top + height / 2));
  };
  const writable = () => {
    const field = root().activeElement;
    const shown = field?.localName === "textarea" && field.getBoundingClientRect().height > 0;
    return shown && !field.disabled && !field.readOnly;
  };
  addEventListener("click", (event) => {
    window.batonClicked = event.timeStamp;
    requestAnimationFrame(() => eachFrame(writable, "batonWritable"));
  }, { capture: true, once: true });
  requestAnimationFrame(() => eachFrame(clickable, "batonClickable"));
}"""

_AWAIT = """(name) => new Promise((done) => {
  const look = () => window[name] ? done(window[name]) : requestAnimationFrame(look);
  look();
})"""

_RECEIVED = """() => performance.getEntriesByType("resource").map(
  ({ name, encodedBodySize, decodedBodySize }) => [new URL(name).pathname, encodedBodySize, decodedBodySize])"""


async def measure() -> dict[str, Any]:
    """Visit the shop some times in each language, English the most."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as home, System.running(Path(home)) as system:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
            try:
                sizes = {tag: (await _visit(browser, system.address, tag))["bytes"] for tag in LANGUAGES}
                print(f"  gzipped: {sizes}", flush=True)
                visits = [await _visit(browser, system.address, "en") for _ in range(VISITS)]
            finally:
                await browser.close()
    clickable, writable = ([visit[name] for visit in visits] for name in ("clickable_s", "writable_s"))
    print(f"  {VISITS} visits: clickable after {statistics.median(clickable) * 1000:.0f} ms", flush=True)
    return {
        "bytes_received": sizes,
        "most_bytes": max(sizes.values()),
        "navigation_to_clickable": spread(clickable),
        "click_to_writable": spread(writable),
    }


async def _visit(browser: Browser, address: str, language: str) -> dict[str, Any]:
    context = await browser.new_context(viewport={"width": 1200, "height": 800})
    try:
        page = await context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        await page.add_init_script(f"({_LOOK})()")
        await page.goto(f"{address}/?lang={language}", wait_until="commit")
        clickable = await page.evaluate(_AWAIT, "batonClickable")
        await page.locator("baton-chat button.launcher").click()
        writable = await page.evaluate(_AWAIT, "batonWritable") - await page.evaluate("window.batonClicked")
        await page.keyboard.type("a")
        if await page.locator("baton-chat textarea").input_value() != "a":
            raise RuntimeError("What was typed is not in the field.")
        return {"clickable_s": clickable / 1000, "writable_s": writable / 1000, "bytes": await _bytes(page)}
    finally:
        await context.close()


async def _bytes(page: Page) -> int:
    """Return the bytes of the widget's files as they came; raises RuntimeError if one came uncompressed."""
    total = 0
    for path, received, whole in await page.evaluate(_RECEIVED):
        name = path.rsplit("/", 1)[-1]
        if not path.endswith(".js") or name.startswith(_BESIDE):
            continue
        if received >= whole:
            raise RuntimeError(f"{path} came with {received} bytes, as large as it is.")
        total += received
    return total
