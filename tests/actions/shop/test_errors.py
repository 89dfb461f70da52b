from __future__ import annotations

import re

import pytest

from actions.shop import errors
from actions.shop.errors import AddressInvalid, AddressLocked, NotCancellable, NotReturnable, ShopError
from actions.shop.model import NotReturnableReason, OrderStatus

TREE = {name: one for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, ShopError)}


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = re.findall(r"^(?:[ │]*[├└]── | {4})(\w+)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(TREE)


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({one.code for one in TREE.values()}) == len(TREE)


@pytest.mark.parametrize("reason", NotReturnableReason)
def test_every_reason_not_to_return_has_a_sentence(reason: NotReturnableReason) -> None:
    assert re.fullmatch(r"[A-Z].*\.", str(NotReturnable(reason)))


@pytest.mark.parametrize("status", [None, *OrderStatus])
def test_an_order_too_far_gone_has_a_sentence_for_every_status(status: OrderStatus | None) -> None:
    for error in (NotCancellable(status), AddressLocked(status)):
        assert re.fullmatch(r"The .*\.", str(error))
    assert "already cancelled" in str(NotCancellable(OrderStatus.CANCELLED))


def test_an_unusable_address_names_its_part() -> None:
    assert str(AddressInvalid("postal_code")) == "That address can't be used. Its postal code is missing or wrong."
