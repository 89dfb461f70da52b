"""The machine that is measured on: how busy it is, and what one process has taken of it (Linux: /proc)."""

from __future__ import annotations

import asyncio
import os
import resource
from pathlib import Path
from typing import Any

_LOOK_S = 2.0
_QUIET = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")


async def state() -> dict[str, Any]:
    """Tell how many cores there are, how busy they were just now (0 to 1), and the load of the last minute."""
    busy, all_of_it = _times()
    await asyncio.sleep(_LOOK_S)
    busy_then, all_then = _times()
    share = (busy_then - busy) / max(1, all_then - all_of_it)
    return {"cores": os.cpu_count(), "busy_share": round(share, 2), "load_1min": round(os.getloadavg()[0], 2)}


def in_words(found: dict[str, Any]) -> str:
    """Say whether figures of this machine are worth keeping."""
    quiet = "quiet" if found["busy_share"] <= _QUIET else "busy: its figures are no measure"
    return (
        f"{found['cores']} cores, {found['busy_share']:.0%} of them busy with other work, load {found['load_1min']}: "
        f"the machine is {quiet}"
    )


def resident_kb(pid: int) -> int:
    """Return the resident memory of a process in kilobytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def cpu_s(pid: int) -> float:
    """Return the seconds of a core that a process has used so far."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def allow_files(count: int) -> None:
    """Let this process, and what it starts, have that many files open.

    Raises:
        RuntimeError: the machine does not let it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise RuntimeError(f"{count:,} open files are needed and {hard:,} allowed; raise the limit (ulimit -Hn).")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _times() -> tuple[int, int]:
    """Return the ticks that all cores were busy, and all their ticks."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    ticks = [int(field) for field in fields]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)
