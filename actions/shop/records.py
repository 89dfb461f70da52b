"""Records: the shop's types as JSON objects, in the shapes of docs/shop.schema.json, and back.

The same shapes serve import and export files, the rows of SQLite and, after the field mapping, a shop's REST API.
Amounts are whole minor units; times are RFC 3339 in UTC. Reading expects a record that fits the schema; a time that
fits its pattern but is no time (30 February) raises ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timezone
from typing import Any

from actions.shop.model import (
    Address,
    Charge,
    Customer,
    CustomerId,
    Money,
    Order,
    OrderItem,
    OrderStatus,
    Policies,
    Product,
    Refund,
    RefundStatus,
    Return,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)

Record = dict[str, Any]
_FRACTION = re.compile(r"\.(\d+)")


def time_from(text: str) -> datetime:
    """An RFC 3339 time in UTC; digits finer than a microsecond are cut. Raises ValueError."""
    # Python 3.10 reads neither "Z" nor fractions of other than 3 or 6 digits.
    padded = _FRACTION.sub(lambda match: f".{match[1][:6]:0<6}", text.strip().upper().replace("Z", "+00:00"))
    moment = datetime.fromisoformat(padded)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text!r} has no offset; end it with Z")
    return moment.astimezone(timezone.utc)


def time_text(moment: datetime) -> str:
    """RFC 3339 in UTC, always with microseconds, so that texts sort as times do."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _optional_time(text: str | None) -> datetime | None:
    return None if text is None else time_from(text)


def _money(amount: float, currency: str) -> Money:
    return Money(int(amount), currency)  # JSON knows 5.0 as a whole number too


def address_from(record: Mapping[str, Any]) -> Address:
    """Reads an address record."""
    return Address(**{name: record[name] for name in ("name", "street", "postal_code", "city", "country")})


def address_record(address: Address) -> Record:
    """Writes an address record."""
    return asdict(address)


def customer_from(record: Mapping[str, Any]) -> Customer:
    """Reads a customer record."""
    return Customer(
        customer_id=CustomerId(record["customer_id"]),
        name=record["name"],
        email=record["email"],
        phone=record.get("phone"),
        language=record.get("language"),
    )


def customer_record(customer: Customer) -> Record:
    """Writes a customer record."""
    return asdict(customer)


def product_from(record: Mapping[str, Any]) -> Product:
    """Reads a product record."""
    return Product(
        sku=record["sku"],
        name=record["name"],
        description=record.get("description", ""),
        category=record.get("category", ""),
        price=_money(record["price"], record["currency"]),
        in_stock=record.get("in_stock", True),
        returnable=record.get("returnable", True),
    )


def product_record(product: Product) -> Record:
    """Writes a product record."""
    return {**asdict(product), "price": product.price.amount, "currency": product.price.currency}


def order_from(record: Mapping[str, Any]) -> Order:
    """Reads an order record with its items and charges."""
    currency = record["currency"]
    return Order(
        order_number=record["order_number"],
        customer_id=CustomerId(record["customer_id"]),
        status=OrderStatus(record["status"]),
        placed_at=time_from(record["placed_at"]),
        address=address_from(record["address"]),
        currency=currency,
        items=tuple(_item_from(item, currency) for item in record["items"]),
        charges=tuple(_charge_from(charge, currency) for charge in record.get("charges", ())),
        delivered_at=_optional_time(record.get("delivered_at")),
    )


def _item_from(record: Mapping[str, Any], currency: str) -> OrderItem:
    return OrderItem(
        line_id=record["line_id"],
        sku=record["sku"],
        name=record["name"],
        quantity=int(record["quantity"]),
        unit_price=_money(record["unit_price"], currency),
        returnable=record.get("returnable", True),
    )


def _charge_from(record: Mapping[str, Any], currency: str) -> Charge:
    return Charge(
        charge_id=record["charge_id"],
        kind=record["kind"],
        description=record["description"],
        amount=_money(record["amount"], currency),
        refundable=record.get("refundable", False),
    )


