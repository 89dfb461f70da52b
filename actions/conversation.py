"""What is no task: beginning and leaving one, starting over, and coming back from a person."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import signal_resolved
from actions.flows import (
    CALLBACK,
    HANDOFF,
    REASON,
    active_flow,
    begin,
    flow_of_intent,
    forget,
    forget_all,
    pause,
    paused_flow,
)
from actions.forms import MAX_TEXT, Domain
from actions.handoff import LONGEST_TOPIC
from actions.matters import topic_of, topic_of_button
from actions.misses import WHAT_TO_DO
from actions.named import Named
from actions.turn import Turn, said_before, was_said_last_turn

_OUTLIVES_EVERYTHING = ("failed_proofs", "language", "language_chosen")


class Begin(Action):
    """Begins the task that the customer asks for, and sees to the one in hand."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_begin"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        wanted, current = flow_of_intent(turn.intent), active_flow(tracker)
        if wanted is None or wanted is current:
            return []
        events: list[EventType] = []
        if current is not None and not current.is_aside:
            events += self._put_aside(dispatcher, tracker, aside=wanted.is_aside or wanted is CALLBACK)
        matter = _matter(tracker, turn)
        if wanted is paused_flow(tracker):
            events.append(SlotSet("paused_flow", None))  # it begins anew, so there is nothing to come back to
        events += begin(turn, wanted, matter)
        if wanted is HANDOFF:
            topic = Named.typed(matter[:LONGEST_TOPIC]) if matter else _topic(tracker, turn)
            events += [SlotSet("handoff_reason", "asked"), SlotSet("handoff_topic", topic.as_slot() if topic else None)]
        return events

    def _put_aside(self, dispatcher: CollectingDispatcher, tracker: Tracker, *, aside: bool) -> list[EventType]:
        current = active_flow(tracker)
        assert current is not None
        if aside:
            return pause(tracker, current)
        dispatcher.utter_message(response="utter_leaving_task_for_another")
        return forget(current)


def _matter(tracker: Tracker, turn: Turn) -> str:
    """What the customer wrote is the matter: their button carries it, or they ask in words for what is to be done."""
    before = said_before(tracker) if was_said_last_turn(tracker, WHAT_TO_DO) else ""
    return turn.entity(REASON) or before[:MAX_TEXT]


def _topic(tracker: Tracker, turn: Turn) -> Named | None:
    """What a person is wanted for, as far as that need not be asked."""
    about = active_flow(tracker) or paused_flow(tracker)
    return topic_of(about, tracker.get_slot("order_number")) if about else topic_of_button(tracker, turn)


class Stop(Action):
    """Leaves the task at the customer's wish; nothing is changed."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        in_hand = active_flow(tracker) is not None
        dispatcher.utter_message(response="utter_left_task" if in_hand else "utter_nothing_to_leave")
        return forget_all()


class Leave(Action):
    """Leaves the task without a word, when the customer says goodbye; with that the matter is settled."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_leave"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        signal_resolved(dispatcher)
        return forget_all()


class StartOver(Action):
    """Forgets everything but the language, and the failed tries to prove an order: nobody gets new ones so."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_start_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        dispatcher.utter_message(response="utter_started_over")
        kept = [SlotSet(slot, tracker.get_slot(slot)) for slot in _OUTLIVES_EVERYTHING]
        return [*forget_all(), AllSlotsReset(), *kept]


class HandoffReturned(Action):
    """Takes the conversation back from a person, knowing the outcome; what was proven stays proven."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_handoff_returned"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        agent, outcome = turn.entity("agent"), turn.entity("outcome")
        if agent and outcome:
            dispatcher.utter_message(response="utter_back_with_bot", agent=agent, outcome=outcome)
        else:
            dispatcher.utter_message(response="utter_back_with_bot_plain")
        # What else was asked before is the person's outcome to tell, not for the bot to take up again.
        return [*forget_all(), SlotSet("other_requests", None)]
