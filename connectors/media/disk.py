"""The little that a file system must do, off the event loop and private to its owner."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from handoff.media import MediaUnavailable

_log = logging.getLogger(__name__)

CHUNK = 256 * 1024
"""Bytes that are read or written at once."""

_T = TypeVar("_T")


async def working(step: Callable[..., _T], *args: object) -> _T:
    """Run a step that may block in a thread.

    Raises:
        MediaUnavailable: the file system did not do it (full, not mounted, no rights).
    """
    try:
        return await asyncio.to_thread(step, *args)
    except FileNotFoundError:
        raise
    except OSError as error:
        _log.error("Files cannot be kept or read: %s.", error.strerror)
        raise unavailable() from error


def unavailable() -> MediaUnavailable:
    """Say that the place where files are kept does not work."""
    return MediaUnavailable("Files cannot be kept or read just now; try again in a moment.")


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, with those above it that are missing."""
    if not path.is_dir():
        # The mode that mkdir is given is not that of the parents it makes.
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def create(path: Path) -> BinaryIO:
    """Open a new file that only its owner may read; never one that is there, nor through a link."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def sync_folder(path: Path) -> None:
    """Make what was renamed into a folder survive a loss of power."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def read_chunks(path: Path) -> AsyncIterator[bytes]:
    """Yield a file's bytes; raises FileNotFoundError at the first step."""
    file = await working(_opened, path)
    try:
        while chunk := await working(file.read, CHUNK):
            yield chunk
    finally:
        file.close()


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def drop_older(folder: Path, before_ms: int) -> int:
    """Delete the files under a folder that were last touched before an instant (ms); returns how many."""
    dropped = 0
    for path in folder.rglob("*"):
        # What another process moved or deleted meanwhile is no concern of this one.
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime * 1000 < before_ms:
                path.unlink()
                dropped += 1
    return dropped
