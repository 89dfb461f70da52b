"""A great many widgets' sockets, each as light as can be: the client must cost less than what it measures.

What the widget does on its socket is done here: the token first, a ping of its own every 20 seconds, pongs.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from bench.http_client import Line

PING_S = 20.0
"""Seconds between two pings of the widget."""

_PER_ADDRESS = 2_500
"""Sockets from each loopback address: none runs out of ports."""

_AT_ONCE = 100
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA


class WidgetSocket(asyncio.Protocol):
    """One widget's socket.

    Args:
        heard: is told of each text frame.
    """

    __slots__ = ("_buffer", "_heard", "_opened", "_request", "_transport", "gone", "ready")

    def __init__(self, request: bytes, token: str, heard: Callable[[bytes], None]) -> None:
        self._request = request
        self._opened = _masked(_TEXT, json.dumps({"token": token}).encode())
        self._heard = heard
        self._buffer = b""
        self.gone = False
        self.ready: asyncio.Future[None] | None = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        self._buffer += data
        if self._opened:
            head, ended, rest = self._buffer.partition(b"\r\n\r\n")
            if not ended:
                return
            if b" 101 " not in head[:16]:
                self._fail(head[:80].decode("latin-1"))
                return
            self._transport.write(self._opened)
            self._opened, self._buffer = b"", rest
        while (frame := _first(self._buffer)) is not None:
            opcode, payload, self._buffer = frame
            if opcode == _TEXT:
                self._text(payload)
            elif opcode == _PING:
                self._transport.write(_masked(_PONG, payload))
            elif opcode == _CLOSE:
                self._fail(f"closed: {payload[:80]!r}")

    def connection_lost(self, _exc: Exception | None) -> None:
        """Note that it is gone."""
        self.gone = True
        self._fail("the connection is gone")

    def ping(self) -> None:
        """Ping as the widget does; raises RuntimeError if the connection is gone."""
        if self.gone:
            raise RuntimeError("A widget's connection was closed by the gateway.")
        self._transport.write(_masked(_TEXT, b'{"ping":1}'))

    def close(self) -> None:
        """Let go."""
        self._transport.abort()

    def _text(self, payload: bytes) -> None:
        if self.ready is not None:
            if not self.ready.done():
                self.ready.set_result(None)
            self.ready = None
        self._heard(payload)

    def _fail(self, why: str) -> None:
        if self.ready is not None and not self.ready.done():
            self.ready.set_exception(RuntimeError(f"A widget's socket: {why}"))


async def open_sessions(base: str, count: int) -> list[tuple[str, str]]:
    """Open chats; returns conversation id and token of each."""
    sessions: list[tuple[str, str]] = []

    async def some(many: int) -> None:
        async with Line(base) as line:
            for _ in range(many):
                status, answer, _ = await line.call("POST", "/api/chat/sessions", {"language": "en"})
                if status != 201:
                    raise RuntimeError(f"No session was opened: {status} {answer}")
                sessions.append((answer["conversation_id"], answer["token"]))

    lines = 20
    await asyncio.gather(*(some(count // lines + (number < count % lines)) for number in range(lines)))
    return sessions


async def connect_all(base: str, tokens: Sequence[str], heard: Callable[[int, bytes], None]) -> list[WidgetSocket]:
    """Connect a socket for each token, and wait until each has its first frame.

    Args:
        heard: is told the number of the socket and each text frame.
    """
    parts = urlsplit(base)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    loop = asyncio.get_running_loop()
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int, token: str) -> WidgetSocket:
        async with free:
            request = _upgrade(host, port)
            source = (f"127.0.0.{2 + number // _PER_ADDRESS}", 0)
            _, made = await loop.create_connection(
                lambda: WidgetSocket(request, token, lambda payload: heard(number, payload)),
                host,
                port,
                local_addr=source,
            )
            assert made.ready is not None
            async with asyncio.timeout(30):
                await made.ready
            return made

    return list(await asyncio.gather(*(one(number, token) for number, token in enumerate(tokens))))


async def keep_pinging(sockets: Sequence[WidgetSocket]) -> None:
    """Have every socket ping every 20 seconds, one after the other, until cancelled."""
    began, turn = time.perf_counter(), 0
    while True:
        for number, socket in enumerate(sockets):
            due = began + (turn + number / len(sockets)) * PING_S
            if due > time.perf_counter():
                await asyncio.sleep(due - time.perf_counter())
            socket.ping()
        turn += 1


def _upgrade(host: str, port: int) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        "GET /api/chat/ws?after=0 HTTP/1.1",
        f"Host: {host}:{port}",
        f"Origin: http://{host}:{port}",
        # As long as a browser's.
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: en-GB,en;q=0.9,da;q=0.8",
        "Cache-Control: no-cache",
        "Pragma: no-cache",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def _masked(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2)
    return head + b"\0\0\0\0" + payload  # a mask of zeros leaves the payload as it is


def _first(buffer: bytes) -> tuple[int, bytes, bytes] | None:
    """Return the first frame's opcode and payload, and what follows it; None while it is not all there."""
    if len(buffer) < 2:
        return None
    begin, size = 2, buffer[1] & 0x7F
    if size == 126:
        begin, size = 4, int.from_bytes(buffer[2:4])
    elif size == 127:
        begin, size = 10, int.from_bytes(buffer[2:10])
    if len(buffer) < begin + size:
        return None
    return buffer[0] & 0x0F, buffer[begin : begin + size], buffer[begin + size :]
