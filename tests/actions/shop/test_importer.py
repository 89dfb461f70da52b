from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.shop import ShopFileRefused, sqlite_file
from actions.shop.catalogue import document
from actions.shop.importer import export_shop, import_shop, parse, read_file
from tests.actions.shop.sample import DELIVERED, ago, line, order, sample, started


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite_file.connect(tmp_path / "shop.sqlite3")) as connection:
        yield connection


def refused(shop: sqlite3.Connection, content: object, **more: Any) -> str:
    """The problems of a file, after making sure that it changed nothing."""
    before = list(shop.iterdump())
    with pytest.raises(ShopFileRefused) as error:
        import_shop(shop, content, **more)
    assert list(shop.iterdump()) == before
    return "\n".join(error.value.problems)


def part(**collections: Any) -> dict[str, Any]:
    return {"format": "baton-shop/1", **collections}


def test_what_was_imported_is_exported(shop: sqlite3.Connection) -> None:
    import_shop(shop, sample())
    assert export_shop(shop) == sample()


def test_an_import_of_an_export_changes_nothing(shop: sqlite3.Connection) -> None:
    import_shop(shop, sample())
    before = list(shop.iterdump())
    import_shop(shop, export_shop(shop))
    import_shop(shop, export_shop(shop), replace=True)
    assert list(shop.iterdump()) == before


def test_a_record_takes_the_place_of_the_one_with_its_id_and_the_others_stay(shop: sqlite3.Connection) -> None:
    import_shop(shop, sample())
    changed = {**sample()["customers"][1], "name": "Bo Renamed"}
    import_shop(shop, part(customers=[changed], orders=[order("777", "placed")]))
    after = export_shop(shop)
    assert [customer["name"] for customer in after["customers"]] == ["Ada Example", "Bo Renamed"]
    assert len(after["orders"]) == len(sample()["orders"]) + 1
    assert after["policies"] == sample()["policies"]


def test_replace_leaves_only_what_the_file_holds(shop: sqlite3.Connection) -> None:
    import_shop(shop, sample())
    only = part(policies=sample()["policies"], customers=sample()["customers"][:1])
    import_shop(shop, only, replace=True)
    after = export_shop(shop)
    assert len(after["customers"]) == 1
    assert after["orders"] == after["returns"] == []


def test_every_wrong_record_is_named_up_to_twenty(shop: sqlite3.Connection) -> None:
    content = sample()
    content["orders"][3]["status"] = "gone"
    content["customers"][1]["email"] = 5
    problems = refused(shop, content).splitlines()
    assert [problem.split(":")[0] for problem in problems] == ["customers[1] (C-2)", "orders[3] (504)"]
    content["customers"] = [{} for _ in range(100)]
    assert len(refused(shop, content).splitlines()) == 20


def test_every_kind_of_wrong_record_is_named_at_once_and_no_right_one(shop: sqlite3.Connection) -> None:
    import_shop(shop, sample())
    content = part(
        policies={},
        customers=[{**sample()["customers"][0], "email": 5}, "nobody"],
        orders=[
            order("9", "placed", customer_id=sample()["customers"][0]["customer_id"]),
            order("10", "placed", customer_id="C-9"),
            order("11", "placed", placed_at="2026-02-30T10:00:00Z"),
            order(DELIVERED, "gone"),
            order("9", "placed"),
        ],
        returns=[
            started("RT-8", "11", "requested"),
            {**started("RT-9", DELIVERED, "requested"), "line_ids": ["only-in-the-new-one"]},
        ],
        refunds=[{**sample()["refunds"][0], "refund_id": "RF-9", "order_number": DELIVERED}],
    )
    assert [problem.split(":")[0] for problem in refused(shop, content).splitlines()] == [
        "customers[0] (C-1)",
        "customers[1]",
        f"orders[3] ({DELIVERED})",
        "policies",
        "orders[2] (11)",
        "orders[4] (9)",
        "orders[1] (10)",
    ]


@pytest.mark.parametrize("content", [{"orders": 5}, {"orders": {"9": {}}}, {"orders": None}, [], None])
def test_what_is_no_list_of_records_is_refused(shop: sqlite3.Connection, content: Any) -> None:
    assert refused(shop, part(**content) if isinstance(content, dict) else content)


