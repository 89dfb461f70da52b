"""Checks files and records against docs/shop.schema.json, and says in a sentence what is wrong where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, ValidationError, validators  # type: ignore[import-untyped]

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "shop.schema.json"
FORMAT = "baton-shop/1"

ID_FIELDS: Mapping[str, str] = {
    "customers": "customer_id",
    "products": "sku",
    "orders": "order_number",
    "shipments": "shipment_id",
    "returns": "return_id",
    "refunds": "refund_id",
}
"""The lists of a shop file, each after those it points at, with the field that names a record."""


class Problem(NamedTuple):
    """A place where a shop file breaks the schema: the JSON path to it, and a sentence that names the record."""

    path: tuple[str | int, ...]
    sentence: str


_JSON_TYPES: Mapping[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}


def _pattern(_validator: Any, pattern: str, value: object, _schema: Any) -> Iterator[Any]:
    """JSON Schema's `$` is the very end; Python's would let a line break follow it."""
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield ValidationError("pattern")


_StrictValidator = validators.extend(Draft202012Validator, {"pattern": _pattern})


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return schema


@cache
def _validator(definition: str | None) -> Any:
    schema = _schema()
    return _StrictValidator(
        schema if definition is None else {"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
    )


def file_problems(document: object) -> Iterator[Problem]:
    """Each place where a shop file breaks the schema, by collection and then in the order of the file."""
    for error in sorted(_validator(None).iter_errors(document), key=lambda error: _place(error.absolute_path)):
        path = tuple(error.absolute_path)
        yield Problem(path, _sentence(document, list(path), error))


def record_problems(definition: str, record: object) -> Iterator[str]:
    """One sentence for each place where one record breaks the schema; it repeats no value, so it may be logged.

    Args:
        definition: a name in the schema's `$defs`, such as `order`.
    """
    for error in _validator(definition).iter_errors(record):
        yield f"{path_text(error.absolute_path) or definition}: {_complaint(error, tell_found=False)}"


def path_text(path: Any) -> str:
    """A JSON path as people write it: `orders[3].items[0].quantity`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def record_name(document: object, collection: str, index: int) -> str:
    """A record by its place and its id: `orders[3] (10203)`."""
    record = document[collection][index] if isinstance(document, dict) else None
    identity = record.get(ID_FIELDS[collection]) if isinstance(record, dict) else None
    return f"{collection}[{index}]" + (f" ({str(identity)[:64]})" if identity is not None else "")


def _place(path: Any) -> tuple[tuple[int, int, str], ...]:
    """Sorts list places as numbers and names as texts."""
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, str(step)) for step in path)


def _sentence(document: object, path: list[str | int], error: Any) -> str:
    if len(path) >= 2 and path[0] in ID_FIELDS and isinstance(path[1], int):
        inside = path_text(path[2:])
        record = record_name(document, str(path[0]), path[1])
        return f"{record}: {inside + ': ' if inside else ''}{_complaint(error)}"
    return f"{path_text(path) or 'the file'}: {_complaint(error)}"


def _complaint(error: Any, *, tell_found: bool = True) -> str:
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"the field {missing[0]!r} is missing" if len(missing) == 1 else f"the fields {missing} are missing"
    if error.validator == "additionalProperties":
        known = sorted(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(known))
        return f"unknown field {unknown[0][:64]!r}; known are {', '.join(known)}"
    return f"expected {_expected(error)}" + (f", found {_found(error.instance)}" if tell_found else "")


def _expected(error: Any) -> str:
    described = error.schema.get("description") if isinstance(error.schema, dict) else None
    if error.validator == "enum":
        return "one of " + ", ".join(str(value) for value in error.validator_value)
    if error.validator == "const":
        return json.dumps(error.validator_value)
    if error.validator == "type" and isinstance(error.validator_value, str):
        plain = {"object": "an object", "array": "a list", "boolean": "true or false"}
        return plain.get(error.validator_value) or described or f"a {error.validator_value}"
    return described or f"{error.validator} {error.validator_value}"


def _found(value: object) -> str:
    """What was there, without repeating a customer's own texts at length."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (dict, list)):
        return _JSON_TYPES[type(value)] + (" with nothing in it" if not value else "")
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
