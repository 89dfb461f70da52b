"""How fast a channel may be sent to: token buckets for the platform and for each recipient."""

from __future__ import annotations

from connectors.base import Pace
from handoff.clock import Clock

MOST_RECIPIENTS = 20_000


class Bucket:
    """Tokens that come at a rate and are spent ahead of time: who spends one is told how long to wait for it.

    Args:
        per_second: tokens that come in a second.
        burst: the most that gather.
    """

    __slots__ = ("_burst", "_per_ms", "_seen", "_tokens")

    def __init__(self, per_second: float, burst: float, now: int) -> None:
        self._per_ms = per_second / 1000
        self._burst = burst
        self._tokens = burst
        self._seen = now

    def wait(self, now: int) -> float:
        """Return the seconds until the next token is there."""
        self._fill(now)
        return max(0.0, (1 - self._tokens) / self._per_ms / 1000)

    def spend(self, now: int) -> None:
        """Take the next token, which may be still to come."""
        self._fill(now)
        self._tokens -= 1

    def full(self, now: int) -> bool:
        """Tell whether nothing is known by this bucket that a new one would not know."""
        self._fill(now)
        return self._tokens >= self._burst

    def _fill(self, now: int) -> None:
        self._tokens = min(self._burst, self._tokens + max(0, now - self._seen) * self._per_ms)
        self._seen = max(self._seen, now)


class Pacer:
    """Keeps one channel's pace in this process.

    Args:
        pace: how fast the platform lets us send.
        clock: tells the present instant.
    """

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock
        # A tenth of a second's worth at once, so that no second holds much more than its share.
        # Platforms count within a second: what may go at once is taken from what comes in meanwhile.
        at_once = pace.per_second / 10
        rate = pace.per_second - at_once if at_once >= 1 else pace.per_second
        self._all = Bucket(rate, max(1.0, at_once), clock())
        self._each: dict[str, Bucket] = {}
        self._paused_until = 0
        self._parked_until = 0

    def wait(self, recipient: str) -> float:
        """Return the seconds until something may be sent to this recipient."""
        now = self._clock()
        paused = max(0, self._paused_until - now) / 1000
        return max(paused, self._all.wait(now), self._bucket(recipient, now).wait(now))

    def spend(self, recipient: str) -> None:
        """Count a message that is sent after `wait`."""
        now = self._clock()
        self._all.spend(now)
        self._bucket(recipient, now).spend(now)

    def pause(self, seconds: float) -> None:
        """Send nothing to anybody for that long: the platform said so."""
        self._paused_until = max(self._paused_until, self._clock() + round(seconds * 1000))

    def park(self, wait_s: float) -> int:
        """Return when (ms) to come back after at least `wait_s` seconds, each one asking at another time."""
        step = 1000 / self._pace.per_second
        now = self._clock()
        self._parked_until = round(max(self._parked_until, now) + step)
        return max(now + round(wait_s * 1000), self._parked_until)

    def _bucket(self, recipient: str, now: int) -> Bucket:
        found = self._each.get(recipient)
        if found is None:
            if len(self._each) >= MOST_RECIPIENTS:
                self._each = {name: bucket for name, bucket in self._each.items() if not bucket.full(now)}
            each = 1 / self._pace.seconds_each if self._pace.seconds_each > 0 else 1e6
            found = self._each[recipient] = Bucket(each, max(1, self._pace.burst), now)
        return found
