from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.shop.records import time_from, time_text


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1900, 1, 2), max_value=datetime(9000, 1, 1)))
def test_a_time_survives_being_written_and_read(moment: datetime) -> None:
    assert time_from(time_text(moment)) == moment.astimezone(timezone.utc)


@given(
    st.datetimes(min_value=datetime(1000, 1, 2), timezones=st.just(timezone.utc)),
    st.datetimes(min_value=datetime(1000, 1, 2), timezones=st.just(timezone.utc)),
)
def test_written_times_sort_as_times_do(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T12:00:00Z", "2026-03-02t12:00:00z", "2026-03-02T13:00:00.0+01:00", "2026-03-02T12:00:00.000000999Z"],
)
def test_every_notation_of_rfc_3339_is_read(text: str) -> None:
    assert time_from(text) == datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
    assert time_from(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["2026-02-30T12:00:00Z", "2026-03-02T12:00:00", "2026-03-02", "noon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        time_from(text)
