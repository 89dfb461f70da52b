"""How soon a WhatsApp webhook is accepted at a given rate, and that none of them is lost or kept twice.

The load is the bench's own process: signed webhooks at instants drawn beforehand (a Poisson process), sent when their
instant comes whether or not the ones before were answered. A webhook's time runs from its instant, so what a slow
system makes wait counts. Every twentieth comes a second time, as the platform sends again what it is unsure of. An
agent has the conversations, so no turn of the bot competes: what is measured is signature, parsing, finding the
contact, append, fsync, 200.
"""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baton.redis_server import redis_server
from bench.customers import Customers, business, message, whatsapp_settings
from bench.figures import percentile, spread
from bench.http_client import Line
from bench.machine import cpu_s
from connectors.trial.graph_api_webhooks import signature
from connectors.trial.graph_api_world import Business, World
from handoff.clock import system_clock
from handoff.entry import Author
from handoff.store.port import Store
from handoff.store.redis_store import RedisStore
from tests.e2e.system import System

CUSTOMERS = 200
_AGAIN_EVERY = 20
_WARM = 200
_SEED = 20_261_122


async def measure(rate: float, seconds: float, settings: dict[str, str]) -> dict[str, Any]:
    """Start a Baton and send it webhooks.

    Args:
        rate: webhooks a second.
        settings: environment variables of that Baton.

    Raises:
        RuntimeError: one was not answered with 200, or its message is not in its log exactly once.
    """
    of = business()
    # Nothing goes out in these conversations, so the platform need not answer.
    told = {**settings, **whatsapp_settings(of, "http://127.0.0.1:9"), "BATON_GRACE_SECONDS": "3600"}
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as home, System.running(Path(home), **told) as system:
        store = RedisStore(redis_server(Path(home)).url)
        try:
            agent = await store.agents.by_login("demo")
            assert agent is not None
            conversations = await Customers(of, store).with_agent(CUSTOMERS, agent.id)
            print(f"  {CUSTOMERS} customers are with an agent", flush=True)
            async with _Lines(system.address, of) as lines:
                await _send(lines, _plan(of, "warm", _WARM, rate))
                gateway = system.children()["gateway_process"]
                plan = _plan(of, "timed", round(rate * seconds), rate)
                used, began = cpu_s(gateway), time.perf_counter()
                times = await _send(lines, plan)
                took = time.perf_counter() - began
                core = (cpu_s(gateway) - used) / took
            await _check(store, conversations, plan)
        finally:
            await store.close()
        return {
            "rate_per_second": rate,
            "sent_per_second": round(len(times) / took, 1),
            **spread(times),
            "p99_9_ms": round(percentile(times, 0.999) * 1000, 2),
            "worst_ms": round(max(times) * 1000, 2),
            "gateway_core_share": round(core, 2),
            "messages": len({name for _, _, name, _ in plan}),
            "lost": 0,
            "kept_twice": 0,
        }


_Planned = tuple[float, int, str, bytes]
"""When to send it (s), whose message it is, the message's name, the webhook's body."""


def _plan(of: Business, named: str, count: int, rate: float) -> list[_Planned]:
    draw, world, due = random.Random(_SEED), World(of, system_clock), 0.0
    plan: list[_Planned] = []
    for number in range(count):
        due += draw.expovariate(rate)
        if number % _AGAIN_EVERY == _AGAIN_EVERY - 1:
            _, who, name, body = plan[number - _AGAIN_EVERY // 2]
        else:
            who, name = number % CUSTOMERS, f"{named}-{number}"
            body = message(of, world, who, name, f"Is order {10_000 + number} there yet?")
        plan.append((due, who, name, body))
    return plan


class _Lines:
    """Kept-alive connections to the webhook's address, as many as are under way at once."""

    def __init__(self, base: str, of: Business) -> None:
        self._base, self._of = base, of
        self._all: list[Line] = []
        self._free: list[Line] = []

    async def __aenter__(self) -> _Lines:
        return self

    async def __aexit__(self, *_: object) -> None:
        for line in self._all:
            await line.__aexit__()

    async def post(self, body: bytes) -> None:
        """Send one webhook; raises RuntimeError unless it is answered with 200."""
        line = self._free.pop() if self._free else await self._another()
        headers = {"X-Hub-Signature-256": signature(self._of, body), "User-Agent": "facebookplatform/1.0"}
        status, answer, _ = await line.call("POST", "/webhooks/whatsapp", body, headers)
        self._free.append(line)
        if status != 200:
            raise RuntimeError(f"A webhook was answered with {status}: {answer}")

    async def _another(self) -> Line:
        line = await Line(self._base).__aenter__()
        self._all.append(line)
        return line


async def _send(lines: _Lines, plan: Sequence[_Planned]) -> list[float]:
    began = time.perf_counter() + 0.1

    async def one(due: float, body: bytes) -> float:
        await lines.post(body)
        return time.perf_counter() - began - due

    gc.collect()
    gc.disable()
    try:
        async with asyncio.TaskGroup() as group:
            tasks = []
            for due, _, _, body in plan:
                if (wait := began + due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                tasks.append(group.create_task(one(due, body)))
    finally:
        gc.enable()
    return [task.result() for task in tasks]


async def _check(store: Store, conversation_ids: Sequence[str], plan: Sequence[_Planned]) -> None:
    due: dict[int, set[str]] = {}
    for _, who, name, _ in plan:
        due.setdefault(who, set()).add(f"wamid.{name}")
    for who, conversation_id in enumerate(conversation_ids):
        page = await store.conversations.read(conversation_id, 0)
        ids = (entry.external_id or "" for entry in page.entries if entry.author is Author.CONTACT)
        kept = Counter(name for name in ids if name.startswith("wamid.timed-"))
        if kept != Counter(due.get(who, ())):
            raise RuntimeError(f"The log of customer {who} holds {kept} instead of {due.get(who)}.")
