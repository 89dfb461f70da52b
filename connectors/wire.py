"""The wire of a WebSocket: one TCP connection over which messages come and go, with next to nothing kept at rest.

`PageProtocol` speaks HTTP as Sanic does. A connection that becomes a WebSocket it hands over to a `Wire`, and then lets
go of itself and of the request: thousands of pages are connected at once, and all that Sanic keeps of each (tasks,
events, queues and the request's headers) would be twice what the page itself needs. The protocol is that of
`websockets`, without its compression.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from typing import Any, cast

from sanic import Request
from sanic.exceptions import SanicException
from sanic.server.protocols.websocket_protocol import WebSocketProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

_log = logging.getLogger(__name__)

PING_S = 20.0
"""Seconds between two pings to a page; one that has not answered a ping when the next is due is gone."""

CLOSE_LIMIT_S = 10.0
"""Seconds in which a page has to let go after a closing frame."""

_HELD = 4
"""Messages that may wait to be received before no more are read."""


class SocketGone(Exception):
    """The page is not there any more; nobody is left to tell."""


class Wire(asyncio.Protocol):
    """One page's WebSocket, from the handshake on; one task at a time may receive, any may send.

    Args:
        speech: what was agreed in the handshake.
        connections: what the server ends when it stops; the wire is in it until it is cut.
    """

    __slots__ = (
        "_came",
        "_connections",
        "_ending",
        "_loop",
        "_parts",
        "_receiver",
        "_room",
        "_speech",
        "_text",
        "_timer",
        "_transport",
        "_unanswered",
    )

    def __init__(self, transport: asyncio.Transport, speech: ServerProtocol, connections: set[Any]) -> None:
        self._transport = transport
        self._speech = speech
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._came: deque[str | bytes] | None = None
        self._parts: bytearray | None = None
        self._text = False
        self._receiver: asyncio.Future[None] | None = None
        # Is there while nothing may be written, and is set when there is room again.
        self._room: asyncio.Event | None = None
        self._unanswered = self._ending = False
        # In a context of its own, since the one at hand holds the request.
        self._timer = self._loop.call_later(PING_S, self._beat, context=Context())
        connections.add(self)

    async def receive(self) -> str | bytes:
        """Return the next message.

        Raises:
            SocketGone: there will be none.
        """
        while not self._came:
            if not self._open:
                raise SocketGone
            self._receiver = self._loop.create_future()
            try:
                await self._receiver
            finally:
                self._receiver = None
        message = self._came.popleft()
        if not self._came:
            self._came = None
        self._regulate()
        return message

    async def send(self, message: str) -> None:
        """Send a message as soon as there is room for it.

        Raises:
            SocketGone: nobody will have it.
        """
        while self._open and self._room is not None:
            await self._room.wait()
        if not self._open:
            raise SocketGone
        self._speech.send_text(message.encode())
        self._flush()

    def end(self, code: int, reason: str = "") -> None:
        """Say goodbye, unless that was said; the connection is cut when the page has too, or after `CLOSE_LIMIT_S`."""
        if self._open:
            self._speech.send_close(code, reason)
            self._flush()

    async def close(self) -> None:
        """Do nothing: Sanic calls this after the handshake, when the page's own task has just begun."""

    # for the server

    def close_if_idle(self) -> None:
        """Say goodbye because the server stops."""
        self.end(CloseCode.GOING_AWAY)

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    # for the transport

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        self._speech.receive_data(data)
        for event in self._speech.events_received():
            self._take(cast(Frame, event))
        self._flush()
        self._regulate()

    def eof_received(self) -> None:
        """Take note that no more will come."""
        self._speech.receive_eof()
        self._flush()

    def pause_writing(self) -> None:
        """Write no more, and read no more either: what is read may have to be answered."""
        self._room = asyncio.Event()
        self._regulate()

    def resume_writing(self) -> None:
        """Write and read on."""
        room, self._room = self._room, None
        if room is not None:
            room.set()
        self._regulate()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Let whoever receives or sends know that it is over."""
        self._timer.cancel()
        self._connections.discard(self)
        self._speech.state = State.CLOSED
        self.resume_writing()
        self._rouse()

    # within

    @property
    def _open(self) -> bool:
        return self._speech.state is State.OPEN and not self._transport.is_closing()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            self._unanswered = False
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.opcode is not Opcode.CONT:
            self._text, self._parts = frame.opcode is Opcode.TEXT, bytearray()
        assert self._parts is not None  # `websockets` lets no frame continue what was not begun
        self._parts += frame.data
        if frame.fin:
            whole, self._parts = bytes(self._parts), None
            self._deliver(whole)

    def _deliver(self, whole: bytes) -> None:
        try:
            message = whole.decode() if self._text else whole
        except UnicodeDecodeError:
            self._speech.fail(CloseCode.INVALID_DATA)
            return
        if self._came is None:
            self._came = deque()
        self._came.append(message)
        self._rouse()

    def _flush(self) -> None:
        """Write what is to be written, and begin to end when the last of it is."""
        closing = self._transport.is_closing()
        for piece in self._speech.data_to_send():
            if piece and not closing:
                self._transport.write(piece)
            elif not closing and self._transport.can_write_eof():
                self._transport.write_eof()
        if self._speech.state is not State.OPEN and not self._ending:
            self._finish()

    def _finish(self) -> None:
        self._ending = True
        self._timer.cancel()
        self._timer = self._loop.call_later(CLOSE_LIMIT_S, self._transport.abort, context=Context())
        self._regulate()
        self._rouse()

    def _rouse(self) -> None:
        if self._receiver is not None and not self._receiver.done():
            self._receiver.set_result(None)

    def _regulate(self) -> None:
        """Read only while what came is received and what is said leaves; at the end, only to see the page let go."""
        if self._transport.is_closing():
            return
        if self._open and (self._room is not None or (self._came is not None and len(self._came) > _HELD)):
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _beat(self) -> None:
        """See that the page answered the last ping, and send the next."""
        if self._unanswered:
            self._speech.fail(CloseCode.INTERNAL_ERROR, "no pong came")
        else:
            self._unanswered = True
            self._speech.send_ping(b"")
            self._timer = self._loop.call_later(PING_S, self._beat)
        self._flush()


class PageProtocol(WebSocketProtocol):
    """A connection that speaks HTTP until a page makes a WebSocket of it."""

    async def websocket_handshake(self, request: Request, subprotocols: Sequence[str] | None = None) -> Any:
        """Agree on the WebSocket, and hand the connection over to the wire that is returned.

        Raises:
            SanicException: the request asks for none that we speak.
        """
        assert subprotocols is None, "No page's protocol has a name."
        speech = ServerProtocol(max_size=self.websocket_max_size, state=State.OPEN, logger=_log)
        answer = speech.accept(self.sanic_request_to_ws_request(request))
        if answer.status_code != 101:
            raise SanicException(status_code=answer.status_code)
        # Sanic leaves this method without types.
        await cast(Any, self).send(answer.serialize())
        # Without its transport this object has nothing left to end or to time.
        transport, self.transport = self.transport, None
        assert transport is not None
        self.connections.discard(self)
        wire = Wire(transport, speech, self.connections)
        transport.set_protocol(wire)
        transport.resume_reading()
        if self.recv_buffer:
            wire.data_received(bytes(self.recv_buffer))
        return wire
