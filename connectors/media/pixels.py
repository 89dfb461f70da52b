"""How large a picture becomes when it is unpacked: a small file may hold one that no browser survives.

Sizes stand in PNG's IHDR, GIF's screen descriptor, WebP's first chunk (RFC 9649), and a JPEG's frame header.
"""

from __future__ import annotations

import struct
from pathlib import Path

MAX_PIXELS = 120_000_000
"""What the largest cameras of telephones take, and about half a gigabyte unpacked."""

_LONGEST_HEAD = 1_000_000
"""Bytes in which a JPEG's frame must begin; before it come only notes and previews."""

# Markers C4, C8 and CC among C0 to CF are no frames.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))


def too_many_pixels(path: Path, media_type: str) -> bool:
    """Tell whether a picture has more pixels than are shown, or hides how many it has."""
    with path.open("rb") as file:
        head = file.read(_LONGEST_HEAD)
    try:
        width, height = _SIZES[media_type](head)
    except (struct.error, ValueError, IndexError):
        return True
    return width * height > MAX_PIXELS


def _png(head: bytes) -> tuple[int, int]:
    if head[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _gif(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", head, 6)
    return width, height


def _webp(head: bytes) -> tuple[int, int]:
    chunk = head[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError


def _jpeg(head: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if head[at] != 0xFF:
            raise ValueError
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        else:
            (length,) = struct.unpack_from(">H", head, at + 2)
            if length < 2:
                raise ValueError
            at += 2 + length


_SIZES = {"image/png": _png, "image/gif": _gif, "image/webp": _webp, "image/jpeg": _jpeg}
