"""A WebSocket's wire, from the page's end: what browsers never do is done by hand."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast

import pytest
from sanic import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from connectors import wire
from handoff.store.memory import MemoryStore
from tests.connectors.site import Customer, Site
from tests.waiting import PATIENCE_S, eventually

_HANDSHAKE = (
    "GET /api/chat/ws HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_CONTINUED, _TEXT, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x8, 0x9, 0xA


def frame(opcode: int, payload: bytes, *, last: bool = True) -> bytes:
    """Write a page's frame; a mask of zeros changes nothing."""
    size = len(payload)
    head = bytes((0x80 * last | opcode,))
    return head + (bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2)) + bytes(4) + payload


def token(customer: Customer) -> bytes:
    """Write the first frame of a customer's page."""
    return frame(_TEXT, json.dumps({"token": customer.token}).encode())


@dataclass
class Page:
    """A page that does only what it is told, not even answer pings."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    @asynccontextmanager
    async def open(cls, site: Site, begin: bytes, version: int = 13) -> AsyncIterator[Page]:
        """Ask for a socket and send the first bytes with the very request."""
        host, port = site.origin.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(_HANDSHAKE.format(version=version).encode() + begin)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def head(self) -> bytes:
        """Read the answer to the handshake."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def next(self) -> tuple[int, bytes]:
        """Read a frame: its opcode and what it says."""
        async with asyncio.timeout(PATIENCE_S):
            opcode, size = await self.reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2))
            return opcode & 0xF, await self.reader.readexactly(size)

    async def say(self, data: bytes, *, times: int, within_s: float = 5) -> None:
        """Write something again and again, and let the other side do something each time."""
        async with asyncio.timeout(within_s):
            for _ in range(times):
                self.writer.write(data)
                await self.writer.drain()
                await asyncio.sleep(0.01)

    async def closing(self) -> int:
        """Read to the closing frame, and return its code."""
        while (said := await self.next())[0] != _CLOSE:
            pass
        return int.from_bytes(said[1][:2])


async def test_what_comes_with_the_handshake_is_heard(site: Site) -> None:
    async with Page.open(site, token(await site.customer())) as page:
        assert b" 101 " in await page.head()
        assert b"entries" in (await page.next())[1]


async def test_a_handshake_that_is_none_gets_our_error(site: Site) -> None:
    async with Page.open(site, b"", version=7) as page:
        assert b" 400 " in (await page.head()).splitlines()[0]
        assert b'"bad_request"' in await page.reader.readuntil(b"}")


async def test_messages_are_answered_in_order_however_many_come_at_once(site: Site) -> None:
    pings = frame(_TEXT, b'{"ping":1}') * 500
    async with Page.open(site, token(await site.customer())) as page:
        await page.head()
        await page.next()
        for _ in range(3):
            page.writer.write(pings)
            assert [await page.next() for _ in range(500)] == [(_TEXT, b'{"pong":1}')] * 500


async def test_a_message_may_come_in_pieces_even_within_a_letter(site: Site) -> None:
    message = '{"token": "å"}'.encode()
    middle = message.index("å".encode()) + 1
    pieces = frame(_TEXT, message[:middle], last=False) + frame(_PING, b"") + frame(_CONTINUED, message[middle:])
    async with Page.open(site, pieces) as page:
        await page.head()
        assert await page.next() == (_PONG, b"")
        assert await page.closing() == 4401


async def test_pieces_count_together_for_the_limit(site: Site) -> None:
    piece = b"x" * 50_000
    pieces = frame(_TEXT, piece, last=False) + frame(_CONTINUED, piece)
    async with Page.open(site, pieces) as page:
        await page.head()
        assert await page.closing() == 1009


async def test_text_that_is_not_utf_8_closes_the_socket(site: Site) -> None:
    async with Page.open(site, frame(_TEXT, b"\xff")) as page:
        await page.head()
        assert await page.closing() == 1007


async def test_a_page_that_answers_no_ping_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PING_S", 0.1)
    async with Page.open(site, token(await site.customer())) as page:
        await page.head()
        assert await page.closing() == 1011
        await eventually(lambda: nothing_is_left(site))


