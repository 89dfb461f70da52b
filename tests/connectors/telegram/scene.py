"""What Telegram's tests share besides fixtures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from connectors.outgoing import Content, FileOut
from handoff.attachment import Attachment, AttachmentKind

SECRET = "the-secret-of-a-test"
RECORDED = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "payloads").glob("*.json"))}
"""Webhooks as the platform sends them, with made-up ids, by what is in them."""

PNG = b"\x89PNG\r\n\x1a\n and the rest of a picture"


def content(*chunks: bytes) -> Content:
    """Make the content of a file."""

    async def read() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return read


def file_out(kind: AttachmentKind, type: str, held: bytes = b"some bytes", caption: str = "") -> FileOut:  # noqa: A002
    """Make a message that is a file."""
    return FileOut(Attachment(kind, id="x", name="a file.bin", type=type, size=len(held)), content(held), caption)
