"""When the bot does not follow: it helps with the question that is open, and the second time brings in a person."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import choice, signal_not_understood
from actions.endings import bring_in_person
from actions.flows import HANDOFF, ORDER_STATUS, REASON, REQUESTED_SLOT, SAID, active_flow, begin
from actions.forms import MAX_TEXT, Domain
from actions.handoff import OFFERS_A_PERSON, stop_asking
from actions.misses import HELP, PUZZLED, WHAT_TO_DO
from actions.turn import Turn, was_said_last_turn
from actions.verification import read_contact_detail, read_order_number, read_phone
from actions.words import word_count

_FOR_A_MATTER = ("start_return", "refund_fee", "talk_to_person")
"""What a customer may want who only says what is the matter: "the tent has a hole"."""
_FEWEST_WORDS = 3
_WORDS_ABOUT_A_DETAIL = 5
"""As many say no more than what the detail is: "hello, my order number is 10234"."""
_CARRIED = ("order_number", "email", "phone", "date", "time", "new_address")
"""Details of a message that hold for whichever of two requests it turns out to be."""


class NotUnderstood(Action):
    """Asks to put it another way, the second time in a row brings in a person."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        if turn.intent != "out_of_scope" and turn.entity("order_number") and active_flow(tracker) is None:
            return order_mentioned(turn)
        return not_understood(dispatcher, tracker)


def order_mentioned(turn: Turn) -> list[EventType]:
    """An order number with nothing else to go by: tell where that order is."""
    return [*begin(turn, ORDER_STATUS), FollowupAction(ORDER_STATUS.form)]


def not_understood(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Say that a message was not understood; go on to a person when the one before was not either."""
    turn, flow = Turn.of(tracker), active_flow(tracker)
    if flow is None and _is_own_phone(turn):
        dispatcher.utter_message(response="utter_phone_noted")
        return []
    if flow is HANDOFF and turn.is_bare_detail():
        # They were asked how to go on, and tell what an agent will need.
        dispatcher.utter_message(response="utter_detail_noted")
        return _details_of(turn)
    signal_not_understood(dispatcher)
    if flow is HANDOFF and was_said_last_turn(tracker, PUZZLED):
        return stop_asking(tracker)
    if was_said_last_turn(tracker, PUZZLED):
        dispatcher.utter_message(response="utter_still_not_understood")
        return bring_in_person(tracker, "not_understood")
    if flow is not None:
        requested = tracker.get_slot(REQUESTED_SLOT)
        dispatcher.utter_message(response=HELP.get(requested, "utter_not_an_answer"))
    elif turn.intent == "out_of_scope":
        dispatcher.utter_message(response="utter_out_of_scope")
    else:
        dispatcher.utter_message(response="utter_please_rephrase")
    return []


def _details_of(turn: Turn) -> list[EventType]:
    """Events that keep the order number and the contact detail of a message."""
    detail = read_contact_detail(str(turn.entity("email") or turn.entity("phone") or ""))
    kept = {"order_number": read_order_number(str(turn.entity("order_number") or "")), "contact_detail": detail}
    return [SlotSet(slot, value) for slot, value in kept.items() if value]


def _is_own_phone(turn: Turn) -> bool:
    """Whether the message is the number that the customer has with their channel: a card of their own, say."""
    phone, own = turn.entity("phone"), turn.contact.phone
    return bool(phone and own) and turn.is_bare_detail() and read_phone(str(phone)) == own


def _carried(turn: Turn) -> dict[str, str]:
    """The details of a message that go into the buttons that are offered for it."""
    return {name: value for name in _CARRIED if (value := turn.entity(name))}


class AskWhichMeant(Action):
    """Asks which of two requests a message means, or whether one; each is a button that carries its details along."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_which_meant"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        details = _carried(turn)
        if turn.text:
            details[SAID] = turn.text[:MAX_TEXT]
        meant = dict.fromkeys(turn.entities.get("which_meant", ()))
        choices = [{"intent": intent, "payload": choice(intent, **details)} for intent in meant]
        response = "utter_ask_which_meant" if len(choices) > 1 else "utter_ask_if_meant"
        dispatcher.utter_message(response=response, choices=choices)
        return []


def _says_what_is_the_matter(turn: Turn) -> bool:
    """Whether it reads like the answer to "why", though nobody asked: "the tent has a hole in it"."""
    said = word_count(turn.text) >= _FEWEST_WORDS and not turn.has_question_mark()
    return turn.intent == "inform" and said and not turn.is_bare_detail(_WORDS_ABOUT_A_DETAIL)


class Unasked(Action):
    """A yes, a no, a detail or a reason that answers no question: of use outside a task, not understood inside one."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_unasked"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        if active_flow(tracker) is not None:
            return not_understood(dispatcher, tracker)
        if _says_what_is_the_matter(turn) and not was_said_last_turn(tracker, WHAT_TO_DO):
            details = {**_carried(turn), REASON: turn.text[:MAX_TEXT]}
            choices = [{"intent": intent, "payload": choice(intent, **details)} for intent in _FOR_A_MATTER]
            dispatcher.utter_message(response="utter_ask_what_to_do", choices=choices)
            return []
        if turn.entity("order_number"):
            return order_mentioned(turn)
        if not turn.is_yes_or_no() or turn.has_question_mark():
            return not_understood(dispatcher, tracker)
        if turn.intent == "affirm" and was_said_last_turn(tracker, OFFERS_A_PERSON):
            return bring_in_person(tracker, "upset")
        dispatcher.utter_message(response="utter_what_then" if turn.intent == "affirm" else "utter_all_right")
        return []


class OtherOrder(Action):
    """ "The other order" when no order form is open: its status is what can be told of it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_other_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        if active_flow(tracker) is not None:
            return not_understood(dispatcher, tracker)
        events = begin(Turn.of(tracker), ORDER_STATUS)
        return [*events, SlotSet("order_number", None), FollowupAction(ORDER_STATUS.form)]
