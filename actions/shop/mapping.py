"""How a shop's REST API differs from the one Baton expects: paths, field names, values, amounts and error codes.

A mapping file is JSON; every part is optional, and what it leaves out is as in `DEFAULT_ENDPOINTS` and
docs/shop.schema.json. docs/shop.md describes it with an example.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any

from actions.shop.errors import ShopMisconfigured
from actions.shop.model import NotReturnableReason, minor_digits


@dataclass(frozen=True)
class Endpoint:
    """One call of the shop's API.

    Args:
        method: the HTTP method.
        path: appended to the shop's address; `{order_number}`, `{customer_id}` and `{sku}` are filled in, escaped.
        result: the dotted path in the answer at which the record or list sits; empty for the answer itself.
        query: the API's names for the query's parameters (`limit`, `q`), where they differ.
        send: the API's names for the fields of the request's body, where they differ; dots make nested objects.
    """

    method: str
    path: str
    result: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    send: Mapping[str, str] = field(default_factory=dict)


DEFAULT_ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        "customer": Endpoint("GET", "/customers/{customer_id}"),
        "orders": Endpoint("GET", "/customers/{customer_id}/orders", result="orders"),
        "order": Endpoint("GET", "/orders/{order_number}"),
        "shipments": Endpoint("GET", "/orders/{order_number}/shipments", result="shipments"),
        "returns": Endpoint("GET", "/orders/{order_number}/returns", result="returns"),
        "refunds": Endpoint("GET", "/orders/{order_number}/refunds", result="refunds"),
        "start_return": Endpoint("POST", "/orders/{order_number}/returns"),
        "cancel_order": Endpoint("POST", "/orders/{order_number}/cancellation"),
        "change_address": Endpoint("PUT", "/orders/{order_number}/address"),
        "request_refund": Endpoint("POST", "/orders/{order_number}/refunds"),
        "policies": Endpoint("GET", "/policies"),
        "product": Endpoint("GET", "/products/{sku}"),
        "search_products": Endpoint("GET", "/products", result="products"),
        "list_products": Endpoint("GET", "/products", result="products"),
    }
)

REFUSAL_CODES = frozenset(
    {
        *(reason.value for reason in NotReturnableReason),
        *("not_cancellable", "address_locked", "address_invalid", "not_refundable", "already_refunded"),
        "idempotency_conflict",
    }
)
"""What a mapping's `error_codes` may lead to, and what an API without a mapping says itself."""

_AMOUNT_FIELDS = frozenset({"price", "unit_price", "amount", "refund_amount"})
_NESTED = {"address": "address", "items": "item", "charges": "charge", "events": "event"}
FIELDS: Mapping[str, Sequence[str]] = {
    "customer": ("customer_id", "name", "email", "phone", "language"),
    "product": ("sku", "name", "description", "category", "price", "currency", "in_stock", "returnable"),
    "address": ("name", "street", "postal_code", "city", "country"),
    "item": ("line_id", "sku", "name", "quantity", "unit_price", "returnable"),
    "charge": ("charge_id", "kind", "description", "amount", "refundable"),
    "order": (
        *("order_number", "customer_id", "status", "placed_at", "delivered_at"),
        *("currency", "address", "items", "charges"),
    ),
    "event": ("at", "description", "location"),
    "shipment": (
        *("shipment_id", "order_number", "status", "carrier", "tracking_number"),
        *("tracking_url", "expected_delivery", "line_ids", "events"),
    ),
    "return": ("return_id", "order_number", "line_ids", "reason", "status", "created_at", "refund_amount", "currency"),
    "refund": ("refund_id", "order_number", "charge_id", "amount", "currency", "reason", "status", "created_at"),
    "policies": ("shop_name", "return_window_days", "refund_days", "cancellable", "address_changeable", "texts"),
}
_TEXT_FIELDS = frozenset(
    {
        *("customer_id", "order_number", "line_id", "line_ids", "charge_id", "shipment_id", "return_id", "refund_id"),
        *("sku", "tracking_number", "postal_code"),
    }
)
"""Ids and numbers that an API may write as JSON numbers."""
_PLACEHOLDER = re.compile(r"\{[^}]*\}?")
_PLACEHOLDERS = frozenset({"{order_number}", "{customer_id}", "{sku}"})
_PARTS = frozenset({"endpoints", "fields", "values", "amounts", "auth", "error_code", "error_codes", "policies"})


