"""A line to Redis that a test can watch, hold up and cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_CHUNK = 65_536
Answered = Callable[[int], Awaitable[None]]


class Cut(Exception):
    """Ends the connection on which an answer comes."""


@asynccontextmanager
async def line(to_url: str, folder: Path, answered: Answered) -> AsyncIterator[str]:
    """Carry bytes to a Redis and back; yields the address of this end.

    Args:
        to_url: unix:// address of the Redis.
        folder: where this end's socket goes.
        answered: awaited before a piece of an answer is carried on, with the bytes that have come on its connection
            since that last asked for something; it may wait, or raise `Cut`.
    """
    carrying: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrying.add(asyncio.current_task())  # type: ignore[arg-type]
        far_reader, far_writer = await asyncio.open_unix_connection(to_url.removeprefix("unix://"))
        came = 0

        async def ask() -> None:
            nonlocal came
            while chunk := await reader.read(_CHUNK):
                came = 0
                far_writer.write(chunk)
                await far_writer.drain()

        async def answer() -> None:
            nonlocal came
            while chunk := await far_reader.read(_CHUNK):
                came += len(chunk)
                await answered(came)
                writer.write(chunk)
                await writer.drain()

        ways = [asyncio.create_task(ask()), asyncio.create_task(answer())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.close()
            far_writer.close()

    where = folder / "line.sock"
    server = await asyncio.start_unix_server(connected, where)
    try:
        yield f"unix://{where}"
    finally:
        server.close()
        for task in carrying:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*carrying, return_exceptions=True)
