"""Measures a running Baton and stock Rasa side by side: prints a table and writes JSON.

python -m bench                 everything, some 15 minutes (stock Rasa trains for several)
python -m bench --only turns    one part
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
from bench import acceptance, stock, turns
from tests.e2e.system import System

OUT = ROOT / "bench" / "out"
UNLIMITED = {"BATON_SESSIONS_PER_MINUTE": "1000000", "BATON_MESSAGES_PER_MINUTE": "1000000"}


def main() -> int:
    """Measure the chosen parts."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Baton on this machine.")
    parser.add_argument("--only", choices=list(PARTS), action="append", help="only this part (may be repeated)")
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second on the web path (default 10)")
    parser.add_argument("--count", type=int, default=200, help="turns of each kind (default 200)")
    options = parser.parse_args()
    chosen = options.only or list(PARTS)
    results: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "redis": "embedded, appendonly yes, appendfsync always",
        "rate_per_second": options.rate,
    }
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
    "per_second": "≥ 1500",
}


def table(results: dict[str, Any]) -> str:
    """Write the results as lines of name, figure and goal."""
    rows: list[tuple[str, str, str]] = []

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict) and "p50_ms" in value and "per_second" not in value:
            figure = f"p50 {value['p50_ms']}  p95 {value['p95_ms']}  p99 {value['p99_ms']} ms"
            rows.append((prefix, figure, GOALS.get(prefix.split(".")[-1], "") if "stock" not in prefix else ""))
        elif isinstance(value, dict):
            for name, inner in value.items():
                walk(f"{prefix}.{name}" if prefix else name, inner)
        elif not isinstance(value, str):
            rows.append((prefix, str(value), GOALS.get(prefix.split(".")[-1], "") if "stock" not in prefix else ""))

    walk("", {name: value for name, value in results.items() if name in PARTS})
    if "turns" in results and "stock" in results:
        ratio = results["stock"]["faq_turn"]["p50_ms"] / results["turns"]["faq_turn"]["p50_ms"]
        rows.append(("stock FAQ turn ÷ Baton's whole FAQ turn (p50)", f"{ratio:.2f}", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{name:<{widths[0]}}  {figure:<{widths[1]}}  {goal}" for name, figure, goal in rows)


PARTS: dict[str, Callable[[argparse.Namespace], Coroutine[Any, Any, dict[str, Any]]]] = {
    "turns": measure_turns,
    "acceptance": measure_acceptance,
    "stock": measure_stock,
}

if __name__ == "__main__":
    raise SystemExit(main())
