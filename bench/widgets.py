"""Ten thousand widgets connected at once to one gateway: what each costs, and how soon all of them have a message.

A widget reads one conversation, so nothing can be said once to all. A broadcast is here what a shop's "we are closed
today" would be: one message of the system in each of the conversations, every one written durably by the script that
writes every other message, and pushed to its customer's socket. The scripts' calls are prepared before the clock starts
and sent a few hundred at a time by the process that plays the widgets.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baton.redis_server import redis_server
from bench.figures import percentile
from bench.machine import allow_files, cpu_s, resident_kb
from bench.sockets import connect_all, keep_pinging, open_sessions
from handoff.clock import system_clock
from handoff.entry import Author, Entry, Kind
from handoff.store.redis_conversations import RedisConversations
from handoff.store.redis_link import Argument, Command, RedisLink
from tests.e2e.system import System

BROADCASTS = 5
_SETTLE_S = 30.0
"""Seconds after which every page was pinged, has pinged, and was looked after once."""

_WRITTEN_AT_ONCE = 250
_LATEST_S = 60.0


async def measure(count: int, settings: dict[str, str]) -> dict[str, Any]:
    """Start a Baton, connect the widgets, and write to all of them.

    Args:
        settings: environment variables of that Baton.

    Raises:
        RuntimeError: a widget was not connected, or got its message twice or another one's.
    """
    allow_files(count + 500)
    with (
        tempfile.TemporaryDirectory(prefix="baton-bench-") as home,
        System.running(Path(home), **settings) as system,
    ):
        gateway = system.children()["gateway_process"]
        sessions = await open_sessions(system.address, count)
        print(f"  {count:,} chats are open", flush=True)
        await asyncio.sleep(2)
        before = resident_kb(gateway)
        ear = Ear(count)
        began = time.perf_counter()
        sockets = await connect_all(system.address, [token for _, token in sessions], ear.hear)
        took = time.perf_counter() - began
        print(f"  and connected, in {took:.1f} s", flush=True)
        pinging = asyncio.create_task(keep_pinging(sockets))
        try:
            idle = await _idle(gateway, before, count)
            print(f"  {idle['kb_each']} kB each", flush=True)
            broadcasts = await _broadcasts(Path(home), gateway, [name for name, _ in sessions], ear)
        finally:
            if pinging.done():
                pinging.result()
            pinging.cancel()
        held = sum(1 for socket in sockets if not socket.gone)
        for socket in sockets:
            socket.close()
        if held != count:
            raise RuntimeError(f"Of {count:,} widgets {held:,} are still connected.")
        return {
            "connections": count,
            "connected_in_s": round(took, 1),
            "gateway_mb_before": before // 1024,
            **idle,
            "broadcast_last_s": round(statistics.median(one["last_s"] for one in broadcasts), 2),
            "broadcasts": broadcasts,
        }


class Ear:
    """Hears for all widgets, and knows when the last of them has got what was said.

    Args:
        count: how many widgets there are.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._word = b"\0"
        self.times: dict[int, float] = {}
        self.twice = 0
        self.all_have_it = asyncio.Event()

    def listen_for(self, word: str) -> None:
        """Begin anew with a text that has this word in it."""
        self._word, self.times, self.twice = word.encode(), {}, 0
        self.all_have_it.clear()

    def hear(self, number: int, payload: bytes) -> None:
        """Take in a text frame of the socket with this number."""
        if self._word not in payload:
            return
        if number in self.times or b"%b for %d." % (self._word, number) not in payload:
            self.twice += 1
            return
        self.times[number] = time.perf_counter()
        if len(self.times) == self._count:
            self.all_have_it.set()


async def _idle(gateway: int, before_kb: int, count: int) -> dict[str, Any]:
    """Let the widgets be, and tell what they cost meanwhile."""
    used, began = cpu_s(gateway), time.perf_counter()
    await asyncio.sleep(_SETTLE_S)
    core = (cpu_s(gateway) - used) / (time.perf_counter() - began)
    after_kb = resident_kb(gateway)
    each = round((after_kb - before_kb) / count, 1)
    return {"gateway_mb_after": after_kb // 1024, "kb_each": each, "idle_core_share": round(core, 2)}


async def _broadcasts(home: Path, gateway: int, conversation_ids: Sequence[str], ear: Ear) -> list[dict[str, float]]:
    link = RedisLink(redis_server(home).url, timeout_s=30.0)
    try:
        results = []
        for number in range(BROADCASTS):
            calls = await _commits(link, conversation_ids, f"Broadcast {number}")
            ear.listen_for(f"Broadcast {number}")
            used = cpu_s(gateway)
            result = await _broadcast(link, calls, ear)
            results.append({**result, "gateway_cpu_s": round(cpu_s(gateway) - used, 2)})
            print(f"  broadcast {number + 1} of {BROADCASTS}: all have it after {result['last_s']} s", flush=True)
            await asyncio.sleep(3)
        return results
    finally:
        await link.close()


async def _commits(link: RedisLink, conversation_ids: Sequence[str], word: str) -> list[Command]:
    """Prepare one message for each conversation."""
    kept = await RedisConversations(link).several(conversation_ids)
    prepared = _Prepared()
    for number, conversation_id in enumerate(conversation_ids):
        entry = Entry(kind=Kind.MESSAGE, author=Author.SYSTEM, at=system_clock(), text=f"{word} for {number}.")
        conversation = kept[conversation_id]
        await RedisConversations(prepared).commit(conversation, conversation, [entry], system_clock())
    await link.call("SCRIPT", "LOAD", prepared.text("commit"))
    return prepared.calls


async def _broadcast(link: RedisLink, calls: Sequence[Command], ear: Ear) -> dict[str, float]:
    began = time.perf_counter()
    for first in range(0, len(calls), _WRITTEN_AT_ONCE):
        outcomes = await link.together(calls[first : first + _WRITTEN_AT_ONCE])
        if any(outcome[0] != "new" for outcome in outcomes):
            raise RuntimeError(f"A message was not written: {outcomes}")
    written = time.perf_counter() - began
    try:
        async with asyncio.timeout(_LATEST_S):
            await ear.all_have_it.wait()
    except TimeoutError:
        raise RuntimeError(f"Only {len(ear.times):,} of {len(calls):,} widgets have got their message.") from None
    if ear.twice:
        raise RuntimeError(f"{ear.twice} frames came twice or were another widget's.")
    after = [at - began for at in ear.times.values()]
    return {
        "written_s": round(written, 2),
        "half_s": round(statistics.median(after), 2),
        "p99_s": round(percentile(after, 0.99), 2),
        "last_s": round(max(after), 2),
    }


class _Prepared(RedisLink):
    """Writes down the scripts' calls instead of sending them."""

    def __init__(self) -> None:
        super().__init__("redis://nowhere")
        self.calls: list[Command] = []

    async def script(self, name: str, keys: Sequence[str], *arguments: Argument) -> Any:
        """Write a call down."""
        self.calls.append(("EVALSHA", self._scripts[name].sha, len(keys), *keys, *arguments))
        return "new", 0

    def text(self, name: str) -> str:
        """Return a script as the server has to be told it."""
        return self._scripts[name].text
