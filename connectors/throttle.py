"""Token buckets: how often one caller may do one thing."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

from handoff.clock import Clock
from handoff.errors import TooManyAttempts

_MOST_CALLERS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` times at once, and `per_minute` times a minute in the long run."""

    burst: int
    per_minute: float


class Throttle:
    """Counts per caller in this process's memory; of too many callers the longest silent are forgotten first.

    Args:
        refusal: the sentence for a caller who must wait.
    """

    def __init__(self, rate: Rate, clock: Clock, refusal: str) -> None:
        self._rate = rate
        self._clock = clock
        self._refusal = refusal
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, caller: str) -> None:
        """Count one attempt of a caller.

        Raises:
            TooManyAttempts: the caller's allowance is spent; `retry_after` seconds bring the next.
        """
        now = self._clock()
        per_ms = self._rate.per_minute / 60_000
        left, since = self._buckets.pop(caller, (float(self._rate.burst), now))
        left = min(float(self._rate.burst), left + max(0, now - since) * per_ms)
        refused = left < 1
        self._buckets[caller] = (left if refused else left - 1, now)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        if refused:
            raise TooManyAttempts(self._refusal, retry_after=max(1, math.ceil((1 - left) / per_ms / 1000)))
