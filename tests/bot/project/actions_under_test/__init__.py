"""Actions that behave as tests tell them to."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActionExecuted, ConversationPaused, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

RUNS: dict[str, int] = {}


class Status(Action):
    """Tells the status of an order, and how often it was run in this conversation; some orders bring bad luck."""

    def name(self) -> str:
        return "action_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        order = tracker.get_slot("order_number")
        runs = RUNS[tracker.sender_id] = RUNS.get(tracker.sender_id, 0) + 1
        if order == "66666" or (order == "55555" and runs == 2):
            raise ValueError("canary-personal-data")
        if order == "33333":
            await asyncio.sleep(1.8)
        if order == "77777":
            await asyncio.sleep(60)
        if order == "88888":
            dispatcher.utter_message(text="Press.", buttons=[{"title": "x", "payload": "no slash"}])
        dispatcher.utter_message(text=f"Order {order} is on its way.")
        return [SlotSet("runs", runs)]


class Act(Action):
    """Does what the entity `what` says."""

    def name(self) -> str:
        return "action_act"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        what = next(tracker.get_latest_entity_values("what"), "nothing")
        return await getattr(self, what)(dispatcher, tracker, domain) or []

    async def nothing(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(text="Done.")

    async def puzzles(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(json_message={"baton": {"not_understood": True}})
        dispatcher.utter_message(text="What?")

    async def lists(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(response="utter_listed")

    async def raises(self, *_: Any) -> None:
        raise ValueError("canary-personal-data")

    async def raises_once(self, dispatcher: CollectingDispatcher, tracker: Tracker, *_: Any) -> None:
        RUNS[tracker.sender_id] = RUNS.get(tracker.sender_id, 0) + 1
        if RUNS[tracker.sender_id] == 1:
            raise ValueError("canary-personal-data")
        dispatcher.utter_message(text="At last.")

    async def slow(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        await asyncio.sleep(1.0)
        dispatcher.utter_message(text="Slowly done.")

    async def hangs(self, *_: Any) -> None:
        await asyncio.sleep(60)

    async def rejects(self, *_: Any) -> None:
        raise ActionExecutionRejection("action_act")

    async def unknown_slot(self, *_: Any) -> list[EventType]:
        return [SlotSet("no_such_slot", 1)]

    async def unknown_followup(self, *_: Any) -> list[EventType]:
        return [FollowupAction("action_no_such")]

    async def unknown_response(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(response="utter_no_such")

    async def gap(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(response="utter_gap")

    async def pauses(self, *_: Any) -> list[EventType]:
        return [ConversationPaused()]

    async def circles(self, *_: Any) -> list[EventType]:
        return [FollowupAction("action_act")]

    async def unknown_event(self, *_: Any) -> list[EventType]:
        return [{"event": "no_such_event"}]

    async def bad_effect(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(json_message={"baton": {"hand_off": {}}})

    async def bad_button(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(text="Press.", buttons=[{"title": "x", "payload": "no slash"}])

    async def handoff(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> None:
        dispatcher.utter_message(text="I will get somebody.")
        dispatcher.utter_message(json_message={"baton": {"details": {"order_number": "10234"}}})
        dispatcher.utter_message(
            json_message={"baton": {"handoff": {"reason": "asked", "topic": "return"}, "details": {"name": "Ada"}}}
        )
        dispatcher.utter_message(json_message={"baton": {"language": "da"}})

    async def explains(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        again = {"title": "Again", "payload": "/order_status"}
        dispatcher.utter_message(text="It is on its way.", buttons=[again])
        dispatcher.utter_message(json_message={"baton": {"details": {"order_number": "10234"}}})
        dispatcher.utter_message(text="The parcel is in Hamburg.")
        dispatcher.utter_message(text="It comes tomorrow.", continues=True)
        dispatcher.utter_message(
            buttons=[{"title": "Again", "payload": "/greet"}, {"title": "Hello", "payload": "/greet"}]
        )

    async def asks_phone(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(text="One moment.")
        dispatcher.utter_message(text="Which number?", asks="phone")
        dispatcher.utter_message(text="With its country code.", continues=True)

    async def asks_for_the_moon(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(text="May I have the moon?", asks="moon")

    async def settles(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(json_message={"baton": {"resolve": True}})

    async def shows(self, dispatcher: CollectingDispatcher, *_: Any) -> None:
        dispatcher.utter_message(text="Look.", image="https://shop.example/label.png")
        dispatcher.utter_message(attachment="https://shop.example/label.pdf")

    async def tells_metadata(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> None:
        metadata = tracker.latest_message["metadata"]
        dispatcher.utter_message(text=f"{metadata['channel']} {metadata['language']} {sorted(domain)}")

    async def counts_events(self, dispatcher: CollectingDispatcher, tracker: Tracker, *_: Any) -> None:
        dispatcher.utter_message(text=str(len(tracker.events)))

    async def listens_early(self, *_: Any) -> list[EventType]:
        return [ActionExecuted("action_listen")]


class ValidateReturnForm(FormValidationAction):
    """Refuses a reason that is too short."""

    def name(self) -> str:
        return "validate_return_form"

    def validate_reason(self, value: Any, dispatcher: CollectingDispatcher, *_: Any) -> dict[str, Any]:
        if value == "raise":
            raise ValueError("canary-personal-data")
        return {"reason": value if len(value) > 3 else None}
