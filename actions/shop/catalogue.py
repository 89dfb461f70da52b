"""A whole shop held in memory, as it is imported, exported and checked for records that point nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.shop import records
from actions.shop.model import Customer, Order, OrderStatus, Policies, Product, Refund, Return, Shipment
from actions.shop.schema import FORMAT, ID_FIELDS

Place = tuple[str, str]
"""A record: its collection and its id, such as `("orders", "10203")`."""

POLICIES: Place = ("policies", "")

_READ = {
    "customers": records.customer_from,
    "products": records.product_from,
    "orders": records.order_from,
    "shipments": records.shipment_from,
    "returns": records.return_from,
    "refunds": records.refund_from,
}


@dataclass(frozen=True)
class Catalogue:
    """Every record of a shop by its id. `policies` is None when they are not part of it."""

    policies: Policies | None = None
    customers: Mapping[str, Customer] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    shipments: Mapping[str, Shipment] = field(default_factory=dict)
    returns: Mapping[str, Return] = field(default_factory=dict)
    refunds: Mapping[str, Refund] = field(default_factory=dict)

    def merged_with(self, newer: Catalogue) -> Catalogue:
        """This catalogue with every record of a newer one put in, or put in place of the one with its id."""
        return Catalogue(
            policies=newer.policies or self.policies,
            **{name: {**getattr(self, name), **getattr(newer, name)} for name in ID_FIELDS},
        )

    def without(self, places: Collection[Place]) -> Catalogue:
        """This catalogue without the records at these places."""
        return Catalogue(
            policies=self.policies,
            **{
                name: {one: record for one, record in getattr(self, name).items() if (name, one) not in places}
                for name in ID_FIELDS
            },
        )

    def sizes(self) -> dict[str, int]:
        """How many records each collection holds."""
        return {name: len(getattr(self, name)) for name in ID_FIELDS}


def read_record(collection: str, record: Mapping[str, Any]) -> Any:
    """One record of a collection as its type. Raises ValueError for a date that is none."""
    return _READ[collection](record)


def document(catalogue: Catalogue) -> dict[str, Any]:
    """A catalogue as a shop file."""
    content: dict[str, Any] = {"format": FORMAT}
    if catalogue.policies:
        content["policies"] = records.policies_record(catalogue.policies)
    content["customers"] = [records.customer_record(customer) for customer in catalogue.customers.values()]
    content["products"] = [records.product_record(product) for product in catalogue.products.values()]
    content["orders"] = [records.order_record(order) for order in catalogue.orders.values()]
    content["shipments"] = [records.shipment_record(shipment) for shipment in catalogue.shipments.values()]
    content["returns"] = [records.return_record(started) for started in catalogue.returns.values()]
    content["refunds"] = [records.refund_record(refund) for refund in catalogue.refunds.values()]
    return content


def inconsistencies(catalogue: Catalogue, unread: Collection[Place] = ()) -> Iterator[tuple[Place, str]]:
    """Each record that points at nothing or contradicts another, with a sentence saying how.

    Args:
        catalogue: the records.
        unread: records that exist but can't be read, so that they are in no catalogue; what points at one of them is
            not wrong for that.
    """
    if catalogue.policies is None and POLICIES not in unread:
        yield POLICIES, "the shop has no policies yet, and the file brings none"
    for order in catalogue.orders.values():
        for complaint in _order_complaints(catalogue, order, unread):
            yield ("orders", order.order_number), complaint
    for shipment in catalogue.shipments.values():
        complaint_of_shipment = _line_complaint(catalogue, shipment.order_number, shipment.line_ids, unread)
        if complaint_of_shipment:
            yield ("shipments", shipment.shipment_id), complaint_of_shipment
    yield from _return_complaints(catalogue, unread)
    yield from _refund_complaints(catalogue, unread)


def _order_complaints(catalogue: Catalogue, order: Order, unread: Collection[Place]) -> Iterator[str]:
    if order.customer_id not in catalogue.customers and ("customers", order.customer_id) not in unread:
        yield f"customer_id: there is no customer {order.customer_id!r}"
    if order.status is OrderStatus.DELIVERED and order.delivered_at is None:
        yield "delivered_at: a delivered order needs the time at which it arrived"
    if order.delivered_at is not None and order.delivered_at < order.placed_at:
        yield "delivered_at: the order arrives before it was placed"
    for name, ids in (
        ("items", [item.line_id for item in order.items]),
        ("charges", [charge.charge_id for charge in order.charges]),
    ):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            yield f"{name}: the id {twice[0]!r} is used twice"


def _line_complaint(
    catalogue: Catalogue, order_number: str, line_ids: tuple[str, ...], unread: Collection[Place]
) -> str | None:
    order = catalogue.orders.get(order_number)
    if order is None:
        return None if ("orders", order_number) in unread else f"order_number: there is no order {order_number!r}"
    known = [item.line_id for item in order.items]
    unknown = [line_id for line_id in line_ids if line_id not in known]
    if unknown:
        return f"line_ids: order {order_number} has no line {unknown[0]!r}; it has {', '.join(known)}"
    return None


def _return_complaints(catalogue: Catalogue, unread: Collection[Place]) -> Iterator[tuple[Place, str]]:
    returned: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for started in catalogue.returns.values():
        place = ("returns", started.return_id)
        complaint = _line_complaint(catalogue, started.order_number, started.line_ids, unread)
        order = catalogue.orders.get(started.order_number)
        if complaint:
            yield place, complaint
        elif order is not None and started.refund_amount.currency != order.currency:
            yield place, f"currency: order {started.order_number} has another one"
        for line_id in started.line_ids:
            returned[started.order_number, line_id].append(started.return_id)
    for (order_number, line_id), return_ids in returned.items():
        for return_id in return_ids[1:]:
            yield (
                ("returns", return_id),
                f"line_ids: line {line_id!r} of order {order_number} is already in return {return_ids[0]!r}",
            )


def _refund_complaints(catalogue: Catalogue, unread: Collection[Place]) -> Iterator[tuple[Place, str]]:
    covered: dict[tuple[str, str | None], str] = {}
    for refund in catalogue.refunds.values():
        place = ("refunds", refund.refund_id)
        order = catalogue.orders.get(refund.order_number)
        if order is None:
            if ("orders", refund.order_number) not in unread:
                yield place, f"order_number: there is no order {refund.order_number!r}"
            continue
        if refund.charge_id is not None and refund.charge_id not in {charge.charge_id for charge in order.charges}:
            yield place, f"charge_id: order {refund.order_number} has no charge {refund.charge_id!r}"
        if refund.amount.currency != order.currency:
            yield place, f"currency: order {refund.order_number} has another one"
        first = covered.setdefault((refund.order_number, refund.charge_id), refund.refund_id)
        if first != refund.refund_id:
            yield place, f"charge_id: refund {first!r} of order {refund.order_number} already covers it"
