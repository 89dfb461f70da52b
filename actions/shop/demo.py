"""The demo shop, "Fern & Harbour": invented records whose dates are told in days before the day it is made.

demo.json names each order's story (`delayed`, `partly_returned`, …) and how many days ago it was placed. From that this
module writes a shop file as anybody could import it; so the demo stays fresh, and goes through the importer's checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from actions.shop.clock import Clock
from actions.shop.importer import make_shop
from actions.shop.records import Record, time_text
from actions.shop.schema import FORMAT

_SOURCE = Path(__file__).with_name("demo.json")
_CURRENCY = "EUR"
_CARRIER = "Northpost"
_TRACKING = "https://tracking.example/northpost/"

_ON_THE_WAY = (
    (1, 17, "Handed over to the carrier", "Odense"),
    (2, 4, "Arrived at the sorting centre", "Hamburg"),
)
_LAST_DAY = ((3, 6, "Out for delivery", None),)
_AT_THE_DOOR = (*_ON_THE_WAY, *_LAST_DAY, (3, 13, "Delivered", None))
_HELD_UP = (*_ON_THE_WAY, (4, 9, "Delayed: the parcel missed its connection", "Hamburg"))
_GONE = (*_ON_THE_WAY, (9, 10, "A search for the parcel was started", "Hamburg"))
_DELIVERY_DAY = 3
_RETURN_AFTER_DAYS = 5
_WHOLE = 99


@dataclass(frozen=True)
class _Story:
    """How far an order of the demo has come.

    Args:
        status: of the order.
        parcel: status of its shipment; None when nothing was sent.
        events: (days after the order, hour, what happened, where; None is the customer's city).
        due: the day on which the parcel is expected, in days from today; None is the usual day after the order.
        returned: how many of its lines went back.
        back: status of that return.
    """

    status: str
    parcel: str | None = None
    events: tuple[tuple[int, int, str, str | None], ...] = ()
    due: int | None = None
    returned: int = 0
    back: str = ""


_DELIVERED = _Story("delivered", "delivered", _AT_THE_DOOR)
_STORIES: Mapping[str, _Story] = {
    "placed": _Story("placed"),
    "packed": _Story("packed", "preparing"),
    "in_transit": _Story("shipped", "in_transit", _ON_THE_WAY),
    "delayed": _Story("shipped", "delayed", _HELD_UP, due=2),
    "out_for_delivery": _Story("shipped", "out_for_delivery", (*_ON_THE_WAY, *_LAST_DAY), due=0),
    "split": _Story("shipped", "delivered", _AT_THE_DOOR),
    "lost": _Story("shipped", "lost", _GONE),
    "delivered": _DELIVERED,
    "delivered_late_window": _DELIVERED,
    "refunded_fee": _DELIVERED,
    "return_requested": _Story("delivered", "delivered", _AT_THE_DOOR, returned=1, back="requested"),
    "return_received": _Story("delivered", "delivered", _AT_THE_DOOR, returned=1, back="received"),
    "partly_returned": _Story("delivered", "delivered", _AT_THE_DOOR, returned=1, back="refunded"),
    "returned": _Story("returned", "delivered", _AT_THE_DOOR, returned=_WHOLE, back="refunded"),
    "cancelled": _Story("cancelled"),
}


def demo_file(now: datetime) -> Record:
    """The demo as a shop file (docs/shop.schema.json), with its dates counted back from `now` (UTC)."""
    source = json.loads(_SOURCE.read_text("utf-8"))
    products = {product["sku"]: product for product in source["products"]}
    people = {person["customer_id"]: person for person in source["customers"]}
    told = [_Telling(source["charges"], products, people, order, now) for order in source["orders"]]
    return {
        "format": FORMAT,
        "policies": source["policies"],
        "customers": [{key: person[key] for key in person if key != "address"} for person in people.values()],
        "products": [{**product, "currency": _CURRENCY} for product in products.values()],
        "orders": [one.order() for one in told],
        "shipments": [shipment for one in told for shipment in one.shipments()],
        "returns": [started for one in told for started in one.returns()],
        "refunds": [refund for one in told for refund in one.refunds()],
    }


def make_demo(path: Path, clock: Clock) -> None:
    """Makes the demo shop's file, unless another process just did.

    Args:
        path: of the shop file.
        clock: gives the time now in UTC, from which the demo's dates are counted.
    """
    with suppress(FileExistsError):
        make_shop(path, demo_file(clock()))


class _Telling:
    """One order of demo.json, told as records."""

    def __init__(
        self,
        charges: Mapping[str, Record],
        products: Mapping[str, Record],
        people: Mapping[str, Record],
        told: Record,
        now: datetime,
    ) -> None:
        self._number: str = told["order_number"]
        self._story = _STORIES[told["story"]]
        self._told = told
        self._person = people[told["customer_id"]]
        self._now = now
        self._placed = self._at(0, 8 + int(self._number) % 9)
        self._items = [
            {
                "line_id": str(line),
                "sku": sku,
                "name": products[sku]["name"],
                "quantity": quantity,
                "unit_price": products[sku]["price"],
                "returnable": products[sku].get("returnable", True),
            }
            for line, (sku, quantity) in enumerate(told["items"], start=1)
        ]
        self._charges = [{"charge_id": f"F{n}", **charges[name]} for n, name in enumerate(told["charges"], start=1)]

    def _at(self, days: int, hour: int) -> datetime:
        """A time some days after the order; never in the future."""
        day = self._now.date() - timedelta(days=self._told["days"] - days)
        moment = datetime.combine(day, time(hour, int(self._number) * 7 % 60), self._now.tzinfo)
        return min(moment, self._now - timedelta(minutes=max(1, 10 - days)))

    def order(self) -> Record:
        """The order's own record."""
        arrived = self._story.status in ("delivered", "returned")
        return {
            "order_number": self._number,
            "customer_id": self._person["customer_id"],
            "status": self._story.status,
            "placed_at": time_text(self._placed),
            "delivered_at": time_text(self._at(_DELIVERY_DAY, 13)) if arrived else None,
            "address": {"name": self._person["name"], **self._person["address"]},
            "currency": _CURRENCY,
            "items": self._items,
            "charges": self._charges,
        }

    def shipments(self) -> Iterator[Record]:
        """The order's parcels: one, or for a split order a second one that is still on its way."""
        story, lines = self._story, [item["line_id"] for item in self._items]
        if story.parcel is None:
            return
        if self._told["story"] == "split":
            yield self._parcel("A", "delivered", story.events, lines[:1])
            yield self._parcel("B", "in_transit", _ON_THE_WAY, lines[1:], due=1)
        else:
            yield self._parcel("A", story.parcel, story.events, lines, story.due)

    def _parcel(self, letter: str, status: str, events: Any, lines: list[str], due: int | None = None) -> Record:
        usual = self._placed.date() + timedelta(days=_DELIVERY_DAY)
        tracking = f"NP{self._number}{ord(letter)}EU"
        return {
            "shipment_id": f"S-{self._number}-{letter}",
            "order_number": self._number,
            "status": status,
            "carrier": _CARRIER,
            "tracking_number": tracking,
            "tracking_url": _TRACKING + tracking,
            "expected_delivery": str(usual if due is None else self._now.date() + timedelta(days=due)),
            "line_ids": lines,
            "events": [
                {
                    "at": time_text(self._at(days, hour)),
                    "description": what,
                    "location": where or self._person["address"]["city"],
                }
                for days, hour, what, where in events
            ],
        }

    def returns(self) -> Iterator[Record]:
        """What of the order went back."""
        items = self._items[: self._story.returned]
        if items:
            yield {
                "return_id": f"RT-{self._number}",
                "order_number": self._number,
                "line_ids": [item["line_id"] for item in items],
                "reason": "It does not fit." if items[0]["sku"].startswith("J") else "Not what I expected.",
                "status": self._story.back,
                "created_at": time_text(self._at(_DELIVERY_DAY + _RETURN_AFTER_DAYS, 9)),
                "refund_amount": _cost(items),
                "currency": _CURRENCY,
            }

    def refunds(self) -> Iterator[Record]:
        """What was paid back: a whole cancelled order, or the fee that was charged in error."""
        refund = {
            "refund_id": f"RF-{self._number}",
            "order_number": self._number,
            "currency": _CURRENCY,
            "status": "paid" if self._told["days"] > _RETURN_AFTER_DAYS else "requested",
        }
        if self._story.status == "cancelled":
            total = _cost(self._items) + sum(charge["amount"] for charge in self._charges)
            when = time_text(self._at(1, 10))
            yield {**refund, "charge_id": None, "amount": total, "reason": "order cancelled", "created_at": when}
        if self._told["story"] == "refunded_fee":
            fee = self._charges[-1]
            when = time_text(self._at(4, 10))
            yield {
                **refund,
                "charge_id": fee["charge_id"],
                "amount": fee["amount"],
                "reason": "I had chosen standard delivery.",
                "created_at": when,
            }


def _cost(items: list[Record]) -> int:
    return sum(item["unit_price"] * item["quantity"] for item in items)
