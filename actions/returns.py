"""Starting a return: which items, why, a summary to agree to, then it is made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.effects import choice
from actions.endings import Ending
from actions.flows import REQUESTED_SLOT, RETURN, flow_key, said_at_first
from actions.forms import Domain, Slots
from actions.named import as_named, noted, shown
from actions.orders import EndOfOrderFlow, OrderForm
from actions.shop import (
    Money,
    NotReturnable,
    NotReturnableReason,
    Order,
    OrderItem,
    Returnable,
    ShopUnavailable,
)
from actions.turn import Turn
from actions.verification import ProvenOrder, proven_order
from actions.words import day, item_name, listed, meant, money, numbered

ALL = "all"
THAT_ONE = "that one"
WANTED = "wanted"


class ValidateReturnForm(OrderForm):
    """Which order, whose, which items, why, and yes or no."""

    flow = RETURN
    asks = ("order_number", "contact_detail", "return_items", "return_reason", "confirmed")
    takes_text = frozenset({"return_reason"})

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_return_form"

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """Items may be named by number or by name, also again at the summary."""
        if requested == "confirmed" and _points_at_items(turn):
            return {"return_items": _wanted(turn, tracker), "confirmed": None}
        found = super().read_typed(turn, requested, tracker)
        if found or requested != "return_items":
            return found
        if turn.is_yes_or_no():
            return {"return_items": THAT_ONE} if turn.intent == "affirm" else {}
        return {"return_items": _wanted(turn, tracker)} if turn.text else {}

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """At the summary, other items may be named with the yes or the no: "yes, but not the lantern"."""
        events, turn = await super().get_extraction_events(dispatcher, tracker, domain), Turn.of(tracker)
        says_more = tracker.get_slot(REQUESTED_SLOT) == "confirmed" and turn.text and not turn.is_bare_yes_or_no()
        if not says_more or any(event["name"] != "confirmed" for event in events):
            return events
        try:
            items = (await services.shop().returnable_items(*proven_order(tracker))).items
        except ShopUnavailable:
            return events  # making the return will say so
        wanted = {**_wanted(turn, tracker)[WANTED], "all": False}  # "yes, all of it" is a yes
        named: dict[str, str] | None = _kept(_chosen({WANTED: wanted}, items))
        if not named and _left_out(wanted, items):
            named = None  # all that was chosen is taken back: which items, then?
        elif not named or named == tracker.get_slot("return_items"):
            return events
        return [SlotSet("return_items", named), SlotSet("confirmed", None)]

    async def check_order(self, tracker: Tracker, turn: Turn, proven: ProvenOrder) -> Slots:
        """Whether anything of the order can be sent back, and whether the first message named it."""
        shop = services.shop()
        state = await shop.returnable_items(*proven)
        if state.reason is None:
            return self._named_at_first(tracker, turn, state.items)
        window = (await shop.policies()).return_window_days
        return {"flow_outcome": _refusal(state.reason, proven.order_number, state, window, turn.language).as_slot()}

    def _named_at_first(self, tracker: Tracker, turn: Turn, items: Sequence[OrderItem]) -> Slots:
        """The items that the message which began the return names: "return the tent of order 10200"."""
        everything = turn.intent == self.flow.intent and bool(turn.entities.get("all_items"))
        chosen = _chosen({WANTED: {"all": everything, "positions": [], "text": said_at_first(tracker)}}, items)
        return {"return_items": _kept(chosen)} if chosen and not tracker.get_slot("return_items") else {}

    async def validate_return_items(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Lines of the order that can be sent back, as line id to name."""
        if isinstance(value, Mapping) and WANTED not in value:
            return {"return_items": dict(value)}
        items = (await services.shop().returnable_items(*proven_order(tracker))).items
        chosen = _chosen(value, items)
        if not chosen:
            dispatcher.utter_message(response="utter_return_items_unclear")
            return {"return_items": None}
        return {"return_items": _kept(chosen)}

    async def validate_return_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Any words will do."""
        return {"return_reason": as_named("reason", value, Turn.of(tracker))}


def _kept(items: Sequence[OrderItem]) -> dict[str, str]:
    return {item.line_id: item_name(item) for item in items}


def _points_at_items(turn: Turn) -> bool:
    """Whether a message is about which items; a yes to all of it is a yes."""
    agrees = turn.is_yes_or_no() and turn.intent == "affirm"
    return bool(turn.entities.get("item_position") or (turn.entities.get("all_items") and not agrees))


def _wanted(turn: Turn, tracker: Tracker) -> dict[str, Any]:
    """What a typed message says about items, to be held against the order by the validation."""
    exclusions = turn.details_of("exclusion")
    places = [detail for detail in turn.details_of("item_position") if detail.value.isdigit()]
    products = [detail.value for detail in turn.details_of("product") if not detail.is_within(exclusions)]
    said = {
        "all": bool(turn.entities.get("all_items")),
        "positions": [int(place.value) for place in places if not place.is_within(exclusions)],
        "text": " ".join([turn.text_without("exclusion"), *products]),
    }
    left_out = [detail.value for detail in turn.details_of("product") if detail.is_within(exclusions)]
    excluded = {
        "not": " ".join([*(detail.value for detail in exclusions), *left_out]),
        "not_positions": [int(place.value) for place in places if place.is_within(exclusions)],
    }
    return {WANTED: {**said, **excluded, "of": list(tracker.get_slot("return_items") or ())}}


def _chosen(value: Any, items: Sequence[OrderItem]) -> tuple[OrderItem, ...]:
    """The items meant by a pressed button, or by typed words; none when that is not clear."""
    if value == ALL or (value == THAT_ONE and len(items) == 1):
        return tuple(items)
    if not isinstance(value, Mapping):
        return tuple(item for item in items if item.line_id == value)
    wanted = value[WANTED]
    excluded = _left_out(wanted, items)
    # Names first: the number in "the two sleeping bags" is no place in the list.
    places = set(meant(wanted["text"], [item.name for item in items])) or {one - 1 for one in wanted["positions"]}
    if not places.issubset(range(len(items))):
        return ()
    places -= excluded
    if not places and (wanted["all"] or excluded):
        # "Not the lantern" leaves what was chosen before; where nothing was, everything else.
        chosen = [] if wanted["all"] else wanted.get("of", [])
        places = {place for place, item in enumerate(items) if not chosen or item.line_id in chosen} - excluded
    return tuple(item for place, item in enumerate(items) if place in places)


def _left_out(wanted: Mapping[str, Any], items: Sequence[OrderItem]) -> set[int]:
    """The places of the items that are not to be sent back, by name or by number."""
    named = set(meant(wanted.get("not", ""), [item.name for item in items]))
    return named or {place - 1 for place in wanted.get("not_positions", ())} & set(range(len(items)))


class AskReturnItems(Action):
    """Asks which items; every one that can go back is a button and has a number."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_return_items"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        proven = proven_order(tracker)
        items = (await services.shop().returnable_items(*proven)).items
        if len(items) == 1:
            dispatcher.utter_message(
                response="utter_ask_return_items_single", order=proven.order_number, list=item_name(items[0])
            )
            return []
        dispatcher.utter_message(
            response="utter_ask_return_items",
            order=proven.order_number,
            list=numbered([item_name(item) for item in items]),
            buttons=[
                {"title": item_name(item), "payload": choice("inform", return_items=item.line_id)} for item in items
            ],
        )
        return []


