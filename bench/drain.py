"""How fast one gateway empties a full outbox into the played WhatsApp, with the platform's pace and without.

An answer of the bot waits in each of some thousand conversations when they all become due, as after an outage of the
platform. The rate is between the platform's first message and its last, by its own clock.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from baton.redis_server import redis_server
from baton.settings import ROOT
from bench.customers import Customers, business, whatsapp_settings
from bench.machine import cpu_s
from connectors.trial.graph_api_world import Business
from handoff.clock import system_clock
from handoff.store.redis_store import RedisStore
from tests.e2e.system import System

_LATEST_S = 600.0
_BEGINS_S = 60.0
"""Seconds from filling the outbox until what is in it is due: by then everything has started."""


async def measure(count: int, settings: dict[str, str]) -> dict[str, Any]:
    """Drain `count` messages twice: as WhatsApp lets it, and as fast as it goes.

    Args:
        settings: environment variables of the Batons.

    Raises:
        RuntimeError: a customer got no message, or more than one.
    """
    paced = await _drained(count, settings, limited=True)
    print(f"  with the platform's pace: {paced['per_second']} messages a second", flush=True)
    free = await _drained(count, settings, limited=False)
    print(f"  without: {free['per_second']} messages a second", flush=True)
    return {"messages": count, "paced": paced, "unpaced": free}


async def _drained(count: int, settings: dict[str, str], *, limited: bool) -> dict[str, Any]:
    of = business()
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as home:
        await _fill(Path(home), of, count)
        async with _platform(of, count, limited=limited) as platform:
            url = await _told(platform)
            told = {**settings, **whatsapp_settings(of, url)}
            if not limited:
                told["BATON_CHANNELS"] = "bench.unpaced:make"
            with System.running(Path(home), **told) as system:
                processes = {"gateway": system.children()["gateway_process"], "platform": platform.pid}
                processes["redis"] = system.children()["redis-server"]
                used = {name: cpu_s(pid) for name, pid in processes.items()}
                await _tell(platform, f"{system.address}/webhooks/whatsapp")
                summary = json.loads(await _told(platform))
                shares = {
                    f"{name}_core_share": round((cpu_s(pid) - used[name]) / summary["seconds"], 2)
                    for name, pid in processes.items()
                }
    if summary["taken"] != count or summary["reached"] != count:
        raise RuntimeError(f"The platform took {summary['taken']} messages for {summary['reached']} of {count} people.")
    rate = round((count - 1) / summary["seconds"], 1)
    return {"per_second": rate, "seconds": round(summary["seconds"], 1), "refused": summary["refused"], **shares}


async def _fill(home: Path, of: Business, count: int) -> None:
    server, due = redis_server(home), system_clock() + round(_BEGINS_S * 1000)
    with server.running():
        store = RedisStore(server.url)
        try:
            await Customers(of, store).with_answers(count, "Your order is on its way. Nr.", due)
        finally:
            await store.close()
    print(f"  {count:,} messages wait", flush=True)


@asynccontextmanager
async def _platform(of: Business, people: int, *, limited: bool) -> AsyncIterator[asyncio.subprocess.Process]:
    limits = "limited" if limited else "unlimited"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.platform", of.token, of.app_secret, str(people), limits),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _told(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(_LATEST_S):
        line = (await process.stdout.readline()).decode().strip()
    if not line:
        raise RuntimeError("The played platform ended.")
    return line


async def _tell(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())
    await process.stdin.drain()
