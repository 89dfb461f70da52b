"""Instants as RFC 3339: exact both ways, and strict about what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.instants import from_datetime, from_rfc3339, to_datetime, to_rfc3339


@given(st.integers(-(10**13), 10**14))
def test_an_instant_survives_being_written(instant: int) -> None:
    assert from_rfc3339(to_rfc3339(instant)) == instant
    assert from_datetime(to_datetime(instant)) == instant


def test_an_instant_is_written_in_utc() -> None:
    assert to_rfc3339(1795341600000) == "2026-11-22T10:00:00.000Z"
    assert to_rfc3339(1795341600000, "seconds") == "2026-11-22T10:00:00Z"


@pytest.mark.parametrize(
    "written",
    ["2026-11-22T10:00:00Z", "2026-11-22t10:00:00z", "2026-11-22T11:00:00+01:00"],
)
def test_an_instant_is_read_whatever_its_offset(written: str) -> None:
    assert from_rfc3339(written) == 1795341600000


@pytest.mark.parametrize(
    "written",
    ["", "now", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "2026-W47-7", "٢026-11-22T10:00:00Z"],
)
def test_what_is_no_such_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="a time is written like"):
        from_rfc3339(written)


def test_a_day_that_no_month_has_is_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        from_rfc3339("2026-02-30T10:00:00Z")
