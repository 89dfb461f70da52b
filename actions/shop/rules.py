"""The shop's rules as pure functions: who proved what, what may be returned, cancelled, changed or refunded."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import phonenumbers

from actions.shop.errors import (
    AddressInvalid,
    AddressLocked,
    AlreadyRefunded,
    NotCancellable,
    NotRefundable,
    NotReturnable,
)
from actions.shop.model import (
    Address,
    Charge,
    ChargeState,
    Customer,
    Money,
    NotReturnableReason,
    Order,
    OrderItem,
    OrderStatus,
    Policies,
    Refund,
    RefundStatus,
    Return,
    Returnable,
)

_ADDRESS_FIELDS = ("name", "street", "postal_code", "city")
_ADDRESS_PART_LIMIT = 200


def e164(phone: str, default_region: str) -> str | None:
    """A phone number in E.164, or None when it can't be one.

    Args:
        phone: in any usual notation.
        default_region: ISO 3166-1 alpha-2, for numbers written without their country code.
    """
    try:
        number = phonenumbers.parse(phone, default_region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_proven(customer: Customer, email: str | None, phone: str | None, default_region: str) -> bool:
    """Whether at least one detail was given and every given one is the customer's."""
    if email is None and phone is None:
        return False
    if email is not None and _folded(email) != _folded(customer.email):
        return False
    if phone is None:
        return True
    theirs = e164(customer.phone, default_region) if customer.phone else None
    return theirs is not None and theirs == e164(phone, default_region)


def _folded(email: str) -> str:
    return unicodedata.normalize("NFC", email).strip().casefold()


def returnable(order: Order, returns: Iterable[Return], policies: Policies, today: date) -> Returnable:
    """What can be sent back of an order on a day, and why the rest can't."""
    return_by = order.delivered_at.date() + timedelta(days=policies.return_window_days) if order.delivered_at else None
    whole = _whole_order_reason(order, return_by, today)
    gone = {line_id for earlier in returns for line_id in earlier.line_ids}
    refused = {
        item.line_id: reason for item in order.items if (reason := _line_reason(item, gone) or whole) is not None
    }
    items = tuple(item for item in order.items if item.line_id not in refused)
    return Returnable(items, None if items else whole or _common(refused.values()), refused, return_by)


def _whole_order_reason(order: Order, return_by: date | None, today: date) -> NotReturnableReason | None:
    if order.status is OrderStatus.CANCELLED:
        return NotReturnableReason.CANCELLED
    if order.status is OrderStatus.RETURNED:
        return NotReturnableReason.ALREADY_RETURNED
    if order.status is not OrderStatus.DELIVERED:
        return NotReturnableReason.NOT_DELIVERED
    if return_by is None:  # delivered, but the shop does not know when: only a person can judge the window
        return NotReturnableReason.REFUSED_BY_SHOP
    return NotReturnableReason.WINDOW_OVER if today > return_by else None


def _line_reason(item: OrderItem, gone: set[str]) -> NotReturnableReason | None:
    if item.line_id in gone:
        return NotReturnableReason.ALREADY_RETURNED
    return None if item.returnable else NotReturnableReason.FINAL_SALE


def _common(reasons: Iterable[NotReturnableReason]) -> NotReturnableReason:
    """The reason to give when different lines have different ones: what was returned says more than what can't be."""
    found = set(reasons)
    if NotReturnableReason.ALREADY_RETURNED in found:
        return NotReturnableReason.ALREADY_RETURNED
    return NotReturnableReason.FINAL_SALE if found else NotReturnableReason.UNKNOWN_LINE


def check_return(order: Order, state: Returnable, line_ids: Sequence[str]) -> Money:
    """What will be paid back for the chosen lines. Raises NotReturnable when any of them can't go back."""
    chosen = dict.fromkeys(line_ids)
    known = {item.line_id for item in order.items}
    unknown = [line_id for line_id in chosen if line_id not in known]
    if unknown or not chosen:
        raise NotReturnable(NotReturnableReason.UNKNOWN_LINE, unknown)
    if state.reason is not None:
        raise NotReturnable(state.reason)
    refused = [line_id for line_id in chosen if line_id in state.refused]
    if refused:
        raise NotReturnable(state.refused[refused[0]], refused)
    return Money(sum(item.price.amount for item in order.items if item.line_id in chosen), order.currency)


def check_cancel(order: Order, policies: Policies) -> None:
    """Raises NotCancellable when the order has gone too far."""
    if order.status is OrderStatus.CANCELLED or order.status not in policies.cancellable:
        raise NotCancellable(order.status)


def check_address(order: Order, policies: Policies, address: Address) -> None:
    """Raises AddressInvalid when a part can't be one, AddressLocked when the order has gone too far."""
    check_address_parts(address)
    if order.status not in policies.address_changeable:
        raise AddressLocked(order.status)


def check_address_parts(address: Address) -> None:
    """Raises AddressInvalid naming the first part that is empty, overlong or no text of one line."""
    for name in _ADDRESS_FIELDS:
        part: str = getattr(address, name)
        if not part.strip() or len(part) > _ADDRESS_PART_LIMIT or not part.isprintable():
            raise AddressInvalid(name)
    if not (
        len(address.country) == 2
        and address.country.isascii()
        and address.country.isalpha()
        and address.country.isupper()
    ):
        raise AddressInvalid("country")


def charge_states(order: Order, refunds: Iterable[Refund]) -> tuple[ChargeState, ...]:
    """Each charge with the refund that covers it: its own, or that of the whole cancelled order."""
    by_charge = {refund.charge_id: refund for refund in refunds}
    whole = by_charge.get(None)
    return tuple(ChargeState(charge, by_charge.get(charge.charge_id, whole)) for charge in order.charges)


def check_refund(states: Iterable[ChargeState], charge_id: str) -> Charge:
    """The charge, when it may be refunded. Raises NotRefundable or AlreadyRefunded."""
    state = next((state for state in states if state.charge.charge_id == charge_id), None)
    if state is None:
        raise NotRefundable(charge_id)
    if state.refund is not None:
        raise AlreadyRefunded(charge_id)
    if not state.can_be_refunded:
        raise NotRefundable(charge_id)
    return state.charge


def cancellation_refund(order: Order, refunds: Iterable[Refund]) -> Money:
    """What is still to be paid back when an order is cancelled: nothing, once it was paid back whole."""
    standing = [refund for refund in refunds if refund.status is not RefundStatus.REJECTED]
    if any(refund.charge_id is None for refund in refunds):
        return Money(0, order.currency)
    paid = sum(refund.amount.amount for refund in standing)
    return Money(max(0, order.total.amount - paid), order.currency)