class AskReturnConfirmed(Action):
    """Reads the whole return back before anything is made."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_return_form_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        proven = proven_order(tracker)
        order = await services.shop().order(*proven)
        chosen: dict[str, str] = tracker.get_slot("return_items")
        dispatcher.utter_message(
            response="utter_confirm_return",
            order=proven.order_number,
            items=listed(chosen.values(), turn.language),
            reason=shown(tracker.get_slot("return_reason")),
            amount=money(_worth(order, chosen), turn.language),
        )
        return []


def _worth(order: Order, line_ids: Mapping[str, str]) -> Money:
    return Money(sum(item.price.amount for item in order.items if item.line_id in line_ids), order.currency)


class StartReturn(EndOfOrderFlow):
    """Makes the return that the customer has agreed to."""

    flow = RETURN

    async def do_with(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, proven: ProvenOrder
    ) -> Ending:
        """See the base."""
        shop = services.shop()
        chosen: dict[str, str] = tracker.get_slot("return_items")
        reason = noted(tracker.get_slot("return_reason")) or ""
        policies = await shop.policies()
        state = await shop.returnable_items(*proven)
        try:
            made = await shop.start_return(*proven, list(chosen), reason, idempotency_key=flow_key(tracker))
        except NotReturnable as refused:
            return _refusal(refused.reason, proven.order_number, state, policies.return_window_days, turn.language)
        return Ending(
            "utter_return_started",
            {
                "return_id": made.return_id,
                "items": listed(chosen.values(), turn.language),
                "amount": money(made.refund_amount, turn.language),
                "refund_days": str(policies.refund_days),
            },
            facts={"return_id": made.return_id},
        )


def _refusal(
    reason: NotReturnableReason, order_number: str, state: Returnable, window_days: int, language: str
) -> Ending:
    return Ending(
        f"utter_not_returnable_{reason.value}",
        {
            "order": order_number,
            "window": str(window_days),
            "return_by": day(state.return_by, language) if state.return_by else "",
        },
    )
