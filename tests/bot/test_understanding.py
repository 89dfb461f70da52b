"""What a message means: typed titles are presses, and what the settings give to a person goes to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.core.events import SlotSet

from bot.choice import read_choice
from bot.nlu.text import LONGEST
from bot.requests import MOST_READ, Waiting
from bot.serving_model import load_serving_model
from bot.tracker import StoredTracker
from bot.turn import TurnRequest
from bot.understanding import Understanding
from tests.bot.conftest import Customer
from tests.bot.test_run import refusal


@pytest.mark.parametrize("typed", ["It doesn't fit.", "it doesnt fit", "IT DOESN’T FIT!"])
def test_the_title_of_a_button_just_shown_may_be_typed(customer: Customer, typed: str) -> None:
    customer.act("lists")
    answer = customer.turn(text=typed)
    assert answer["messages"][0]["text"] == "Order 20001 is on its way."
    assert answer["understood"]["confidence"] == 1.0


def test_a_title_means_nothing_once_the_bot_has_said_something_else(customer: Customer) -> None:
    customer.act("lists")
    customer.says("hello")
    assert customer.turn(text="it doesn't fit")["understood"]["intent"] != "order_status"


def test_a_message_without_letters_is_no_title(customer: Customer) -> None:
    customer.act("lists")
    assert customer.turn(text="😀 !!")["understood"]["intent"] != "order_status"


@pytest.mark.parametrize("message", [{"text": "i want to complain"}, {"choice": "/complain"}])
def test_an_intent_that_the_settings_give_to_a_person_goes_to_one(customer: Customer, message: dict[str, str]) -> None:
    answer = customer.turn(**message)
    assert [said["text"] for said in answer["messages"]] == ["A colleague looks at that."]
    assert answer["understood"]["intent"] == "topic_for_person"
    assert {"entity": "topic_for_person", "value": "complain"} in answer["understood"]["entities"]


def test_a_setting_that_names_no_intent_stops_the_start(model: Path) -> None:
    said = refusal(
        *("bot.run", "--model", model),
        BATON_TURN_SECRET="x",
        BATON_REDIS_URL="redis://127.0.0.1:1",
        BATON_HANDOFF_INTENTS="complain, complane",
    )
    assert "complane" in said


@pytest.fixture(scope="module")
def understanding(model: Path) -> Understanding:
    metadata, runner = load_serving_model(model)
    return Understanding(metadata, runner, metadata.domain, frozenset({"complain"}))


@pytest.fixture
def tracker(understanding: Understanding) -> StoredTracker:
    return StoredTracker("c_1", understanding._domain.slots)


def turn(text: str | None = None, choice: str | None = None) -> TurnRequest:
    return TurnRequest("c_1", "c_1:7", text, read_choice(choice) if choice else None, "en", {})


def test_what_was_typed_stays_as_it_was_typed_when_it_goes_to_a_person(
    understanding: Understanding, tracker: StoredTracker
) -> None:
    typed = understanding.read(turn("i want to complain"), tracker).message
    pressed = understanding.read(turn(choice="/complain"), tracker).message
    assert (typed.intent_name, typed.text) == ("topic_for_person", "i want to complain")
    assert (pressed.intent_name, pressed.text) == ("topic_for_person", "/topic_for_person")


def test_each_request_of_a_message_has_an_id_of_its_own_for_what_it_does_at_the_shop(
    understanding: Understanding, tracker: StoredTracker
) -> None:
    first = understanding.read(turn("where is order 10234 and where is order 20001"), tracker)
    waiting: list[Waiting] = [{"text": other.text, "intent": other.intent, "id": "c_1:3+1"} for other in first.others]
    further = [understanding.read_waiting(one, turn("x"), "en", tracker, follows=True) for one in waiting]
    own = [understanding.read_waiting(one, turn("x"), "en", tracker, follows=False) for one in waiting]
    assert first.message.message_id == "c_1:7"
    assert [(one.message_id, one.parse_data["message_id"]) for one in further] == [(None, "c_1:3+1")]
    assert [(one.message_id, one.parse_data["message_id"]) for one in own] == [("c_1:7", "c_1:3+1")]


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        ("where is order 10234 and where is order 20001", False),
        ("I bought it in may. " * MOST_READ, False),
        ("I bought it in may. " * (MOST_READ + 1), True),
        ("w" * LONGEST, False),
        ("w" * (LONGEST + 1), True),
    ],
    ids=["two requests", "just enough parts", "a part too many", "just short enough", "a letter too many"],
)
def test_a_message_that_was_not_read_to_its_end_is_known(
    understanding: Understanding, tracker: StoredTracker, text: str, is_cut: bool
) -> None:
    assert understanding.read(turn(text), tracker).is_cut is is_cut


def test_an_answer_in_ones_own_words_may_have_any_length(understanding: Understanding, tracker: StoredTracker) -> None:
    tracker.update(SlotSet("requested_slot", "reason"))
    reading = understanding.read(turn("I bought it in may. " * 150), tracker)
    assert (reading.is_cut, reading.others) == (False, ())


@pytest.mark.parametrize(
    ("message", "is_written"),
    [
        ({"text": "where is my order"}, True),
        ({"text": "hej"}, True),
        ({"text": "10234"}, False),
        ({"text": "ok"}, False),
        ({"choice": "/greet"}, False),
    ],
)
def test_only_words_say_what_the_customer_writes_in(
    understanding: Understanding, tracker: StoredTracker, message: dict[str, str], is_written: bool
) -> None:
    assert understanding.read(turn(**message), tracker).is_written is is_written
