"""How fast a channel may be sent to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Pace
from connectors.messaging.pace import Pacer
from tests.fakes import FakeClock


def send_at(pace: Pace, recipients: list[str]) -> list[tuple[int, str]]:
    """Send one message after the other as early as the pace allows; returns when (ms) and to whom."""
    clock, sent = FakeClock(0), []
    pacer = Pacer(pace, clock)
    for recipient in recipients:
        wait = pacer.wait(recipient)
        pacer.spend(recipient)
        clock.advance(wait + 0.0005)
        sent.append((clock(), recipient))
    return sent


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60), st.integers(1, 5), st.integers(1, 6))
def test_nobody_gets_more_than_their_burst_and_then_one_each_time(recipients: list[str], burst: int, each: int) -> None:
    sent = send_at(Pace(1000, burst, float(each)), recipients)
    for recipient in "abc":
        times = [at for at, to in sent if to == recipient]
        for first, at in enumerate(times):
            span = [one for one in times[first:] if one - at < each * 1000 - 1]
            assert len(span) <= burst + 1


@given(st.integers(1, 100))
def test_a_second_holds_no_more_than_its_share(per_second: int) -> None:
    sent = send_at(Pace(float(per_second), 10**6, 0.0), ["a"] * (3 * per_second))
    times = [at for at, _ in sent]
    for at in times:
        assert sum(at <= other < at + 1000 for other in times) <= per_second + (per_second < 10)


def test_a_pause_holds_for_everybody() -> None:
    clock = FakeClock(0)
    pacer = Pacer(Pace(100), clock)
    pacer.pause(30)
    assert 29 <= pacer.wait("a") <= 30
    clock.advance(30)
    assert pacer.wait("a") == 0


def test_those_who_must_wait_come_back_one_after_the_other() -> None:
    clock = FakeClock(0)
    pacer = Pacer(Pace(10), clock)
    back = [pacer.park(0.5) for _ in range(20)]
    assert back[0] >= 500
    assert back[-1] >= 1900
    assert len(set(back)) > 10
