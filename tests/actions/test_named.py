"""Reasons and topics: shown to the customer in their language, noted for an agent in English."""

from __future__ import annotations

import pytest

from actions.named import Named, as_named, noted, shown
from actions.turn import Turn
from tests.actions.trackers import tracker

TYPED = Turn.of(tracker("it is too heavy"))
PRESSED = Turn.of(tracker('/inform{"return_reason": "does_not_fit"}'))


def test_what_is_typed_stays_as_it_was_typed() -> None:
    kept = as_named("reason", "它太重了", TYPED)
    assert (shown(kept), noted(kept)) == ("它太重了", "它太重了")


def test_a_key_is_shown_as_a_response_and_noted_as_words() -> None:
    kept = as_named("reason", "does_not_fit", PRESSED)
    assert (shown(kept), noted(kept)) == ("utter_reason_does_not_fit", "does not fit")


def test_a_typed_key_is_no_key() -> None:
    assert shown(as_named("reason", "does_not_fit", TYPED)) == "does_not_fit"


def test_nobody_can_type_the_name_of_a_response() -> None:
    assert not shown(as_named("reason", "utter_greet", TYPED)).startswith("utter_")


def test_a_button_whose_payload_is_no_key_stands_for_itself() -> None:
    assert Named.pressed("reason", "It is too heavy") == Named("It is too heavy", "It is too heavy")


def test_what_is_kept_is_accepted_again() -> None:
    kept = as_named("topic", "order", PRESSED)
    assert as_named("topic", kept, TYPED) == kept


def test_a_long_text_is_cut() -> None:
    assert len(shown(as_named("topic", "x" * 400, TYPED, longest=300))) == 300


@pytest.mark.parametrize("slot", [None, ""])
def test_an_empty_slot_names_nothing(slot: str | None) -> None:
    assert Named.of(slot) is None
    assert (shown(slot), noted(slot)) == ("", None)
