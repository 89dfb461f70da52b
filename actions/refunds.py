"""A wrongly charged fee: which order, which charge, what is wrong with it; then a refund, or a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.effects import choice
from actions.endings import Ending
from actions.flows import REFUND, flow_key
from actions.forms import Domain, Slots
from actions.named import as_named, noted, shown
from actions.orders import EndOfOrderFlow, OrderForm
from actions.shop import AlreadyRefunded, ChargeState, NotRefundable
from actions.turn import Turn
from actions.verification import ProvenOrder, proven_order
from actions.words import meant, money, numbered


async def _fees(proven: ProvenOrder) -> tuple[ChargeState, ...]:
    """The charges that cost the customer something; discounts are none."""
    charges = await services.shop().charges(*proven)
    return tuple(state for state in charges if state.charge.amount.amount > 0)


def _title(state: ChargeState, language: str) -> str:
    return f"{state.charge.description}, {money(state.charge.amount, language)}"


class ValidateRefundForm(OrderForm):
    """Which order, whose, which charge, what is wrong with it, and yes or no."""

    flow = REFUND
    asks = ("order_number", "contact_detail", "refund_charge", "refund_reason", "confirmed")
    takes_text = frozenset({"refund_reason"})

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_refund_form"

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """A charge may be named by its number in the list, also again at the summary, or by its words."""
        if requested == "confirmed" and turn.entity("item_position"):
            return {"refund_charge": turn.entity("item_position"), "confirmed": None}
        found = super().read_typed(turn, requested, tracker)
        if found or requested != "refund_charge" or not turn.text or turn.is_yes_or_no():
            return found
        return {"refund_charge": turn.entity("item_position") or turn.text}

    async def check_order(self, tracker: Tracker, turn: Turn, proven: ProvenOrder) -> Slots:
        """Whether the order has fees at all."""
        if await _fees(proven):
            return {}
        return {"flow_outcome": Ending("utter_no_charges", {"order": proven.order_number}).as_slot()}

    async def validate_refund_charge(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """One of the order's fees, with what is read back of it."""
        if isinstance(value, dict):
            return {"refund_charge": value}
        fees = await _fees(proven_order(tracker))
        state = _meant(str(value), fees)
        if state is None:
            dispatcher.utter_message(response="utter_help_choose")
            return {"refund_charge": None}
        language = Turn.of(tracker).language
        amount = money(state.charge.amount, language)
        charge = {"id": state.charge.charge_id, "title": _title(state, language), "amount": amount}
        return {"refund_charge": {**charge, "noted": _title(state, "en")}}

    async def validate_refund_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Any words will do."""
        return {"refund_reason": as_named("reason", value, Turn.of(tracker))}


def _meant(value: str, fees: tuple[ChargeState, ...]) -> ChargeState | None:
    by_id = {state.charge.charge_id: state for state in fees}
    if value in by_id:
        return by_id[value]
    if value.isdigit():
        return fees[int(value) - 1] if 1 <= int(value) <= len(fees) else None
    named = meant(value, [state.charge.description for state in fees])
    return fees[named[0]] if len(named) == 1 else None


class AskRefundCharge(Action):
    """Asks which charge; every fee of the order is a button and has a number."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_refund_charge"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        language = Turn.of(tracker).language
        proven = proven_order(tracker)
        fees = await _fees(proven)
        dispatcher.utter_message(
            response="utter_ask_refund_charge",
            order=proven.order_number,
            list=numbered([_title(state, language) for state in fees]),
            buttons=[
                {"title": _title(state, language), "payload": choice("inform", refund_charge=state.charge.charge_id)}
                for state in fees
            ],
        )
        return []


class AskRefundConfirmed(Action):
    """Reads the refund back before it is requested."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_refund_form_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        charge = tracker.get_slot("refund_charge")
        dispatcher.utter_message(
            response="utter_confirm_refund",
            order=tracker.get_slot("order_number"),
            charge=charge["title"],
            amount=charge["amount"],
            reason=shown(tracker.get_slot("refund_reason")),
        )
        return []


class RequestRefund(EndOfOrderFlow):
    """Requests the refund that the customer has agreed to; a charge only a person may give back goes to one."""

    flow = REFUND

    async def do_with(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, proven: ProvenOrder
    ) -> Ending:
        """See the base."""
        shop = services.shop()
        charge = tracker.get_slot("refund_charge")
        reason = noted(tracker.get_slot("refund_reason")) or ""
        try:
            refund = await shop.request_refund(*proven, charge["id"], reason, idempotency_key=flow_key(tracker))
        except NotRefundable:
            return Ending("utter_refund_needs_person", person="topic_rule")
        except AlreadyRefunded:
            return Ending("utter_already_refunded", {"order": proven.order_number, "amount": charge["amount"]})
        return Ending(
            "utter_refund_requested",
            {
                "refund_id": refund.refund_id,
                "amount": money(refund.amount, turn.language),
                "refund_days": str((await shop.policies()).refund_days),
            },
            facts={"refund_id": refund.refund_id},
        )
