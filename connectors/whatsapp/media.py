"""Files: uploaded once for an id that messages then name, and fetched by theirs."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx

from connectors.outgoing import FetchFailed, FileOut
from connectors.whatsapp.fields import MEDIA_ID, words
from connectors.whatsapp.graph import Graph, GraphFailure, NoAnswer, NotSent, Refused
from handoff.clock import Clock

KEPT_S = 24 * 3600
"""How long an upload is used again; the platform keeps it for 30 days."""
_MOST_KEPT = 1000
_UPLOAD_S = 60.0
_MOST_BYTES = 100 * 1024 * 1024
"""The platform has no larger files."""
_GONE = (400, 401, 403, 404, 410)


class Uploads:
    """Uploads each file once for a while, however many messages carry it.

    Args:
        graph: the client.
        phone_number_id: whose uploads they are.
        clock: tells when one is too old.
    """

    def __init__(self, graph: Graph, phone_number_id: str, clock: Clock) -> None:
        self._graph = graph
        self._path = f"{phone_number_id}/media"
        self._clock = clock
        self._kept: OrderedDict[str, tuple[str, int]] = OrderedDict()
        self._under_way: dict[str, asyncio.Lock] = {}

    async def id_of(self, message: FileOut) -> str:
        """Return the platform's id of a file, uploading it if need be.

        Raises:
            GraphFailure: it could not be uploaded; nothing was sent to anybody.
        """
        file = message.attachment
        lock = self._under_way.setdefault(file.id, asyncio.Lock())
        try:
            async with lock:
                kept = self._kept.get(file.id)
                if kept is not None and self._clock() < kept[1]:
                    return kept[0]
                media_id = await self._upload(message)
                self._keep(file.id, media_id)
                return media_id
        finally:
            if not lock.locked():
                self._under_way.pop(file.id, None)

    def forget(self, message: FileOut) -> bool:
        """Drop the upload of a file that the platform does not know any more; False when there was none."""
        return self._kept.pop(message.attachment.id, None) is not None

    def _keep(self, file_id: str, media_id: str) -> None:
        if not file_id:
            return
        self._kept[file_id] = (media_id, self._clock() + KEPT_S * 1000)
        self._kept.move_to_end(file_id)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def _upload(self, message: FileOut) -> str:
        file, boundary = message.attachment, secrets.token_hex(16)
        head = _form_head(boundary, file.type, file.name or f"file.{file.type.rpartition('/')[2]}")
        tail = f"\r\n--{boundary}--\r\n".encode()

        async def body() -> AsyncIterator[bytes]:
            yield head
            left = file.size
            async for chunk in message.content():
                left -= len(chunk)
                yield chunk[: len(chunk) + min(left, 0)]
            if left:
                # The length was announced; ended here, the platform drops what it has.
                raise NotSent("a file of another length than it had")
            yield tail

        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + file.size + len(tail)),
        }
        answer = await self._graph.post_stream(self._path, body(), headers, _UPLOAD_S)
        media_id = words(answer, "id", 128)
        if not media_id:
            raise NoAnswer("an upload without an id")
        return media_id


def _form_head(boundary: str, media_type: str, name: str) -> bytes:
    def field(named: str, value: str) -> str:
        return f'--{boundary}\r\nContent-Disposition: form-data; name="{named}"\r\n\r\n{value}\r\n'

    # Quotes and line ends of a name would end the header; as RFC 7578 has it, they are percent-encoded.
    safe = quote(name, safe=" ()[]{}!#$&+,;=@^~.-_") if any(c in name for c in '"\r\n\\%') else name
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
    fields = field("messaging_product", "whatsapp") + field("type", media_type)
    return f"{fields}{file}Content-Type: {media_type}\r\n\r\n".encode("utf-8", "replace")


async def download(graph: Graph, phone_number_id: str, ref: str) -> AsyncIterator[bytes]:
    """Yield the bytes of a customer's file.

    Raises:
        FetchFailed: it can't be had.
    """
    if not MEDIA_ID.fullmatch(ref):
        raise FetchFailed("That is no file of WhatsApp's; ask for it again.", permanent=True)
    # The address lasts five minutes; one that has run out is asked for once more.
    for last in (False, True):
        try:
            async with graph.file(await _address(graph, phone_number_id, ref)) as answer:
                read = 0
                async for chunk in answer.aiter_bytes():
                    read += len(chunk)
                    if read > _MOST_BYTES:
                        raise FetchFailed(
                            "The file is larger than WhatsApp allows; ask for a smaller one.", permanent=True
                        )
                    yield chunk
                return
        except Refused as refused:
            if last or refused.error.status not in _GONE:
                raise FetchFailed(
                    "WhatsApp does not give the file out; ask for it again.", permanent=refused.error.status in _GONE
                ) from None
        except (GraphFailure, httpx.HTTPError):
            raise FetchFailed("WhatsApp cannot be reached for the file; ask for it again.", permanent=False) from None


async def _address(graph: Graph, phone_number_id: str, ref: str) -> str:
    try:
        answer = await graph.get(ref, phone_number_id=phone_number_id)
    except Refused as refused:
        lasting = refused.error.status in (400, 404) and refused.error.code not in (4, 80007, 190)
        raise FetchFailed("WhatsApp does not know the file any more; ask for it again.", permanent=lasting) from None
    except GraphFailure:
        raise FetchFailed("WhatsApp cannot be reached for the file; ask for it again.", permanent=False) from None
    url = words(answer, "url", 4096)
    if not graph.may_fetch(url):
        raise FetchFailed("WhatsApp named an address that is not its own for the file.", permanent=True)
    return url