async def test_a_page_that_answers_its_pings_stays(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PING_S", 0.1)
    async with Page.open(site, token(await site.customer())) as page:
        await page.head()
        pings = 0
        while pings < 5:
            opcode, said = await page.next()
            assert opcode in (_TEXT, _PING)
            if opcode == _PING:
                pings += 1
                page.writer.write(frame(_PONG, said))


async def test_a_page_that_does_not_let_go_after_its_closing_frame_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CLOSE_LIMIT_S", 0.1)
    async with bare_wire() as (line, transport, page):

        async def is_cut() -> bool:
            return transport.is_closing()

        line.end(4400, "no token")
        assert await page.closing() == 4400
        await eventually(is_cut)


async def test_a_page_that_asks_and_does_not_read_is_not_read_on_until_it_reads() -> None:
    async with bare_wire() as (_, transport, page):
        asking = asyncio.create_task(page.say(frame(_PING, b"x" * 125) * 2_000, times=1_000))
        page_reads = cast(asyncio.ReadTransport, page.writer.transport)
        page_reads.pause_reading()
        await eventually(lambda: rests(transport))
        assert transport.get_write_buffer_size() < 1_000_000
        asking.cancel()
        page_reads.resume_reading()
        while not transport.is_reading():
            await page.next()


async def test_no_more_is_read_than_somebody_receives_and_all_comes_in_order() -> None:
    async with bare_wire() as (line, transport, page):
        for number in range(20):
            page.writer.write(frame(_TEXT, b"%d" % number))
        await eventually(lambda: rests(transport))
        assert [await line.receive() for _ in range(20)] == [str(number) for number in range(20)]
        assert transport.is_reading()


async def test_who_waits_for_room_hears_that_the_page_is_gone() -> None:
    async with bare_wire() as (line, transport, page):
        cast(asyncio.ReadTransport, page.writer.transport).pause_reading()
        await line.send("x" * 30_000_000)
        waiting = asyncio.create_task(line.send("more"))
        await eventually(lambda: rests(transport))
        transport.abort()
        with pytest.raises(wire.SocketGone):
            await waiting


async def test_a_page_that_breaks_off_leaves_nothing(site: Site) -> None:
    async with Page.open(site, token(await site.customer())) as page:
        await page.head()
        await page.next()
        # Without a goodbye even of TCP's.
        page.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        page.writer.transport.abort()
        await eventually(lambda: nothing_is_left(site))


async def test_an_open_page_keeps_nothing_of_its_request(site: Site) -> None:
    async with (await site.customer()).live() as live:
        await live.frame()
        gc.collect()
        assert [each for each in gc.get_objects() if type(each) is Request and each.path == "/api/chat/ws"] == []


async def test_pages_are_told_that_the_server_stops() -> None:
    async with AsyncExitStack() as stack, AsyncExitStack() as site_open:
        site = await site_open.enter_async_context(Site.running(MemoryStore()))
        page = await stack.enter_async_context((await site.customer()).live())
        await page.frame()
        await site_open.aclose()
        assert await page.closing() == 1001


async def test_a_page_is_told_when_nothing_more_will_come(site: Site) -> None:
    async with (await site.customer()).live() as live:
        await live.frame()
        site.hub.close()
        assert await live.closing() == 1001


@asynccontextmanager
async def bare_wire() -> AsyncIterator[tuple[wire.Wire, asyncio.Transport, Page]]:
    """Open a wire that nobody serves; gives also its transport, and the page at its other end."""
    made: list[tuple[wire.Wire, asyncio.Transport]] = []
    served: set[wire.Wire] = set()

    class Beginning(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            ours = cast(asyncio.Transport, transport)
            made.append((wire.Wire(ours, ServerProtocol(state=State.OPEN), served), ours))
            ours.set_protocol(made[0][0])

    server = await asyncio.get_running_loop().create_server(Beginning, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())

        async def is_served() -> bool:
            return bool(served)

        async def is_gone() -> bool:
            return not served

        await eventually(is_served)
        try:
            yield *made[0], Page(reader, writer)
        finally:
            made[0][0].abort()
            await eventually(is_gone)
            writer.transport.abort()


async def rests(transport: asyncio.Transport) -> bool:
    """Tell whether a transport reads nothing."""
    return not transport.is_reading()


async def nothing_is_left(site: Site) -> bool:
    """Tell whether no page is served."""
    return not site.hub._listeners and not site.app.websocket_tasks
