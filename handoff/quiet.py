"""Quiet hours: a span of the day, by the business's clocks, in which nobody is written to unasked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handoff.errors import InvalidInput
from handoff.instants import from_datetime, to_datetime

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until `ends`, over midnight where it ends earlier than it begins; never where both are the same.

    Args:
        begins: wall-clock time.
        ends: wall-clock time.
        zone: where those clocks are.
    """

    begins: time
    ends: time
    zone: ZoneInfo

    @classmethod
    def read(cls, written: str, zone: ZoneInfo) -> QuietHours:
        """Read hours like `21:00-08:00`, or `none`.

        Raises:
            InvalidInput: they are written in another way.
        """
        if written.strip().lower() in ("", "none"):
            return cls(time(), time(), zone)
        match = _SPAN.fullmatch(written.strip())
        if match is None:
            raise InvalidInput("Quiet hours are written like 21:00-08:00, or none; correct quiet_hours.")
        opens, closes = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        return cls(opens, closes, zone)

    def end(self, at: int) -> int | None:
        """Return when the quiet hours around an instant end (ms); None when it is in none.

        On the days when the clocks change the hours last as long as the clocks say.
        """
        local = to_datetime(at).astimezone(self.zone)
        if not self._is_quiet(local.time()):
            return None
        day = local.date() + timedelta(days=int(local.time() >= self.ends))
        ends = from_datetime(datetime.combine(day, self.ends, self.zone))
        # An hour that the clocks show twice: the first of the two ends may be over.
        return ends if ends > at else from_datetime(datetime.combine(day, self.ends.replace(fold=1), self.zone))

    def _is_quiet(self, now: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= now < self.ends
        return self.begins != self.ends and (now >= self.begins or now < self.ends)
