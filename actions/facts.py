"""What an agent should know of the conversation, gathered from the answers so far, in the language of the desk."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.named import noted
from actions.slot_times import noted_time
from actions.verification import customer_of_order

_NAMED = ("return_reason", "refund_reason", "callback_topic")
_PLAIN = ("new_street", "new_postal_code", "new_city", "callback_phone")


def facts_of_answers(tracker: Tracker) -> dict[str, Any]:
    """Facts with a value, by name. `verified` says whether the order is proven to be the customer's."""
    order_number, detail = tracker.get_slot("order_number"), tracker.get_slot("contact_detail")
    facts: dict[str, Any] = {}
    if order_number:
        facts |= {"order_number": order_number, "verified": customer_of_order(tracker) is not None}
    if detail:
        facts["email" if "@" in detail else "phone"] = detail
    if items := tracker.get_slot("return_items"):
        facts["return_items"] = ", ".join(items.values())
    if charge := tracker.get_slot("refund_charge"):
        facts["charge"] = charge.get("noted", charge["title"])
    if slot := tracker.get_slot("callback_slot"):
        facts["callback_time"] = noted_time(slot["id"])
    facts |= {name: words for name in _NAMED if (words := noted(tracker.get_slot(name)))}
    return facts | {name: value for name in _PLAIN if (value := tracker.get_slot(name))}
