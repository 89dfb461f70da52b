"""Forms about one order: which order, whose it is, then what the task itself has to know."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.effects import ask_for_phone, choice, signal_verified
from actions.endings import Ending, EndOfFlow
from actions.flows import REQUESTED_SLOT, cleared
from actions.forms import Domain, FlowForm, Slots
from actions.shop import CustomerId, Order, OrderStatus, ShopUnavailable
from actions.turn import Turn
from actions.verification import (
    Failures,
    ProvenOrder,
    customer_of_order,
    prove,
    proven_order,
    read_contact_detail,
    read_order_number,
)
from actions.words import meant

LOCKED = Ending("utter_verification_locked")
RECENT_ORDERS = 5
_ADDRESS_SLOTS = frozenset({"new_street", "new_postal_code", "new_city"})


class OrderForm(FlowForm, ABC):
    """A form that proves an order before it asks anything about it."""

    def read(self, turn: Turn, tracker: Tracker) -> Slots:
        """Also hears "the other order", and forgets what was answered about the order before."""
        if turn.intent == "other_order" and not turn.entity("order_number"):
            return {"order_number": None, **cleared(self.flow.slots)}
        answers = super().read(turn, tracker)
        number = read_order_number(str(answers["order_number"])) if answers.get("order_number") else None
        if number and tracker.get_slot("order_number") not in (None, number):
            answers = {**cleared(self.flow.slots), **answers}
        return answers

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """Order number and contact detail may come at any time, unless something that looks like one is asked for."""
        found: Slots = {}
        if requested not in _ADDRESS_SLOTS:
            number = self._named_order(turn, tracker)
            if number:
                found["order_number"] = number
            detail = turn.entity("email") or turn.entity("phone")
            if detail:
                found["contact_detail"] = detail
        if found and (requested not in self.takes_text or turn.is_bare_detail()):
            return found
        if requested == "order_number" and turn.contact.proven_customer and turn.text and not turn.is_yes_or_no():
            return {"order_number": turn.text}  # one of the orders shown, by its place or what is in it
        return super().read_typed(turn, requested, tracker)

    def _named_order(self, turn: Turn, tracker: Tracker) -> str | None:
        """The order number in a message; of several, the one not yet talked about ("10250, not 10234")."""
        numbers = self.order_numbers(turn)
        current = tracker.get_slot("order_number")
        return next((number for number in numbers if read_order_number(number) != current), next(iter(numbers), None))

    def order_numbers(self, turn: Turn) -> tuple[str, ...]:
        """What looks like an order number in a message."""
        return turn.entities.get("order_number", ())

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Also says that of several orders named at once, one comes first."""
        before = tracker.get_slot("order_number")
        events = await super().get_extraction_events(dispatcher, tracker, domain)
        named = {read_order_number(number) for number in self.order_numbers(Turn.of(tracker))}
        chosen = next((event["value"] for event in events if event.get("name") == "order_number"), None)
        if chosen and len(named) > 1 and before not in named:
            dispatcher.utter_message(response="utter_one_order_at_a_time", order=read_order_number(chosen))
        return events

    async def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Whether it can be an order number, or means one of the orders shown to a signed user."""
        number, signed = read_order_number(str(value)), Turn.of(tracker).contact.proven_customer
        if number is None and signed:
            number = await _meant_order(Turn.of(tracker), signed)
        if number is None:
            dispatcher.utter_message(response="utter_help_choose" if signed else "utter_order_number_malformed")
        return {"order_number": number}

    async def validate_contact_detail(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Whether it can be an e-mail address or a phone number."""
        detail = read_contact_detail(str(value))
        if detail is None:
            dispatcher.utter_message(response="utter_contact_detail_malformed")
        return {"contact_detail": detail}

    async def settle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, answered: Sequence[str]
    ) -> Slots:
        """Prove the order as soon as it can be proven, then look whether the task is possible for it."""
        order_number = tracker.get_slot("order_number")
        if order_number is None:
            if "contact_detail" in answered and tracker.get_slot(REQUESTED_SLOT) == "order_number":
                dispatcher.utter_message(response="utter_number_needed_too")
            return self._locked_out(tracker, turn)
        proof = await prove(services.shop(), tracker, turn.contact)
        tracker.slots.update(proof.slots)
        if proof.customer_id is not None:
            if proof.slots:
                signal_verified(dispatcher, proof.customer_id)
            is_new = tracker.get_slot(REQUESTED_SLOT) in (None, "contact_detail") or "order_number" in answered
            checked = await self.check_order(tracker, turn, proven_order(tracker)) if is_new else {}
            return {**proof.slots, **checked}
        if Failures.of(tracker).locked:
            return {**proof.slots, "flow_outcome": LOCKED.as_slot()}
        if tracker.get_slot("contact_detail") and {"order_number", "contact_detail"} & set(answered):
            dispatcher.utter_message(response="utter_details_do_not_match", order=order_number)
        return dict(proof.slots)

    def _locked_out(self, tracker: Tracker, turn: Turn) -> Slots:
        proven = turn.contact.proven_customer or tracker.get_slot("verified_orders") or turn.proven
        if not Failures.of(tracker).locked or proven:
            return {}
        return {"flow_outcome": LOCKED.as_slot()}

    async def check_order(self, tracker: Tracker, turn: Turn, proven: ProvenOrder) -> Slots:
        """Slots that follow from an order just proven or chosen; `flow_outcome` when nothing can be done about it."""
        return {}

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[str]:
        """Every question, but who is proven is not asked for a contact detail."""
        if customer_of_order(tracker) is not None:
            return [slot for slot in self.asks if slot != "contact_detail"]
        return list(self.asks)

    async def next_requested_slot(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> EventType:
        """As every form; but a contact detail that did not match is asked for again before anything else."""
        if tracker.get_slot("order_number") and customer_of_order(tracker) is None and not Ending.of(tracker):
            return SlotSet(REQUESTED_SLOT, "contact_detail")
        return await super().next_requested_slot(dispatcher, tracker, domain)


def refusal(response: str, order_number: str, status: OrderStatus | None) -> Ending:
    """The end of a task that an order has gone too far for: the response for its state, or the one for any."""
    state = f"_{status.value}" if status and status is not OrderStatus.PLACED else ""
    return Ending(response + state, {"order": order_number})


class EndOfOrderFlow(EndOfFlow, ABC):
    """The end of a task about an order."""

    async def do(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Ending:
        """Do the task with the order, once it is certain that it is proven."""
        return await self.do_with(dispatcher, tracker, turn, proven_order(tracker))

    @abstractmethod
    async def do_with(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, proven: ProvenOrder
    ) -> Ending:
        """Do the task with an order of its proven owner."""


class AskOrderNumber(Action):
    """Asks which order; a signed user chooses among the latest ones."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_order_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        signed = Turn.of(tracker).contact.proven_customer
        orders = await _recent_orders(signed) if signed else ()
        if orders:
            buttons = [_order_button(order) for order in orders]
            dispatcher.utter_message(response="utter_ask_which_of_your_orders", buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_ask_order_number")
        return []


async def _meant_order(turn: Turn, customer_id: CustomerId) -> str | None:
    orders = await _recent_orders(customer_id)
    place = turn.entity("item_position")
    if place is not None and place.isdigit() and 1 <= int(place) <= len(orders):
        return orders[int(place) - 1].order_number
    said = " ".join((turn.text, *turn.entities.get("product", ())))
    places = meant(said, [" ".join(item.name for item in order.items) for order in orders])
    return orders[places[0]].order_number if len(places) == 1 else None


async def _recent_orders(customer_id: CustomerId) -> tuple[Order, ...]:
    try:
        return await services.shop().orders(customer_id, limit=RECENT_ORDERS)
    except ShopUnavailable:
        return ()  # the number can still be written; when the shop stays down, proving it says so


def _order_button(order: Order) -> dict[str, str]:
    first, more = order.items[0].name, len(order.items) - 1
    title = f"{order.order_number} · {first}" + (f" +{more}" if more else "")
    return {"title": title, "payload": choice("inform", order_number=order.order_number)}


class AskContactDetail(Action):
    """Asks for what proves that the order is the customer's."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_contact_detail"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        ask_for_phone(
            dispatcher, "utter_ask_contact_detail", or_email=True, order_number=tracker.get_slot("order_number")
        )
        return []
