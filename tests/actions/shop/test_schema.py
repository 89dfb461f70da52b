from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from actions.shop import schema
from tests.actions.shop.sample import sample


def problems_after(path: str, value: Any) -> list[str]:
    """What is said about the sample when the field at a path has another value."""
    content: Any = sample()
    *outer, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = content
    for step in outer:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return [problem.sentence for problem in schema.file_problems(content)]


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(json.loads(schema.SCHEMA_FILE.read_text("utf-8")))


def test_the_sample_fits() -> None:
    assert list(schema.file_problems(sample())) == []


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("format", "other", 'format: expected "baton-shop/1", found "other"'),
        ("orders", {}, "orders: expected a list, found an object with nothing in it"),
        ("order", [], "the file: unknown field 'order'; known are customers, format, orders,"),
        ("orders/1/status", "lost", "orders[1] (502): status: expected one of placed, packed, shipped, delivered,"),
        ("orders/1/items/0/quantity", 0, "orders[1] (502): items[0].quantity: expected a whole number from 1 to"),
        ("orders/1/items/0/unit_price", 9.95, "items[0].unit_price: expected a whole number in the currency's minor"),
        ("orders/1/items/0/unit_price", True, "found true"),
        ("orders/1/currency", "EUR\n", 'orders[1] (502): currency: expected an ISO 4217 code such as EUR, found "EUR'),
        ("orders/1/items", [], "orders[1] (502): items: expected at least one line, found a list with nothing in it"),
        ("orders/1/placed_at", "yesterday", "orders[1] (502): placed_at: expected an RFC 3339 time such as"),
        ("orders/1/placed_at", ..., "orders[1] (502): the field 'placed_at' is missing"),
        ("orders/1/order_number", ..., "orders[1]: the field 'order_number' is missing"),
        ("orders/1/adress", {}, "orders[1] (502): unknown field 'adress'; known are address,"),
        ("customers/0/phone", "020 7946 0123", "customers[0] (C-1): phone: expected a phone number in E.164"),
        ("customers/0/email", "ada", "customers[0] (C-1): email: expected an e-mail address, found"),
        ("customers/0", "Ada", "customers[0]: expected an object, found"),
        ("shipments/0/tracking_url", "javascript:alert(1)", "tracking_url: expected an https address, or null"),
        ("returns/0/line_ids", ["1", "1"], "returns[0] (RT-1): line_ids: expected at least one line id of the order"),
        ("refunds/0/charge_id", 3, "refunds[0] (RF-1): charge_id: expected a charge id of the order, or null, found 3"),
        ("policies/cancellable", ["gone"], "policies.cancellable[0]: expected one of placed,"),
        ("products/0/in_stock", "yes", "products[0] (LAMP): in_stock: expected true or false, found"),
    ],
)
def test_a_wrong_record_is_named_with_what_was_expected(path: str, value: Any, sentence: str) -> None:
    problems = problems_after(path, value)
    assert len(problems) == 1
    assert sentence in problems[0]


@pytest.mark.parametrize("content", [None, [], "shop", 3])
def test_a_file_that_is_no_object_is_refused(content: object) -> None:
    assert next(schema.file_problems(content)).sentence.startswith("the file: expected an object, found ")


def test_a_long_value_is_not_repeated_whole() -> None:
    [problem] = problems_after("orders/1/status", "x" * 5000)
    assert len(problem) < 250


def test_the_problem_of_a_record_repeats_no_value() -> None:
    [problem] = schema.record_problems("customer", {"customer_id": "C-1", "name": "Ada", "email": "ada at example"})
    assert problem == "email: expected an e-mail address"
