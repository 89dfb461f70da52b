from __future__ import annotations

import dataclasses

import pytest

from actions.shop import model
from actions.shop.model import Money


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(123456, "EUR"), "1,234.56 EUR"),
        (Money(5, "EUR"), "0.05 EUR"),
        (Money(-50, "GBP"), "-0.50 GBP"),
        (Money(1500, "JPY"), "1,500 JPY"),
        (Money(1500, "KWD"), "1.500 KWD"),
        (Money(0, "EUR"), "0.00 EUR"),
    ],
)
def test_money_is_written_in_its_currencys_decimals(money: Money, text: str) -> None:
    assert str(money) == text


def test_every_type_is_frozen() -> None:
    types = [one for one in vars(model).values() if dataclasses.is_dataclass(one)]
    assert len(types) > 10
    for one in types:
        assert one.__dataclass_params__.frozen, one  # type: ignore[union-attr]
