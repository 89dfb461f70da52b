"""How a task ends: with a sentence, and sometimes with a person.

A form that finds out early that there is nothing more to ask (wrong state, wrong details, the shop is down, the
customer says no) sets the slot `flow_outcome` and stops asking; the action that would have done the task says why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import HandoffReason, signal_details
from actions.flows import HANDOFF, Flow, active_flow, forget, paused_flow, resume
from actions.matters import topic_of
from actions.named import Named
from actions.shop import IdempotencyConflict, ShopUnavailable
from actions.turn import Turn


@dataclass(frozen=True)
class Ending:
    """Why and how a task ends.

    Args:
        response: what is said; None when everything was said already.
        variables: fill the response.
        person: the reason to bring in a person, or None.
        facts: what an agent should know of it.
    """

    response: str | None
    variables: Mapping[str, str] = field(default_factory=dict)
    person: HandoffReason | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_slot(self) -> dict[str, Any]:
        """The value of the slot that carries it from the form to the action."""
        return asdict(self)

    @classmethod
    def of(cls, tracker: Tracker) -> Ending | None:
        """The ending that the form has decided on, if it has."""
        outcome = tracker.get_slot("flow_outcome")
        return cls(**outcome) if outcome else None


SHOP_DOWN = Ending("utter_shop_unavailable", person="bot_failed")
LEFT = Ending("utter_left_task")


def bring_in_person(tracker: Tracker, reason: HandoffReason, topic: Named | None = None) -> list[EventType]:
    """Events that put the conversation on its way to a person, from wherever it is.

    Args:
        tracker: what is known goes along; a task in hand is put aside, to be taken up if nobody is there.
        reason: why, in the words of the turn contract.
        topic: what it is about; the task in hand when None.
    """
    flow = active_flow(tracker)
    if topic is None and flow is not None and flow is not HANDOFF:
        topic = topic_of(flow, tracker.get_slot("order_number"))
    return [
        ActiveLoop(None),
        *forget(HANDOFF),
        SlotSet("handoff_reason", reason),
        SlotSet("handoff_topic", topic.as_slot() if topic else None),
        FollowupAction(HANDOFF.form),
    ]


class EndOfFlow(Action, ABC):
    """Does what a form has collected, or says why not; then forgets the answers."""

    flow: ClassVar[Flow]

    def name(self) -> str:
        """The action's name in the domain."""
        return self.flow.end

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        ending = Ending.of(tracker)
        if ending is None:
            try:
                ending = await self.do(dispatcher, tracker, turn)
            except ShopUnavailable:
                ending = SHOP_DOWN
            except IdempotencyConflict:
                ending = Ending("utter_try_later")
        return self.end(dispatcher, tracker, turn, ending)

    @abstractmethod
    async def do(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Ending:
        """Do the task. May say things itself; raises what the shop raises when it can't be done at all."""

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, ending: Ending) -> list[EventType]:
        """Say how it ended, and go on: to a person, back to a task put aside, or nowhere."""
        if ending.response:
            dispatcher.utter_message(response=ending.response, **ending.variables)
        signal_details(dispatcher, ending.facts)
        if ending.person:
            # The answers are kept: they are what the person needs. The handoff forgets them.
            topic = topic_of(self.flow, tracker.get_slot("order_number"))
            return [SlotSet("flow_outcome", None), *bring_in_person(tracker, ending.person, topic)]
        events, aside = forget(self.flow), paused_flow(tracker)
        if aside is None:
            return events
        if self.flow.is_aside:
            dispatcher.utter_message(response="utter_back_to_task")
            return [*events, *resume(tracker, turn)]
        return [*events, *forget(aside), SlotSet("paused_flow", None)]
