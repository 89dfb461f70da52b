"""What a conversation is about: as an agent reads the topic when a person takes over, and as the customer does."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk import Tracker

from actions.flows import FLOWS, HANDOFF, Flow
from actions.named import Named
from actions.turn import FAQ, TASKS, Turn

_ENDS = {flow.end: flow for flow in FLOWS if flow is not HANDOFF}
_ANSWER = f"utter_{FAQ}"
NAME_OF_INTENT = "utter_meant_"
"""Begins the name of the response that says an intent in plain words."""
_SETTLES = frozenset({"action_leave", "action_start_over", "action_handoff_returned"})
"""After these, what was spoken of before is not what the customer wants a person for."""


@dataclass(frozen=True)
class _Matter:
    """What was dealt with last.

    Args:
        topic: what it was.
        turns_ago: in which of the customer's messages; 0 is the latest one.
        is_task: a task, rather than a question with one answer.
    """

    topic: Named
    turns_ago: int
    is_task: bool


def topic_of(flow: Flow, order_number: str | None) -> Named:
    """A task as a topic, for an agent with the order it is about: "return 10200"."""
    noted = f"{flow.topic} {order_number}" if order_number and flow.intent in TASKS else flow.topic
    return Named(NAME_OF_INTENT + flow.intent, noted)


def topic_of_question(intent: str) -> Named:
    """The intent of a question with one answer as a topic: "delivery time"."""
    return Named(NAME_OF_INTENT + intent, intent.removeprefix(FAQ).replace("_", " "))


def latest_topic(tracker: Tracker) -> Named | None:
    """The task that came to its end, or the question that was answered, last; None when there was neither."""
    matter = _latest_matter(tracker)
    return matter.topic if matter else None


def topic_of_button(tracker: Tracker, turn: Turn) -> Named | None:
    """What a button is about that names no topic: the task that ended in the answer it stands under."""
    matter = _latest_matter(tracker)
    return matter.topic if matter and turn.pressed and matter.is_task and matter.turns_ago == 1 else None


def _latest_matter(tracker: Tracker) -> _Matter | None:
    turns_ago, order_number = sum(event["event"] == "user" for event in tracker.events), None
    matter = None
    for event in tracker.events:
        name = event.get("name")
        if event["event"] == "user":
            turns_ago -= 1
        elif event["event"] == "slot" and name == "order_number":
            order_number = event.get("value")
        elif event["event"] == "action" and name in _SETTLES:
            matter = None
        elif event["event"] == "action" and name in _ENDS:
            matter = _Matter(topic_of(_ENDS[name], order_number), turns_ago, is_task=True)
        elif event["event"] == "action" and str(name).startswith(_ANSWER):
            matter = _Matter(topic_of_question(str(name).removeprefix("utter_")), turns_ago, is_task=False)
    return matter
