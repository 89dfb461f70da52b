"""What the tests of the connectors share: a running site over the store in memory, and one over each store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from tests.connectors.site import Site


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on the loop that the gateway runs on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A running site over the store in memory."""
    async with Site.running(MemoryStore()) as running:
        yield running


@pytest.fixture
async def any_site(store: Store) -> AsyncIterator[Site]:
    """A running site, once over the store in memory and once over Redis."""
    async with Site.running(store) as running:
        yield running
