"""Folding old turns leaves the state, and the way the policies see the last turns, as they were."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    Restarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)

from bot.compaction import Window, compact
from bot.tracker import StoredTracker, begins_turn, fork
from tests.bot.conftest import PROJECT

DOMAIN = Domain.load(PROJECT / "domain.yml")
WINDOW = Window(keep=3, fold=5, most=9)

happenings = st.sampled_from(["say", "set", "unset", "open", "close", "fall back", "reset", "restart"])


def turn(number: int, happening: str) -> list[Event]:
    events: list[Event] = [
        UserUttered(f"text {number}", {"name": "greet", "confidence": 0.9}, message_id=f"m{number}"),
        ActionExecuted("utter_greet"),
        BotUttered(f"reply {number}"),
    ]
    events += {
        "say": [],
        "set": [SlotSet("order_number", str(number)), SlotSet("runs", [number])],
        "unset": [SlotSet("order_number", None)],
        "open": [ActiveLoop("return_form"), SlotSet("requested_slot", "reason")],
        "close": [ActiveLoop(None), SlotSet("requested_slot", None)],
        "fall back": [UserUtteranceReverted()],
        "reset": [AllSlotsReset()],
        "restart": [Restarted()],
    }[happening]
    return [*events, ActionExecuted("action_listen")]


def tracker_of(events: list[Event]) -> StoredTracker:
    tracker = StoredTracker("c", DOMAIN.slots)
    for event in events:
        tracker.update(event, DOMAIN)
    return tracker


def conversation(what: list[str]) -> StoredTracker:
    return tracker_of([event for number, happening in enumerate(what) for event in turn(number, happening)])


@given(st.lists(happenings, max_size=30))
@settings(max_examples=150, deadline=None)
def test_folding_changes_neither_the_state_nor_the_last_turns(what: list[str]) -> None:
    tracker = conversation(what)
    folded = compact(tracker, WINDOW)
    if len(what) <= WINDOW.fold:
        assert folded is None
    if len(what) > WINDOW.most:
        assert folded is not None
    if folded is None:
        return
    after = tracker_of(folded)
    assert after.current_slot_values() == tracker.current_slot_values()
    assert after.active_loop_name == tracker.active_loop_name
    assert after.latest_action_name == tracker.latest_action_name == "action_listen"
    assert {n for n, slot in after.slots.items() if slot.has_been_set} == {
        n for n, slot in tracker.slots.items() if slot.has_been_set
    }
    kept = [event.message_id for event in folded if begins_turn(event)]
    assert kept[-WINDOW.keep :] == [f"m{n}" for n in range(len(what) - WINDOW.keep, len(what))]
    assert len(kept) <= WINDOW.most


@given(st.lists(happenings, min_size=10, max_size=20), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_policies_see_the_last_turns_as_before(what: list[str], more: int) -> None:
    what = [*what, *["say"] * (3 + more)]
    tracker = conversation(what)
    folded = compact(tracker, WINDOW)
    assert folded is not None
    states = tracker.past_states(DOMAIN)
    assert tracker_of(folded).past_states(DOMAIN)[-6:] == states[-6:]


def test_a_form_is_not_cut_while_it_is_short_enough() -> None:
    tracker = conversation(["say", "open", *["say"] * 6])
    assert compact(tracker, WINDOW) is not None  # before the form there is a place to cut
    first = compact(tracker, WINDOW)
    assert first is not None
    assert next(event.message_id for event in first if begins_turn(event)) == "m1"


def test_an_endless_form_is_cut_with_the_form_still_active() -> None:
    tracker = conversation(["open", *["say"] * 12])
    folded = compact(tracker, WINDOW)
    assert folded is not None
    after = tracker_of(folded)
    assert after.active_loop_name == "return_form"
    assert after.get_slot("requested_slot") == "reason"


@given(st.lists(happenings, max_size=12), happenings)
@settings(max_examples=60, deadline=None)
def test_a_fork_moves_on_without_its_original(what: list[str], happening: str) -> None:
    tracker = conversation(what)
    before = (list(tracker.events), tracker.current_state())
    twin = fork(tracker)
    assert twin.current_state() == tracker.current_state()
    for event in turn(99, happening):
        twin.update(event, DOMAIN)
    assert (list(tracker.events), tracker.current_state()) == before


@given(st.lists(happenings, max_size=12))
@settings(max_examples=60, deadline=None)
def test_describing_only_the_last_turns_gives_the_beginning_and_the_end_of_the_whole_description(
    what: list[str],
) -> None:
    tracker = conversation(what)
    whole = super(StoredTracker, tracker).generate_all_prior_trackers()
    expected = [DOMAIN.get_active_state(past) for past, _ in whole]
    described = tracker.past_states(DOMAIN)
    assert described[0] == expected[0]
    assert described[1:] == expected[len(expected) - len(described) + 1 :]
    assert len(described) == len(expected) or len(described) >= 4


def test_policies_have_something_to_look_at_when_rules_decided_every_turn_that_is_left() -> None:
    said = [event for number in range(12) for event in turn(number, "open" if number == 0 else "say")]
    for event in said:
        if isinstance(event, ActionExecuted):
            event.hide_rule_turn = True
    tracker = tracker_of([ActionExecuted("action_session_start"), *said])
    hidden = ActionExecuted("return_form")
    hidden.hide_rule_turn = True
    tracker.update(hidden, DOMAIN)
    assert tracker.latest_action_name == tracker.active_loop_name
    assert tracker.past_states(DOMAIN, ignore_rule_only_turns=True) != []
