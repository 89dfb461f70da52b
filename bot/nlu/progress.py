"""Tells the person at the terminal how far something is, on standard error: standard output is for results."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_QUIET_S = 2.0
_SAY_AGAIN_S = 10.0
_REDRAW_S = 0.2


class Progress:
    """A line that keeps changing on a real terminal, and a line now and then elsewhere.

    What is over within two seconds is not spoken of.

    Args:
        out: where to write.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._began = self._said = time.monotonic()

    def announce(self, doing: str) -> None:
        """Say what will take a while without a word between."""
        self.done()
        self._said = time.monotonic()
        self._write(f"{doing} …")

    def show(self, doing: str) -> None:
        """Say what is being done; to be called often."""
        now = time.monotonic()
        pause = _REDRAW_S if self._live else _SAY_AGAIN_S if self._said > self._began else _QUIET_S
        if now - self._began < _QUIET_S or now - self._said < pause:
            return
        self._said = now
        self._write(f"{doing} … {now - self._began:.0f} s")

    def done(self) -> None:
        """Take the line away; the next thing begins at 0 s."""
        if self._live and self._said > self._began:
            print("\r\x1b[2K", end="", file=self._out, flush=True)
        self._began = self._said = time.monotonic()

    def _write(self, line: str) -> None:
        if self._live:
            print(f"\r\x1b[2K{line[:78]}", end="", file=self._out, flush=True)
        else:
            print(line, file=self._out, flush=True)
