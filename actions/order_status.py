"""Order status: where an order is, told as the shop and the carrier know it, and nothing beyond."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.effects import say_on
from actions.endings import Ending
from actions.flows import ORDER_STATUS
from actions.orders import EndOfOrderFlow, OrderForm
from actions.shop import Order, OrderStatus, Return, Shipment, ShipmentStatus
from actions.turn import Turn
from actions.verification import ProvenOrder
from actions.words import day, item_names, moment, money

_ARRIVED_OR_LOST = frozenset({ShipmentStatus.DELIVERED, ShipmentStatus.LOST})
_WITH_PARCELS = frozenset({OrderStatus.PACKED, OrderStatus.SHIPPED})


class ValidateOrderStatusForm(OrderForm):
    """Which order, and whose."""

    flow = ORDER_STATUS
    asks = ("order_number", "contact_detail")

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_order_status_form"


class TellOrderStatus(EndOfOrderFlow):
    """Says where an order, its parcels and its returns are."""

    flow = ORDER_STATUS

    async def do_with(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, proven: ProvenOrder
    ) -> Ending:
        """See the base."""
        shop = services.shop()
        order = await shop.order(*proven)
        shipments = await shop.shipments(*proven)
        returns = await shop.returns(*proven)
        today = services.now().date()
        _tell_order(dispatcher, order, shipments, turn.language)
        if order.status in _WITH_PARCELS:
            for shipment in shipments:
                _tell_parcel(dispatcher, shipment, today, turn.language)
        for one in returns:
            _tell_return(dispatcher, one, order, turn.language)
        return Ending(None, facts={"order_status": order.status.value})


def _tell_order(dispatcher: CollectingDispatcher, order: Order, shipments: Sequence[Shipment], language: str) -> None:
    response = f"utter_order_{order.status.value}"
    if order.status is OrderStatus.SHIPPED and any(parcel.status is ShipmentStatus.LOST for parcel in shipments):
        response = "utter_order_shipped_lost"
    if order.status is OrderStatus.DELIVERED and order.delivered_at is None:
        response = "utter_order_delivered_undated"
    dispatcher.utter_message(
        response=response,
        order=order.order_number,
        count=str(sum(item.quantity for item in order.items)),
        items=item_names(order.items, language),
        placed=day(order.placed_at.date(), language),
        delivered=day(order.delivered_at.date(), language) if order.delivered_at else "",
    )


def _tell_parcel(dispatcher: CollectingDispatcher, parcel: Shipment, today: date, language: str) -> None:
    expected = parcel.expected_delivery
    is_open = parcel.status not in _ARRIVED_OR_LOST
    overdue = is_open and expected is not None and expected < today
    dispatcher.utter_message(
        response="utter_parcel_overdue" if overdue else f"utter_parcel_{parcel.status.value}",
        carrier=parcel.carrier,
        tracking=parcel.tracking_number,
        expected=day(expected, language) if expected else "",
    )
    if is_open and expected is not None and not overdue:
        say_on(dispatcher, "utter_parcel_expected", expected=day(expected, language))
    if parcel.events:
        latest = parcel.events[-1]
        say_on(
            dispatcher,
            "utter_parcel_latest_at_place" if latest.location else "utter_parcel_latest",
            at=moment(latest.at, language),
            event=latest.description,
            place=latest.location or "",
        )
    if parcel.tracking_url and is_open:
        say_on(dispatcher, "utter_parcel_link", link=parcel.tracking_url)


def _tell_return(dispatcher: CollectingDispatcher, one: Return, order: Order, language: str) -> None:
    items = tuple(item for item in order.items if item.line_id in one.line_ids)
    dispatcher.utter_message(
        response=f"utter_return_{one.status.value}",
        items=item_names(items, language),
        started=day(one.created_at.date(), language),
        amount=money(one.refund_amount, language),
    )
