"""Where instants come from: tests hand in a clock of their own, so nothing else reads the time."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Tells the present instant in milliseconds since the Unix epoch."""


def system_clock() -> int:
    """Tell the computer's own time in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000
