"""What came in and went out, counted by channel and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MOST_REASONS = 100
"""Different reasons a channel may have; a defect that makes up new ones is counted as `other`."""


class Counts:
    """Counts of this process since it began; reasons are words of ours, never what anybody wrote."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._reasons: Counter[str] = Counter()

    def add(self, channel: str, reason: str) -> None:
        """Count one thing more."""
        if (channel, reason) not in self._counts:
            if self._reasons[channel] >= MOST_REASONS:
                reason = "other"
            else:
                self._reasons[channel] += 1
        self._counts[channel, reason] += 1

    def of(self, channel: str, reason: str) -> int:
        """Return how often something happened."""
        return self._counts[channel, reason]

    def read(self) -> Mapping[tuple[str, str], int]:
        """Return all counts by (channel, reason)."""
        return dict(self._counts)
