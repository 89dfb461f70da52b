"""Runs an asynchronous test on a shop: the sample in SQLite, or behind one of the reference APIs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from actions.shop import Shop, sqlite_file
from actions.shop.http import HttpShop
from actions.shop.importer import import_shop
from actions.shop.sqlite import SqliteShop
from tests.actions.shop.reference_api import TOKEN, ReferenceApi, foreign, plain, serving
from tests.actions.shop.sample import clock, sample

KINDS = ("sqlite", "http", "http_foreign")


def sample_file(folder: Path) -> Path:
    """The sample as a shop file of SQLite."""
    path = folder / "shop.sqlite3"
    with closing(sqlite_file.connect(path)) as connection:
        import_shop(connection, sample())
    return path


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Shop]:
    """The sample behind an adapter."""
    path = sample_file(folder)
    embedded = SqliteShop(path, default_region="GB", clock=clock)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(embedded.close)
        if kind == "sqlite":
            yield embedded
            return
        dialect = plain() if kind == "http" else foreign()
        address = await stack.enter_async_context(serving(ReferenceApi(embedded, path, dialect).app()))
        shop = HttpShop(address, dialect.mapping, token=TOKEN, default_region="GB", clock=clock)
        stack.push_async_callback(shop.close)
        yield shop


def on_every_shop(test: Callable[..., Awaitable[None]]) -> Any:
    """Makes `async def test(shop, …)` a test that runs once on each adapter."""

    @pytest.mark.parametrize("kind", KINDS)
    def run(kind: str, tmp_path: Path) -> None:
        async def play() -> None:
            async with opened(kind, tmp_path) as shop:
                await test(shop)

        asyncio.run(play())

    run.__doc__ = test.__doc__
    return run
