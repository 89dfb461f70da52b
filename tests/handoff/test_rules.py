"""The business's numbers: those that could not work are refused."""

from __future__ import annotations

import pytest

from handoff.errors import InvalidInput
from handoff.rules import Rules


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ({"offer_seconds": 0}, "offer_seconds"),
        ({"turn_timeout_s": 30.0}, "turn_timeout_s"),
        ({"grace_seconds": 24}, "grace_seconds"),
    ],
)
def test_numbers_that_could_not_work_are_refused_by_name(numbers: dict[str, int], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        Rules(**numbers)  # type: ignore[arg-type]
