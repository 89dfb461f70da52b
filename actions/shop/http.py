"""The shop behind a REST API: the port over HTTP, through a mapping of its paths and fields.

The API is asked with the shop's own token and would tell anything; so the guard is here: every call about an order
reads that order first, and refuses one that isn't the customer's. What only needs reading (what can be returned, which
charge was refunded) is worked out here, from the API's records; changes are decided by the API, whose refusals become
the port's errors.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence

from actions.shop import records, rules
from actions.shop.clock import Clock, utc_now
from actions.shop.errors import (
    AddressInvalid,
    AddressLocked,
    AlreadyRefunded,
    CustomerNotFound,
    NotCancellable,
    NotFound,
    NotRefundable,
    NotReturnable,
    OrderNotFound,
    ProductNotFound,
    ShopMisconfigured,
)
from actions.shop.http_api import ShopApi
from actions.shop.http_client import Answer, HttpClient
from actions.shop.mapping import ShopMapping
from actions.shop.model import (
    Address,
    ChargeState,
    Customer,
    CustomerId,
    NotReturnableReason,
    Order,
    Policies,
    Product,
    Refund,
    Return,
    Returnable,
    Shipment,
)

_REASONS = {reason.value: reason for reason in NotReturnableReason}


class HttpShop:
    """The shop behind a REST API. See `actions.shop.port.Shop` for what each call promises.

    Args:
        base_url: the API's address; https, or http on this machine.
        mapping: how the API differs from the one in docs/shop.md.
        token: the shop's own token; None for an API without one.
        timeout: seconds that one call to the API may take. A call of the port makes up to three, one after another.
        default_region: for phone numbers without a country code, ISO 3166-1 alpha-2.
        clock: gives the time now in UTC; the return window is counted in that clock's days.
    """

    def __init__(
        self,
        base_url: str,
        mapping: ShopMapping | None = None,
        *,
        token: str | None = None,
        timeout: float = 4.0,
        default_region: str = "DK",
        clock: Clock = utc_now,
    ) -> None:
        mapping = mapping or ShopMapping()
        self._client = HttpClient(base_url, auth=mapping.auth, token=token, timeout=timeout)
        self._api = ShopApi(self._client, mapping, default_region)
        self._region = default_region
        self._clock = clock

    async def authenticate(
        self, order_number: str, *, email: str | None = None, phone: str | None = None
    ) -> CustomerId | None:
        """See the port."""
        try:
            order = await self._any_order(order_number)
            customer = await self.customer(order.customer_id)
        except NotFound:
            return None
        return customer.customer_id if rules.is_proven(customer, email, phone, self._region) else None

    async def customer(self, customer_id: CustomerId) -> Customer:
        """See the port."""
        found: Customer = await self._api.one("customer", "customer", CustomerNotFound(), customer_id=customer_id)
        if found.customer_id != customer_id:
            raise CustomerNotFound
        return found

    async def order(self, customer_id: CustomerId, order_number: str) -> Order:
        """See the port."""
        order = await self._any_order(order_number)
        if order.customer_id != customer_id:
            raise OrderNotFound
        return order

    async def orders(self, customer_id: CustomerId, limit: int = 10) -> tuple[Order, ...]:
        """See the port."""
        if limit < 1:
            return ()
        query = {"limit": str(limit)}
        try:
            found = await self._api.many("orders", "order", CustomerNotFound(), query, customer_id=customer_id)
        except CustomerNotFound:
            return ()
        theirs = [order for order in found if order.customer_id == customer_id]
        theirs.sort(key=lambda order: (order.placed_at, order.order_number), reverse=True)
        return tuple(theirs[:limit])

    async def shipments(self, customer_id: CustomerId, order_number: str) -> tuple[Shipment, ...]:
        """See the port."""
        order = await self.order(customer_id, order_number)
        found = await self._api.of_order("shipments", "shipment", order)
        return tuple(sorted(found, key=lambda shipment: shipment.shipment_id))

    async def returnable_items(self, customer_id: CustomerId, order_number: str) -> Returnable:
        """See the port."""
        order = await self.order(customer_id, order_number)
        returns, policies = await asyncio.gather(self._returns(order), self.policies())
        return rules.returnable(order, returns, policies, self._clock().date())

    async def returns(self, customer_id: CustomerId, order_number: str) -> tuple[Return, ...]:
        """See the port."""
        return await self._returns(await self.order(customer_id, order_number))

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
        order = await self.order(customer_id, order_number)
        body = {"line_ids": list(dict.fromkeys(line_ids)), "reason": reason}
        answer = await self._change("start_return", order, body, idempotency_key)
        if not answer.ok:
            reason_code = _REASONS.get(self._api.code(answer) or "", NotReturnableReason.REFUSED_BY_SHOP)
            raise NotReturnable(reason_code, self._api.refused_lines(answer))
        started: Return = self._api.made("start_return", "return", answer, order)
        return started

    async def cancel_order(self, customer_id: CustomerId, order_number: str, *, idempotency_key: str) -> Order:
        """See the port."""
        before = await self.order(customer_id, order_number)
        answer = await self._change("cancel_order", before, {}, idempotency_key)
        after = await self.order(customer_id, order_number)
        if not answer.ok:
            raise NotCancellable(after.status)
        return after

    async def change_address(
        self, customer_id: CustomerId, order_number: str, address: Address, *, idempotency_key: str
    ) -> Order:
        """See the port."""
        before = await self.order(customer_id, order_number)
        rules.check_address_parts(address)
        answer = await self._change("change_address", before, records.address_record(address), idempotency_key)
        if self._api.code(answer) == "address_invalid" or answer.status in (400, 422):
            raise AddressInvalid
        after = await self.order(customer_id, order_number)
        if not answer.ok:
            raise AddressLocked(after.status)
        return after

    async def charges(self, customer_id: CustomerId, order_number: str) -> tuple[ChargeState, ...]:
        """See the port."""
        order = await self.order(customer_id, order_number)
        return rules.charge_states(order, await self._refunds(order))

    async def refunds(self, customer_id: CustomerId, order_number: str) -> tuple[Refund, ...]:
        """See the port."""
        return await self._refunds(await self.order(customer_id, order_number))

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
        order = await self.order(customer_id, order_number)
        body = {"charge_id": charge_id, "reason": reason}
        answer = await self._change("request_refund", order, body, idempotency_key)
        if not answer.ok:
            twice = self._api.code(answer) == "already_refunded"
            raise AlreadyRefunded(charge_id) if twice else NotRefundable(charge_id)
        refund: Refund = self._api.made("request_refund", "refund", answer, order)
        return refund

    async def policies(self) -> Policies:
        """See the port."""
        return records.policies_from(await self._api.policies())

    async def product(self, sku: str) -> Product:
        """See the port."""
        found: Product = await self._api.one("product", "product", ProductNotFound(), sku=sku)
        return found

    async def search_products(self, query: str, limit: int = 5) -> tuple[Product, ...]:
        """See the port; here the API decides what matches."""
        if not query.split() or limit < 1:
            return ()
        asked = {"q": query, "limit": str(limit)}
        found = await self._api.many("search_products", "product", ProductNotFound(), asked)
        return tuple(found[:limit])

    async def product_names(self) -> tuple[str, ...]:
        """See the port; here the API decides which products it lists."""
        missing = ShopMisconfigured("The shop's API does not list its products; see list_products in docs/shop.md.")
        found = await self._api.many("list_products", "product", missing, {})
        return tuple(sorted({product.name for product in found}))

    async def close(self) -> None:
        """See the port."""
        await self._client.close()

    async def _any_order(self, order_number: str) -> Order:
        order: Order = await self._api.one("order", "order", OrderNotFound(), order_number=order_number)
        if order.order_number != order_number:  # an API that searches may find a near miss
            raise OrderNotFound
        return order

    async def _change(self, call: str, order: Order, body: Mapping[str, object], idempotency_key: str) -> Answer:
        # The port's keys belong to a customer, an API's to its caller: the hash keeps two customers' keys apart.
        key = hashlib.sha256(f"{order.customer_id}\n{idempotency_key}".encode()).hexdigest()
        return await self._api.change(call, order, body, key)

    async def _returns(self, order: Order) -> tuple[Return, ...]:
        found = await self._api.of_order("returns", "return", order)
        return tuple(sorted(found, key=lambda started: (started.created_at, started.return_id)))

    async def _refunds(self, order: Order) -> tuple[Refund, ...]:
        found = await self._api.of_order("refunds", "refund", order)
        return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.refund_id)))
