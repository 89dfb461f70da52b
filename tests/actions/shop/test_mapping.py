from __future__ import annotations

import json
import re
from typing import Any

import pytest

from actions.shop import ShopMisconfigured, schema
from actions.shop.importer import parse
from actions.shop.mapping import (
    DEFAULT_ENDPOINTS,
    FIELDS,
    REFUSAL_CODES,
    ShopMapping,
    at_path,
    mapping_from,
    read_mapping,
    renamed,
)
from tests.actions.shop.sample import sample

PAGE = schema.SCHEMA_FILE.with_name("shop.md").read_text("utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def test_the_documented_shop_file_can_be_imported() -> None:
    assert list(schema.file_problems(EXAMPLES[0])) == []
    assert parse(EXAMPLES[0]).catalogue.orders["A-1"].total.amount == 29800


def test_the_documented_mapping_reads_the_api_it_describes() -> None:
    mapping = mapping_from(EXAMPLES[1])
    record = mapping.record(
        "order",
        {
            "number": 7,
            "buyer": {"id": 17},
            "state": "complete",
            "created_at": "2026-03-02T09:30:00Z",
            "currency": "DKK",
            "address": {"name": "Ida", "address1": "Havnegade 1", "zip": 5000, "city": "Odense", "country_code": "DK"},
            "items": [{"id": 1, "sku": "B-1", "name": "Atlas", "quantity": 1, "price": "249.00"}],
            "delivered_at": "2026-03-04T14:00:00Z",
            "note": "ignored",
        },
    )
    assert list(schema.record_problems("order", record)) == []
    assert (record["order_number"], record["customer_id"], record["status"]) == ("7", "17", "delivered")
    assert record["items"][0]["unit_price"] == 24900
    assert record["address"]["postal_code"] == "5000"
    assert "note" not in record


def test_every_call_and_code_is_documented() -> None:
    for call, endpoint in DEFAULT_ENDPOINTS.items():
        assert f"| `{call}` | `{endpoint.method} {endpoint.path}" in PAGE
    for code in REFUSAL_CODES:
        assert f"`{code}`" in PAGE


def test_the_mapping_knows_the_fields_of_the_schema() -> None:
    definitions = json.loads(schema.SCHEMA_FILE.read_text("utf-8"))["$defs"]
    for kind, fields in FIELDS.items():
        assert set(fields) == set(definitions[kind]["properties"]), kind


def test_without_a_mapping_a_record_stays_as_it_is() -> None:
    for kind in ("customer", "product", "order", "shipment", "return", "refund"):
        for record in sample()[f"{kind}s"]:
            known = {key: value for key, value in record.items() if value is not None}
            assert list(schema.record_problems(kind, ShopMapping().record(kind, record))) == []
            assert ShopMapping().record(kind, record).keys() == known.keys()


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("129.00", "EUR", 12900), (129.9, "EUR", 12990), (0.29, "EUR", 29), ("1500", "JPY", 1500), ("-5.00", "EUR", -500)],
)
def test_decimal_amounts_become_minor_units(amount: Any, currency: str, units: int) -> None:
    record = mapping_from({"amounts": "decimal"}).record("product", {"price": amount, "currency": currency})
    assert record["price"] == units


@pytest.mark.parametrize("amount", ["12.345", "free", "NaN", "Infinity", [], True])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ShopMisconfigured, match=r"product\.price"):
        mapping_from({"amounts": "decimal"}).record("product", {"price": amount, "currency": "EUR"})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], "the file has to be an object"),
        ({"endpoint": {}}, "endpoint is unknown; known are amounts, auth, endpoints,"),
        ({"endpoints": {"delete": {}}}, "endpoints.delete is unknown"),
        ({"endpoints": {"order": {"url": "/x"}}}, "endpoints.order.url is unknown"),
        ({"endpoints": {"order": {"path": "https://elsewhere"}}}, "it starts with '/'"),
        ({"endpoints": {"order": {"path": "/o/{id}"}}}, "may hold {customer_id}, {order_number}, {sku}"),
        ({"endpoints": {"order": {"send": {"reason": 1}}}}, "endpoints.order.send.reason has to be a text"),
        ({"fields": {"orders": {}}}, "fields.orders is unknown"),
        ({"fields": {"order": {"id": "x"}}}, "fields.order.id is unknown"),
        ({"values": {"status": {}}}, "values.status names no field"),
        ({"amounts": "cents"}, "write 'minor' or 'decimal'"),
        ({"auth": "Bearer {token}"}, "write it as 'Authorization: Bearer {token}'"),
        ({"auth": "A: {token}\r\nB: c"}, "write it as 'Authorization: Bearer {token}'"),
        ({"error_codes": {"X": 1}}, "error_codes.X has to be a text"),
        ({"error_codes": {"X": "broken"}}, "error_codes.X leads to 'broken'"),
        ({"policies": {"name": "x"}}, "policies.name is unknown"),
    ],
)
def test_a_wrong_mapping_says_which_part(content: Any, sentence: str) -> None:
    with pytest.raises(ShopMisconfigured) as error:
        mapping_from(content)
    assert sentence in str(error.value)


def test_a_mapping_that_is_not_json_is_named(tmp_path: Any) -> None:
    path = tmp_path / "mapping.json"
    path.write_text("{")
    with pytest.raises(ShopMisconfigured, match="is not JSON"):
        read_mapping(path)


def test_a_dotted_path_goes_through_objects_and_lists() -> None:
    body = {"a": [{"b": 1}]}
    assert at_path(body, "a.0.b") == 1
    assert at_path(body, "") is body
    assert at_path(body, "a.1.b") is at_path(body, "a.b") is at_path(body, "a.0.b.c") is None


def test_names_with_dots_send_nested_objects() -> None:
    sent = renamed({"line_ids": ["1"], "reason": "x", "key": 1}, {"line_ids": "rma.lines", "reason": "rma.why"})
    assert sent == {"rma": {"lines": ["1"], "why": "x"}, "key": 1}
