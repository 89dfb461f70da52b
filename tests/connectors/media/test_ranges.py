"""Parts of a file: what is read for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.media.ranges import within


@pytest.mark.parametrize(
    ("part", "found", "read"),
    [
        (range(3), b"abc", 1),
        (range(2, 5), b"cde", 2),
        (range(4, 8), b"efgh", 2),
        (range(12, 12), b"", 0),
        (range(99, 12), b"", 0),
    ],
    ids=["in the first piece", "across two", "a whole one", "behind the end", "far behind it"],
)
async def test_no_more_is_read_than_a_part_needs(part: range, found: bytes, read: int) -> None:
    pieces: list[bytes] = []

    async def file() -> AsyncIterator[bytes]:
        for piece in (b"abcd", b"efgh", b"ijkl"):
            pieces.append(piece)
            yield piece

    assert b"".join([piece async for piece in within(file(), part)]) == found
    assert len(pieces) == read
