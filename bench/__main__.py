"""Measures a running Baton and stock Rasa side by side: prints a table and writes JSON.

python -m bench                 everything, some 25 minutes (stock Rasa trains for several)
python -m bench --only turns    one part

turns       FAQ, order status, an agent's reply, a long conversation; training, start, memory
acceptance  messages of the web accepted a second, as many as go
webhooks    WhatsApp webhooks accepted at a rate that does not wait for answers; that none is lost
widgets     ten thousand widgets connected at once: memory of each, a message to all of them
drain       messages a second from a full outbox into the played WhatsApp
widget      the widget in headless Chromium: bytes, and how soon one can click and write
stock       stock Rasa on the same data
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from baton.settings import ROOT
from bench import acceptance, drain, interactive, machine, stock, turns, webhooks, widgets
from tests.e2e.system import System

OUT = ROOT / "bench" / "out"
UNLIMITED = {"BATON_SESSIONS_PER_MINUTE": "1000000", "BATON_MESSAGES_PER_MINUTE": "1000000"}


def main() -> int:
    """Measure the chosen parts."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=list(PARTS), action="append", help="only this part (may be repeated)")
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second on the web path (default 10)")
    parser.add_argument("--count", type=int, default=200, help="turns of each kind (default 200)")
    parser.add_argument("--webhook-rate", type=float, default=200.0, help="webhooks a second (default 200)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long webhooks come (default 30)")
    parser.add_argument("--widgets", type=int, default=10_000, help="widgets connected at once (default 10000)")
    parser.add_argument("--parcels", type=int, default=3_000, help="messages waiting in the outbox (default 3000)")
    options = parser.parse_args()
    chosen = options.only or list(PARTS)
    results: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "redis": "embedded, appendonly yes, appendfsync always",
        "rate_per_second": options.rate,
        "machine": asyncio.run(machine.state()),
    }
    print(machine.in_words(results["machine"]), flush=True)
    for part in PARTS:
        if part in chosen:
            print(f"measuring {part} …", flush=True)
            results[part] = asyncio.run(PARTS[part](options))
    OUT.mkdir(parents=True, exist_ok=True)
    file = OUT / f"bench-{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(table(results))
    print(f"\nwritten to {file.relative_to(ROOT)}")
    return 0


async def measure_turns(options: argparse.Namespace) -> dict[str, Any]:
    """The web path, the agent's path, a long conversation and the memory, on one running Baton."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as home:
        training = train_anew(Path(home))
        with System.running(Path(home), **UNLIMITED):
            pass  # the first start makes the demo; the second is what is timed
        began = time.perf_counter()
        with System.running(Path(home), **UNLIMITED) as system:
            ready = round(time.perf_counter() - began, 1)
            password = new_password(system)
            base = system.address
            order = system.shop_order("shipped")
            await turns.faq_turns(base, 20, options.rate)  # warm
            return {
                "training_s": training,
                "second_start_s": ready,
                "faq_turn": await turns.faq_turns(base, options.count, options.rate),
                "order_status_turn": await turns.order_turns(base, order, options.count, options.rate),
                "human_turn": await turns.human_turns(base, "demo", password, options.count),
                "long_conversation": await turns.long_conversation(base, 1000),
                "memory_mb": {name: stock.resident_mb(pid) for name, pid in system.children().items()},
            }


async def measure_acceptance(_options: argparse.Namespace) -> dict[str, Any]:
    """Messages accepted a second, on a Baton that does nothing else."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as home, System.running(Path(home), **UNLIMITED) as system:
        return await acceptance.accepted_per_second(
            system.address, "demo", system.password, connections=50, seconds=10.0
        )


async def measure_webhooks(options: argparse.Namespace) -> dict[str, Any]:
    """Webhooks accepted at a rate, in conversations that an agent has."""
    return await webhooks.measure(options.webhook_rate, options.seconds, UNLIMITED)


async def measure_widgets(options: argparse.Namespace) -> dict[str, Any]:
    """Many widgets connected at once."""
    return await widgets.measure(options.widgets, UNLIMITED)


async def measure_drain(options: argparse.Namespace) -> dict[str, Any]:
    """A full outbox emptied."""
    return await drain.measure(options.parcels, UNLIMITED)


async def measure_widget(_options: argparse.Namespace) -> dict[str, Any]:
    """The widget in a browser."""
    return await interactive.measure()


async def measure_stock(options: argparse.Namespace) -> dict[str, Any]:
    """Stock Rasa on the same data."""
    return await stock.measure(options.count, options.rate)


def train_anew(home: Path) -> float:
    """Train the shipped data in a new process; returns seconds, start of Python included."""
    system = System(home, 0, {**_plain_environment(), "BATON_HOME": str(home)}, None)  # type: ignore[arg-type]
    began = time.perf_counter()
    ended = system.baton("train", "--anew")
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return round(time.perf_counter() - began, 1)


def new_password(system: System) -> str:
    """Give the demo agent a new password; its first was shown at the first start."""
    words = system.baton("agent", "password", "demo").stdout.split()
    return words[-1]


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}


GOALS = {
    "faq_turn": "p50 ≤ 25, p99 ≤ 80",
    "order_status_turn": "p50 ≤ 25, p99 ≤ 80",
    "human_turn": "p50 ≤ 8",
    "training_s": "≤ 25",
    "second_start_s": "≤ 20",
    "last_to_first": "≤ 1.3",
    "acceptance.per_second": "≥ 1500",
    "webhooks": "p50 ≤ 4, p99 ≤ 15",
    "kb_each": "≤ 25",
    "broadcast_last_s": "≤ 2",
    "most_bytes": "≤ 35000",
}


_SUMMARISED = ("p50_ms", "p95_ms", "p99_ms")


def table(results: dict[str, Any]) -> str:
    """Write the results as lines of name, figure and goal."""
    rows: list[tuple[str, str, str]] = []

    def goal(name: str) -> str:
        return "" if "stock" in name else GOALS.get(name) or GOALS.get(name.split(".")[-1], "")

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            if "p50_ms" in value:
                figure = f"p50 {value['p50_ms']}  p95 {value['p95_ms']}  p99 {value['p99_ms']} ms"
                rows.append((prefix, figure, goal(prefix)))
            for name, inner in value.items():
                if name not in _SUMMARISED:
                    walk(f"{prefix}.{name}" if prefix else name, inner)
        elif isinstance(value, list):
            for number, one in enumerate(value, 1):
                walk(f"{prefix} {number}", one)
        elif not isinstance(value, str):
            rows.append((prefix, str(value), goal(prefix)))

    walk("", {name: value for name, value in results.items() if name in PARTS})
    if "turns" in results and "stock" in results:
        ratio = results["stock"]["faq_turn"]["p50_ms"] / results["turns"]["faq_turn"]["p50_ms"]
        rows.append(("stock FAQ turn ÷ Baton's whole FAQ turn (p50)", f"{ratio:.2f}", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{name:<{widths[0]}}  {figure:<{widths[1]}}  {goal}" for name, figure, goal in rows)


PARTS: dict[str, Callable[[argparse.Namespace], Coroutine[Any, Any, dict[str, Any]]]] = {
    "turns": measure_turns,
    "acceptance": measure_acceptance,
    "webhooks": measure_webhooks,
    "widgets": measure_widgets,
    "drain": measure_drain,
    "widget": measure_widget,
    "stock": measure_stock,
}

if __name__ == "__main__":
    raise SystemExit(main())
