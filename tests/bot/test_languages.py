"""The language of a conversation: which the bot answers in, and when it changes."""

from __future__ import annotations

import pytest

from bot.languages import nearest
from tests.bot.conftest import Customer


def test_a_danish_message_is_answered_in_danish_and_the_gateway_told(customer: Customer) -> None:
    answer = customer.turn(text="kan du pakke det ind som gave")
    assert [said["text"] for said in answer["messages"]] == ["Vi pakker gaver ind."]
    assert answer["effects"]["language"] == "da"
    assert answer["slots"]["language"] == "da"


def test_a_conversation_that_stays_in_its_language_tells_nothing(customer: Customer) -> None:
    customer.turn(text="kan du pakke det ind som gave")
    answer = customer.turn(text="goddag", language="da")
    assert "language" not in answer["effects"]
    assert [said["text"] for said in answer["messages"]] == ["Hej."]


def test_a_word_of_another_language_changes_nothing(customer: Customer) -> None:
    customer.says("where is my order 10234")
    answer = customer.turn(text="hej")
    assert "language" not in answer["effects"]


@pytest.mark.parametrize("message", [{"choice": "/greet"}, {"text": "10234"}, {"text": "ok"}])
def test_neither_a_button_nor_a_number_settles_the_language_of_the_page(
    customer: Customer, message: dict[str, str]
) -> None:
    customer.turn(**message)
    assert customer.turn(text="hej")["effects"]["language"] == "da"


def test_words_settle_it_and_a_button_after_them_changes_nothing(customer: Customer) -> None:
    customer.says("where is my order 10234")
    customer.turn(choice="/greet")
    assert "language" not in customer.turn(text="hej")["effects"]


def test_what_has_no_words_in_a_language_is_said_in_the_default_one(customer: Customer) -> None:
    answer = customer.turn(text="hvor er min pakke", language="da")
    assert answer["messages"][0]["text"].startswith("Order ")


def test_a_page_in_a_language_that_the_bot_does_not_speak_is_answered_in_the_default_one(customer: Customer) -> None:
    answer = customer.turn(text="hello", language="fi")
    assert [said["text"] for said in answer["messages"]] == ["Hello."]
    assert answer["effects"]["language"] == "en"


def test_a_repeated_message_tells_the_language_again(customer: Customer) -> None:
    first = customer.turn("m:1", text="kan du pakke det ind som gave")
    assert customer.turn("m:1", text="kan du pakke det ind som gave") == first


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("da", "da"), ("DA", "da"), ("pt-BR", "pt"), ("zh-Hant", "zh-TW"), ("fi", "en")]
)
def test_the_nearest_language_is_spoken(wanted: str, spoken: str) -> None:
    assert nearest(wanted, ("en", "da", "pt", "zh-TW")) == spoken
