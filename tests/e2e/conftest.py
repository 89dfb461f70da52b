"""One running Baton for all end-to-end tests, and a browser; skipped where Rasa is not installed, an error in CI."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.baton.needs import needs_rasa_half
from tests.e2e.browser import chromium
from tests.e2e.system import System


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """A running Baton, always open for business, with the demo shop, the demo agent and played channels."""
    needs_rasa_half()
    with (
        tempfile.TemporaryDirectory(prefix="baton-e2e-") as home,
        System.running(Path(home), "--demo-channels") as running,
    ):
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the tests of one module."""
    with chromium() as found:
        yield found
