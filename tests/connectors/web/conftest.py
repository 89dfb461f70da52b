"""What the tests of the widget share: a browser, and a customer's window in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.connectors.browser import chromium, window


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with chromium() as one:
        yield one


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A customer's window."""
    async with window(browser) as one:
        yield one