@dataclass(frozen=True)
class ShopMapping:
    """A mapping file, read.

    Args:
        endpoints: by the port's name for the call.
        fields: by record kind: the dotted path of each field in the API's record.
        values: by `kind.field`: the API's value → ours.
        decimal_amounts: whether the API writes amounts as `129.00` (or `"129.00"`) instead of 12900.
        auth: the request header that carries the token, as `Name: value with {token}`.
        error_code: the dotted path of the code in the body of an error.
        error_codes: the API's code → ours.
        policies: the policies, for an API that does not tell them.
    """

    endpoints: Mapping[str, Endpoint] = field(default_factory=lambda: dict(DEFAULT_ENDPOINTS))
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decimal_amounts: bool = False
    auth: str = "Authorization: Bearer {token}"
    error_code: str = "error.code"
    error_codes: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, Any] | None = None

    def record(self, kind: str, theirs: object, currency: str | None = None) -> dict[str, Any]:
        """A record of the API as one that fits docs/shop.schema.json, if the mapping is right.

        Args:
            kind: `order`, `shipment`, … as in the schema.
            theirs: the API's record; fields that the mapping doesn't name are left out.
            currency: of the order around it, for records that don't say their own.

        Raises ShopMisconfigured when it is no object, or an amount is no number.
        """
        if not isinstance(theirs, Mapping):
            raise ShopMisconfigured(f"The shop's API answered with no {kind} object; check 'result' in the mapping.")
        paths = self.fields.get(kind, {})
        ours: dict[str, Any] = {}
        for name in FIELDS[kind]:
            value = at_path(theirs, paths.get(name, name))
            if value is not None:
                value = self.values.get(f"{kind}.{name}", {}).get(str(value), value)
                ours[name] = _as_text(value) if name in _TEXT_FIELDS else value
        if "currency" in FIELDS[kind] and currency is not None:
            ours.setdefault("currency", currency)
        currency = ours.get("currency", currency)
        for name in ours.keys() & _NESTED.keys():
            inner, value = _NESTED[name], ours[name]
            many = isinstance(value, list)
            ours[name] = (
                [self.record(inner, one, currency) for one in value] if many else self.record(inner, value, currency)
            )
        if self.decimal_amounts:
            for name in ours.keys() & _AMOUNT_FIELDS:
                ours[name] = _minor(ours[name], currency or "", f"{kind}.{name}")
        return ours


