"""Getting a person: at most two questions first, none for those who insist; and the truth about who is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.effects import HandoffReason, signal_handoff
from actions.endings import Ending, EndOfFlow, bring_in_person
from actions.facts import facts_of_answers
from actions.flows import HANDOFF, REQUESTED_SLOT, flow_of_intent, forget_all, paused_flow
from actions.forms import Domain, FlowForm, Slots
from actions.matters import latest_topic, topic_of, topic_of_question
from actions.named import Named, as_named, noted
from actions.turn import MANNERS, TASKS, Turn, was_said_last_turn
from actions.verification import read_order_number
from actions.words import moment

NOW, WAIT, BOT = "now", "wait", "bot"
OFFERS_A_PERSON = frozenset({"utter_sorry_upset"})
"""Responses that ask whether a person should take over."""
LONGEST_TOPIC = 200
"""Characters that an agent reads of a topic in the customer's own words."""
_ABOUT_AN_ORDER = frozenset({"order", "return or refund"})
_ORDER_QUESTIONS = frozenset({"faq_refund_time", "faq_warranty", "faq_exchange", "faq_return_policy", "faq_invoice"})


class ValidateHandoffForm(FlowForm):
    """What it is about and which order; both skipped by those who insist, or when the bot itself asks for a person."""

    flow = HANDOFF
    asks = ("handoff_topic", "order_number", "handoff_choice")
    notes = frozenset({"handoff_skipped"})

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_handoff_form"

    def read(self, turn: Turn, tracker: Tracker) -> Slots:
        """Nearly every message answers: only manners, leaving, a callback or another button is something else."""
        requested = tracker.get_slot(REQUESTED_SLOT)
        if turn.pressed and turn.intent == "inform":
            return super().read(turn, tracker)
        number = turn.entity("order_number")
        found: Slots = {"order_number": number} if number else {}
        if requested == "handoff_choice":
            return self._choice(turn, tracker)
        if requested is None or (turn.intent == HANDOFF.intent and turn.entity("handoff_topic")):
            # Who names an order, or what is the matter, with the wish for a person has said what it is about.
            topic = turn.entity("handoff_topic") or ((number or turn.entity("matter")) and turn.text)
            return {**found, "handoff_topic": topic} if topic else found
        if turn.intent in (HANDOFF.intent, "upset") or turn.is_bare_yes_or_no():
            return {"handoff_skipped": True}
        if requested == "order_number":
            return found
        leaves = turn.pressed or turn.intent in MANNERS | {"request_callback"}
        if leaves and turn.asks_for_something_else():
            return {}
        return {**found, "handoff_topic": turn.text} if turn.text else found

    def _choice(self, turn: Turn, tracker: Tracker) -> Slots:
        if turn.intent == HANDOFF.intent:
            return {"handoff_choice": WAIT}
        answers = turn.is_bare_detail() and turn.intent not in TASKS and paused_flow(tracker)
        goes_on = turn.intent in ("stop", "deny") or answers
        return {"handoff_choice": BOT} if goes_on else {}

    async def validate_handoff_topic(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Any words will do."""
        return {"handoff_topic": as_named("topic", value, Turn.of(tracker), longest=LONGEST_TOPIC)}

    async def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Whether it can be an order number; whose it is, the agent finds out."""
        return {"order_number": read_order_number(str(value))}

    async def validate_handoff_choice(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """One of the two."""
        return {"handoff_choice": value if value in (NOW, WAIT, BOT) else None}

    async def settle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, answered: Sequence[str]
    ) -> Slots:
        """Once nothing more is asked, see whether somebody is there; if so, no choice has to be made."""
        if tracker.get_slot("handoff_choice") or _open_questions(tracker, turn):
            return {}
        if tracker.get_slot(REQUESTED_SLOT) == "handoff_choice" and not answered:
            return {}
        there = (await services.internal_api().availability(turn.language)).somebody_is_there
        return {"handoff_choice": NOW} if there else {}

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[str]:
        """The questions still worth asking, then what to do when nobody is there."""
        return [*_open_questions(tracker, Turn.of(tracker)), "handoff_choice"]


def _open_questions(tracker: Tracker, turn: Turn) -> list[str]:
    """At most two, and none for those who insist."""
    if tracker.get_slot("handoff_skipped") or tracker.get_slot("handoff_reason") not in (None, "asked"):
        return []
    topic = noted(tracker.get_slot("handoff_topic"))
    if topic is None:
        return ["handoff_topic"]
    about_order = topic in _ABOUT_AN_ORDER or turn.intent in TASKS | _ORDER_QUESTIONS
    return ["order_number"] if about_order and tracker.get_slot("order_number") is None else []


def stop_asking(tracker: Tracker) -> list[EventType]:
    """Events that go on to a person when the answers are not understood: nobody is kept in front of a question."""
    form_over = [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
    if tracker.get_slot(REQUESTED_SLOT) == "handoff_choice":
        return [*form_over, SlotSet("handoff_choice", WAIT), FollowupAction(HandOver().name())]
    return [*form_over, SlotSet("handoff_skipped", True), FollowupAction(HANDOFF.form)]


class AskHandoffChoice(Action):
    """Says honestly that nobody is there, and until when, and offers what is possible."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_handoff_choice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        language = Turn.of(tracker).language
        availability = await services.internal_api().availability(language)
        if availability.opens_at is None:
            dispatcher.utter_message(response="utter_nobody_there", hours=availability.hours_text)
        else:
            dispatcher.utter_message(
                response="utter_nobody_there_closed",
                hours=availability.hours_text,
                opens_at=moment(availability.opens_at, language),
            )
        return []


class HandOver(EndOfFlow):
    """Asks the gateway for a person, with everything known so far; or goes on with the bot."""

    flow = HANDOFF

    async def do(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Ending:
        """See the base."""
        choice = tracker.get_slot("handoff_choice")
        if choice == BOT:
            return Ending(None if paused_flow(tracker) else "utter_stay_with_bot")
        reason = cast(HandoffReason, tracker.get_slot("handoff_reason") or "asked")
        topic = Named.of(tracker.get_slot("handoff_topic")) or latest_topic(tracker)
        signal_handoff(dispatcher, reason, topic.noted if topic else None, facts_of_answers(tracker))
        if choice == WAIT:
            return Ending("utter_left_in_queue")
        return Ending("utter_handing_over")

    def was_ended_by_answer(self, turn: Turn) -> bool:
        """An order number given instead of choosing goes on with the bot."""
        return turn.is_bare_detail()

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, ending: Ending) -> list[EventType]:
        """Once a person has it, every task is over for the bot."""
        if tracker.get_slot("handoff_choice") == BOT or Ending.of(tracker):
            return super().end(dispatcher, tracker, turn, ending)
        if ending.response:
            dispatcher.utter_message(response=ending.response)
        return forget_all()


class Upset(Action):
    """Says sorry and offers a person; the second time in a row, brings one in."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_upset"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        if was_said_last_turn(tracker, OFFERS_A_PERSON):
            return bring_in_person(tracker, "upset")
        dispatcher.utter_message(response="utter_sorry_upset")
        return []


class TopicForPerson(Action):
    """Brings in a person for what the operator wants people to do (the setting BATON_HANDOFF_INTENTS)."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_topic_for_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        intent = Turn.of(tracker).entity("topic_for_person") or ""
        flow = flow_of_intent(intent)
        topic = topic_of(flow, None) if flow else topic_of_question(intent)
        return bring_in_person(tracker, "topic_rule", topic)


class OpeningHours(Action):
    """Says when somebody is there, as the gateway knows it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_opening_hours"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        language = Turn.of(tracker).language
        availability = await services.internal_api().availability(language)
        if availability.somebody_is_there:
            dispatcher.utter_message(response="utter_opening_hours_here", hours=availability.hours_text)
        elif availability.opens_at is None:
            dispatcher.utter_message(response="utter_opening_hours_open", hours=availability.hours_text)
        else:
            dispatcher.utter_message(
                response="utter_opening_hours_closed",
                hours=availability.hours_text,
                opens_at=moment(availability.opens_at, language),
            )
        return []
