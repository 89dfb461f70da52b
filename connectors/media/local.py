"""Files in a local directory: one file each, in folders by the first two digits of the id, moved in by a rename.

    <root>/spool/<random>            being gathered
    <root>/waiting/<ab>/<id>         uploads that no message names yet
    <root>/kept/<ab>/<id>            the rest

Folders are 0700, files 0600. A rename within one file system is atomic, and what was renamed is synced with its folder,
so a file is there whole or not at all, after a loss of power, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from connectors.media.disk import drop_older, private_folder, read_chunks, sync_folder, working
from connectors.media.intake import Media, MediaOptions
from connectors.media.shelf import Part
from handoff.clock import Clock
from handoff.media import UnknownMedia


def local_media(root: Path, options: MediaOptions, clock: Clock) -> Media:
    """Return the store in a local directory, which is made if need be.

    Raises:
        OSError: it cannot be made or written.
    """
    return Media(LocalShelf(root), options, clock)


class LocalShelf:
    """A directory of files."""

    def __init__(self, root: Path) -> None:
        self._root = private_folder(root)
        self._spool = private_folder(root / "spool")

    @property
    def spool(self) -> Path:
        """The folder in which files are gathered; of the same file system, so that a rename can move them on."""
        return self._spool

    async def lay(self, gathered: Path, media_id: str, part: Part) -> None:
        """Move a gathered file in."""
        await working(_move, gathered, self._path(media_id, part))

    async def promote(self, media_id: str) -> bool:
        """Move a file from WAITING to KEPT."""
        kept = self._path(media_id, Part.KEPT)
        try:
            await working(_move, self._path(media_id, Part.WAITING), kept)
        except FileNotFoundError:
            return await working(kept.is_file)
        return True

    async def open(self, media_id: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a KEPT file."""
        try:
            async for chunk in read_chunks(self._path(media_id, Part.KEPT)):
                yield chunk
        except FileNotFoundError:
            raise UnknownMedia("This file is not kept any more.") from None

    async def has(self, media_id: str) -> bool:
        """Tell whether a file is KEPT."""
        return await working(self._path(media_id, Part.KEPT).is_file)

    async def remove(self, media_id: str) -> None:
        """Delete a file."""
        for part in Part:
            with suppress(FileNotFoundError):
                await working(_delete, self._path(media_id, part))

    async def drop_waiting(self, before_ms: int) -> int:
        """Delete what has waited too long."""
        return await working(drop_older, self._root / Part.WAITING, before_ms)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _path(self, media_id: str, part: Part) -> Path:
        return self._root / part / media_id[:2] / media_id


def _move(source: Path, target: Path) -> None:
    if not target.parent.is_dir():
        private_folder(target.parent)
        sync_folder(target.parent.parent)
        sync_folder(target.parent.parent.parent)
    source.replace(target)
    sync_folder(target.parent)


def _delete(path: Path) -> None:
    path.unlink()
    sync_folder(path.parent)
