from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.shop import rules
from actions.shop.errors import NotReturnable
from actions.shop.model import (
    Customer,
    CustomerId,
    Money,
    NotReturnableReason,
    Order,
    OrderStatus,
    Policies,
    Refund,
    RefundStatus,
    Return,
    ReturnStatus,
)
from actions.shop.records import order_from
from tests.actions.shop.sample import DELIVERED, PLACED, sample

POLICIES = Policies(shop_name="Test", return_window_days=14)
DAY = date(2026, 3, 2)


def an_order(number: str) -> Order:
    return order_from(next(one for one in sample()["orders"] if one["order_number"] == number))


def delivered(days_ago: int) -> Order:
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=timezone.utc)
    return replace(an_order(DELIVERED), delivered_at=noon - timedelta(days=days_ago))


def a_return(*line_ids: str) -> Return:
    when = datetime(2026, 3, 1, tzinfo=timezone.utc)
    return Return("RT", DELIVERED, line_ids, "", ReturnStatus.REJECTED, when, Money(0, "EUR"))


@given(st.integers(0, 40), st.sets(st.sampled_from("123")), st.sampled_from(list(OrderStatus)))
def test_every_line_is_returnable_or_refused_and_never_both(days: int, gone: set[str], status: OrderStatus) -> None:
    order = replace(delivered(days), status=status)
    state = rules.returnable(order, [a_return(*sorted(gone))], POLICIES, DAY)
    free = {item.line_id for item in state.items}
    assert free | set(state.refused) == {item.line_id for item in order.items}
    assert not free & set(state.refused)
    assert (state.reason is None) == bool(free)
    if free:
        assert days <= POLICIES.return_window_days
        assert status is OrderStatus.DELIVERED
        assert not free & (gone | {"3"})


@given(st.integers(0, 40), st.lists(st.sampled_from("1234"), max_size=4))
def test_a_return_is_accepted_exactly_for_the_lines_that_are_returnable(days: int, chosen: list[str]) -> None:
    order = delivered(days)
    state = rules.returnable(order, [], POLICIES, DAY)
    free = {item.line_id: item.price.amount for item in state.items}
    if chosen and set(chosen) <= set(free):
        assert rules.check_return(order, state, chosen).amount == sum(free[line] for line in set(chosen))
    else:
        with pytest.raises(NotReturnable):
            rules.check_return(order, state, chosen)


def test_a_line_of_a_rejected_return_is_for_a_person_to_judge() -> None:
    state = rules.returnable(delivered(1), [a_return("1")], POLICIES, DAY)
    assert state.refused["1"] is NotReturnableReason.ALREADY_RETURNED


def test_a_delivery_of_unknown_date_is_for_a_person_to_judge() -> None:
    state = rules.returnable(replace(delivered(1), delivered_at=None), [], POLICIES, DAY)
    assert state.reason is NotReturnableReason.REFUSED_BY_SHOP


def test_an_order_of_final_sales_says_so() -> None:
    order = delivered(1)
    only = replace(order, items=order.items[2:])
    assert rules.returnable(only, [], POLICIES, DAY).reason is NotReturnableReason.FINAL_SALE


def test_a_customer_without_a_phone_is_not_proven_by_one() -> None:
    customer = Customer(CustomerId("C"), "Name", "a@example.com", None)
    assert not rules.is_proven(customer, None, "", "GB")
    assert not rules.is_proven(customer, None, "x", "GB")
    assert not rules.is_proven(customer, "a@example.com", "+442079460123", "GB")
    assert rules.is_proven(customer, "A@Example.com", None, "GB")


def test_an_email_is_the_same_however_its_accents_are_encoded() -> None:
    customer = Customer(CustomerId("C"), "Name", "jos\u00e9@example.com")
    assert rules.is_proven(customer, "JOSE\u0301@example.com", None, "GB")


def test_a_national_number_is_read_in_the_default_region() -> None:
    assert rules.e164("20 12 34 56", "DK") == "+4520123456"
    assert rules.e164("020 7946 0123", "GB") == "+442079460123"
    assert rules.e164("12", "DK") is None
    assert rules.e164("no number", "DK") is None


@pytest.mark.parametrize(
    ("before", "still"),
    [
        ([], 7480),
        ([("F2", RefundStatus.PAID, 1490)], 5990),
        ([("F2", RefundStatus.REJECTED, 1490)], 7480),
        ([(None, RefundStatus.PAID, 7480)], 0),
    ],
)
def test_cancelling_pays_back_what_was_not_paid_back_yet(
    before: list[tuple[str | None, RefundStatus, int]], still: int
) -> None:
    when = datetime(2026, 3, 1, tzinfo=timezone.utc)
    refunds = [
        Refund("RF", PLACED, Money(amount, "EUR"), "", status, when, charge) for charge, status, amount in before
    ]
    assert rules.cancellation_refund(an_order(PLACED), refunds) == Money(still, "EUR")
