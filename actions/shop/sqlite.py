"""The embedded shop: the port over one SQLite file.

Every call runs on one thread of the adapter's own, which holds the one connection. A query takes well under a
millisecond, but a write may wait for another process's transaction (an import, say), and that wait must not stop the
action server's event loop. Writers exclude each other in the file itself, so any number of processes may share it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from actions.shop import sqlite_file
from actions.shop.clock import Clock, utc_now
from actions.shop.errors import ShopMisconfigured, ShopUnavailable
from actions.shop.model import (
    Address,
    ChargeState,
    Customer,
    CustomerId,
    Order,
    Policies,
    Product,
    Refund,
    Return,
    Returnable,
    Shipment,
)
from actions.shop.sqlite_store import SqliteStore

Result = TypeVar("Result")


class SqliteShop:
    """The shop in a SQLite file. See `actions.shop.port.Shop` for what each call promises.

    Args:
        path: the file; made empty, readable by its owner only, when missing.
        default_region: for phone numbers without a country code, ISO 3166-1 alpha-2.
        clock: gives the time now in UTC; the return window is counted in that clock's days.
    """

    def __init__(self, path: Path, *, default_region: str = "DK", clock: Clock = utc_now) -> None:
        self._path = path
        self._region = default_region
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="shop")
        self._connection: sqlite3.Connection | None = None

    async def authenticate(
        self, order_number: str, *, email: str | None = None, phone: str | None = None
    ) -> CustomerId | None:
        """See the port."""
        return await self._run(lambda store: store.authenticate(order_number, email, phone))

    async def customer(self, customer_id: CustomerId) -> Customer:
        """See the port."""
        return await self._run(lambda store: store.customer(customer_id))

    async def order(self, customer_id: CustomerId, order_number: str) -> Order:
        """See the port."""
        return await self._run(lambda store: store.order(customer_id, order_number))

    async def orders(self, customer_id: CustomerId, limit: int = 10) -> tuple[Order, ...]:
        """See the port."""
        return await self._run(lambda store: store.orders(customer_id, limit))

    async def shipments(self, customer_id: CustomerId, order_number: str) -> tuple[Shipment, ...]:
        """See the port."""
        return await self._run(lambda store: store.shipments(customer_id, order_number))

    async def returnable_items(self, customer_id: CustomerId, order_number: str) -> Returnable:
        """See the port."""
        return await self._run(lambda store: store.returnable_items(customer_id, order_number))

    async def returns(self, customer_id: CustomerId, order_number: str) -> tuple[Return, ...]:
        """See the port."""
        return await self._run(lambda store: store.returns(customer_id, order_number))

    async def start_return(
        self,
        customer_id: CustomerId,
        order_number: str,
        line_ids: Sequence[str],
        reason: str,
        *,
        idempotency_key: str,
    ) -> Return:
        """See the port."""
        return await self._run(
            lambda store: store.start_return(customer_id, order_number, line_ids, reason, idempotency_key)
        )

    async def cancel_order(self, customer_id: CustomerId, order_number: str, *, idempotency_key: str) -> Order:
        """See the port."""
        return await self._run(lambda store: store.cancel_order(customer_id, order_number, idempotency_key))

    async def change_address(
        self, customer_id: CustomerId, order_number: str, address: Address, *, idempotency_key: str
    ) -> Order:
        """See the port."""
        return await self._run(lambda store: store.change_address(customer_id, order_number, address, idempotency_key))

    async def charges(self, customer_id: CustomerId, order_number: str) -> tuple[ChargeState, ...]:
        """See the port."""
        return await self._run(lambda store: store.charges(customer_id, order_number))

    async def refunds(self, customer_id: CustomerId, order_number: str) -> tuple[Refund, ...]:
        """See the port."""
        return await self._run(lambda store: store.refunds(customer_id, order_number))

    async def request_refund(
        self,
        customer_id: CustomerId,
        order_number: str,
        charge_id: str,
        reason: str,
        *,
        idempotency_key: str,
    ) -> Refund:
        """See the port."""
        return await self._run(
            lambda store: store.request_refund(customer_id, order_number, charge_id, reason, idempotency_key)
        )

    async def policies(self) -> Policies:
        """See the port."""
        return await self._run(lambda store: store.policies())

    async def product(self, sku: str) -> Product:
        """See the port."""
        return await self._run(lambda store: store.product(sku))

    async def search_products(self, query: str, limit: int = 5) -> tuple[Product, ...]:
        """See the port."""
        return await self._run(lambda store: store.search_products(query, limit))

    async def product_names(self) -> tuple[str, ...]:
        """See the port."""
        return await self._run(lambda store: store.product_names())

    async def close(self) -> None:
        """See the port."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    async def _run(self, call: Callable[[SqliteStore], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, call)
        except sqlite3.OperationalError as error:  # locked for too long, disk full, file gone
            raise ShopUnavailable from error
        except sqlite3.DatabaseError as error:
            raise ShopMisconfigured(f"The shop file {self._path} is damaged ({error}); restore it.") from error

    def _call(self, call: Callable[[SqliteStore], Result]) -> Result:
        if self._connection is None:
            self._connection = sqlite_file.connect(self._path)
        return call(SqliteStore(self._connection, self._region, self._clock))

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
