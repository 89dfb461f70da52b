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
from actions.flows import HANDOFF, Flow, active_flow, forget, pause, paused_flow, resume
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
STUCK = Ending(None, person="not_understood")


def bring_in_person(tracker: Tracker, reason: HandoffReason, topic: Named | None = None) -> list[EventType]:
    """Events that put the conversation on its way to a person, from wherever it is.

    Args:
        tracker: what is known goes along; a task in hand is put aside, to be taken up if nobody is there.
        reason: why, in the words of the turn contract.
        topic: what it is about; the task in hand when None.
    """
    flow = active_flow(tracker)
    in_hand = flow if flow is not HANDOFF else None
    if topic is None and in_hand is not None:
        topic = topic_of(in_hand, tracker.get_slot("order_number"))
    return [
        ActiveLoop(None),
        *(_put_aside(tracker, in_hand) if in_hand is not None else ()),
        *forget(HANDOFF),
        SlotSet("handoff_reason", reason),
        SlotSet("handoff_topic", topic.as_slot() if topic else None),
        FollowupAction(HANDOFF.form),
    ]


def _put_aside(tracker: Tracker, flow: Flow) -> list[EventType]:
    """Events that put a task aside; one put aside already is the one to come back to, this one was done in passing."""
    return pause(tracker, flow) if paused_flow(tracker) is None else []


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
            aside = _put_aside(tracker, self.flow) if ending.person == "not_understood" else []
            return [SlotSet("flow_outcome", None), *aside, *bring_in_person(tracker, ending.person, topic)]
        events, waiting = forget(self.flow), paused_flow(tracker)
        if waiting is None:
            return events
        if self.flow.is_aside:
            dispatcher.utter_message(response="utter_back_to_task")
            return [*events, *resume(tracker, None if self.was_ended_by_answer(turn) else turn)]
        return [*events, *forget(waiting), SlotSet("paused_flow", None)]

    def was_ended_by_answer(self, turn: Turn) -> bool:
        """Whether the message that ended this task answers the one put aside, which is to read it then."""
        return False
