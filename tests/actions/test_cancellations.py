"""Cancelling an order, in whole conversations."""

from __future__ import annotations

import pytest

from actions.shop import CustomerId, OrderStatus
from tests.actions.talking import Talk


def test_an_order_is_cancelled_only_after_a_yes(talk: Talk) -> None:
    talk.say("cancel order 10202")
    assert "utter_confirm_cancel" in talk.say("sofie.holm@example.org")
    order = talk.shop_says(talk.shop.order(CustomerId("C-1003"), "10202"))
    assert order.status is OrderStatus.PLACED
    assert "utter_order_cancelled_now" in talk.say("yes")
    order = talk.shop_says(talk.shop.order(CustomerId("C-1003"), "10202"))
    assert order.status is OrderStatus.CANCELLED


def test_a_no_keeps_the_order(talk: Talk) -> None:
    talk.say("cancel order 10202, sofie.holm@example.org")
    assert "utter_left_task" in talk.press("No, keep it")
    assert talk.shop_says(talk.shop.order(CustomerId("C-1003"), "10202")).status is OrderStatus.PLACED


@pytest.mark.parametrize(
    ("number", "email", "response"),
    [
        ("10205", "camille.roux@example.org", "utter_not_cancellable_packed"),
        ("10201", "maya.lindqvist@example.com", "utter_not_cancellable_shipped"),
        ("10200", "oliver.grant@example.com", "utter_not_cancellable_delivered"),
        ("10211", "lena.fischer@example.com", "utter_not_cancellable_cancelled"),
    ],
)
def test_what_has_gone_too_far_says_so_at_once(talk: Talk, number: str, email: str, response: str) -> None:
    assert response in talk.say(f"cancel order {number}, my email is {email}")
    assert talk.form is None


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again(talk: Talk) -> None:
    talk.say("cancel order 10202, sofie.holm@example.org")
    assert talk.say("blorb").responses == ["utter_help_yes_or_no", "utter_confirm_cancel"]
