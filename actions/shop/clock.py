"""The time now, as something that is passed in, so that a test can choose it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

Clock = Callable[[], datetime]
"""Gives the time now, aware and in UTC."""


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(timezone.utc)
