"""What a place to keep files must do; which files, is `connectors.media.intake`'s business."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Part(StrEnum):
    """The parts of a shelf: files that a message names, and uploads that none names yet."""

    KEPT = "kept"
    WAITING = "waiting"


class Shelf(Protocol):
    """A durable place for whole files by their id. Every method raises `MediaUnavailable` when it does not work."""

    @property
    def spool(self) -> Path:
        """The folder in which files are gathered before they are laid on the shelf; it exists."""

    async def lay(self, gathered: Path, media_id: str, part: Part) -> None:
        """Take a gathered file over, durably and in one step; `gathered` may be gone afterwards."""

    async def promote(self, media_id: str) -> bool:
        """Move a file from WAITING to KEPT; False when it is in neither."""

    def open(self, media_id: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a KEPT file; raises UnknownMedia at the first step."""

    async def has(self, media_id: str) -> bool:
        """Tell whether a file is KEPT."""

    async def remove(self, media_id: str) -> None:
        """Take a file off both parts, if it is there."""

    async def drop_waiting(self, before_ms: int) -> int:
        """Take what has waited since before an instant (ms) off the shelf; returns how many files."""

    async def close(self) -> None:
        """Let go of connections."""
