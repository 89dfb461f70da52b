"""What the embedded shop does, on one SQLite connection, synchronously: guard, rules and writing in one transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from actions.shop import records, rules, sqlite_file
from actions.shop.clock import Clock
from actions.shop.errors import (
    CustomerNotFound,
    IdempotencyConflict,
    OrderNotFound,
    ProductNotFound,
    ShopMisconfigured,
)
from actions.shop.model import (
    Address,
    ChargeState,
    Customer,
    CustomerId,
    Money,
    Order,
    OrderStatus,
    Policies,
    Product,
    Refund,
    RefundStatus,
    Return,
    Returnable,
    ReturnStatus,
    Shipment,
)

Result = TypeVar("Result")
_SEARCH_WORDS = 8
REASON_LIMIT = 2000
"""Characters of a customer's reason that are kept; as many as the schema allows."""


class SqliteStore:
    """The calls of `actions.shop.port.Shop` without the waiting; each means what it means there.

    Args:
        connection: from `sqlite_file.connect`; used by one thread only.
        default_region: for phone numbers without a country code, ISO 3166-1 alpha-2.
        clock: gives the time now in UTC.
    """

    def __init__(self, connection: sqlite3.Connection, default_region: str, clock: Clock) -> None:
        self._connection = connection
        self._region = default_region
        self._clock = clock

    def authenticate(self, order_number: str, email: str | None, phone: str | None) -> CustomerId | None:
        """Whose order it is, if the details prove it."""
        buyer = "WHERE customer_id = (SELECT customer_id FROM orders WHERE order_number = ?)"
        for customer in self._customers(buyer, order_number):
            if rules.is_proven(customer, email, phone, self._region):
                return customer.customer_id
        return None

    def customer(self, customer_id: CustomerId) -> Customer:
        """The customer's own record."""
        for customer in self._customers("WHERE customer_id = ?", customer_id):
            return customer
        raise CustomerNotFound

    def order(self, customer_id: CustomerId, order_number: str) -> Order:
        """One order of the customer: the guard that every call about an order passes first."""
        theirs = "WHERE order_number = ? AND customer_id = ?"
        orders: list[Order] = self._rows("orders", theirs, order_number, customer_id)
        if not orders:
            raise OrderNotFound
        return orders[0]

    def orders(self, customer_id: CustomerId, limit: int) -> tuple[Order, ...]:
        """The customer's orders, newest first."""
        newest_first = "WHERE customer_id = ? ORDER BY placed_at DESC, order_number DESC LIMIT ?"
        return tuple(self._rows("orders", newest_first, customer_id, max(0, limit)))

    def shipments(self, customer_id: CustomerId, order_number: str) -> tuple[Shipment, ...]:
        """The parcels of an order."""
        self.order(customer_id, order_number)
        return tuple(self._rows("shipments", "WHERE order_number = ? ORDER BY shipment_id", order_number))

    def returnable_items(self, customer_id: CustomerId, order_number: str) -> Returnable:
        """What can be sent back of an order now."""
        return self._returnable(self.order(customer_id, order_number))

    def returns(self, customer_id: CustomerId, order_number: str) -> tuple[Return, ...]:
        """The returns started on an order, oldest first."""
        return self._returns(self.order(customer_id, order_number))

    def refunds(self, customer_id: CustomerId, order_number: str) -> tuple[Refund, ...]:
        """The refunds of an order, oldest first."""
        return self._refunds(self.order(customer_id, order_number))

    def charges(self, customer_id: CustomerId, order_number: str) -> tuple[ChargeState, ...]:
        """The fees on an order."""
        return self._charges(self.order(customer_id, order_number))

    def start_return(
        self, customer_id: CustomerId, order_number: str, line_ids: Sequence[str], reason: str, key: str
    ) -> Return:
        """Sends chosen lines back: all of them, or none."""
        chosen = tuple(dict.fromkeys(line_ids))

        def start(order: Order) -> str:
            started = Return(
                return_id=_new_id("RT"),
                order_number=order_number,
                line_ids=chosen,
                reason=reason[:REASON_LIMIT],
                status=ReturnStatus.REQUESTED,
                created_at=self._clock(),
                refund_amount=rules.check_return(order, self._returnable(order), chosen),
            )
            self._put("returns", records.return_record(started))
            return started.return_id

        def find(return_id: str) -> Return:
            found: list[Return] = self._rows("returns", "WHERE return_id = ?", return_id)
            return found[0]

        request = ("start_return", order_number, sorted(chosen), reason)
        return self._once(customer_id, order_number, key, request, start, find)

    def cancel_order(self, customer_id: CustomerId, order_number: str, key: str) -> Order:
        """Cancels an order and records the refund of what was paid for it."""

        def cancel(order: Order) -> str:
            rules.check_cancel(order, self.policies())
            refunds = self._refunds(order)
            amount = rules.cancellation_refund(order, refunds)
            self._put("orders", records.order_record(replace(order, status=OrderStatus.CANCELLED)))
            if amount.amount > 0:
                self._new_refund(order, None, amount, "order cancelled")
            return order_number

        request = ("cancel_order", order_number)
        return self._once(
            customer_id, order_number, key, request, cancel, lambda number: self.order(customer_id, number)
        )

    def change_address(self, customer_id: CustomerId, order_number: str, address: Address, key: str) -> Order:
        """Sends an order somewhere else."""

        def change(order: Order) -> str:
            rules.check_address(order, self.policies(), address)
            self._put("orders", records.order_record(replace(order, address=address)))
            return order_number

        request = ("change_address", order_number, records.address_record(address))
        return self._once(
            customer_id, order_number, key, request, change, lambda number: self.order(customer_id, number)
        )

    def request_refund(
        self, customer_id: CustomerId, order_number: str, charge_id: str, reason: str, key: str
    ) -> Refund:
        """Asks for one charge back, in full."""

        def ask(order: Order) -> str:
            charge = rules.check_refund(self._charges(order), charge_id)
            return self._new_refund(order, charge_id, charge.amount, reason)

        def find(refund_id: str) -> Refund:
            found: list[Refund] = self._rows("refunds", "WHERE refund_id = ?", refund_id)
            return found[0]

        request = ("request_refund", order_number, charge_id, reason)
        return self._once(customer_id, order_number, key, request, ask, find)

    def policies(self) -> Policies:
        """The shop's rules and its own words about them."""
        record = sqlite_file.read_policies(self._connection)
        if record is None:
            raise ShopMisconfigured(
                "The shop is empty; run 'python -m actions.shop import FILE.json' or 'python -m actions.shop demo'."
            )
        return records.policies_from(record)

    def product(self, sku: str) -> Product:
        """One product."""
        products: list[Product] = self._rows("products", "WHERE sku = ?", sku)
        if not products:
            raise ProductNotFound
        return products[0]

    def search_products(self, query: str, limit: int) -> tuple[Product, ...]:
        """Products that hold every word of the query; name matches come first."""
        words = query.casefold().split()[:_SEARCH_WORDS]
        if not words:
            return ()
        anywhere = " AND ".join(["instr(folded(name || ' ' || category || ' ' || description), ?) > 0"] * len(words))
        in_name = " + ".join(["(instr(folded(name), ?) > 0)"] * len(words))
        where = f"WHERE {anywhere} ORDER BY {in_name} DESC, name, sku LIMIT ?"
        return tuple(self._rows("products", where, *words, *words, max(0, limit)))

    def product_names(self) -> tuple[str, ...]:
        """The name of every product."""
        return tuple(name for (name,) in self._connection.execute("SELECT DISTINCT name FROM products ORDER BY name"))

    def _once(
        self,
        customer_id: CustomerId,
        order_number: str,
        key: str,
        request: Sequence[object],
        change: Callable[[Order], str],
        find: Callable[[str], Result],
    ) -> Result:
        """Makes a change of an order, or finds what was made when its idempotency key was first used."""
        asked = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        with sqlite_file.transaction(self._connection):
            order = self.order(customer_id, order_number)
            known = self._connection.execute(
                "SELECT request_hash, record_id FROM requests WHERE customer_id = ? AND idempotency_key = ?",
                (customer_id, key),
            ).fetchone()
            if known is not None:
                if known["request_hash"] != asked:
                    raise IdempotencyConflict
                return find(known["record_id"])
            record_id = change(order)
            self._connection.execute(
                "INSERT INTO requests (customer_id, idempotency_key, request_hash, record_id, made_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (customer_id, key, asked, record_id, records.time_text(self._clock())),
            )
            return find(record_id)

    def _new_refund(self, order: Order, charge_id: str | None, amount: Money, reason: str) -> str:
        refund = Refund(
            refund_id=_new_id("RF"),
            order_number=order.order_number,
            amount=amount,
            reason=reason[:REASON_LIMIT],
            status=RefundStatus.REQUESTED,
            created_at=self._clock(),
            charge_id=charge_id,
        )
        self._put("refunds", records.refund_record(refund))
        return refund.refund_id

    def _returnable(self, order: Order) -> Returnable:
        return rules.returnable(order, self._returns(order), self.policies(), self._clock().date())

    def _charges(self, order: Order) -> tuple[ChargeState, ...]:
        return rules.charge_states(order, self._refunds(order))

    def _returns(self, order: Order) -> tuple[Return, ...]:
        oldest_first = "WHERE order_number = ? ORDER BY created_at, return_id"
        return tuple(self._rows("returns", oldest_first, order.order_number))

    def _refunds(self, order: Order) -> tuple[Refund, ...]:
        oldest_first = "WHERE order_number = ? ORDER BY created_at, refund_id"
        return tuple(self._rows("refunds", oldest_first, order.order_number))

    def _customers(self, where: str, *arguments: object) -> list[Customer]:
        return self._rows("customers", where, *arguments)

    def _rows(self, collection: str, where: str, *arguments: object) -> list[Any]:
        return sqlite_file.rows(self._connection, collection, where, arguments)

    def _put(self, collection: str, record: dict[str, Any]) -> None:
        sqlite_file.put(self._connection, collection, record)


def _new_id(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(5).upper()}"
