"""What a person sees at the terminal while something takes its time."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TextIO

_SAY_AGAIN_S = 10.0


class Terminal:
    """Shows progress: a line that keeps changing on a real terminal, a line now and then elsewhere.

    Args:
        out: where to write.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._live = self._out.isatty()
        self._shown = False
        self._said_at = time.monotonic()

    def say(self, sentence: str) -> None:
        """Write a line that stays."""
        self.clear()
        self._said_at = time.monotonic()
        print(sentence, file=self._out, flush=True)

    def waiting(self, names: Sequence[str], seconds: float) -> None:
        """Show what is still being waited for."""
        self.passing(f"  waiting for {', '.join(names)} … {seconds:.0f} s")

    def ready(self, name: str, seconds: float) -> None:
        """Note that a program became ready."""
        self.say(f"  {name:<9}ready after {seconds:4.1f} s")

    def passing(self, line: str) -> None:
        """Show a line that the next one replaces; where lines can't be replaced, show only one in ten seconds."""
        if self._live:
            self.clear()
            print(line[:78], end="", file=self._out, flush=True)
            self._shown = True
        elif time.monotonic() - self._said_at >= _SAY_AGAIN_S:
            self.say(line)

    def clear(self) -> None:
        """Take the passing line away."""
        if self._shown:
            print("\r\x1b[2K", end="", file=self._out)
            self._shown = False
