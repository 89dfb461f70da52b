"""Several requests in one message."""

from __future__ import annotations

from typing import Any

from actions import flows, matters
from bot import requests
from bot.requests import MOST_READ, Request, requests_in

INTENTS = {
    "hi": ("greet", 0.9),
    "where is 10234": ("order_status", 0.9),
    "where is it": ("order_status", 0.9),
    "where is 10199": ("order_status", 0.9),
    "return 10199": ("start_return", 0.8),
    "it's 10234": ("inform", 0.9),
    "how long does delivery take": ("faq_delivery_time", 0.9),
    "and so on": ("faq_delivery_time", 0.3),
}


def parse(part: str) -> dict[str, Any]:
    intent, confidence = INTENTS[part]
    orders = [{"entity": "order_number", "value": word} for word in part.split() if word.isdigit()]
    return {"intent": {"name": intent, "confidence": confidence}, "entities": orders}


def texts(*parts: str) -> list[str]:
    return [request.text for request in requests_in(parts, parse)]


def test_two_requests_are_two() -> None:
    assert requests_in(["where is 10234", "return 10199"], parse) == [
        Request("where is 10234", "order_status", ("10234",)),
        Request("return 10199", "start_return", ("10199",)),
    ]


def test_the_same_about_another_order_is_another_request() -> None:
    assert texts("where is 10234", "where is 10199") == ["where is 10234", "where is 10199"]


def test_what_asks_for_nothing_belongs_to_the_request_before_it() -> None:
    assert texts("where is it", "it's 10234", "return 10199") == ["where is it it's 10234", "return 10199"]


def test_what_comes_before_the_first_request_belongs_to_it() -> None:
    assert texts("hi", "where is it", "how long does delivery take") == [
        "hi where is it",
        "how long does delivery take",
    ]


def test_the_same_request_in_other_words_is_one() -> None:
    assert texts("where is it", "where is 10234") == ["where is it where is 10234"]


def test_a_part_that_is_not_surely_a_request_is_none() -> None:
    assert texts("where is it", "and so on") == ["where is it and so on"]


def test_of_very_many_parts_the_first_are_read_and_the_rest_stays_with_the_last_request() -> None:
    read: list[str] = []

    def reading(part: str) -> dict[str, Any]:
        read.append(part)
        return parse(part)

    parts = ["where is 10234", *["where is it"] * (MOST_READ - 1), "return 10199", "hi"]
    (only,) = requests_in(parts, reading)
    assert len(read) == MOST_READ
    assert only.text.endswith("where is it return 10199 hi")


def test_a_request_is_a_task_for_the_bot_when_the_actions_have_a_flow_for_it() -> None:
    assert {flow.intent for flow in flows.FLOWS} == requests._TASKS


def test_both_sides_name_an_intents_plain_words_alike() -> None:
    assert matters.NAME_OF_INTENT == requests.NAME_OF_INTENT
