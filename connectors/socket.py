"""One WebSocket, made safe: strict JSON frames in, JSON frames out in bounded time, errors as sentences.

A reader too slow for its frames is cut off, so that it never holds up anything; it comes back with the last seq it has.
Closing codes are 4000 plus the HTTP status that the same failure would have had.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, cast

from sanic import Request, Websocket
from sanic.exceptions import ServerError, WebsocketClosed
from websockets.exceptions import ConnectionClosed

from connectors.fields import Field, take
from connectors.http import MalformedBody, parse_json
from handoff.errors import BatonError, InvalidInput, place_of

_log = logging.getLogger(__name__)

SEND_LIMIT_S = 10.0
"""Seconds that one frame may take to leave for a page before the page is cut off."""

_INTERNAL_ERROR = 1011


class SocketGone(Exception):
    """The page is not there any more; nobody is left to tell."""


class Socket:
    """One page's WebSocket."""

    def __init__(self, request: Request, websocket: Websocket) -> None:
        self._request = request
        self._websocket = websocket
        self._writing = asyncio.Lock()

    async def receive(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """Return the next frame, which may hold the given fields and no others.

        When the page goes away the waiting task is cancelled, as Sanic has it.

        Raises:
            MalformedBody: the frame is not a JSON object in text.
            InvalidInput: a field is unknown, of the wrong type or out of range.
        """
        raw = await self._websocket.recv()
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
            async with asyncio.timeout(SEND_LIMIT_S), self._writing:
                await self._websocket.send(written)
        except TimeoutError:
            self._cut()
            raise SocketGone from None
        except (WebsocketClosed, ServerError, ConnectionClosed):
            raise SocketGone from None

    async def run_together(self, *parts: Coroutine[Any, Any, None]) -> None:
        """Run the parts of a page's protocol until one of them ends, then end the others.

        Raises:
            BaseException: what the ended part raised; its cancellation, which is the page going away, is no error.
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
        await self._websocket.close(4000 + error.status, error.code)

    async def fail(self) -> None:
        """Close because of a fault of ours."""
        await self._websocket.close(_INTERNAL_ERROR)

    def _cut(self) -> None:
        # Sanic names a narrower type than what a connection has.
        cast(asyncio.WriteTransport, self._request.transport).abort()


def socket_handler(serve: Callable[[Request, Socket], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Make a Sanic WebSocket handler of a page's protocol; whatever it raises ends only this socket."""

    async def handler(request: Request, websocket: Websocket) -> None:
        socket = Socket(request, websocket)
        try:
            await _explained(request, socket, serve)
        except SocketGone:
            _log.debug("A page went away from %s.", request.uri_template)

    return handler


async def _explained(request: Request, socket: Socket, serve: Callable[[Request, Socket], Awaitable[None]]) -> None:
    try:
        await serve(request, socket)
    except BatonError as error:
        await socket.refuse(error)
    except SocketGone:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours ends this socket, said and logged, and nothing else
        _log.error("The socket %s failed: %s", request.uri_template, place_of(error))
        await socket.fail()


def require_upgrade(request: Request) -> None:
    """Refuse a plain request to a socket's address.

    Raises:
        InvalidInput: the request asks for no WebSocket.
    """
    if request.headers.get("upgrade", "").lower() != "websocket" or "sec-websocket-key" not in request.headers:
        raise InvalidInput("This address speaks WebSocket only.")
