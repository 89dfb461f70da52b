"""What every form does: read the message as an answer, check it, and choose the next question.

Whether a message answers the question or asks another one is decided here, in one place, instead of by
`ignored_intents` on every form: a new FAQ then interrupts every form without being listed anywhere. A message that is
no answer leaves the form untouched: Rasa sees that nothing was filled, lets the rules answer, and has the form ask
again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import signal_details
from actions.endings import LEFT, SHOP_DOWN, STUCK, Ending
from actions.facts import facts_of_answers
from actions.flows import REQUESTED_SLOT, Flow, was_resumed_by
from actions.misses import PUZZLED
from actions.shop import ShopUnavailable
from actions.turn import Turn, was_said_last_turn

Domain = Mapping[str, Any]
Slots = dict[str, Any]

MAX_TEXT = 500


class FlowForm(FormValidationAction, ABC):
    """The validation of one task's form.

    A subclass lists its questions and gives each a `validate_<slot>`; those get every new answer, written or chosen,
    and must also accept a value they have accepted before.
    """

    flow: ClassVar[Flow]
    asks: ClassVar[tuple[str, ...]]
    takes_text: ClassVar[frozenset[str]] = frozenset()
    """Questions that may be answered with any words."""
    takes_requests: ClassVar[frozenset[str]] = frozenset()
    """Those of them whose answer may sound like a request of its own: what is it about? "Where is my parcel"."""
    notes: ClassVar[frozenset[str]] = frozenset()
    """Slots that a message may fill besides, without a question or a check."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain: `validate_` and the form's."""

    def domain_slots(self, domain: Domain) -> list[str]:
        """Every slot of the form, in the order asked."""
        return list(self.asks)

    def read(self, turn: Turn, tracker: Tracker) -> Slots:
        """What a message answers, unchecked; empty when it is no answer. A slot set to None is asked again."""
        requested = tracker.get_slot(REQUESTED_SLOT)
        correction = turn.entity("correction")
        if correction in self.asks and (turn.pressed or requested == "confirmed"):
            return {correction: None, "confirmed": None}
        names_a_matter = requested in self.takes_requests and turn.text and turn.is_about_the_shop()
        if turn.asks_for_something_else(self.flow.intent) and not names_a_matter:
            return {}
        if turn.pressed and turn.intent == "inform":
            return {slot: value for slot in self.asks if (value := turn.entity(slot)) is not None}
        return self.read_typed(turn, requested, tracker)

    def read_typed(self, turn: Turn, requested: str | None, tracker: Tracker) -> Slots:
        """What a typed message, or a pressed yes or no, answers."""
        if requested == "confirmed" and turn.is_yes_or_no() and not turn.has_question_mark():
            return {"confirmed": turn.intent == "affirm"}
        if requested in self.takes_text and turn.text and not turn.is_bare_yes_or_no():
            return {requested: turn.text[:MAX_TEXT]}
        return {}

    async def settle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, answered: Sequence[str]
    ) -> Slots:
        """What follows from the answers: slots to set, among them `flow_outcome` when there is no more to ask.

        Args:
            answered: the slots that this message has filled.
        """
        return {}

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Rasa's hook: the answers of the latest message."""
        turn = Turn.of(tracker)
        if was_resumed_by(tracker, turn):
            return []
        return [SlotSet(slot, value) for slot, value in self.read(turn, tracker).items()]

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Rasa's hook: the answers that hold, and what follows from them."""
        turn = Turn.of(tracker)
        slots: Slots = {slot: value for slot, value in tracker.slots_to_validate().items() if slot in self._fills}
        requested = tracker.get_slot(REQUESTED_SLOT)
        has_answered = slots.get(requested) is not None
        try:
            for slot, value in list(slots.items()):
                if value is not None and slot in self.asks:
                    checked = await getattr(self, f"validate_{slot}")(value, dispatcher, tracker, domain)
                    slots.update(checked)
                    tracker.slots.update(checked)
            if tracker.get_slot("confirmed") is False:
                slots["flow_outcome"] = LEFT.as_slot()
            elif has_answered and slots[requested] is None and _is_stuck(dispatcher, tracker):
                slots["flow_outcome"] = STUCK.as_slot()
            else:
                slots.update(await self.settle(dispatcher, tracker, turn, list(slots)))
        except ShopUnavailable:
            slots["flow_outcome"] = SHOP_DOWN.as_slot()
        tracker.slots.update(slots)
        if slots:
            signal_details(dispatcher, facts_of_answers(tracker))
        return [SlotSet(slot, value) for slot, value in slots.items()]

    @property
    def _fills(self) -> frozenset[str]:
        return self.notes.union(self.asks)

    async def validate_confirmed(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A yes or a no."""
        return {"confirmed": bool(value)}

    async def next_requested_slot(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> EventType:
        """Rasa's hook: the next question; none when all is answered, or when the task ends early."""
        if Ending.of(tracker):
            return SlotSet(REQUESTED_SLOT, None)
        required = await self.required_slots(self.domain_slots(domain), dispatcher, tracker, domain)
        return SlotSet(REQUESTED_SLOT, next((slot for slot in required if tracker.get_slot(slot) is None), None))


def _is_stuck(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Whether an answer has just been refused, and nothing could be made of the message before it either."""
    refused = any(said.get("response") in PUZZLED for said in dispatcher.messages)
    return refused and was_said_last_turn(tracker, PUZZLED)
