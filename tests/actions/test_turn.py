"""What an action reads of a message."""

from __future__ import annotations

import pytest

from actions.turn import Turn
from tests.actions.trackers import tracker


def test_a_pressed_button_has_no_text() -> None:
    turn = Turn.of(tracker('/inform{"return_items": "all"}', entities={"return_items": "all"}))
    assert turn.pressed
    assert turn.text == ""
    assert turn.entity("return_items") == "all"


def test_text_that_begins_with_a_slash_is_text() -> None:
    turn = Turn.of(tracker("/etc/passwd", "nlu_fallback"))
    assert not turn.pressed
    assert turn.text == "/etc/passwd"


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "is_other"),
    [
        ("how long does delivery take", "faq_delivery_time", 0.95, True),
        ("how long does it take?", "faq_delivery_time", 0.4, True),
        ("it took too long", "faq_delivery_time", 0.4, False),
        ("where is my order", "order_status", 0.9, True),
        ("order 10234", "order_status", 0.9, False),
        ("it is too small", "inform", 0.9, False),
        ("stop", "stop", 0.8, True),
        ("Stop Street 4", "stop", 0.4, False),
        ("tell me a joke", "out_of_scope", 0.9, True),
        ("blorb", "nlu_fallback", 0.35, False),
    ],
)
def test_a_request_is_told_from_an_answer(text: str, intent: str, confidence: float, is_other: bool) -> None:
    entities = {"order_number": "10234"} if "10234" in text else {}
    turn = Turn.of(tracker(text, intent, confidence=confidence, entities=entities))
    assert turn.asks_for_something_else() is is_other


def test_the_tasks_own_intent_is_no_other_request() -> None:
    assert not Turn.of(tracker("return it", "start_return")).asks_for_something_else("start_return")


def test_what_resembles_a_yes_a_little_is_none() -> None:
    assert not Turn.of(tracker("xyzzy", "affirm", confidence=0.36)).is_yes_or_no()
    assert Turn.of(tracker("yes", "affirm", confidence=0.9)).is_yes_or_no()


def test_only_a_signed_contact_vouches_for_a_customer() -> None:
    signed = {"verified": True, "customer_id": "C-1"}
    assert Turn.of(tracker(contact=signed)).contact.proven_customer == "C-1"
    assert Turn.of(tracker(contact={**signed, "verified": False})).contact.proven_customer is None
    assert Turn.of(tracker(contact={**signed, "verified": "yes"})).contact.proven_customer is None
    assert Turn.of(tracker(contact={"verified": True})).contact.proven_customer is None
