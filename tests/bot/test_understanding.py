"""What a message means: typed titles are presses, and what the settings give to a person goes to one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, BotUttered, SlotSet

from bot.choice import read_choice
from bot.nlu.text import LONGEST
from bot.requests import MOST_READ, Waiting
from bot.serving_model import load_serving_model
from bot.tracker import StoredTracker
from bot.turn import TurnRequest
from bot.understanding import Reading, Understanding
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


def gate_options(understanding: Understanding) -> dict[str, Any]:
    nodes = understanding._runner._instantiated_nodes
    (gate,) = (node._component for name, node in nodes.items() if "UnderstandingGate" in name)
    options: dict[str, Any] = gate._config
    return options


@pytest.fixture
def doubting(understanding: Understanding, monkeypatch: pytest.MonkeyPatch) -> Understanding:
    """One that asks about every task."""
    monkeypatch.setitem(gate_options(understanding), "doubt_ratio", 0.0)
    return understanding


def meant(reading: Reading) -> tuple[str | None, list[str]]:
    entities = reading.message.entities
    return reading.message.intent_name, [one["value"] for one in entities if one["entity"] == "which_meant"]


def test_a_doubtful_task_is_asked_about(doubting: Understanding, tracker: StoredTracker) -> None:
    assert meant(doubting.read(turn("where is my order"), tracker)) == ("which_meant", ["order_status"])
    assert meant(doubting.read(turn("do you wrap gifts"), tracker)) == ("faq_gifts", [])


def test_a_pressed_button_is_never_doubtful(doubting: Understanding, tracker: StoredTracker) -> None:
    assert meant(doubting.read(turn(choice="/order_status"), tracker)) == ("order_status", [])


def test_a_task_is_not_asked_about_inside_another(doubting: Understanding, tracker: StoredTracker) -> None:
    tracker.update(ActiveLoop("return_form"))
    assert meant(doubting.read(turn("where is my order"), tracker)) == ("order_status", [])


def test_each_doubtful_request_is_asked_about_when_it_is_its_turn(
    doubting: Understanding, tracker: StoredTracker
) -> None:
    reading = doubting.read(turn("do you wrap gifts and where is order 20001"), tracker)
    assert meant(reading) == ("faq_gifts", [])
    waiting: list[Waiting] = [{"text": one.text, "intent": one.intent, "id": "c_1:7+1"} for one in reading.others]
    served = [doubting.read_waiting(one, turn("x"), "en", tracker, follows=True) for one in waiting]
    assert [one.intent_name for one in served] == ["which_meant"]


def offers(*payloads: str) -> BotUttered:
    return BotUttered("This?", {"buttons": [{"title": payload, "payload": payload} for payload in payloads]})


ONE_ORDER = '/order_status{"order_number": "20001"}'


@pytest.mark.parametrize(
    ("typed", "orders"), [("yes please", ["20001"]), ("where is my order", ["20001"]), ("where is 10234", ["10234"])]
)
def test_who_says_yes_or_the_same_again_means_what_was_offered(
    doubting: Understanding, tracker: StoredTracker, typed: str, orders: list[str]
) -> None:
    tracker.update(offers(ONE_ORDER, "/none_meant"))
    message = doubting.read(turn(typed), tracker).message
    assert message.intent_name == "order_status"
    assert [one["value"] for one in message.entities if one["entity"] == "order_number"] == orders


@pytest.mark.parametrize(
    "payloads",
    [(ONE_ORDER, "/greet", "/none_meant"), (ONE_ORDER,), (ONE_ORDER, "/greet"), ("/none_meant",)],
    ids=["two things", "no way out", "two things, no way out", "nothing"],
)
def test_a_yes_confirms_only_what_was_offered_alone(
    understanding: Understanding, tracker: StoredTracker, payloads: tuple[str, ...]
) -> None:
    tracker.update(offers(*payloads))
    assert understanding.read(turn("yes please"), tracker).message.intent_name == "affirm"


def test_what_is_said_again_but_may_mean_either_is_no_yes(
    doubting: Understanding, tracker: StoredTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for option, value in (("close_below", 1.1), ("close_ratio", 0.0)):
        monkeypatch.setitem(gate_options(doubting), option, value)
    tracker.update(offers(ONE_ORDER, "/none_meant"))
    message = doubting.read(turn("where is my order"), tracker).message
    assert not [one for one in message.entities if one["entity"] == "order_number"]