@pytest.mark.parametrize(
    ("collections", "sentence"),
    [
        (
            {"orders": [order("9", "placed", customer_id="C-9")]},
            "orders[0] (9): customer_id: there is no customer 'C-9'",
        ),
        ({"orders": [order("9", "delivered")]}, "orders[0] (9): delivered_at: a delivered order needs the time"),
        (
            {"orders": [order("9", "delivered", placed_at=ago(1), delivered_at=ago(2))]},
            "orders[0] (9): delivered_at: the order arrives before it was placed",
        ),
        (
            {"orders": [order("9", "placed", items=[line(1), line(1)])]},
            "orders[0] (9): items: the id '1' is used twice",
        ),
        (
            {"orders": [order("9", "placed"), order("9", "placed")]},
            "orders[1] (9): order_number: orders[0] (9) has the",
        ),
        ({"orders": [order("9", "placed", placed_at="2026-02-30T10:00:00Z")]}, "orders[0] (9): day is out of range"),
        ({"returns": [started("RT-9", "9", "requested")]}, "returns[0] (RT-9): order_number: there is no order '9'"),
        (
            {"returns": [{**started("RT-9", DELIVERED, "requested"), "line_ids": ["8"]}]},
            f"returns[0] (RT-9): line_ids: order {DELIVERED} has no line '8'; it has 1, 2, 3",
        ),
        (
            {"returns": [started("RT-8", DELIVERED, "requested"), started("RT-9", DELIVERED, "requested")]},
            f"returns[1] (RT-9): line_ids: line '1' of order {DELIVERED} is already in return 'RT-8'",
        ),
        ({"returns": [started("RT-9", "509", "requested")]}, "line '1' of order 509 is already in return 'RT-1'"),
        (
            {"returns": [{**started("RT-9", DELIVERED, "requested"), "currency": "USD"}]},
            "returns[0] (RT-9): currency: order 502 has another one",
        ),
        (
            {"refunds": [{**sample()["refunds"][0], "refund_id": "RF-9"}]},
            "refunds[0] (RF-9): charge_id: refund 'RF-1' of order 507 already covers it",
        ),
        (
            {"refunds": [{**sample()["refunds"][0], "refund_id": "RF-9", "charge_id": "F9"}]},
            "refunds[0] (RF-9): charge_id: order 507 has no charge 'F9'",
        ),
        (
            {"shipments": [{**sample()["shipments"][0], "line_ids": ["4"]}]},
            "shipments[0] (S-1): line_ids: order 506 has no line '4'",
        ),
        (
            {"orders": [order("510", "delivered", delivered_at=ago(1), items=[line(2)])]},
            "returns (RT-2), already in the shop: line_ids: order 510 has no line '1'; it has 2",
        ),
    ],
)
def test_a_record_that_points_at_nothing_is_named(
    shop: sqlite3.Connection, collections: dict[str, Any], sentence: str
) -> None:
    import_shop(shop, sample())
    assert sentence in refused(shop, part(**collections))


def test_a_shop_needs_policies(shop: sqlite3.Connection) -> None:
    assert refused(shop, part()) == "policies: the shop has no policies yet, and the file brings none"
    import_shop(shop, sample())
    assert "policies" in refused(shop, part(), replace=True)


def test_a_line_may_move_to_another_return(shop: sqlite3.Connection) -> None:
    import_shop(shop, sample())
    one, two = started("RT-1", "509", "refunded"), started("RT-2", "510", "requested")
    import_shop(shop, part(returns=[{**one, "order_number": "510"}, {**two, "order_number": "509"}]))
    after = {made["return_id"]: made["order_number"] for made in export_shop(shop)["returns"]}
    assert after == {"RT-1": "510", "RT-2": "509"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe{", "is not UTF-8 (byte 0); save it as UTF-8"),
        (b"{", "is not JSON: "),
        (b"", "is not JSON: "),
        (b'{"format": NaN}', "is not JSON: NaN is not a JSON number"),
        (b'{"format": "\\ud800"}', "holds half of a character"),
        (b"[" * 200_000, "is nested too deeply"),
    ],
)
def test_a_file_that_cant_be_read_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "shop.json"
    path.write_bytes(content)
    with pytest.raises(ShopFileRefused) as error:
        read_file(path)
    assert sentence in str(error.value)


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ShopFileRefused, match=r"can't be read: No such file"):
        read_file(tmp_path / "none.json")


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(sample()), "utf-8-sig")
    assert read_file(path) == sample()


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
lines_of_text = words.filter(bool)
amounts = st.integers(0, 9_000_000_000_000)


@st.composite
def shops(draw: st.DrawFn) -> dict[str, Any]:
    """Shop files of a few orders with arbitrary texts and amounts."""
    content = deepcopy(sample())
    content["policies"]["texts"] = draw(st.dictionaries(words, words, max_size=3))
    content["policies"]["return_window_days"] = draw(st.integers(0, 3650))
    for person in content["customers"]:
        person["name"] = draw(lines_of_text)
    for product in content["products"]:
        product.update(name=draw(lines_of_text), description=draw(words), price=draw(amounts))
        product.update(in_stock=draw(st.booleans()), returnable=draw(st.booleans()))
    for one in draw(st.permutations(content["orders"]))[:3]:
        one["address"]["street"] = draw(lines_of_text)
        one["items"][0].update(unit_price=draw(amounts), quantity=draw(st.integers(1, 9)), name=draw(lines_of_text))
        one["charges"] = [
            {
                "charge_id": f"F{n}",
                "kind": draw(lines_of_text),
                "description": draw(lines_of_text),
                "amount": draw(st.integers(-9_000_000_000_000, 9_000_000_000_000)),
                "refundable": draw(st.booleans()),
            }
            for n in range(draw(st.integers(0, 3)))
        ]
    for made in content["returns"]:
        made.update(reason=draw(words), refund_amount=draw(amounts))
    return content


@given(content=shops())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shop_survives_import_and_export(shop: sqlite3.Connection, content: dict[str, Any]) -> None:
    imported = import_shop(shop, content, replace=True)
    assert document(imported) == content
    exported = export_shop(shop)
    assert exported == content
    assert parse(json.loads(json.dumps(exported))).catalogue == imported
