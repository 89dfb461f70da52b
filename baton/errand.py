"""Runs a tool of the Rasa half to its end, with progress on the terminal and everything it prints in a log."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from baton.project import rasa_environment, rasa_python, shown_path
from baton.settings import ROOT
from baton.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: the exit code, what was printed (also in `log`), and how many seconds it took."""

    code: int
    output: str
    log: Path
    seconds: float

    @property
    def last_words(self) -> str:
        """The end of what was printed, and where the rest is."""
        return "\n".join([*self.output.strip().splitlines()[-12:], f"(all of it: {shown_path(self.log)})"])


def run_errand(
    module: str,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    log: Path,
    terminal: Terminal,
    doing: str,
    told: Mapping[str, str] | None = None,
) -> Outcome:
    """Run `python -m module arguments…` of the Rasa half.

    Args:
        environ: what it inherits, less Baton's own settings.
        log: file for what it prints.
        doing: what the person reads meanwhile, such as "training the bot".
        told: settings that it needs, as environment variables.
    """
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    started = time.monotonic()
    with (
        log.open("wb") as target,
        subprocess.Popen(
            (rasa_python(), "-m", module, *arguments),
            cwd=ROOT,
            env=rasa_environment(environ) | dict(told or {}),
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while process.poll() is None:
                terminal.passing(f"  {doing} … {time.monotonic() - started:.0f} s")
                try:
                    process.wait(timeout=1.0)
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            process.terminate()
            raise
    terminal.clear()
    output = log.read_text(encoding="utf-8", errors="replace")
    return Outcome(process.returncode, output, log, time.monotonic() - started)
