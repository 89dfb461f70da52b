"""axe-core in a page that a test has brought into some state; it looks into open shadow roots by itself."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_RUN = "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })"


def violations(page: Page) -> list[str]:
    """Say what axe finds wrong with what the page shows now: a line for each element and rule."""
    # A script that is evaluated, not added to the page, passes the strict Content-Security-Policy.
    page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(_RUN, list(RULES))
    return [
        f"{violation['id']} at {_place(node['target'])}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _place(target: list[str | list[str]]) -> str:
    """Name an element; one in a shadow root has a selector for each root on the way."""
    return " ".join(" >> ".join(part) if isinstance(part, list) else part for part in target)
