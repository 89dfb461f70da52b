"""Parts of a file, as players of sound and video ask for them (RFC 9110, section 14): one range, or the whole file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

_ONE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)


def asked_for(header: str | None, size: int) -> range | None:
    """Return which bytes a Range header asks for, an empty range for none that is there; None for all of them.

    Several ranges at once, and what is none, count as no header: the whole file is always a right answer.

    Args:
        header: as it came.
        size: bytes of the file.
    """
    match = _ONE.fullmatch((header or "").replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


async def within(chunks: AsyncIterator[bytes], part: range) -> AsyncIterator[bytes]:
    """Yield the bytes of a part; reads on no further than it goes."""
    if not part:
        return
    at = 0
    async for chunk in chunks:
        piece = chunk[max(0, part.start - at) : max(0, part.stop - at)]
        at += len(chunk)
        if piece:
            yield piece
        if at >= part.stop:
            return
