"""Tasks begin, pause and are taken up again."""

from __future__ import annotations

from typing import Any

from actions.flows import ORDER_STATUS, RETURN, begin, flow_key, forget_all, pause, resume, was_resumed_by
from actions.turn import Turn
from tests.actions.trackers import tracker


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that events set."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def key_of(message_id: str) -> str:
    """The key of a return begun by a message."""
    turn = Turn.of(tracker(message_id=message_id))
    return flow_key(tracker(slots=slots_of(begin(turn, RETURN))))


def test_a_repeated_message_begins_the_same_task_and_the_next_one_another() -> None:
    assert key_of("c_1:7") == key_of("c_1:7")
    assert key_of("c_1:7") != key_of("c_1:8")


def test_a_task_begins_without_the_answers_of_the_one_before() -> None:
    slots = slots_of(begin(Turn.of(tracker()), RETURN))
    assert {slots[name] for name in RETURN.slots} == {None}


def test_a_task_put_aside_comes_back_with_its_order_and_its_key() -> None:
    begun = slots_of(begin(Turn.of(tracker()), RETURN)) | {"order_number": "10200"}
    aside = slots_of(pause(tracker(slots=begun), RETURN))
    other = slots_of(begin(Turn.of(tracker(message_id="c_1:2")), ORDER_STATUS)) | {"order_number": "10234"}
    now = tracker(slots={**begun, **aside, **other}, message_id="c_1:2")
    turn = Turn.of(now)
    back = slots_of(resume(now, turn))
    assert back["order_number"] == "10200"
    assert back["flow"]["key"] == begun["flow"]["key"]
    assert was_resumed_by(tracker(slots=back), turn)
    assert not was_resumed_by(tracker(slots=back), Turn.of(tracker(message_id="c_1:3")))


def test_forgetting_every_task_keeps_who_asks() -> None:
    slots = slots_of(forget_all())
    assert "order_number" not in slots
    assert "verified_orders" not in slots
    assert "failed_proofs" not in slots
    assert "paused_flow" in slots