def at_path(value: object, path: str) -> object:
    """What sits at a dotted path of objects and (by number) lists, or None; the empty path is the value itself."""
    for step in filter(None, path.split(".")):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def renamed(body: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A request's body under the API's names; a name with dots makes nested objects."""
    result: dict[str, Any] = {}
    for name, value in body.items():
        *outer, last = names.get(name, name).split(".")
        place = result
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = value
    return result


def _as_text(value: object) -> object:
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    return str(value) if isinstance(value, int) else value


def _minor(amount: object, currency: str, where: str) -> int:
    try:
        units = Decimal(str(amount)).scaleb(minor_digits(currency))
        if units == units.to_integral_value():
            return int(units)
    except (InvalidOperation, OverflowError):
        pass
    raise ShopMisconfigured(f"The shop's API gives {where} as {amount!r}, which is no amount in {currency or 'money'}.")


def read_mapping(path: Path) -> ShopMapping:
    """Reads a mapping file. Raises ShopMisconfigured saying which part is wrong."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ShopMisconfigured(f"BATON_SHOP_MAPPING names {path}, which can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise ShopMisconfigured(f"The mapping {path} is not JSON: {error}.") from error
    return mapping_from(content, path.name)


def mapping_from(content: object, name: str = "the mapping") -> ShopMapping:
    """A mapping from its JSON. `name` is what complaints call it. Raises ShopMisconfigured."""
    parts = _object(content, name, "", _PARTS)
    amounts = parts.get("amounts", "minor")
    if amounts not in ("minor", "decimal"):
        raise ShopMisconfigured(f"{name}: amounts is {amounts!r}; write 'minor' or 'decimal'.")
    auth = parts.get("auth", ShopMapping.auth)
    if not isinstance(auth, str) or not re.fullmatch(r"[A-Za-z0-9-]+: [ -~]*\{token\}[ -~]*", auth):
        raise ShopMisconfigured(f"{name}: auth is {auth!r}; write it as 'Authorization: Bearer {{token}}'.")
    fields = _object(parts.get("fields", {}), name, "fields", FIELDS.keys())
    for kind, paths in fields.items():
        _texts(_object(paths, name, f"fields.{kind}", FIELDS[kind]), name, f"fields.{kind}")
    values = _object(parts.get("values", {}), name, "values", None)
    for place, table in values.items():
        kind, _, field_name = place.partition(".")
        if field_name not in FIELDS.get(kind, ()):
            raise ShopMisconfigured(f"{name}: values.{place} names no field; write kind.field, such as order.status.")
        _object(table, name, f"values.{place}", None)
    codes = _texts(_object(parts.get("error_codes", {}), name, "error_codes", None), name, "error_codes")
    for theirs, ours in codes.items():
        if ours not in REFUSAL_CODES:
            known = ", ".join(sorted(REFUSAL_CODES))
            raise ShopMisconfigured(f"{name}: error_codes.{theirs} leads to {ours!r}; known are {known}.")
    policies = parts.get("policies")
    return ShopMapping(
        endpoints={**DEFAULT_ENDPOINTS, **_endpoints(parts.get("endpoints", {}), name)},
        fields=fields,
        values=values,
        decimal_amounts=amounts == "decimal",
        auth=auth,
        error_code=str(parts.get("error_code", "error.code")),
        error_codes=codes,
        policies=None if policies is None else _object(policies, name, "policies", FIELDS["policies"]),
    )


def _endpoints(content: object, name: str) -> dict[str, Endpoint]:
    found = {}
    for call, parts in _object(content, name, "endpoints", DEFAULT_ENDPOINTS.keys()).items():
        where = f"endpoints.{call}"
        known = _object(parts, name, where, {"method", "path", "result", "query", "send"})
        base = DEFAULT_ENDPOINTS[call]
        path = str(known.get("path", base.path))
        if not path.startswith("/") or set(_PLACEHOLDER.findall(path)) - _PLACEHOLDERS:
            known_names = ", ".join(sorted(_PLACEHOLDERS))
            raise ShopMisconfigured(
                f"{name}: {where}.path is {path!r}; it starts with '/', and may hold {known_names}."
            )
        found[call] = Endpoint(
            method=str(known.get("method", base.method)).upper(),
            path=path,
            result=str(known.get("result", base.result)),
            query=_texts(_object(known.get("query", {}), name, f"{where}.query", None), name, f"{where}.query"),
            send=_texts(_object(known.get("send", {}), name, f"{where}.send", None), name, f"{where}.send"),
        )
    return found


def _object(content: object, name: str, where: str, known: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ShopMisconfigured(f"{name}: {where or 'the file'} has to be an object.")
    unknown = sorted(set(content) - set(known)) if known is not None else []
    if unknown:
        place = f"{where}.{unknown[0]}" if where else unknown[0]
        raise ShopMisconfigured(f"{name}: {place} is unknown; known are {', '.join(sorted(known))}.")
    return content


def _texts(content: Mapping[str, Any], name: str, where: str) -> dict[str, str]:
    for key, value in content.items():
        if not isinstance(value, str):
            raise ShopMisconfigured(f"{name}: {where}.{key} has to be a text.")
    return dict(content)
