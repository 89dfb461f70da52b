"""Being called back: a free time is held while the customer confirms, then booked; later it is moved or cancelled."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.callback_times import CallbackTimeForm, message_key
from actions.effects import ask_for_phone, choice
from actions.endings import Ending, EndOfFlow
from actions.flows import CALLBACK, CANCEL_CALLBACK, CHANGE_CALLBACK, REQUESTED_SLOT, paused_flow
from actions.forms import Domain, FlowForm, Slots
from actions.internal_api import Callback, CallbackGone, CallbackHoldExpired, CallbackSlotTaken
from actions.matters import topic_of
from actions.named import as_named, noted, shown
from actions.slot_times import noted_time
from actions.turn import Turn
from actions.verification import read_phone
from actions.words import numbered

LONGEST_TOPIC = 300
_LOST = (CallbackHoldExpired, CallbackSlotTaken, CallbackGone)


def _kept(callback: Callback) -> dict[str, str]:
    return {"id": callback.callback_id, "title": callback.title}


async def _booked(tracker: Tracker) -> list[dict[str, str]]:
    language = Turn.of(tracker).language
    booked = await services.internal_api().booked_callbacks(tracker.sender_id, language=language)
    return [_kept(callback) for callback in booked]


class ValidateCallbackForm(CallbackTimeForm):
    """When, at which number, about what, and yes or no."""

    flow = CALLBACK
    asks = ("callback_slot", "callback_phone", "callback_topic", "confirmed")
    takes_text = frozenset({"callback_topic"})
    takes_requests = takes_text

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_callback_form"

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """A phone number may come at any time; where one is asked for, anything typed is taken for one."""
        phone = turn.entity("phone")
        if phone and (requested not in self.takes_text or turn.is_bare_detail()):
            return {"callback_phone": phone}
        if requested == "callback_phone" and turn.text and not turn.is_yes_or_no():
            return {"callback_phone": turn.text}
        return super().read_typed(turn, requested, tracker)

    async def settle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, answered: Sequence[str]
    ) -> Slots:
        """Begin with what is already booked or known, and with times to offer."""
        if tracker.get_slot("callback_slot") or tracker.get_slot("callback_offer"):
            return {}
        for callback in await _booked(tracker):
            return {"flow_outcome": Ending("utter_callback_exists", {"title": callback["title"]}).as_slot()}
        return {**self._known(tracker, turn), **await self.offer_first(dispatcher, tracker)}

    def _known(self, tracker: Tracker, turn: Turn) -> Slots:
        """What need not be asked: shown at the end, where it can be corrected."""
        detail = tracker.get_slot("contact_detail") or ""
        phone = tracker.get_slot("callback_phone") or turn.contact.phone or ("" if "@" in detail else detail)
        aside = paused_flow(tracker)
        topic = tracker.get_slot("callback_topic") or tracker.get_slot("handoff_topic")
        if topic is None and aside is not None:
            topic = topic_of(aside, tracker.get_slot("order_number")).as_slot()
        return {"callback_phone": read_phone(phone, to_call=True) if phone else None, "callback_topic": topic}

    async def validate_callback_phone(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A number that can be called, kept as E.164."""
        phone = read_phone(str(value), to_call=True)
        if phone is None:
            dispatcher.utter_message(response="utter_callback_phone_malformed")
        return {"callback_phone": phone}

    async def validate_callback_topic(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Any words will do, up to what the gateway keeps."""
        return {"callback_topic": as_named("topic", value, Turn.of(tracker), longest=LONGEST_TOPIC)}

    async def take_time(self, slot_id: str, tracker: Tracker) -> Slots:
        """Hold it while the rest is asked; a time held before is given back in the same step."""
        api, turn, held = services.internal_api(), Turn.of(tracker), tracker.get_slot("callback_id")
        key = message_key(turn, "hold")
        if held:
            try:
                callback = await api.change_callback(held["id"], slot_id, language=turn.language, idempotency_key=key)
            except (CallbackHoldExpired, CallbackGone):
                held = None
        if not held:
            callback = await api.hold_callback(tracker.sender_id, slot_id, language=turn.language, idempotency_key=key)
        return {"callback_slot": {"id": slot_id, "title": callback.title}, "callback_id": _kept(callback)}


class AskCallbackPhone(Action):
    """Asks for the number to call; a channel that knows the customer's own may offer to share it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_callback_phone"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        ask_for_phone(dispatcher, "utter_ask_callback_phone")
        return []


class AskCallbackConfirmed(Action):
    """Reads the callback back before it is booked."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_callback_form_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        dispatcher.utter_message(
            response="utter_confirm_callback",
            title=tracker.get_slot("callback_slot")["title"],
            phone=tracker.get_slot("callback_phone"),
            topic=shown(tracker.get_slot("callback_topic")),
        )
        return []


class BookCallback(EndOfFlow):
    """Books the time that is held; when the hold was lost in between, says so and offers others."""

    flow = CALLBACK

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        try:
            return await super().run(dispatcher, tracker, domain)
        except _LOST:
            dispatcher.utter_message(response="utter_callback_hold_lost")
            lost = ("callback_slot", "callback_offer", "callback_id", "confirmed", REQUESTED_SLOT)
            return [*(SlotSet(slot, None) for slot in lost), FollowupAction(CALLBACK.form)]

    async def do(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Ending:
        """See the base."""
        held = tracker.get_slot("callback_id")
        phone, topic = tracker.get_slot("callback_phone"), noted(tracker.get_slot("callback_topic")) or ""
        callback = await services.internal_api().book_callback(
            held["id"],
            phone=phone,
            topic=topic,
            name=turn.contact.name,
            language=turn.language,
            idempotency_key=message_key(turn, "book"),
        )
        noted_at = noted_time(callback.slot_id or tracker.get_slot("callback_slot")["id"])
        return Ending(
            "utter_callback_booked",
            {"phone": phone, "title": callback.title},
            facts={"callback_time": noted_at, "callback_phone": phone, "callback_topic": topic},
        )


class _BookedCallbackForm(FlowForm, ABC):
    """A form about a callback that is already booked."""

    async def which(self, tracker: Tracker) -> Slots:
        """The only one booked; none when there is a choice; the end when there is none."""
        booked = await _booked(tracker)
        if not booked:
            return {"flow_outcome": Ending("utter_no_callback_booked").as_slot()}
        return {"callback_id": booked[0]} if len(booked) == 1 else {}

    async def validate_callback_id(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """One of those booked."""
        wanted = value["id"] if isinstance(value, dict) else str(value)
        return {"callback_id": next((one for one in await _booked(tracker) if one["id"] == wanted), None)}


class ValidateChangeCallbackForm(_BookedCallbackForm, CallbackTimeForm):
    """Which callback, and when instead."""

    flow = CHANGE_CALLBACK
    asks = ("callback_id", "callback_slot")

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_change_callback_form"

    async def settle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, answered: Sequence[str]
    ) -> Slots:
        """Find the callback and times to offer."""
        slots: Slots = {} if tracker.get_slot("callback_id") else await self.which(tracker)
        if "flow_outcome" in slots or tracker.get_slot("callback_offer"):
            return slots
        tracker.slots.update(slots)
        return {**slots, **await self.offer_first(dispatcher, tracker)}

    async def take_time(self, slot_id: str, tracker: Tracker) -> Slots:
        """Move the callback there."""
        turn = Turn.of(tracker)
        try:
            moved = await services.internal_api().change_callback(
                tracker.get_slot("callback_id")["id"],
                slot_id,
                language=turn.language,
                idempotency_key=message_key(turn, "change"),
            )
        except (CallbackGone, CallbackHoldExpired):  # cancelled meanwhile, or phoned
            return {"callback_slot": None, "flow_outcome": Ending("utter_callback_gone").as_slot()}
        return {"callback_slot": {"id": slot_id, "title": moved.title}}


class CallbackChanged(EndOfFlow):
    """Says when the call comes instead."""

    flow = CHANGE_CALLBACK

    async def do(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Ending:
        """See the base."""
        chosen = tracker.get_slot("callback_slot")
        facts = {"callback_time": noted_time(chosen["id"])}
        return Ending("utter_callback_changed", {"title": chosen["title"]}, facts=facts)


class ValidateCancelCallbackForm(_BookedCallbackForm):
    """Which callback, and yes or no."""

    flow = CANCEL_CALLBACK
    asks = ("callback_id", "confirmed")

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_cancel_callback_form"

    async def settle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, answered: Sequence[str]
    ) -> Slots:
        """Find the callback."""
        return {} if tracker.get_slot("callback_id") else await self.which(tracker)


class AskCallbackId(Action):
    """Asks which of several booked callbacks."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_callback_id"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        booked = await _booked(tracker)
        dispatcher.utter_message(
            response="utter_ask_callback_id",
            list=numbered([one["title"] for one in booked]),
            buttons=[{"title": one["title"], "payload": choice("inform", callback_id=one["id"])} for one in booked],
        )
        return []


class AskCancelCallbackConfirmed(Action):
    """Asks a last time before the callback is cancelled."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_cancel_callback_form_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        dispatcher.utter_message(
            response="utter_confirm_cancel_callback", title=tracker.get_slot("callback_id")["title"]
        )
        return []


class CancelCallback(EndOfFlow):
    """Cancels the callback."""

    flow = CANCEL_CALLBACK

    async def do(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Ending:
        """See the base."""
        booked = tracker.get_slot("callback_id")
        try:
            await services.internal_api().cancel_callback(booked["id"], idempotency_key=message_key(turn, "cancel"))
        except CallbackGone:
            return Ending("utter_callback_gone")
        return Ending("utter_callback_cancelled", {"title": booked["title"]})
