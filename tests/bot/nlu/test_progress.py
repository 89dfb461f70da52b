"""How far something is, as a person at the terminal or the reader of a log sees it."""

from __future__ import annotations

import io

import pytest

from bot.nlu import progress
from bot.nlu.progress import Progress


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


def watched(clock: Clock, out: io.StringIO, seconds: int) -> str:
    shown = Progress(out)
    for _ in range(seconds * 10):
        shown.show("asking")
        clock.now += 0.1
    shown.done()
    return out.getvalue()


def test_what_is_over_within_two_seconds_is_not_spoken_of(clock: Clock) -> None:
    assert watched(clock, io.StringIO(), 2) == watched(clock, Screen(), 2) == ""


def test_a_log_gets_a_line_after_two_seconds_and_then_every_ten(clock: Clock) -> None:
    assert watched(clock, io.StringIO(), 25) == "asking … 2 s\nasking … 12 s\nasking … 22 s\n"


def test_a_terminal_gets_one_line_that_changes_and_goes(clock: Clock) -> None:
    shown = watched(clock, Screen(), 4)
    assert "\n" not in shown
    assert "asking … 3 s" in shown
    assert shown.endswith("\r\x1b[2K")


def test_what_cannot_be_watched_is_announced(clock: Clock) -> None:
    out = io.StringIO()
    Progress(out).announce("loading")
    assert out.getvalue() == "loading …\n"
