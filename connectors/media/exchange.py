"""Files over HTTP: an upload as a raw body, a download that no browser can mistake for a page.

An upload's body is the file itself, its Content-Type what the sender believes it to be, its name the query's `name`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from sanic import HTTPResponse, Request
from sanic import json as json_response
from sanic.exceptions import SanicException

from connectors.fields import text
from connectors.http import read_query
from connectors.media.names import disposition
from connectors.media.ranges import asked_for, within
from connectors.media.uploads import Uploads
from connectors.web.view import attachment_view
from handoff.attachment import Attachment, AttachmentKind
from handoff.errors import BatonError, TooManyAttempts
from handoff.instants import to_rfc3339
from handoff.media import MediaStore

_ARRIVAL_S = 120.0
"""Seconds that an upload may take to arrive."""

_AT_ONCE = 32
"""Uploads that may be under way at the same time; each holds a file in the spool."""

_LINGER_S = 5.0
"""Seconds in which the rest of a refused upload is read and thrown away, so that its sender hears why."""

MAX_GIVEN_NAME = 1024
"""Characters of a name as it is given; fewer are kept."""

_NAME = {"name": text(MAX_GIVEN_NAME, at_least=0, default="")}
_SHOWN_IN_PLACE = (AttachmentKind.IMAGE, AttachmentKind.AUDIO, AttachmentKind.VIDEO)


class UploadTooSlow(BatonError):
    """An upload did not arrive in time."""

    status = 408
    code = "request_timeout"


class Exchange:
    """Takes uploads in and hands files out; whether the caller may is decided before.

    Args:
        max_bytes: of one file.
    """

    def __init__(self, media: MediaStore, uploads: Uploads, max_bytes: int) -> None:
        self._media = media
        self._uploads = uploads
        self._max_bytes = max_bytes
        self._under_way = 0

    async def take_in(self, request: Request, conversation_id: str, uploader: str) -> HTTPResponse:
        """Take a file in and answer with what it is and the token by which a message names it.

        The route must be a streaming one (`stream=True`).

        Raises:
            MediaRefused: it is not taken.
            MediaUnavailable: files cannot be kept just now.
            TooManyAttempts: too many uploads are under way.
            UploadTooSlow: it did not arrive in time.
        """
        name = read_query(request, _NAME)["name"]
        if self._under_way >= _AT_ONCE:
            raise TooManyAttempts("Too many files are being sent just now; send it again in a moment.", 5)
        self._under_way += 1
        try:
            attachment = await self._put(request, name)
        finally:
            self._under_way -= 1
        token, until = self._uploads.token(attachment, conversation_id, uploader)
        answer = {"attachment": attachment_view(attachment), "token": token, "expires_at": to_rfc3339(until, "seconds")}
        return json_response(answer, status=201)

    async def hand_out(self, request: Request, attachment: Attachment) -> None:
        """Send a file that the caller may have, or the part of it that the request's Range asks for.

        Raises:
            UnknownMedia: it is not kept any more.
        """
        headers, status, size = _headers(attachment), 200, attachment.size
        part = asked_for(request.headers.get("range"), size)
        if part is not None:
            told = f"{part.start}-{part.stop - 1}" if part else "*"
            headers |= {"Content-Range": f"bytes {told}/{size}", "Content-Length": str(len(part))}
            status = 206 if part else 416
        whole = self._media.open(attachment.id)
        chunks = whole if part is None else within(whole, part)
        try:
            # The first piece comes before the headers: a file that is gone must still become a 404.
            first = await anext(chunks, b"")
            answer = await request.respond(status=status, headers=headers, content_type=_content_type(attachment))
            await answer.send(first)
            async for chunk in chunks:
                await answer.send(chunk)
            await answer.eof()
        finally:
            await _closed(chunks)
            await _closed(whole)

    async def _put(self, request: Request, name: str) -> Attachment:
        claimed_type = request.headers.get("content-type", "").partition(";")[0].strip()
        body = _body(request, self._max_bytes)
        try:
            async with asyncio.timeout(_ARRIVAL_S):
                return await self._media.put(body, name=name, claimed_type=claimed_type, waiting=True)
        except TimeoutError:
            raise UploadTooSlow("The file took too long to arrive; send it again.") from None
        except BatonError:
            await _let_finish(request, self._max_bytes)
            raise


def streamed(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler that Sanic lets read the body by itself: it marks such a handler, and cannot mark a method."""
    return partial(handler)


async def _body(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield a request's body as it arrives."""
    stream: Any = request.stream
    # Sanic lifts its own limit for streaming routes; the store has one, and this one stands behind it.
    stream.request_max_size = 2 * max_bytes
    while stream.request_body and (chunk := await stream.read()):
        yield chunk


async def _let_finish(request: Request, max_bytes: int) -> None:
    """Read what is left of a refused body, if it is not much more than one that is taken.

    A connection that is closed while its other end still writes takes the answer down with it.
    """
    with suppress(TimeoutError, SanicException):
        async with asyncio.timeout(_LINGER_S):
            async for _ in _body(request, max_bytes):
                pass


async def _closed(chunks: AsyncIterator[bytes]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()


def _content_type(attachment: Attachment) -> str:
    return attachment.type or "application/octet-stream"


def _headers(attachment: Attachment) -> dict[str, str]:
    how = "inline" if attachment.kind in _SHOWN_IN_PLACE else "attachment"
    return {
        "Accept-Ranges": "bytes",
        "Content-Length": str(attachment.size),
        "Content-Disposition": disposition(how, attachment.name),
        # Opened by itself, a file is in a world of its own: no script, no origin, nothing loaded.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
