"""Cancelling an order: once it is proven and still possible, a last question, then it is done."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.endings import Ending
from actions.flows import CANCEL_ORDER, flow_key
from actions.forms import Domain, Slots
from actions.orders import EndOfOrderFlow, OrderForm, refusal
from actions.shop import NotCancellable
from actions.turn import Turn
from actions.verification import ProvenOrder, proven_order
from actions.words import item_names, money

_TOO_LATE = "utter_not_cancellable"


class ValidateCancelOrderForm(OrderForm):
    """Which order, whose, and yes or no."""

    flow = CANCEL_ORDER
    asks = ("order_number", "contact_detail", "confirmed")

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_cancel_order_form"

    async def check_order(self, tracker: Tracker, turn: Turn, proven: ProvenOrder) -> Slots:
        """Whether the order can still be cancelled."""
        shop = services.shop()
        status = (await shop.order(*proven)).status
        if status in (await shop.policies()).cancellable:
            return {}
        return {"flow_outcome": refusal(_TOO_LATE, proven.order_number, status).as_slot()}


class AskCancelConfirmed(Action):
    """Reads the order back before it is cancelled."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_cancel_order_form_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        language = Turn.of(tracker).language
        order = await services.shop().order(*proven_order(tracker))
        dispatcher.utter_message(
            response="utter_confirm_cancel",
            order=order.order_number,
            items=item_names(order.items, language),
            amount=money(order.total, language),
        )
        return []


class CancelOrder(EndOfOrderFlow):
    """Cancels the order that the customer has agreed to cancel."""

    flow = CANCEL_ORDER

    async def do_with(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, proven: ProvenOrder
    ) -> Ending:
        """See the base."""
        shop = services.shop()
        try:
            order = await shop.cancel_order(*proven, idempotency_key=flow_key(tracker))
        except NotCancellable as refused:
            return refusal(_TOO_LATE, proven.order_number, refused.status)
        return Ending(
            "utter_order_cancelled_now",
            {
                "order": proven.order_number,
                "amount": money(order.total, turn.language),
                "refund_days": str((await shop.policies()).refund_days),
            },
            facts={"order_status": order.status.value},
        )
