"""One WebSocket, made safe: strict JSON frames in, JSON frames out in bounded time, errors as sentences.

A reader too slow for its frames is cut off, so that it never holds up anything; it comes back with the last seq it has.
Closing codes are 4000 plus the HTTP status that the same failure would have had.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextvars import Context
from functools import partial
from typing import Any

from sanic import Request

from connectors.fields import Field, take
from connectors.http import MalformedBody, parse_json
from connectors.wire import SocketGone, Wire
from handoff.errors import BatonError, InvalidInput, place_of

_log = logging.getLogger(__name__)

SEND_LIMIT_S = 10.0
"""Seconds that one frame may take to leave for a page before the page is cut off."""

_INTERNAL_ERROR = 1011
_GOING_AWAY = 1001


class Socket:
    """One page's WebSocket."""

    __slots__ = ("_wire",)

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def receive(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """Return the next frame, which may hold the given fields and no others.

        Raises:
            MalformedBody: the frame is not a JSON object in text.
            InvalidInput: a field is unknown, of the wrong type or out of range.
            SocketGone: the page went away.
        """
        raw = await self._wire.receive()
        frame = parse_json(raw) if isinstance(raw, str) else None
        if not isinstance(frame, dict):
            raise MalformedBody("A frame is a JSON object, sent as text.")
        return take(frame, fields)

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send one frame.

        Raises:
            SocketGone: the page went away, or was cut off because it took longer than `SEND_LIMIT_S`.
        """
        written = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
        try:
            async with asyncio.timeout(SEND_LIMIT_S):
                await self._wire.send(written)
        except TimeoutError:
            self._wire.abort()
            raise SocketGone from None

    async def run_together(self, *parts: Coroutine[Any, Any, None]) -> None:
        """Run the parts of a page's protocol until one of them ends, then end the others.

        Raises:
            BaseException: what the ended part raised, such as `SocketGone`.
        """
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def refuse(self, error: BatonError) -> None:
        """Say what is wrong in a last frame, and close."""
        await self.send({"error": {"code": error.code, "message": error.message}})
        self._wire.end(4000 + error.status, error.code)

    def fail(self) -> None:
        """Close because of a fault of ours."""
        self._wire.end(_INTERNAL_ERROR)

    def leave(self) -> None:
        """Close because nothing more will be told here; no-op on a socket that is closed."""
        self._wire.end(_GOING_AWAY)


Serve = Callable[[Socket], Awaitable[None]]
"""A page's protocol, from its first frame to its end."""


def socket_handler(admit: Callable[[Request], Serve]) -> Callable[..., Awaitable[None]]:
    """Make a Sanic WebSocket handler of a page's protocol; whatever it raises ends only this socket.

    Args:
        admit: reads what the request says, which is not kept for as long as the page is open.
    """

    async def handler(request: Request, wire: Wire) -> None:
        try:
            serve = admit(request)
        except Exception as error:  # noqa: BLE001 - told on the socket, as whatever happens later is
            serve = partial(_raise, error)
        served = _served(serve, Socket(wire), request.uri_template or "")
        # In a context of its own, since the one at hand holds the request.
        context = Context()
        task = asyncio.get_running_loop().create_task(served, context=context)
        # Sanic cancels these tasks when the server stops.
        request.app.websocket_tasks.add(task)
        task.add_done_callback(request.app.websocket_tasks.discard, context=context)

    return handler


async def _served(serve: Serve, socket: Socket, where: str) -> None:
    try:
        await _explained(serve, socket, where)
    except SocketGone:
        _log.debug("A page went away from %s.", where)
    finally:
        socket.leave()


async def _explained(serve: Serve, socket: Socket, where: str) -> None:
    try:
        await serve(socket)
    except BatonError as error:
        await socket.refuse(error)
    except SocketGone:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours ends this socket, said and logged, and nothing else
        _log.error("The socket %s failed: %s", where, place_of(error))
        socket.fail()


async def _raise(error: Exception, _: Socket) -> None:
    raise error


def require_upgrade(request: Request) -> None:
    """Refuse a plain request to a socket's address.

    Raises:
        InvalidInput: the request asks for no WebSocket.
    """
    if request.headers.get("upgrade", "").lower() != "websocket" or "sec-websocket-key" not in request.headers:
        raise InvalidInput("This address speaks WebSocket only.")
