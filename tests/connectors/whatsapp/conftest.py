"""What the tests of the WhatsApp channel share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.connectors.whatsapp.stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The channel over a played Graph API."""
    async with Stage.open() as opened:
        yield opened