def order_record(order: Order) -> Record:
    """Writes an order record."""
    return {
        "order_number": order.order_number,
        "customer_id": order.customer_id,
        "status": order.status.value,
        "placed_at": time_text(order.placed_at),
        "delivered_at": time_text(order.delivered_at) if order.delivered_at else None,
        "address": address_record(order.address),
        "currency": order.currency,
        "items": [{**asdict(item), "unit_price": item.unit_price.amount} for item in order.items],
        "charges": [{**asdict(charge), "amount": charge.amount.amount} for charge in order.charges],
    }


def shipment_from(record: Mapping[str, Any]) -> Shipment:
    """Reads a shipment record with its tracking events, which it puts in order of time."""
    expected = record.get("expected_delivery")
    events = (
        TrackingEvent(time_from(event["at"]), event["description"], event.get("location"))
        for event in record.get("events", ())
    )
    return Shipment(
        shipment_id=record["shipment_id"],
        order_number=record["order_number"],
        status=ShipmentStatus(record["status"]),
        carrier=record["carrier"],
        tracking_number=record["tracking_number"],
        line_ids=tuple(record["line_ids"]),
        expected_delivery=date.fromisoformat(expected) if expected else None,
        tracking_url=record.get("tracking_url"),
        events=tuple(sorted(events, key=lambda event: event.at)),
    )


def shipment_record(shipment: Shipment) -> Record:
    """Writes a shipment record."""
    return {
        **asdict(shipment),
        "status": shipment.status.value,
        "line_ids": list(shipment.line_ids),
        "expected_delivery": shipment.expected_delivery.isoformat() if shipment.expected_delivery else None,
        "events": [{**asdict(event), "at": time_text(event.at)} for event in shipment.events],
    }


def return_from(record: Mapping[str, Any]) -> Return:
    """Reads a return record."""
    return Return(
        return_id=record["return_id"],
        order_number=record["order_number"],
        line_ids=tuple(record["line_ids"]),
        reason=record.get("reason", ""),
        status=ReturnStatus(record["status"]),
        created_at=time_from(record["created_at"]),
        refund_amount=_money(record["refund_amount"], record["currency"]),
    )


def return_record(started: Return) -> Record:
    """Writes a return record."""
    return {
        **asdict(started),
        "line_ids": list(started.line_ids),
        "status": started.status.value,
        "created_at": time_text(started.created_at),
        "refund_amount": started.refund_amount.amount,
        "currency": started.refund_amount.currency,
    }


def refund_from(record: Mapping[str, Any]) -> Refund:
    """Reads a refund record."""
    return Refund(
        refund_id=record["refund_id"],
        order_number=record["order_number"],
        amount=_money(record["amount"], record["currency"]),
        reason=record.get("reason", ""),
        status=RefundStatus(record["status"]),
        created_at=time_from(record["created_at"]),
        charge_id=record.get("charge_id"),
    )


def refund_record(refund: Refund) -> Record:
    """Writes a refund record."""
    return {
        **asdict(refund),
        "amount": refund.amount.amount,
        "currency": refund.amount.currency,
        "status": refund.status.value,
        "created_at": time_text(refund.created_at),
    }


def policies_from(record: Mapping[str, Any]) -> Policies:
    """Reads the policies record; what it leaves out has the defaults of Policies."""
    given = dict(record)
    for name in ("cancellable", "address_changeable"):
        if name in given:
            given[name] = frozenset(OrderStatus(status) for status in given[name])
    for name in ("return_window_days", "refund_days"):
        if name in given:
            given[name] = int(given[name])
    return Policies(**given)


def policies_record(policies: Policies) -> Record:
    """Writes the policies record."""
    return {
        **asdict(policies),
        "cancellable": sorted(status.value for status in policies.cancellable),
        "address_changeable": sorted(status.value for status in policies.address_changeable),
        "texts": dict(policies.texts),
    }
