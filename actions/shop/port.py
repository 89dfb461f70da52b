"""The shop port: everything the bot may ask of, or do at, a shop.

Two adapters implement it, `actions.shop.sqlite` and `actions.shop.http`; one contract suite
(`tests/actions/shop/test_contract.py`) holds both to what is written here.

**Who may see what.** `authenticate` is the only way from an order number to a customer. Every other call takes that
customer, and an adapter answers OrderNotFound for an order that isn't theirs, exactly as for one that does not exist.

**Changing things.** Each changing call takes an idempotency key, made once per confirmed intention. The same key with
the same request gives the same result and changes nothing again; with another request it raises IdempotencyConflict.
Keys belong to a customer. After ShopUnavailable the call may be repeated with the same key. Every changing call is
atomic: two at the same time can't return a line, or refund a charge, twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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


class Shop(Protocol):
    """A shop's order back end. Any call may raise ShopUnavailable or ShopMisconfigured."""

    async def authenticate(
        self, order_number: str, *, email: str | None = None, phone: str | None = None
    ) -> CustomerId | None:
        """Whose order it is, proven by a detail that only the customer should know.

        Args:
            order_number: as on the receipt.
            email: compared without regard to case.
            phone: in any usual notation; read in the shop's default region and compared as E.164.

        Returns:
            The customer; or None when there is no such order, when a given detail is not its customer's, or when no
            detail was given. The three can't be told apart. Limiting the number of guesses is the caller's part.
        """
        ...

    async def customer(self, customer_id: CustomerId) -> Customer:
        """The customer's own record. Raises CustomerNotFound."""
        ...

    async def order(self, customer_id: CustomerId, order_number: str) -> Order:
        """One order of the customer. Raises OrderNotFound."""
        ...

    async def orders(self, customer_id: CustomerId, limit: int = 10) -> tuple[Order, ...]:
        """The customer's orders, newest first, at most `limit`; none for an unknown customer."""
        ...

    async def shipments(self, customer_id: CustomerId, order_number: str) -> tuple[Shipment, ...]:
        """The parcels of an order, with their tracking events. Raises OrderNotFound."""
        ...

    async def returnable_items(self, customer_id: CustomerId, order_number: str) -> Returnable:
        """What can be sent back of an order now, and why the rest can't. Raises OrderNotFound."""
        ...

    async def returns(self, customer_id: CustomerId, order_number: str) -> tuple[Return, ...]:
        """The returns started on an order, oldest first. Raises OrderNotFound."""
        ...

    async def start_return(
        self,
        customer_id: CustomerId,
        order_number: str,
        line_ids: Sequence[str],
        reason: str,
        *,
        idempotency_key: str,
    ) -> Return:
        """Sends chosen lines of a delivered order back: all of them, or none.

        At most 2,000 characters of `reason` are kept.

        Raises OrderNotFound, NotReturnable, IdempotencyConflict.
        """
        ...

    async def cancel_order(self, customer_id: CustomerId, order_number: str, *, idempotency_key: str) -> Order:
        """Cancels an order that has not gone too far and gives its money back; the answer is the cancelled order.

        Raises OrderNotFound, NotCancellable, IdempotencyConflict.
        """
        ...

    async def change_address(
        self, customer_id: CustomerId, order_number: str, address: Address, *, idempotency_key: str
    ) -> Order:
        """Sends an order somewhere else; the answer is the order with its new address.

        Raises OrderNotFound, AddressLocked, AddressInvalid, IdempotencyConflict.
        """
        ...

    async def charges(self, customer_id: CustomerId, order_number: str) -> tuple[ChargeState, ...]:
        """The fees on an order, each with the refund already asked for it. Raises OrderNotFound."""
        ...

    async def refunds(self, customer_id: CustomerId, order_number: str) -> tuple[Refund, ...]:
        """The refunds of an order, oldest first. Raises OrderNotFound."""
        ...

    async def request_refund(
        self,
        customer_id: CustomerId,
        order_number: str,
        charge_id: str,
        reason: str,
        *,
        idempotency_key: str,
    ) -> Refund:
        """Asks for one charge of an order back, in full.

        Raises OrderNotFound, NotRefundable, AlreadyRefunded, IdempotencyConflict.
        """
        ...

    async def policies(self) -> Policies:
        """The shop's rules and its own words about them."""
        ...

    async def product(self, sku: str) -> Product:
        """One product. Raises ProductNotFound."""
        ...

    async def search_products(self, query: str, limit: int = 5) -> tuple[Product, ...]:
        """Products whose name, category or description holds every word of the query; name matches come first."""
        ...

    async def product_names(self) -> tuple[str, ...]:
        """The name of every product, by which customers may mention it; each once, in no order that means anything.

        Raises ShopMisconfigured when the shop does not list its products.
        """
        ...

    async def close(self) -> None:
        """Lets go of files and connections. The shop can't be used afterwards."""
        ...
