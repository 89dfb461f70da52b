"""Every check of the project, two at a time, each with its time: `python -m tests.checks`.

`make test` runs it after the set-up. What a check prints is kept in tests/out/; a failed one is shown in full.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "tests" / "out"
AT_ONCE = 2

GATEWAY = str(ROOT / ".venv" / "bin" / "python")
RASA = str(ROOT / ".venv-rasa" / "bin" / "python")
_PROGRESS = re.compile(r"[.sxFE]+ +\[ *\d+%\]")
_BATON = (GATEWAY, "-m", "baton")
_OTHERS = ("--ignore=tests/bot", "--ignore=tests/actions", "--ignore=tests/e2e")


@dataclass(frozen=True, slots=True)
class Check:
    """One command that must end with 0, of a kind (`--only` chooses by it), after the named ones."""

    name: str
    kind: str
    argv: tuple[str, ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """How a check went."""

    check: Check
    code: int
    seconds: float
    output: str


# The long ones come first, so that the two lanes end at about the same time.
CHECKS = (
    Check("train", "stories", (*_BATON, "train")),
    Check("gateway tests", "tests", (GATEWAY, "-m", "pytest", "-rsfE", "-m", "not e2e", *_OTHERS)),
    Check("bot tests", "tests", (RASA, "-m", "pytest", "-rsfE", "-c", "tests/bot/pytest.ini", "tests/bot")),
    Check("actions tests", "tests", (RASA, "-m", "pytest", "-rsfE", "-c", "tests/actions/pytest.ini", "tests/actions")),
    Check("end-to-end tests", "e2e", (GATEWAY, "-m", "pytest", "-rsfE", "-m", "e2e", "tests/e2e"), after=("train",)),
    Check("stories", "stories", (GATEWAY, "-m", "tests.stories"), after=("train",)),
    Check("baton check", "lint", (*_BATON, "check")),
    Check("types, gateway half", "lint", (GATEWAY, "-m", "mypy")),
    Check("types, Rasa half", "lint", (RASA, "-m", "mypy", "--config-file", "mypy-rasa.ini")),
    Check("style", "lint", (GATEWAY, "-m", "ruff", "check", ".")),
    Check("format", "lint", (GATEWAY, "-m", "ruff", "format", "--check", ".")),
    Check("import rules", "lint", (str(ROOT / ".venv" / "bin" / "lint-imports"),)),
)  # fmt: skip


def run_all(checks: Sequence[Check]) -> bool:
    """Run the checks and say how each went; returns whether all went well."""
    OUT.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    left, done, failed = list(checks), set[str](), list[str]()
    named = {check.name for check in checks}
    with ThreadPoolExecutor(AT_ONCE) as lanes:
        under_way: dict[Future[Result], Check] = {}
        while left or under_way:
            for check in [check for check in left if set(check.after) & named <= done]:
                if len(under_way) < AT_ONCE:
                    left.remove(check)
                    under_way[lanes.submit(_run, check)] = check
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                del under_way[future]
                result = future.result()
                done.add(result.check.name)
                failed += [result.check.name] if result.code else []
                _say(result)
    print(f"\n{len(done) - len(failed)} of {len(done)} checks passed in {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}. What they printed is above, and in tests/out/.", flush=True)
    return not failed


def _run(check: Check) -> Result:
    started = time.monotonic()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    environ["COLUMNS"] = "240"  # so that pytest has room to name the reason beside the test
    ended = subprocess.run(
        check.argv, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = ended.stdout.decode("utf-8", "replace")
    (OUT / f"{check.name.replace(' ', '-').replace(',', '')}.log").write_text(output, encoding="utf-8")
    return Result(check, ended.returncode, time.monotonic() - started, output)


def _say(result: Result) -> None:
    lines = result.output.strip().splitlines()
    print(f"{'ok  ' if result.code == 0 else 'FAIL'}  {result.check.name:<20}{result.seconds:6.1f} s", flush=True)
    if result.code:
        # Which tests failed comes first, and why: a log that is cut off at its end still says so.
        named = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
        named += [line for line in lines if line.startswith("E  ")][:20]
        told = [line for line in lines if not _PROGRESS.fullmatch(line)]
        print("\n".join(f"      {line}" for line in [*named, *told[-200:]]), flush=True)
    elif lines and " passed" in lines[-1]:
        # Skipped tests are named: a skip that nobody sees is a test that nobody has.
        skipped = [line for line in lines if line.startswith("SKIPPED")]
        print("\n".join([*skipped, lines[-1]]), flush=True)


def main() -> int:
    """Run all checks, or those of one kind."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks", description="Run every check.")
    parser.add_argument("--only", choices=sorted({check.kind for check in CHECKS}), help="only this kind")
    only = parser.parse_args().only
    chosen = [check for check in CHECKS if only in (None, check.kind) or (only == "e2e" and check.name == "train")]
    return 0 if run_all(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
