"""Everything that can go wrong at the shop, as one tree.

    ShopError
    ├── ShopUnavailable         not reachable or too slow: try again with the same idempotency key
    ├── ShopMisconfigured       a setting, the mapping or the shop's answer can't be understood: for the operator
    ├── ShopFileRefused         a file to import is wrong; nothing was changed; names each wrong record
    ├── IdempotencyConflict     the key was used before for something else
    ├── NotFound
    │   ├── OrderNotFound       no such order, or not this customer's: never told apart
    │   ├── CustomerNotFound
    │   └── ProductNotFound
    └── Refused                 a rule of the shop says no
        ├── NotReturnable       .reason, .line_ids
        ├── NotCancellable      .status
        ├── AddressLocked       .status
        ├── AddressInvalid      .field
        ├── NotRefundable       .charge_id
        └── AlreadyRefunded     .charge_id

`str(error)` is an English sentence that may be shown to a customer, except below ShopMisconfigured and ShopFileRefused,
whose sentences are for whoever runs the shop. `error.code` is stable, for a bot that phrases it in another language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from actions.shop.model import NotReturnableReason, OrderStatus


class ShopError(Exception):
    """The root: catch this to catch everything the shop port raises on purpose."""

    code: ClassVar[str] = "shop_error"


class ShopUnavailable(ShopError):
    """The shop can't be reached, or did not answer in time. A change may or may not have been made."""

    code = "shop_unavailable"

    def __init__(self) -> None:
        super().__init__("The shop's order system is not answering right now. Please try again in a moment.")


class ShopMisconfigured(ShopError):
    """A setting, the mapping file, or an answer of the shop's API can't be understood."""

    code = "shop_misconfigured"


class ShopFileRefused(ShopError):
    """A file to import breaks the schema or points at a record that is not there.

    Args:
        problems: one sentence for each wrong record, naming its JSON path and id.
    """

    code = "shop_file_refused"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class IdempotencyConflict(ShopError):
    """The idempotency key was used before, for another request."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__("This request was already used for something else. Please start it again.")


class NotFound(ShopError):
    """The shop does not have it."""

    code = "not_found"


class OrderNotFound(NotFound):
    """No such order, or it is another customer's."""

    code = "order_not_found"

    def __init__(self) -> None:
        super().__init__("I can't find that order among yours. Please check the order number.")


class CustomerNotFound(NotFound):
    """The shop has no such customer."""

    code = "customer_not_found"

    def __init__(self) -> None:
        super().__init__("I can't find your customer record.")


class ProductNotFound(NotFound):
    """The shop has no such product."""

    code = "product_not_found"

    def __init__(self) -> None:
        super().__init__("I can't find that product.")


class Refused(ShopError):
    """A rule of the shop says no; asking again does not help."""

    code = "refused"


_NOT_RETURNABLE = {
    NotReturnableReason.NOT_DELIVERED: "It has not been delivered yet, so it can't be returned yet.",
    NotReturnableReason.CANCELLED: "The order was cancelled, so there is nothing to return.",
    NotReturnableReason.WINDOW_OVER: "The time for returning it is over.",
    NotReturnableReason.ALREADY_RETURNED: "It has already been returned.",
    NotReturnableReason.FINAL_SALE: "It can't be returned, because it was made to order or sold as final.",
    NotReturnableReason.UNKNOWN_LINE: "That item is not part of the order.",
    NotReturnableReason.REFUSED_BY_SHOP: "The shop does not accept a return of it.",
}


class NotReturnable(Refused):
    """Some of the chosen lines can't be returned; none was.

    Args:
        reason: why.
        line_ids: the lines it is about; empty when it is the whole order.
    """

    code = "not_returnable"

    def __init__(self, reason: NotReturnableReason, line_ids: Sequence[str] = ()) -> None:
        self.reason = reason
        self.line_ids = tuple(line_ids)
        super().__init__(_NOT_RETURNABLE[reason])


_CANCELLED = "The order is already cancelled."
_TOO_LATE = {
    OrderStatus.PACKED: "it is already packed",
    OrderStatus.SHIPPED: "it is already on its way",
    OrderStatus.DELIVERED: "it has already been delivered",
    OrderStatus.RETURNED: "it has already been returned",
}


class NotCancellable(Refused):
    """The order has gone too far to be cancelled. `status` is None when the shop did not say why."""

    code = "not_cancellable"

    def __init__(self, status: OrderStatus | None = None) -> None:
        self.status = status
        why = _TOO_LATE.get(status, "the shop no longer allows it") if status else "the shop no longer allows it"
        super().__init__(
            _CANCELLED if status is OrderStatus.CANCELLED else f"The order can't be cancelled, because {why}."
        )


class AddressLocked(Refused):
    """The order has gone too far for another address. `status` is None when the shop did not say why."""

    code = "address_locked"

    def __init__(self, status: OrderStatus | None = None) -> None:
        self.status = status
        why = _TOO_LATE.get(status, "the shop no longer allows it") if status else "the shop no longer allows it"
        super().__init__(
            _CANCELLED if status is OrderStatus.CANCELLED else f"The address can't be changed, because {why}."
        )


class AddressInvalid(Refused):
    """A part of the address is missing or unusable. `field` names it, or is None when the shop did not say."""

    code = "address_invalid"

    def __init__(self, field: str | None = None) -> None:
        self.field = field
        what = f"Its {field.replace('_', ' ')} is missing or wrong." if field else "Please check each part of it."
        super().__init__(f"That address can't be used. {what}")


class NotRefundable(Refused):
    """The charge is not on the order, or only a person may give it back."""

    code = "not_refundable"

    def __init__(self, charge_id: str) -> None:
        self.charge_id = charge_id
        super().__init__("I can't refund that charge myself; a person has to look at it.")


class AlreadyRefunded(Refused):
    """A refund of this charge was asked for before."""

    code = "already_refunded"

    def __init__(self, charge_id: str) -> None:
        self.charge_id = charge_id
        super().__init__("A refund of that charge has already been requested.")
