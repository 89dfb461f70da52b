"""What every adapter promises (actions/shop/port.py), on SQLite and on HTTP in two dialects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from actions.shop import (
    Address,
    AddressInvalid,
    AddressLocked,
    AlreadyRefunded,
    CustomerId,
    CustomerNotFound,
    IdempotencyConflict,
    Money,
    NotCancellable,
    NotRefundable,
    NotReturnable,
    NotReturnableReason,
    OrderNotFound,
    OrderStatus,
    ProductNotFound,
    RefundStatus,
    Return,
    ReturnStatus,
    ShipmentStatus,
    Shop,
)
from tests.actions.shop.playing import on_every_shop
from tests.actions.shop.sample import (
    ADA,
    BO,
    BOS,
    CANCELLED,
    DELIVERED,
    LAST_DAY,
    NOW,
    OUT_OF_WINDOW,
    PACKED,
    PARTLY_RETURNED,
    PLACED,
    RETURNED,
    SHIPPED,
)

ELSEWHERE = Address("Ada Example", "2 Other Road", "M1 3HN", "Manchester", "GB")


# Who may see what


@on_every_shop
async def test_an_order_number_and_its_email_prove_the_customer(shop: Shop) -> None:
    assert await shop.authenticate(PLACED, email="ada@EXAMPLE.com ") == ADA


@on_every_shop
async def test_an_order_number_and_its_phone_prove_the_customer_in_any_notation(shop: Shop) -> None:
    for phone in ("+44 20 7946 0123", "020 7946 0123", "0044 (0)20 7946 0123".replace("(0)", "")):
        assert await shop.authenticate(PLACED, phone=phone) == ADA


@on_every_shop
async def test_what_is_wrong_unknown_or_not_given_is_answered_alike(shop: Shop) -> None:
    for number, email, phone in (
        (PLACED, "bo@example.org", None),
        (PLACED, None, "+442079460999"),
        (PLACED, None, "not a number"),
        (PLACED, None, None),
        (PLACED, "", None),
        ("999", "ada@example.com", None),
        ("", "ada@example.com", None),
        ("..", "ada@example.com", None),
        (f"{PLACED}/returns", "ada@example.com", None),
        (f"{PLACED}?x=1", "ada@example.com", None),
        (BOS, "ada@example.com", None),
        (BOS, None, "+442079460123"),
    ):
        assert await shop.authenticate(number, email=email, phone=phone) is None


@on_every_shop
async def test_of_two_details_both_have_to_be_right(shop: Shop) -> None:
    assert await shop.authenticate(PLACED, email="ada@example.com", phone="+442079460123") == ADA
    assert await shop.authenticate(PLACED, email="ada@example.com", phone="+442079460999") is None
    assert await shop.authenticate(PLACED, email="bo@example.org", phone="+442079460123") is None


ABOUT_AN_ORDER: dict[str, Callable[[Shop, CustomerId, str], Awaitable[object]]] = {
    "order": lambda shop, who, number: shop.order(who, number),
    "shipments": lambda shop, who, number: shop.shipments(who, number),
    "returnable_items": lambda shop, who, number: shop.returnable_items(who, number),
    "returns": lambda shop, who, number: shop.returns(who, number),
    "refunds": lambda shop, who, number: shop.refunds(who, number),
    "charges": lambda shop, who, number: shop.charges(who, number),
    "start_return": lambda shop, who, number: shop.start_return(who, number, ["1"], "", idempotency_key="k"),
    "cancel_order": lambda shop, who, number: shop.cancel_order(who, number, idempotency_key="k"),
    "change_address": lambda shop, who, number: shop.change_address(who, number, ELSEWHERE, idempotency_key="k"),
    "request_refund": lambda shop, who, number: shop.request_refund(who, number, "F2", "", idempotency_key="k"),
}


@on_every_shop
async def test_another_customers_order_is_refused_like_one_that_does_not_exist(shop: Shop) -> None:
    before = await shop.order(BO, BOS)
    for call in ABOUT_AN_ORDER.values():
        answers = set()
        for who, number in ((ADA, BOS), (ADA, "999"), (CustomerId("C-9"), BOS), (BO, PLACED), (ADA, "../" + PLACED)):
            with pytest.raises(OrderNotFound) as refused:
                await call(shop, who, number)
            answers.add(str(refused.value))
        assert len(answers) == 1
    assert await shop.order(BO, BOS) == before
    assert not await shop.refunds(BO, BOS)
    assert not await shop.returns(BO, BOS)


def test_every_call_about_an_order_is_tried_on_anothers_order() -> None:
    of_orders = {
        name
        for name, call in vars(Shop).items()
        if not name.startswith("_") and "order_number" in getattr(call, "__annotations__", {})
    }
    assert of_orders - {"authenticate"} == set(ABOUT_AN_ORDER)


# Reading


@on_every_shop
async def test_an_order_is_told_whole(shop: Shop) -> None:
    order = await shop.order(ADA, PLACED)
    assert order.status is OrderStatus.PLACED
    assert order.address.city == "London"
    assert [(item.line_id, item.quantity, item.price) for item in order.items] == [
        ("1", 1, Money(1000, "EUR")),
        ("2", 2, Money(5000, "EUR")),
    ]
    assert order.total == Money(1000 + 5000 + 490 + 1490 - 500, "EUR")
    assert order.delivered_at is None
    assert order.placed_at.utcoffset() is not None


@on_every_shop
async def test_orders_come_newest_first_and_only_the_customers_own(shop: Shop) -> None:
    orders = await shop.orders(ADA, limit=50)
    assert [order.order_number for order in orders] == [
        str(number) for number in range(510, 500, -1) if str(number) != BOS
    ]
    assert [order.order_number for order in await shop.orders(ADA, limit=2)] == [PARTLY_RETURNED, RETURNED]
    assert await shop.orders(ADA, limit=0) == ()
    assert await shop.orders(CustomerId("C-9")) == ()


@on_every_shop
async def test_a_customers_record_is_told(shop: Shop) -> None:
    customer = await shop.customer(ADA)
    assert (customer.name, customer.phone, customer.language) == ("Ada Example", "+442079460123", "en")
    with pytest.raises(CustomerNotFound):
        await shop.customer(CustomerId("C-9"))


@on_every_shop
async def test_a_shipment_is_told_with_its_events_in_order(shop: Shop) -> None:
    [shipment] = await shop.shipments(ADA, SHIPPED)
    assert shipment.status is ShipmentStatus.IN_TRANSIT
    assert shipment.expected_delivery == date(2026, 3, 4)
    assert shipment.line_ids == ("1",)
    assert [event.location for event in shipment.events] == ["Odense", None]
    assert shipment.events[0].at < shipment.events[1].at
    assert await shop.shipments(ADA, PLACED) == ()


@on_every_shop
async def test_policies_and_products_are_told(shop: Shop) -> None:
    policies = await shop.policies()
    assert (policies.return_window_days, policies.texts["delivery"]) == (30, "Two days.")
    assert policies.address_changeable == {OrderStatus.PLACED, OrderStatus.PACKED}
    assert (await shop.product("OIL")).in_stock is False
    assert (await shop.product("TENT")).price == Money(1990, "EUR")
    with pytest.raises(ProductNotFound):
        await shop.product("BOAT")


@on_every_shop
async def test_a_search_finds_every_word_anywhere_and_names_first(shop: Shop) -> None:
    assert [product.sku for product in await shop.search_products("tent")] == ["TENT", "LAMP"]
    assert [product.sku for product in await shop.search_products("LIGHTING lamp")] == ["LAMP", "OIL"]
    assert [product.sku for product in await shop.search_products("ørsted")] == ["OIL"]
    assert len(await shop.search_products("lamp", limit=1)) == 1
    assert await shop.search_products("  ") == await shop.search_products("100%_") == ()


@on_every_shop
async def test_every_product_is_listed_by_name(shop: Shop) -> None:
    names = await shop.product_names()
    assert sorted(names) == sorted([(await shop.product(sku)).name for sku in ("TENT", "LAMP", "OIL")])


# Returns


@on_every_shop
async def test_what_can_be_returned_leaves_out_final_sales(shop: Shop) -> None:
    state = await shop.returnable_items(ADA, DELIVERED)
    assert [item.line_id for item in state.items] == ["1", "2"]
    assert state.refused == {"3": NotReturnableReason.FINAL_SALE}
    assert state.reason is None
    assert state.return_by == date(2026, 3, 27)


@on_every_shop
async def test_an_order_of_which_nothing_can_be_returned_says_why(shop: Shop) -> None:
    for number, reason in (
        (PLACED, NotReturnableReason.NOT_DELIVERED),
        (SHIPPED, NotReturnableReason.NOT_DELIVERED),
        (CANCELLED, NotReturnableReason.CANCELLED),
        (OUT_OF_WINDOW, NotReturnableReason.WINDOW_OVER),
        (RETURNED, NotReturnableReason.ALREADY_RETURNED),
    ):
        state = await shop.returnable_items(ADA, number)
        assert (state.items, state.reason) == ((), reason)
        with pytest.raises(NotReturnable) as refused:
            await shop.start_return(ADA, number, ["1"], "", idempotency_key=f"k-{number}")
        assert refused.value.reason is reason


@on_every_shop
async def test_a_return_covers_the_chosen_lines_and_they_cant_be_chosen_again(shop: Shop) -> None:
    made = await shop.start_return(ADA, DELIVERED, ["2"], "Too small.", idempotency_key="k")
    assert (made.line_ids, made.reason, made.status) == (("2",), "Too small.", ReturnStatus.REQUESTED)
    assert made.refund_amount == Money(5000, "EUR")
    assert made.created_at == NOW
    assert await shop.returns(ADA, DELIVERED) == (made,)
    state = await shop.returnable_items(ADA, DELIVERED)
    assert [item.line_id for item in state.items] == ["1"]
    assert state.refused["2"] is NotReturnableReason.ALREADY_RETURNED


@on_every_shop
async def test_the_last_day_of_the_window_still_counts(shop: Shop) -> None:
    assert (await shop.start_return(ADA, LAST_DAY, ["1"], "", idempotency_key="k")).line_ids == ("1",)


@on_every_shop
async def test_a_return_with_one_line_that_cant_go_back_returns_none(shop: Shop) -> None:
    for lines, reason, named in (
        (["1", "3"], NotReturnableReason.FINAL_SALE, ("3",)),
        (["1", "7"], NotReturnableReason.UNKNOWN_LINE, ("7",)),
        ([], NotReturnableReason.UNKNOWN_LINE, ()),
    ):
        with pytest.raises(NotReturnable) as refused:
            await shop.start_return(ADA, DELIVERED, lines, "", idempotency_key="k")
        assert (refused.value.reason, refused.value.line_ids) == (reason, named)
    assert await shop.returns(ADA, DELIVERED) == ()
    with pytest.raises(NotReturnable) as refused:
        await shop.start_return(ADA, PARTLY_RETURNED, ["1", "2"], "", idempotency_key="k")
    assert refused.value.reason is NotReturnableReason.ALREADY_RETURNED


@on_every_shop
async def test_a_reason_is_kept_as_it_was_written(shop: Shop) -> None:
    reason = "<b>Zu groß</b> — 太大了 \u202e ' \" %s"
    made = await shop.start_return(ADA, DELIVERED, ["1"], reason, idempotency_key="k")
    assert (await shop.returns(ADA, DELIVERED))[0].reason == made.reason == reason
    long = await shop.start_return(ADA, DELIVERED, ["2"], "x" * 9000, idempotency_key="long")
    assert long.reason == "x" * 2000


@on_every_shop
async def test_a_refused_return_leaves_its_key_free(shop: Shop) -> None:
    with pytest.raises(NotReturnable):
        await shop.start_return(ADA, DELIVERED, ["3"], "", idempotency_key="k")
    assert (await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")).line_ids == ("1",)


@on_every_shop
async def test_the_same_return_with_the_same_key_is_made_once(shop: Shop) -> None:
    made = await shop.start_return(ADA, DELIVERED, ["1", "2"], "Late.", idempotency_key="k")
    again = await shop.start_return(ADA, DELIVERED, ["2", "1"], "Late.", idempotency_key="k")
    assert again == made
    assert len(await shop.returns(ADA, DELIVERED)) == 1


@on_every_shop
async def test_a_key_used_for_something_else_is_refused(shop: Shop) -> None:
    await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")
    with pytest.raises(IdempotencyConflict):
        await shop.start_return(ADA, DELIVERED, ["2"], "", idempotency_key="k")
    with pytest.raises(IdempotencyConflict):
        await shop.request_refund(ADA, DELIVERED, "F2", "", idempotency_key="k")
    assert len(await shop.returns(ADA, DELIVERED)) == 1
    assert await shop.refunds(ADA, DELIVERED) == ()


@on_every_shop
async def test_two_customers_may_use_the_same_key(shop: Shop) -> None:
    await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")
    made = await shop.start_return(BO, BOS, ["1"], "", idempotency_key="k")
    assert made.order_number == BOS


@on_every_shop
async def test_of_many_returns_of_a_line_at_once_one_is_made(shop: Shop) -> None:
    answers = await asyncio.gather(
        *(shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key=f"k{n}") for n in range(8)),
        return_exceptions=True,
    )
    made = [answer for answer in answers if isinstance(answer, Return)]
    refused = [answer for answer in answers if isinstance(answer, NotReturnable)]
    assert (len(made), len(refused)) == (1, 7)
    assert await shop.returns(ADA, DELIVERED) == tuple(made)


# Changing an order


@on_every_shop
async def test_a_placed_order_is_cancelled_and_its_money_goes_back(shop: Shop) -> None:
    before = await shop.order(ADA, PLACED)
    after = await shop.cancel_order(ADA, PLACED, idempotency_key="k")
    assert after == replace(before, status=OrderStatus.CANCELLED)
    assert await shop.order(ADA, PLACED) == after
    [refund] = await shop.refunds(ADA, PLACED)
    assert (refund.charge_id, refund.amount, refund.status) == (None, before.total, RefundStatus.REQUESTED)
    assert not any(state.can_be_refunded for state in await shop.charges(ADA, PLACED))


@on_every_shop
async def test_a_charge_refunded_before_is_not_paid_back_twice_by_cancelling(shop: Shop) -> None:
    total = (await shop.order(ADA, PLACED)).total
    fee = await shop.request_refund(ADA, PLACED, "F2", "", idempotency_key="a")
    await shop.cancel_order(ADA, PLACED, idempotency_key="b")
    refunds = await shop.refunds(ADA, PLACED)
    assert sum(refund.amount.amount for refund in refunds) == total.amount
    assert fee in refunds


@on_every_shop
async def test_cancelling_again_with_the_same_key_changes_nothing(shop: Shop) -> None:
    after = await shop.cancel_order(ADA, PLACED, idempotency_key="k")
    assert await shop.cancel_order(ADA, PLACED, idempotency_key="k") == after
    assert len(await shop.refunds(ADA, PLACED)) == 1


@on_every_shop
async def test_an_order_too_far_gone_is_not_cancelled(shop: Shop) -> None:
    for number, status in (
        (PACKED, OrderStatus.PACKED),
        (SHIPPED, OrderStatus.SHIPPED),
        (DELIVERED, OrderStatus.DELIVERED),
        (CANCELLED, OrderStatus.CANCELLED),
    ):
        with pytest.raises(NotCancellable) as refused:
            await shop.cancel_order(ADA, number, idempotency_key="k")
        assert refused.value.status is status
        assert (await shop.order(ADA, number)).status is status


@on_every_shop
async def test_an_address_changes_until_the_order_is_sent(shop: Shop) -> None:
    for number in (PLACED, PACKED):
        before = await shop.order(ADA, number)
        after = await shop.change_address(ADA, number, ELSEWHERE, idempotency_key=number)
        assert after == replace(before, address=ELSEWHERE)
        assert await shop.change_address(ADA, number, ELSEWHERE, idempotency_key=number) == after
    with pytest.raises(AddressLocked) as refused:
        await shop.change_address(ADA, SHIPPED, ELSEWHERE, idempotency_key="k")
    assert refused.value.status is OrderStatus.SHIPPED
    with pytest.raises(IdempotencyConflict):
        await shop.change_address(ADA, PLACED, replace(ELSEWHERE, city="Leeds"), idempotency_key=PLACED)


@on_every_shop
async def test_an_address_with_an_unusable_part_is_refused(shop: Shop) -> None:
    for wrong in (
        replace(ELSEWHERE, street="  "),
        replace(ELSEWHERE, city="x" * 201),
        replace(ELSEWHERE, name="Ada\nExample"),
        replace(ELSEWHERE, country="Denmark"),
    ):
        with pytest.raises(AddressInvalid):
            await shop.change_address(ADA, PLACED, wrong, idempotency_key="k")
    assert (await shop.order(ADA, PLACED)).address.city == "London"


# Charges


@on_every_shop
async def test_a_wrong_charge_is_refunded_once(shop: Shop) -> None:
    states = {state.charge.charge_id: state for state in await shop.charges(ADA, DELIVERED)}
    assert {charge_id: state.can_be_refunded for charge_id, state in states.items()} == {
        "F1": False,
        "F2": True,
        "F3": False,
    }
    refund = await shop.request_refund(ADA, DELIVERED, "F2", "I chose standard.", idempotency_key="k")
    assert (refund.amount, refund.charge_id) == (Money(1490, "EUR"), "F2")
    assert await shop.request_refund(ADA, DELIVERED, "F2", "I chose standard.", idempotency_key="k") == refund
    with pytest.raises(AlreadyRefunded):
        await shop.request_refund(ADA, DELIVERED, "F2", "I chose standard.", idempotency_key="other")
    assert await shop.refunds(ADA, DELIVERED) == (refund,)
    states = {state.charge.charge_id: state for state in await shop.charges(ADA, DELIVERED)}
    assert states["F2"].refund == refund


@on_every_shop
async def test_a_charge_that_only_a_person_may_refund_is_refused(shop: Shop) -> None:
    for charge_id in ("F1", "F3", "F9"):
        with pytest.raises(NotRefundable) as refused:
            await shop.request_refund(ADA, DELIVERED, charge_id, "", idempotency_key="k")
        assert refused.value.charge_id == charge_id
    assert await shop.refunds(ADA, DELIVERED) == ()


@on_every_shop
async def test_of_many_refunds_of_a_charge_at_once_one_is_made(shop: Shop) -> None:
    answers = await asyncio.gather(
        *(shop.request_refund(ADA, DELIVERED, "F2", "", idempotency_key=f"k{n}") for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, AlreadyRefunded) for answer in answers) == 7
    assert len(await shop.refunds(ADA, DELIVERED)) == 1
