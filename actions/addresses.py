"""Another delivery address: street, postal code and town, one by one or in one line, then a yes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from unicodedata import decimal

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.endings import Ending
from actions.flows import CHANGE_ADDRESS, cleared, flow_key
from actions.forms import Domain, Slots
from actions.orders import EndOfOrderFlow, OrderForm, refusal
from actions.shop import Address, AddressInvalid, AddressLocked, Order
from actions.turn import Turn
from actions.verification import ProvenOrder, proven_order

_PARTS = ("new_street", "new_postal_code", "new_city")
_TOO_LATE = "utter_address_locked"
_POSTAL_CODE = r"(?=[\w -]*\d)\w[\w-]{0,7}(?: \w{2,4})?"
# In one line a short number is more often that of a house or a flat: so four characters at least (2100, 1012 AB), or
# two parts with a digit in each (E1 6AN, 123 45).
_SURE_CODE = r"(?P<code>(?=\w*\d)[\w-]{4,8}(?: [A-Za-z]{2})?|(?=\w*\d)\w{2,4} (?=\w*\d)\w{2,4})"
_COMMA = "[,，、،]"
_CITY = rf"(?P<city>(?:(?!{_COMMA})\D){{2,}})"
_ONE_LINE = tuple(
    re.compile(rf"(?P<street>.+?){_COMMA}\s*{rest}")
    for rest in (rf"{_SURE_CODE}(?:{_COMMA}\s*|\s+){_CITY}", rf"{_CITY}(?:{_COMMA}\s*|\s+){_SURE_CODE}")
)
_LONGEST_PART = 100


def _clean(text: Any) -> str:
    # A carrier reads 0 to 9, whichever digits the customer writes.
    plain = "".join(str(decimal(sign)) if sign.isdecimal() else sign for sign in str(text))
    return " ".join(plain.split()).rstrip(".,。，،")


class ValidateChangeAddressForm(OrderForm):
    """Which order, whose, where to, and yes or no."""

    flow = CHANGE_ADDRESS
    asks = ("order_number", "contact_detail", *_PARTS, "confirmed")
    takes_text = frozenset(_PARTS)

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_change_address_form"

    def read(self, turn: Turn, tracker: Tracker) -> Slots:
        """Correcting the street asks for the whole address again."""
        answers = super().read(turn, tracker)
        if "new_street" in answers and answers["new_street"] is None:
            answers |= cleared(_PARTS)
        return answers

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """The address may come with the first message, and be corrected at the summary."""
        if requested == "confirmed" and any(map(str.isdigit, turn.text)) and not turn.is_bare_detail():
            return {**cleared(_PARTS), **({"new_street": turn.text} if address_in_one_line(turn.text) else {})}
        found = super().read_typed(turn, requested, tracker)
        address = _new_address(turn)
        return {**found, "new_street": address} if address and requested is None else found

    def order_numbers(self, turn: Turn) -> tuple[str, ...]:
        """Not the postal code of the new address."""
        address = _new_address(turn) or ""
        return tuple(number for number in super().order_numbers(turn) if number not in address)

    async def check_order(self, tracker: Tracker, turn: Turn, proven: ProvenOrder) -> Slots:
        """Whether the order can still go elsewhere."""
        shop = services.shop()
        status = (await shop.order(*proven)).status
        if status in (await shop.policies()).address_changeable:
            return {}
        return {"flow_outcome": refusal(_TOO_LATE, proven.order_number, status).as_slot()}

    async def validate_new_street(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A street with a number, or the whole address in one line."""
        street = _clean(value)
        whole = address_in_one_line(street)
        if whole:
            return whole
        has_both = any(map(str.isalpha, street)) and any(map(str.isdigit, street))
        if not has_both or len(street) > _LONGEST_PART:
            dispatcher.utter_message(response="utter_street_malformed")
            return {"new_street": None}
        return {"new_street": street}

    async def validate_new_postal_code(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A postal code, or one with its town behind it."""
        code = _clean(value)
        if re.fullmatch(_POSTAL_CODE, code):
            return {"new_postal_code": code.upper()}
        both = re.fullmatch(rf"(?P<code>{_POSTAL_CODE})(?:{_COMMA}\s*|\s+){_CITY}", code)
        if both:
            return {"new_postal_code": both["code"].upper(), "new_city": both["city"].strip()}
        dispatcher.utter_message(response="utter_postal_code_malformed")
        return {"new_postal_code": None}

    async def validate_new_city(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The name of a place."""
        city = _clean(value)
        if not 2 <= len(city) <= _LONGEST_PART or not any(map(str.isalpha, city)) or any(map(str.isdigit, city)):
            dispatcher.utter_message(response="utter_city_malformed")
            return {"new_city": None}
        return {"new_city": city}


def address_in_one_line(text: str) -> Slots | None:
    """The parts of an address written in one line; the town may stand before the postal code or behind it."""
    for pattern in _ONE_LINE:
        whole = pattern.fullmatch(_clean(text))
        if whole and any(map(str.isdigit, whole["street"])):
            parts = (whole["street"], whole["code"].upper(), whole["city"])
            return {slot: part.strip() for slot, part in zip(_PARTS, parts, strict=True)}
    return None


def _new_address(turn: Turn) -> str | None:
    """The whole address in "send it to 12 Mill Lane, 2100 Copenhagen"."""
    return next((found for found in turn.entities.get("new_address", ()) if address_in_one_line(found)), None)


def _address(order: Order, tracker: Tracker) -> Address:
    """The order's address with the new parts in place; the name and the country stay."""
    street, code, city = (tracker.get_slot(part) for part in _PARTS)
    return replace(order.address, street=street, postal_code=code, city=city)


class AskAddressConfirmed(Action):
    """Reads the new address back before the order is changed."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_change_address_form_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        order = await services.shop().order(*proven_order(tracker))
        dispatcher.utter_message(
            response="utter_confirm_address", order=order.order_number, address=_address(order, tracker).one_line()
        )
        return []


class ChangeAddress(EndOfOrderFlow):
    """Changes the address as the customer has agreed."""

    flow = CHANGE_ADDRESS

    async def do_with(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, proven: ProvenOrder
    ) -> Ending:
        """See the base."""
        shop = services.shop()
        wanted = _address(await shop.order(*proven), tracker)
        try:
            order = await shop.change_address(*proven, wanted, idempotency_key=flow_key(tracker))
        except AddressLocked as refused:
            return refusal(_TOO_LATE, proven.order_number, refused.status)
        except AddressInvalid:
            return Ending("utter_address_refused", person="topic_rule")
        return Ending("utter_address_changed", {"order": proven.order_number, "address": order.address.one_line()})
