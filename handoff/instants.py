"""Instants in words: milliseconds since the Unix epoch to RFC 3339 in UTC, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def to_datetime(at: int) -> datetime:
    """Return the instant `at` (ms) as a datetime in UTC, without rounding.

    Raises:
        OverflowError: the instant lies outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(milliseconds=at)


def from_datetime(moment: datetime) -> int:
    """Return an aware datetime as milliseconds since the Unix epoch, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def to_rfc3339(at: int, precision: Literal["milliseconds", "seconds"] = "milliseconds") -> str:
    """Write the instant `at` (ms) as RFC 3339 in UTC, such as `2026-11-22T10:00:00.000Z`."""
    return to_datetime(at).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def from_rfc3339(text: str) -> int:
    """Read an RFC 3339 time, which must name its offset from UTC; returns ms.

    Raises:
        ValueError: it is no such time.
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError("a time is written like 2026-11-22T10:00:00Z")
    return from_datetime(datetime.fromisoformat(text.upper()))
