"""Taking files in: gathered under a limit, looked at, scanned, and only then kept under the digest of their bytes."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from connectors.media.disk import CHUNK, create, drop_older, unavailable, working
from connectors.media.names import clean_name
from connectors.media.pixels import too_many_pixels
from connectors.media.scan import Scan
from connectors.media.shelf import Part, Shelf
from connectors.media.sniff import ACCEPTED, Sniffed, kind_of_claim, sniff
from handoff.attachment import Attachment, AttachmentKind
from handoff.clock import Clock
from handoff.media import (
    MediaEmpty,
    MediaTooLarge,
    MediaTypeRefused,
    MediaUnsafe,
    UnknownMedia,
    check_media_id,
)

_log = logging.getLogger(__name__)

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class MediaOptions:
    """What a store takes.

    Args:
        max_bytes: of one file.
        scan: looks for malware; None where no command is set.
        waiting_s: seconds after which an upload that no message named is forgotten.
        spare_bytes: what is left free on the disk of the spool: the log may be on it, too, and it comes first.
    """

    max_bytes: int = 16 * MEGABYTE
    scan: Scan | None = None
    waiting_s: int = 86_400
    spare_bytes: int = 500 * MEGABYTE


@dataclass(slots=True)
class _Gathering:
    """A file on its way in."""

    path: Path
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0


class Media:
    """The media store over a shelf."""

    def __init__(self, shelf: Shelf, options: MediaOptions, clock: Clock) -> None:
        self._shelf = shelf
        self._options = options
        self._clock = clock

    async def put(
        self, chunks: AsyncIterator[bytes], *, name: str = "", claimed_type: str = "", waiting: bool = False
    ) -> Attachment:
        """Take a file in; see `MediaStore.put`."""
        if await working(_free, self._shelf.spool) < self._options.spare_bytes:
            _log.error("The disk of %s is nearly full, so no file is taken.", self._shelf.spool)
            raise unavailable()
        gathering = _Gathering(self._shelf.spool / uuid4().hex)
        claimed = Attachment(kind_of_claim(claimed_type), name=clean_name(name))
        try:
            await self._gather(gathering, chunks, claimed)
            sniffed = await self._looked_at(gathering, claimed_type, claimed)
            attachment = Attachment(
                sniffed.kind,
                id=gathering.digest.hexdigest(),
                name=clean_name(name, sniffed),
                type=sniffed.type,
                size=gathering.size,
            )
            if self._options.scan is not None and not await self._options.scan.passes(gathering.path):
                raise MediaUnsafe("This file did not pass the check for malware, so it was not kept.", attachment)
            await self._shelf.lay(gathering.path, attachment.id, Part.WAITING if waiting else Part.KEPT)
        finally:
            # Not awaited in a thread: a cancelled upload must clean up, too.
            with suppress(OSError):
                gathering.path.unlink(missing_ok=True)
        return attachment

    async def keep(self, media_id: str) -> None:
        """Keep a waiting file for good; see `MediaStore.keep`."""
        if not await self._shelf.promote(check_media_id(media_id)):
            raise UnknownMedia("This file is not here any more; send it again.")

    def open(self, media_id: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a kept file; see `MediaStore.open`."""
        return self._shelf.open(check_media_id(media_id))

    async def exists(self, media_id: str) -> bool:
        """Tell whether a file is kept."""
        return await self._shelf.has(check_media_id(media_id))

    async def delete(self, media_id: str) -> None:
        """Forget a file; see `MediaStore.delete`."""
        await self._shelf.remove(check_media_id(media_id))

    async def sweep(self) -> int:
        """Forget what waited too long and what interrupted uploads left; see `MediaStore.sweep`."""
        before_ms = self._clock() - self._options.waiting_s * 1000
        left = await working(drop_older, self._shelf.spool, before_ms)
        return left + await self._shelf.drop_waiting(before_ms)

    async def close(self) -> None:
        """Let go of connections."""
        await self._shelf.close()

    # the steps of taking in

    async def _gather(self, gathering: _Gathering, chunks: AsyncIterator[bytes], claimed: Attachment) -> None:
        file = await working(create, gathering.path)
        try:
            unwritten = bytearray()
            async for chunk in chunks:
                gathering.size += len(chunk)
                if gathering.size > self._options.max_bytes:
                    raise too_large(self._options.max_bytes, claimed)
                unwritten += chunk
                if len(unwritten) >= CHUNK:
                    await working(_write, file, gathering, bytes(unwritten))
                    unwritten.clear()
            await working(_write, file, gathering, bytes(unwritten))
            await working(_finish, file)
        finally:
            with suppress(OSError):
                file.close()
        if not gathering.size:
            raise MediaEmpty("This file is empty; send one that holds something.", claimed)

    async def _looked_at(self, gathering: _Gathering, claimed_type: str, claimed: Attachment) -> Sniffed:
        sniffed = await working(sniff, gathering.path, claimed_type)
        if sniffed is None:
            raise MediaTypeRefused(f"Files of this kind are not taken; send {ACCEPTED}.", claimed)
        if sniffed.kind is AttachmentKind.IMAGE and await working(too_many_pixels, gathering.path, sniffed.type):
            raise MediaTypeRefused("This picture is too large to be shown, or damaged; send a smaller one.", claimed)
        return sniffed


def too_large(max_bytes: int, facts: Attachment) -> MediaTooLarge:
    """Say that a file is over the limit."""
    return MediaTooLarge(f"A file holds at most {max_bytes / MEGABYTE:,.3g} MB; this one is larger.", facts)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _write(file: BinaryIO, gathering: _Gathering, chunk: bytes) -> None:
    file.write(chunk)
    gathering.digest.update(chunk)


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
