"""How tests wait: for a condition, and far longer than it takes, because the machine may be busy with other tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_S = 20.0
"""Seconds until a test gives up waiting; slowness is no failure of what is tested here (bench/ measures it)."""

_PAUSE_S = 0.005


async def eventually(holds: Callable[[], Awaitable[bool] | bool]) -> None:
    """Wait for a condition that nothing announces.

    Raises:
        TimeoutError: it did not come about within `PATIENCE_S`.

    """
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(_PAUSE_S)
