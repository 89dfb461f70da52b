"""The tasks a customer can be in the middle of: how one begins, is put aside, is taken up again, and is forgotten.

A task is a Rasa form and the slots that hold its answers. What was answered about *who* asks (order number, contact
detail, proven orders) outlives a task, so that nobody is asked twice; what was answered about *what to do* does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions.named import Named
from actions.turn import Turn

REQUESTED_SLOT = "requested_slot"
SAID, REASON = "said", "reason"
"""What a button carries of the message that it was offered for: its words; or the same, when they say why."""


@dataclass(frozen=True)
class Flow:
    """One task.

    Args:
        intent: what begins it.
        form: its Rasa form.
        topic: what an agent reads as the topic when a person takes over, before the number of its order.
        slots: its own answers.
        reason: which of them says why, in any words.
        is_aside: whether it is done in passing: the task before it is taken up again afterwards.
    """

    intent: str
    form: str
    topic: str
    slots: tuple[str, ...]
    reason: str | None = None
    is_aside: bool = False

    @property
    def end(self) -> str:
        """The name of the action that does the task once the form has asked everything."""
        return f"action_submit_{self.form.removesuffix('_form')}"


ORDER_STATUS = Flow("order_status", "order_status_form", "order status", (), is_aside=True)
RETURN = Flow(
    "start_return", "return_form", "return", ("return_items", "return_reason", "confirmed"), reason="return_reason"
)
REFUND = Flow(
    "refund_fee",
    "refund_form",
    "refund of a fee",
    ("refund_charge", "refund_reason", "confirmed"),
    reason="refund_reason",
)
CANCEL_ORDER = Flow("cancel_order", "cancel_order_form", "cancel order", ("confirmed",))
CHANGE_ADDRESS = Flow(
    "change_address",
    "change_address_form",
    "change of address",
    ("new_street", "new_postal_code", "new_city", "confirmed"),
)
HANDOFF = Flow(
    "talk_to_person",
    "handoff_form",
    "talk to a person",
    ("handoff_reason", "handoff_topic", "handoff_skipped", "handoff_choice"),
    is_aside=True,
)
_CALLBACK_SLOTS = ("callback_slot", "callback_offer", "callback_id", "confirmed")
CALLBACK = Flow("request_callback", "callback_form", "callback", (*_CALLBACK_SLOTS, "callback_phone", "callback_topic"))
CHANGE_CALLBACK = Flow("change_callback", "change_callback_form", "callback", _CALLBACK_SLOTS, is_aside=True)
CANCEL_CALLBACK = Flow("cancel_callback", "cancel_callback_form", "callback", _CALLBACK_SLOTS, is_aside=True)

FLOWS = (
    ORDER_STATUS,
    RETURN,
    REFUND,
    CANCEL_ORDER,
    CHANGE_ADDRESS,
    HANDOFF,
    CALLBACK,
    CHANGE_CALLBACK,
    CANCEL_CALLBACK,
)
_BY_FORM = {flow.form: flow for flow in FLOWS}
_BY_INTENT = {flow.intent: flow for flow in FLOWS}
_STATE = ("flow", "flow_outcome", REQUESTED_SLOT)


def flow_of_form(form: str | None) -> Flow | None:
    """The task that a form belongs to."""
    return _BY_FORM.get(form) if form else None


def flow_of_intent(intent: str) -> Flow | None:
    """The task that an intent begins."""
    return _BY_INTENT.get(intent)


def active_flow(tracker: Tracker) -> Flow | None:
    """The task in hand."""
    return flow_of_form(tracker.active_loop_name)


def paused_flow(tracker: Tracker) -> Flow | None:
    """The task put aside for the one in hand."""
    return flow_of_form((tracker.get_slot("paused_flow") or {}).get("form"))


def flow_key(tracker: Tracker) -> str:
    """What makes the task's change at the shop happen once: the same for every repetition of the same task.

    It is the conversation and the message that began the task, so a repeated turn has the same, and a second task of
    the same kind another.
    """
    return str((tracker.get_slot("flow") or {})["key"])


def said_at_first(tracker: Tracker) -> str:
    """The message that began the task, for what it tells before anybody asks: "return the tent of order 10200"."""
    return str((tracker.get_slot("flow") or {}).get("said") or "")


def begin(turn: Turn, flow: Flow, matter: str = "") -> list[EventType]:
    """Events with which a task begins afresh, knowing what the customer wrote before asking for it.

    Args:
        turn: the message that asks for it.
        flow: the task.
        matter: what the customer wrote is the matter, before they asked for it; empty for nothing.
    """
    key = f"{turn.conversation_id}:{flow.form}:{turn.message_id}"
    said = turn.entity(SAID) or " ".join(filter(None, (matter, turn.text)))
    events = [ActiveLoop(None), *forget(flow), SlotSet("flow", {"form": flow.form, "key": key, "said": said})]
    if matter and flow.reason:
        events.append(SlotSet(flow.reason, Named.typed(matter).as_slot()))
    return events


def pause(tracker: Tracker, flow: Flow) -> list[EventType]:
    """Events that put a task aside, with the order it was about."""
    aside = {"form": flow.form, "flow": tracker.get_slot("flow"), "order_number": tracker.get_slot("order_number")}
    return [SlotSet("paused_flow", aside)]


def resume(tracker: Tracker, ended_by: Turn | None) -> list[EventType]:
    """Events that take up the task put aside; none when there is none.

    Args:
        tracker: the conversation.
        ended_by: the message that ended the other task, which this one does not read again: it is marked with it;
            None when the message is this one's to read.
    """
    flow, aside = paused_flow(tracker), tracker.get_slot("paused_flow") or {}
    if flow is None:
        return []
    return [
        SlotSet("paused_flow", None),
        SlotSet("order_number", aside.get("order_number")),
        SlotSet("flow", {**(aside.get("flow") or {}), "resumed_at": ended_by.message_id if ended_by else None}),
        FollowupAction(flow.form),
    ]


def was_resumed_by(tracker: Tracker, turn: Turn) -> bool:
    """Whether this very message brought the task back, and so is no answer to its question."""
    return bool((tracker.get_slot("flow") or {}).get("resumed_at") == turn.message_id)


def forget(flow: Flow) -> list[EventType]:
    """Events that clear a task's own answers."""
    return [SlotSet(slot, None) for slot in dict.fromkeys((*flow.slots, *_STATE))]


def forget_all() -> list[EventType]:
    """Events that leave every task and clear its answers; who asks, and what is proven, stays."""
    slots = dict.fromkeys(slot for flow in FLOWS for slot in flow.slots)
    return [ActiveLoop(None), *(SlotSet(slot, None) for slot in (*slots, *_STATE, "paused_flow"))]


def cleared(slots: tuple[str, ...]) -> dict[str, Any]:
    """The slots, each without a value."""
    return dict.fromkeys(slots)
