"""Who may hear about which order.

Nothing about an order is told, and nothing of it changed, before the customer is proven to be its owner: by a user that
the host page signed, or by an e-mail address or phone number that is on the order. What is proven is one order in one
conversation; the next order is proven again, silently when the detail already given is on it too. What the gateway says
the same customer has proven in another conversation counts for the turn of which it says so, and is not kept here: once
the two conversations are parted, it counts no more.

Wrong details get the same answer whether the order exists or not. After MAX_FAILURES wrong pairs nothing more is tried
in this conversation, so nobody can guess on; starting over does not bring the tries back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import phonenumbers
from rasa_sdk import Tracker

from actions.services import phone_region
from actions.shop import CustomerId, OrderNotFound, Shop
from actions.shop.rules import e164
from actions.turn import Contact, Turn

MAX_FAILURES = 3

_ORDER_NUMBER = re.compile(r"(?:#\s*|bn[-\s]*)?([0-9A-Za-z][0-9A-Za-z-]{2,31})", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


def read_order_number(written: str) -> str | None:
    """An order number as the shop writes it: without "#" or "BN-"; None when it can't be one."""
    match = _ORDER_NUMBER.fullmatch(written.strip())
    return match[1] if match and any(character.isdigit() for character in match[1]) else None


def read_contact_detail(written: str) -> str | None:
    """An e-mail address, or a phone number in E.164; None when it is neither."""
    written = written.strip()
    return written if _EMAIL.fullmatch(written) else read_phone(written)


def read_phone(written: str, *, to_call: bool = False) -> str | None:
    """A phone number in E.164; None when it is none. Numbers without a country are the default region's.

    Args:
        written: in any usual notation.
        to_call: also None when nobody can have that number. To compare with an order's, its length is enough.
    """
    number = e164(written, phone_region())
    if number and to_call and not phonenumbers.is_valid_number(phonenumbers.parse(number)):
        return None
    return number


@dataclass(frozen=True)
class Failures:
    """The wrong tries of a conversation: how many, and the pair that was wrong last."""

    count: int = 0
    order_number: str | None = None
    contact_detail: str | None = None

    @classmethod
    def of(cls, tracker: Tracker) -> Failures:
        """The tries so far."""
        return cls(**(tracker.get_slot("failed_proofs") or {}))

    @property
    def locked(self) -> bool:
        """Whether nothing more is tried in this conversation."""
        return self.count >= MAX_FAILURES


@dataclass(frozen=True)
class Proof:
    """What came of an attempt to prove an order: whose it is, or None; and the slots that remember it."""

    customer_id: CustomerId | None
    slots: Mapping[str, Any]


def customer_of_order(tracker: Tracker) -> CustomerId | None:
    """Whose the order in hand is, when that is proven in this conversation, or in another one of the same customer."""
    order_number = tracker.get_slot("order_number")
    customer_id = (tracker.get_slot("verified_orders") or {}).get(order_number)
    return CustomerId(customer_id) if customer_id else Turn.of(tracker).proven.get(order_number)


async def prove(shop: Shop, tracker: Tracker, contact: Contact) -> Proof:
    """Try to prove the order in hand with what the customer has given so far.

    The same wrong pair is tried once. Raises ShopUnavailable.
    """
    known = customer_of_order(tracker)
    if known is not None:
        return Proof(known, {})
    order_number, detail = tracker.get_slot("order_number"), tracker.get_slot("contact_detail")
    if await _is_signed_for(shop, contact, order_number):
        return _proven(tracker, order_number, contact.proven_customer)
    failures = Failures.of(tracker)
    if failures.locked or detail is None or (failures.order_number, failures.contact_detail) == (order_number, detail):
        return Proof(None, {})
    given = {"email": detail} if "@" in detail else {"phone": detail}
    customer_id = await shop.authenticate(order_number, **given)
    if customer_id is None:
        return Proof(None, {"failed_proofs": asdict(Failures(failures.count + 1, order_number, detail))})
    return _proven(tracker, order_number, customer_id)


async def _is_signed_for(shop: Shop, contact: Contact, order_number: str) -> bool:
    if contact.proven_customer is None:
        return False
    try:
        await shop.order(contact.proven_customer, order_number)
    except OrderNotFound:
        return False  # a signed user may own an order under another address, and proves it like anybody
    return True


def _proven(tracker: Tracker, order_number: str, customer_id: CustomerId | None) -> Proof:
    verified = {**(tracker.get_slot("verified_orders") or {}), order_number: customer_id}
    return Proof(customer_id, {"verified_orders": verified})


class NotProven(Exception):
    """An action was reached for an order that is not proven: the dialogue has a hole, and nothing may be told."""


class ProvenOrder(NamedTuple):
    """An order and whose it is proven to be: what every call to the shop about an order begins with."""

    customer_id: CustomerId
    order_number: str


def proven_order(tracker: Tracker) -> ProvenOrder:
    """The order in hand. Every action about an order asks here first. Raises NotProven."""
    customer_id = customer_of_order(tracker)
    if customer_id is None:
        raise NotProven("This order is not proven to be the customer's; the form has to prove it first.")
    return ProvenOrder(customer_id, str(tracker.get_slot("order_number")))
