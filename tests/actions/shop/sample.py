"""A small shop for tests, as it stands at `NOW`: one order for each thing that can be true of one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from actions.shop import CustomerId
from actions.shop.records import time_text

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
ADA = CustomerId("C-1")
BO = CustomerId("C-2")

PLACED = "501"
DELIVERED = "502"
OUT_OF_WINDOW = "503"
LAST_DAY = "504"
PACKED = "505"
SHIPPED = "506"
CANCELLED = "507"
BOS = "508"
RETURNED = "509"
PARTLY_RETURNED = "510"


def clock() -> datetime:
    """The time that the sample was made for."""
    return NOW


def ago(days: float) -> str:
    """A time some days before NOW."""
    return time_text(NOW - timedelta(days=days))


def line(number: int, price: int = 1000, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """An order line, numbered from 1."""
    return {
        "line_id": str(number),
        "sku": f"SKU-{number}",
        "name": f"Thing {number}",
        "quantity": quantity,
        "unit_price": price,
        "returnable": True,
        **more,
    }


def order(number: str, status: str, **more: Any) -> dict[str, Any]:
    """An order of Ada's with one line, unless told otherwise."""
    return {
        "order_number": number,
        "customer_id": ADA,
        "status": status,
        "placed_at": ago(60 - int(number[-2:])),
        "delivered_at": None,
        "address": {
            "name": "Ada Example",
            "street": "1 Test Row",
            "postal_code": "E1 6AN",
            "city": "London",
            "country": "GB",
        },
        "currency": "EUR",
        "items": [line(1)],
        "charges": [],
        **more,
    }


def sample() -> dict[str, Any]:
    """The shop as a shop file."""
    charges = [
        {"charge_id": "F1", "kind": "delivery", "description": "Delivery", "amount": 490, "refundable": False},
        {"charge_id": "F2", "kind": "express", "description": "Express, in error", "amount": 1490, "refundable": True},
        {"charge_id": "F3", "kind": "discount", "description": "Welcome", "amount": -500, "refundable": True},
    ]
    orders = [
        order(PLACED, "placed", items=[line(1), line(2, 2500, 2)], charges=charges),
        order(
            DELIVERED,
            "delivered",
            delivered_at=ago(5),
            items=[line(1), line(2, 2500, 2), line(3, 700, returnable=False)],
            charges=charges,
        ),
        order(OUT_OF_WINDOW, "delivered", delivered_at=ago(31)),
        order(LAST_DAY, "delivered", delivered_at=ago(30)),
        order(PACKED, "packed"),
        order(SHIPPED, "shipped"),
        order(CANCELLED, "cancelled"),
        order(BOS, "delivered", customer_id=BO, delivered_at=ago(2), charges=charges),
        order(RETURNED, "returned", delivered_at=ago(12)),
        order(PARTLY_RETURNED, "delivered", delivered_at=ago(4), items=[line(1), line(2)]),
    ]
    return {
        "format": "baton-shop/1",
        "policies": {
            "shop_name": "Test & Sons",
            "return_window_days": 30,
            "refund_days": 5,
            "cancellable": ["placed"],
            "address_changeable": ["packed", "placed"],
            "texts": {"delivery": "Two days."},
        },
        "customers": [
            {
                "customer_id": ADA,
                "name": "Ada Example",
                "email": "Ada@example.com",
                "phone": "+442079460123",
                "language": "en",
            },
            {"customer_id": BO, "name": "Bo Sample", "email": "bo@example.org", "phone": None, "language": None},
        ],
        "products": [
            product("LAMP", "Camp lamp", "Hangs in a tent.", "Lighting"),
            product("OIL", "Ørsted oil lamp", "Brass.", "Lighting", in_stock=False),
            product("TENT", "Heron tent", "Sleeps two.", "Camping"),
        ],
        "orders": orders,
        "shipments": [
            {
                "shipment_id": "S-1",
                "order_number": SHIPPED,
                "status": "in_transit",
                "carrier": "Northpost",
                "tracking_number": "NP1",
                "tracking_url": "https://tracking.example/NP1",
                "expected_delivery": "2026-03-04",
                "line_ids": ["1"],
                "events": [
                    {"at": ago(2), "description": "Handed over to the carrier", "location": "Odense"},
                    {"at": ago(1), "description": "Arrived at the sorting centre", "location": None},
                ],
            }
        ],
        "returns": [started("RT-1", RETURNED, "refunded"), started("RT-2", PARTLY_RETURNED, "requested")],
        "refunds": [
            {
                "refund_id": "RF-1",
                "order_number": CANCELLED,
                "charge_id": None,
                "amount": 1000,
                "currency": "EUR",
                "reason": "order cancelled",
                "status": "paid",
                "created_at": ago(3),
            }
        ],
    }


def product(sku: str, name: str, description: str, category: str, **more: Any) -> dict[str, Any]:
    """A product at 19.90 EUR."""
    return {
        "sku": sku,
        "name": name,
        "description": description,
        "category": category,
        "price": 1990,
        "currency": "EUR",
        "in_stock": True,
        "returnable": True,
        **more,
    }


def started(return_id: str, order_number: str, status: str) -> dict[str, Any]:
    """A return of an order's first line."""
    return {
        "return_id": return_id,
        "order_number": order_number,
        "line_ids": ["1"],
        "reason": "",
        "status": status,
        "created_at": ago(1),
        "refund_amount": 1000,
        "currency": "EUR",
    }
