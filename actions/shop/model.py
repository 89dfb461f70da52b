"""What a shop knows: frozen types in the words of a customer's order, with no database and no network.

Times are aware `datetime`s in UTC. Ids are the shop's own strings. An order number is what the customer reads
on the receipt; a line id and a charge id are unique inside their order, every other id inside the shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NewType

CustomerId = NewType("CustomerId", str)

_DIGITS = {"JPY": 0, "KRW": 0, "ISK": 0, "CLP": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def minor_digits(currency: str) -> int:
    """How many decimals an ISO 4217 currency has: 2 for most, 0 for yen, 3 for dinars."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, order=True)
class Money:
    """An amount in the currency's minor unit (cents, øre), so that no sum is ever rounded.

    Args:
        amount: whole minor units; negative for a discount.
        currency: ISO 4217 code such as `EUR`.
    """

    amount: int
    currency: str

    def __str__(self) -> str:
        digits = minor_digits(self.currency)
        sign, units = ("-" if self.amount < 0 else ""), abs(self.amount)
        whole, part = divmod(units, 10**digits)
        return f"{sign}{whole:,}{f'.{part:0{digits}d}' if digits else ''} {self.currency}"


class OrderStatus(str, Enum):
    """Where an order as a whole stands; how far a parcel got is the shipment's matter."""

    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class ShipmentStatus(str, Enum):
    """Where a parcel stands, as its carrier last said."""

    PREPARING = "preparing"
    IN_TRANSIT = "in_transit"
    DELAYED = "delayed"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    LOST = "lost"


class ReturnStatus(str, Enum):
    """Where a return stands. A line once returned stays so, also when the shop rejects the return."""

    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REJECTED = "rejected"


class RefundStatus(str, Enum):
    """Where a refund stands."""

    REQUESTED = "requested"
    PAID = "paid"
    REJECTED = "rejected"


class NotReturnableReason(str, Enum):
    """Why a line, or a whole order, can't be sent back."""

    NOT_DELIVERED = "not_delivered"
    CANCELLED = "cancelled"
    WINDOW_OVER = "window_over"
    ALREADY_RETURNED = "already_returned"
    FINAL_SALE = "final_sale"
    UNKNOWN_LINE = "unknown_line"
    REFUSED_BY_SHOP = "refused_by_shop"


@dataclass(frozen=True)
class Address:
    """Where an order goes. `country` is ISO 3166-1 alpha-2."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str

    def one_line(self) -> str:
        """The address as one line to read back to the customer."""
        return f"{self.name}, {self.street}, {self.postal_code} {self.city}, {self.country}"


@dataclass(frozen=True)
class Customer:
    """A person the shop has sold to. `phone` is E.164 when known, `language` an IETF tag."""

    customer_id: CustomerId
    name: str
    email: str
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Product:
    """Something the shop sells."""

    sku: str
    name: str
    description: str
    category: str
    price: Money
    in_stock: bool = True
    returnable: bool = True


@dataclass(frozen=True)
class OrderItem:
    """One line of an order; it is returned whole. `returnable` is false for final sales."""

    line_id: str
    sku: str
    name: str
    quantity: int
    unit_price: Money
    returnable: bool = True

    @property
    def price(self) -> Money:
        """What the whole line cost."""
        return Money(self.unit_price.amount * self.quantity, self.unit_price.currency)


@dataclass(frozen=True)
class Charge:
    """A fee (or, negative, a discount) on an order beside its items.

    Args:
        kind: `delivery`, `express`, `gift_wrap`, `handling`, … — the shop's own word.
        refundable: whether the shop lets it be given back without a person looking at it.
    """

    charge_id: str
    kind: str
    description: str
    amount: Money
    refundable: bool = False


@dataclass(frozen=True)
class Order:
    """One purchase of one customer. `delivered_at` is set once the last parcel has arrived."""

    order_number: str
    customer_id: CustomerId
    status: OrderStatus
    placed_at: datetime
    address: Address
    currency: str
    items: tuple[OrderItem, ...]
    charges: tuple[Charge, ...] = ()
    delivered_at: datetime | None = None

    @property
    def total(self) -> Money:
        """What the customer paid: every line and every charge."""
        lines = sum(item.price.amount for item in self.items)
        return Money(lines + sum(charge.amount.amount for charge in self.charges), self.currency)


@dataclass(frozen=True)
class TrackingEvent:
    """One thing a carrier said about a parcel, such as "Arrived at the sorting centre"."""

    at: datetime
    description: str
    location: str | None = None


@dataclass(frozen=True)
class Shipment:
    """One parcel of an order. `events` are oldest first; `line_ids` are the lines inside it."""

    shipment_id: str
    order_number: str
    status: ShipmentStatus
    carrier: str
    tracking_number: str
    line_ids: tuple[str, ...]
    expected_delivery: date | None = None
    tracking_url: str | None = None
    events: tuple[TrackingEvent, ...] = ()


@dataclass(frozen=True)
class Return:
    """Lines of one order on their way back. `refund_amount` is what is paid once they have arrived."""

    return_id: str
    order_number: str
    line_ids: tuple[str, ...]
    reason: str
    status: ReturnStatus
    created_at: datetime
    refund_amount: Money


@dataclass(frozen=True)
class Refund:
    """Money going back: for one charge, or for a whole cancelled order when `charge_id` is None."""

    refund_id: str
    order_number: str
    amount: Money
    reason: str
    status: RefundStatus
    created_at: datetime
    charge_id: str | None = None


@dataclass(frozen=True)
class Returnable:
    """What can be sent back of an order now.

    Args:
        items: the lines that can; empty when none can.
        reason: why none can, or None.
        refused: why each other line can't, by line id.
        return_by: the last day on which a return may be started; None before delivery.
    """

    items: tuple[OrderItem, ...]
    reason: NotReturnableReason | None
    refused: Mapping[str, NotReturnableReason] = field(default_factory=dict)
    return_by: date | None = None


@dataclass(frozen=True)
class ChargeState:
    """A charge, and the refund already asked for it, if any."""

    charge: Charge
    refund: Refund | None = None

    @property
    def can_be_refunded(self) -> bool:
        """Whether `request_refund` would take it."""
        return self.charge.refundable and self.charge.amount.amount > 0 and self.refund is None


@dataclass(frozen=True)
class Policies:
    """The shop's rules, and its own words about them.

    Args:
        shop_name: what the shop calls itself.
        return_window_days: how many days after delivery a return may be started; the last day counts.
        refund_days: how many working days a refund takes to arrive.
        cancellable: the statuses in which an order can still be cancelled.
        address_changeable: the statuses in which the delivery address can still be changed.
        texts: the shop's sentences by topic (`delivery`, `warranty`, `opening_hours`, …).
    """

    shop_name: str
    return_window_days: int = 30
    refund_days: int = 5
    cancellable: frozenset[OrderStatus] = frozenset({OrderStatus.PLACED})
    address_changeable: frozenset[OrderStatus] = frozenset({OrderStatus.PLACED, OrderStatus.PACKED})
    texts: Mapping[str, str] = field(default_factory=dict)
