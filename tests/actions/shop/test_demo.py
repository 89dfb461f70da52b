from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.shop import NotReturnableReason, OrderStatus, ShipmentStatus, schema, sqlite_file
from actions.shop.catalogue import Catalogue, inconsistencies
from actions.shop.demo import demo_file, make_demo
from actions.shop.importer import export_shop, parse
from actions.shop.rules import returnable
from actions.shop.sqlite import SqliteShop

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
LOGIN = re.compile(r"^\| (\d{5}) \| (\S+@\S+) \|", re.MULTILINE)


def catalogue(now: datetime = NOW) -> Catalogue:
    return parse(demo_file(now)).catalogue


@given(st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(timezone.utc)))
@settings(max_examples=25, deadline=None)
def test_the_demo_made_at_any_time_is_a_whole_shop_with_nothing_in_the_future(now: datetime) -> None:
    shop = catalogue(now)
    assert list(inconsistencies(shop)) == []
    for order in shop.orders.values():
        assert order.placed_at <= (order.delivered_at or now) <= now
    for shipment in shop.shipments.values():
        times = [event.at for event in shipment.events]
        assert times == sorted(times)
        assert all(shop.orders[shipment.order_number].placed_at <= at <= now for at in times)
        if shipment.status in (ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELAYED, ShipmentStatus.OUT_FOR_DELIVERY):
            assert shipment.expected_delivery is not None
            assert shipment.expected_delivery >= now.date()
    going_back = [(made.order_number, made.created_at) for made in shop.returns.values()]
    going_back += [(made.order_number, made.created_at) for made in shop.refunds.values()]
    for number, at in going_back:
        assert shop.orders[number].placed_at < at <= now


def test_the_demo_is_big_enough_and_in_every_state() -> None:
    shop = catalogue()
    sizes = shop.sizes()
    assert sizes["products"] >= 25
    assert sizes["customers"] >= 15
    assert sizes["orders"] >= 40
    assert {order.status for order in shop.orders.values()} == set(OrderStatus)
    assert {shipment.status for shipment in shop.shipments.values()} == set(ShipmentStatus)
    assert sorted(shop.orders) == [str(number) for number in range(10200, 10200 + sizes["orders"])]


def test_the_demo_has_orders_to_return_and_one_for_each_reason_not_to() -> None:
    shop = catalogue()
    assert shop.policies is not None
    reasons = Counter(
        returnable(
            order,
            [made for made in shop.returns.values() if made.order_number == order.order_number],
            shop.policies,
            NOW.date(),
        ).reason
        for order in shop.orders.values()
    )
    assert reasons[None] >= 8
    assert set(reasons) >= {
        NotReturnableReason.NOT_DELIVERED,
        NotReturnableReason.CANCELLED,
        NotReturnableReason.WINDOW_OVER,
        NotReturnableReason.ALREADY_RETURNED,
        NotReturnableReason.FINAL_SALE,
    }


def test_nobody_in_the_demo_can_be_reached() -> None:
    for customer in catalogue().customers.values():
        assert customer.email.rpartition("@")[2] in ("example.com", "example.org")
        if customer.phone:
            assert phonenumbers.is_valid_number(phonenumbers.parse(customer.phone))


def test_every_login_in_the_documentation_works(tmp_path: Path) -> None:
    page = schema.SCHEMA_FILE.with_name("shop.md").read_text("utf-8")
    logins = LOGIN.findall(page)
    assert len(logins) >= 5
    make_demo(tmp_path / "shop.sqlite3", lambda: NOW)

    async def sign_in() -> None:
        shop = SqliteShop(tmp_path / "shop.sqlite3", clock=lambda: NOW)
        for number, email in logins:
            customer_id = await shop.authenticate(number, email=email)
            assert customer_id is not None, number
            assert await shop.authenticate(number, email="x" + email) is None
            await shop.order(customer_id, number)
        assert await shop.authenticate("10200", phone="+44 20 7946 0123") is not None
        await shop.close()

    asyncio.run(sign_in())


def test_the_documented_counts_are_right() -> None:
    page = schema.SCHEMA_FILE.with_name("shop.md").read_text("utf-8")
    sizes = catalogue().sizes()
    assert f"{sizes['products']} products, {sizes['customers']} customers and {sizes['orders']} orders" in page


def test_making_the_demo_never_replaces_a_shop(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    make_demo(path, lambda: NOW)
    make_demo(path, lambda: NOW + timedelta(days=9))
    with closing(sqlite_file.connect(path)) as connection:
        kept = [order["placed_at"] for order in export_shop(connection)["orders"]]
    assert kept == [order["placed_at"] for order in demo_file(NOW)["orders"]]
    assert [file.name for file in tmp_path.iterdir()] == ["shop.sqlite3"]


def test_a_demo_that_cant_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_time() -> datetime:
        raise RuntimeError("no clock")

    with pytest.raises(RuntimeError):
        make_demo(tmp_path / "shop.sqlite3", no_time)
    assert list(tmp_path.iterdir()) == []
