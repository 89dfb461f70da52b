"""How often one caller may do one thing."""

from __future__ import annotations

import pytest

from connectors.throttle import Rate, Throttle
from handoff.errors import TooManyAttempts
from tests.fakes import FakeClock


def test_a_burst_passes_and_the_next_must_wait_as_long_as_it_is_told() -> None:
    clock = FakeClock()
    throttle = Throttle(Rate(burst=3, per_minute=6), clock, "Wait.")
    for _ in range(3):
        throttle.spend("one")
    with pytest.raises(TooManyAttempts) as refused:
        throttle.spend("one")
    assert refused.value.retry_after == 10
    clock.advance(9)
    with pytest.raises(TooManyAttempts):
        throttle.spend("one")
    clock.advance(1)
    throttle.spend("one")


def test_one_caller_does_not_spend_what_another_has() -> None:
    throttle = Throttle(Rate(burst=1, per_minute=1), FakeClock(), "Wait.")
    throttle.spend("one")
    throttle.spend("two")


def test_an_allowance_never_grows_over_its_burst() -> None:
    clock = FakeClock()
    throttle = Throttle(Rate(burst=2, per_minute=60), clock, "Wait.")
    throttle.spend("one")
    clock.advance(3600)
    throttle.spend("one")
    throttle.spend("one")
    with pytest.raises(TooManyAttempts):
        throttle.spend("one")


def test_a_clock_that_jumps_back_takes_nothing_away() -> None:
    clock = FakeClock()
    throttle = Throttle(Rate(burst=2, per_minute=60), clock, "Wait.")
    throttle.spend("one")
    clock.advance(-3600)
    throttle.spend("one")


def test_memory_stays_bounded_however_many_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.throttle._MOST_CALLERS", 10)
    throttle = Throttle(Rate(burst=1, per_minute=1), FakeClock(), "Wait.")
    for caller in range(100):
        throttle.spend(str(caller))
    assert len(throttle._buckets) == 10
