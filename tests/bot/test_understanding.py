"""What a message means: typed titles are presses, and what the settings give to a person goes to one."""

from __future__ import annotations

from pathlib import Path

import pytest

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
