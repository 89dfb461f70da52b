"""Several requests in one message, and one that may mean two things."""

from __future__ import annotations

from tests.bot.conftest import Customer


def test_both_requests_of_a_message_are_served_in_their_order(customer: Customer) -> None:
    said = customer.says("where is order 10234 and do you wrap gifts")
    assert "Order 10234 is on its way." in said
    assert said[-2:] == ["And now the other thing.", "We wrap gifts."]


def test_the_second_request_is_named_when_the_first_may_take_questions(customer: Customer) -> None:
    assert customer.says("where is order 10234 and do you wrap gifts")[0] == "Later: Wrapping a gift."


def test_a_second_request_is_made_under_an_id_of_its_own(customer: Customer) -> None:
    answer = customer.turn(text="where is order 10234 and where is order 20001")
    said = [message["text"] for message in answer["messages"]]
    assert "Order 10234 is on its way." in said
    assert "Order 20001 is on its way." in said
    assert answer["slots"]["runs"] == 2


def test_a_repeated_message_serves_nothing_twice(customer: Customer) -> None:
    first = customer.turn("m:1", text="where is order 10234 and where is order 20001")
    assert customer.turn("m:1", text="where is order 10234 and where is order 20001") == first
    assert customer.turn(text="hello")["slots"]["runs"] == 2


def test_two_requests_in_danish_are_served_in_danish(customer: Customer) -> None:
    said = customer.says("hvor er min pakke 10234 og kan du pakke det ind som gave")
    assert said[-2:] == ["Og så det andet.", "Vi pakker gaver ind."]


def test_one_request_in_two_sentences_is_one(customer: Customer) -> None:
    assert customer.says("where is my order? it is 10234") == ["Order 10234 is on its way."]


def test_an_answer_in_ones_own_words_is_not_cut(customer: Customer) -> None:
    customer.says("I want to send something back")
    assert customer.says("10234") == ["Why do you send it back?"]
    why = "where is my order and do you wrap gifts"
    assert customer.says(why) == [f"Order 10234 may come back: {why}."]
