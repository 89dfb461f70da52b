"""Choosing a time for a callback: offered five at a time, taken by button, number or name; a day may be named."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.effects import choice, say_on
from actions.endings import Ending
from actions.flows import CHANGE_CALLBACK, REQUESTED_SLOT
from actions.forms import Domain, FlowForm, Slots
from actions.internal_api import CallbackSlot, CallbackSlotTaken, CallbackSlotUnknown
from actions.slot_times import local_time, slot_id_at
from actions.spoken_times import moment_named, time_named, words_of_a_time
from actions.turn import Turn
from actions.words import business_zone, numbered

OFFERED = 5
_LATER = "later"
_FIRST_OF_THE_DAY = 7
_LOOKED_THROUGH = 49
"""Free times that are looked through for a time of day: one less than the gateway tells at once."""
_CALLS = frozenset({"request_callback", "change_callback"})


def message_key(turn: Turn, step: str) -> str:
    """An idempotency key: the same for every repetition of the same message, another for the next one."""
    return f"{turn.conversation_id}:{turn.message_id}:{step}"


class CallbackTimeForm(FlowForm, ABC):
    """A form that has the customer choose a time."""

    def read(self, turn: Turn, tracker: Tracker) -> Slots:
        """Also hears the wish for later times."""
        wants_others = turn.entity("callback_more") or turn.entity("correction") == "callback_slot"
        if wants_others and (turn.pressed or tracker.get_slot(REQUESTED_SLOT) == "callback_slot"):
            return {"callback_slot": _LATER}
        if tracker.get_slot(REQUESTED_SLOT) == "callback_slot" and turn.intent in _CALLS and _names_a_time(turn):
            return self.read_typed(turn, "callback_slot", tracker)  # "move it to 3 pm", while a time is asked for
        return super().read(turn, tracker)

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """A time may be named in any words."""
        if requested == "callback_slot" and turn.text and not turn.is_yes_or_no():
            return {"callback_slot": turn.text}
        return super().read_typed(turn, requested, tracker)

    async def validate_callback_slot(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A time whose button was pressed, in whichever list, or one of those offered last; if nobody was faster."""
        if isinstance(value, dict):
            return {"callback_slot": value}
        offer: list[dict[str, str]] = tracker.get_slot("callback_offer") or []
        if value == _LATER:
            return await self.offer_times(dispatcher, tracker, after=offer[-1]["id"] if offer else None)
        turn = Turn.of(tracker)
        named = _named(turn)
        if named is not None:
            offer = [one for one in offer if local_time(one["id"]).date() == named.date()]
        chosen = str(value) if turn.pressed else _among(str(value), turn, offer, named)
        if chosen is None and named is None:
            at_that_time = await _free_at(tracker, time_named(turn))
            if not at_that_time:
                dispatcher.utter_message(response="utter_callback_slot_unclear")
            return at_that_time or {"callback_slot": None}
        slots = {} if chosen or named is None else await self.offer_from(dispatcher, tracker, named)
        chosen = chosen or _exactly(named, slots)
        if chosen is None:
            return slots
        try:
            return {**slots, **await self.take_time(chosen, tracker)}
        except CallbackSlotTaken:
            dispatcher.utter_message(response="utter_callback_slot_taken")
        except CallbackSlotUnknown:
            dispatcher.utter_message(response="utter_callback_slot_unknown")
        return await self.offer_times(dispatcher, tracker)

    async def offer_first(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
        """Fetch the times to begin with: from the day or time on that the customer's wish names, if it names one."""
        turn = Turn.of(tracker)
        named = _named(turn)
        if named is not None:
            return await self.offer_from(dispatcher, tracker, named)
        return await _free_at(tracker, time_named(turn)) or await self.offer_times(dispatcher, tracker)

    async def offer_from(self, dispatcher: CollectingDispatcher, tracker: Tracker, moment: datetime) -> Slots:
        """Fetch the free times from a moment on."""
        return await self.offer_times(dispatcher, tracker, after=slot_id_at(moment - timedelta(seconds=1)))

    async def offer_times(self, dispatcher: CollectingDispatcher, tracker: Tracker, after: str | None = None) -> Slots:
        """Fetch free times for the question to show.

        Args:
            after: the id of the time after which to look; None means from now on.
        """
        times = await _free_times(tracker, after)
        if not times and after:
            dispatcher.utter_message(response="utter_no_later_callback_slots")
            times = await _free_times(tracker, None)
        if not times:
            return {"callback_slot": None, "flow_outcome": Ending("utter_no_callback_slots").as_slot()}
        return _offer(times)

    @abstractmethod
    async def take_time(self, slot_id: str, tracker: Tracker) -> Slots:
        """What choosing a time does. Raises CallbackSlotTaken, CallbackSlotUnknown."""


def _offer(times: Sequence[CallbackSlot]) -> Slots:
    return {"callback_slot": None, "callback_offer": [{"id": one.slot_id, "title": one.title} for one in times]}


async def _free_times(tracker: Tracker, after: str | None, among: int = OFFERED) -> Sequence[CallbackSlot]:
    """The next times; not the one that the customer has already and wants to change."""
    language = Turn.of(tracker).language
    times = await services.internal_api().callback_slots(after=after, limit=among + 1, language=language)
    kept = (tracker.get_slot("callback_id") or {}).get("title")
    return [one for one in times if one.title != kept][:among]


async def _free_at(tracker: Tracker, at: time | None) -> Slots:
    """The next days' times at a time of day ("at three" is said of the afternoon, too); nothing when there are none."""
    if at is None:
        return {}
    times = await _free_times(tracker, None, _LOOKED_THROUGH)
    halves = (12, 0) if at.hour < _FIRST_OF_THE_DAY else (0, 12)
    by_clock = ([one for one in times if _is_at(one.slot_id, at.hour + half, at.minute)] for half in halves)
    found = next(filter(None, by_clock), [])
    return _offer(found[:OFFERED]) if found else {}


def _named(turn: Turn) -> datetime | None:
    """The moment that a typed message names."""
    return moment_named(turn, services.now().astimezone(business_zone()))


def _names_a_time(turn: Turn) -> bool:
    return bool(turn.text) and (time_named(turn) is not None or _named(turn) is not None)


def _exactly(named: datetime | None, slots: Slots) -> str | None:
    """The first time found, if it is the very moment that was named; a day alone names none."""
    first = next(iter(slots.get("callback_offer") or ()), None)
    if first is None or named is None or named.time() == time() or local_time(first["id"]) != named:
        return None
    return str(first["id"])


def _among(said: str, turn: Turn, offer: list[dict[str, str]], named: datetime | None) -> str | None:
    """The offered time that is meant: by its time of day, by more of its title than any other, or by its place.

    Args:
        said: what was typed.
        turn: the message.
        offer: the times; only those of the day that was named, if one was.
        named: the moment that was named.
    """
    at = named.time() if named and named.time() != time() else time_named(turn)
    if at is not None:
        # "At three" is said of the afternoon, too.
        by_clock = ([one["id"] for one in offer if _is_at(one["id"], at.hour + half, at.minute)] for half in (0, 12))
        there = next(filter(None, by_clock), [])
        return there[0] if len(there) == 1 else None
    told = words_of_a_time(said)
    shared = [len(told & words_of_a_time(one["title"])) for one in offer]
    best = max(shared, default=0)
    if best and shared.count(best) == 1:
        return offer[shared.index(best)]["id"]
    position = turn.entity("item_position") if named is None else None
    place = int(position) if position and position.isdigit() else 0
    return offer[place - 1]["id"] if 1 <= place <= len(offer) else None


def _is_at(slot_id: str, hour: int, minute: int) -> bool:
    local = local_time(slot_id)
    return (local.hour, local.minute) == (hour, minute)


class AskCallbackTime(Action):
    """Asks for a time; every one offered is a button and has a number."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_callback_slot"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        offer: list[dict[str, str]] = tracker.get_slot("callback_offer") or []
        booked = tracker.get_slot("callback_id")
        moving = tracker.active_loop_name == CHANGE_CALLBACK.form
        dispatcher.utter_message(
            response="utter_ask_new_callback_slot" if moving else "utter_ask_callback_slot",
            title=booked["title"] if booked else "",
            list=numbered([one["title"] for one in offer]),
            buttons=[{"title": one["title"], "payload": choice("inform", callback_slot=one["id"])} for one in offer],
        )
        say_on(dispatcher, "utter_offer_later_times_or_keep" if moving else "utter_offer_later_times")
        return []
