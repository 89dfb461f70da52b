"""Several requests in one message, and one that may mean two things."""

from __future__ import annotations

import pytest

from bot.other_requests import MOST_WAITING
from tests.bot.conftest import Customer

GO_ON = "Shall I go on?"
TOO_MUCH = "Too much."


def orders(count: int) -> str:
    """A message about so many orders."""
    return " and ".join(f"where is order {20001 + number}" for number in range(count))


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


def test_as_many_requests_as_can_wait_are_all_served(customer: Customer) -> None:
    answer = customer.turn(text=orders(1 + MOST_WAITING))
    assert answer["slots"]["runs"] == 1 + MOST_WAITING
    assert not any(TOO_MUCH in message["text"] for message in answer["messages"])


def test_what_is_asked_past_that_is_not_dropped_in_silence(customer: Customer) -> None:
    answer = customer.turn(text=orders(2 + MOST_WAITING))
    assert answer["slots"]["runs"] == 1 + MOST_WAITING
    assert sum(message["text"].count(TOO_MUCH) for message in answer["messages"]) == 1


def test_a_message_too_long_to_be_read_to_its_end_is_answered_as_far_as_it_was_and_says_so(customer: Customer) -> None:
    said = customer.says("do you wrap gifts? " * 100)
    assert said == [TOO_MUCH, "We wrap gifts."]


@pytest.mark.parametrize("order", ["66666", "77777", "88888"])
def test_a_further_request_that_fails_or_hangs_costs_the_first_one_nothing(customer: Customer, order: str) -> None:
    answer = customer.turn(text=f"where is order 10234 and where is order {order}")
    said = [message["text"] for message in answer["messages"]]
    assert said[1:] == ["Order 10234 is on its way.", GO_ON]
    assert (answer["slots"]["order_number"], answer["slots"]["runs"]) == ("10234", 1)
    (left,) = answer["slots"]["other_requests"]
    assert left["id"] == f"{customer.conversation_id}:1+1"


def test_a_further_request_is_broken_off_before_the_turn_runs_out_of_time(customer: Customer) -> None:
    # Together the two take longer than a turn may, though neither takes longer than an action may.
    said = customer.says("where is order 33333 and where is order 77777")
    assert said[1:] == ["Order 33333 is on its way.", GO_ON]


def test_gone_on_with_it_fails_as_every_turn_does(customer: Customer) -> None:
    customer.says("where is order 10234 and where is order 66666")
    status, answer = customer.try_turn(choice="/affirm")
    assert (status, answer["error"]["code"]) == (500, "action_failed")


@pytest.mark.parametrize("yes", [{"choice": "/affirm"}, {"text": "Go on"}, {"text": "yes please"}])
def test_a_yes_goes_on_with_what_was_left(customer: Customer, yes: dict[str, str]) -> None:
    assert customer.says("where is order 10234 and where is order 55555 and do you wrap gifts")[-1] == GO_ON
    answer = customer.turn("m:2", **yes)
    said = [message["text"] for message in answer["messages"]]
    assert said == ["Order 55555 is on its way.", "And now the other thing.", "We wrap gifts."]
    assert customer.turn("m:2", **yes) == answer
    assert customer.says("yes please") == ["All right."]


def test_another_message_is_answered_first_and_then_what_was_left(customer: Customer) -> None:
    customer.says("where is order 10234 and where is order 55555")
    assert customer.says("hello") == ["Hello.", "And now the other thing.", "Order 55555 is on its way."]


def test_a_yes_within_a_task_is_an_answer_of_that_task(customer: Customer) -> None:
    customer.says("I want to send something back")
    customer.says("do you wrap gifts and where is order 10234")
    customer.says("10234")
    assert customer.says("yes please")[0] == "Order 10234 may come back: yes please."
