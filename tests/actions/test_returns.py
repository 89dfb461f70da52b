"""Returns, in whole conversations with the demo shop."""

from __future__ import annotations

import pytest

from actions.shop import CustomerId
from tests.actions.talking import Reply, Talk

OLIVER = "oliver.grant@example.com"


def begin(talk: Talk) -> Reply:
    """Up to the question which items of order 10200 (a tent, two sleeping bags, a lantern)."""
    talk.say("i want to return something")
    talk.say("10200")
    return talk.say(OLIVER)


def returned_lines(talk: Talk, order_number: str = "10200") -> list[str]:
    """Names of the items that the shop has returns for."""
    order = talk.shop_says(talk.shop.order(CustomerId("C-1002"), order_number))
    returns = talk.shop_says(talk.shop.returns(CustomerId("C-1002"), order_number))
    gone = {line_id for one in returns for line_id in one.line_ids}
    return [item.name for item in order.items if item.line_id in gone]


def test_chosen_items_are_returned_after_a_yes(talk: Talk) -> None:
    begin(talk)
    assert "utter_ask_return_reason" in talk.say("1 and 3")
    summary = talk.say("too heavy for me")
    assert "utter_confirm_return" in summary
    assert "too heavy for me" in summary.text
    assert returned_lines(talk) == []
    assert "utter_return_started" in talk.press("Yes, start the return")
    assert returned_lines(talk) == ["Heron two-person tent", "Wick camping lantern"]
    assert talk.form is None


def test_an_item_can_be_named_or_pressed_and_all_of_it_taken(talk: Talk) -> None:
    begin(talk)
    talk.say("the lantern")
    assert list(talk.slot("return_items").values()) == ["Wick camping lantern"]
    talk.press("It doesn't fit")
    talk.press("Change the items")
    talk.press("Heron two-person tent")
    assert list(talk.slot("return_items").values()) == ["Heron two-person tent"]
    talk.press("Change the items")
    talk.say("all of it please")
    assert len(talk.slot("return_items")) == 3


def test_an_item_that_is_not_in_the_order_is_not_guessed(talk: Talk) -> None:
    begin(talk)
    assert talk.say("7").responses == ["utter_return_items_unclear", "utter_ask_return_items"]
    assert talk.slot("return_items") is None


def test_a_no_to_the_summary_returns_nothing(talk: Talk) -> None:
    begin(talk)
    talk.say("2")
    talk.say("broken")
    assert "utter_left_task" in talk.say("no")
    assert returned_lines(talk) == []
    assert talk.slot("return_items") is None


def test_the_only_item_needs_no_choice(talk: Talk) -> None:
    talk.say("return order 10222, my email is camille.roux@example.org")
    assert talk.last.responses == ["utter_ask_return_items_single"]
    assert "utter_ask_return_reason" in talk.say("yes")


def test_what_cannot_be_returned_says_why(talk: Talk) -> None:
    why = {
        "10234": (OLIVER, "utter_not_returnable_not_delivered"),
        "10208": ("freja.madsen@example.com", "utter_not_returnable_window_over"),
        "10210": ("noor.haddad@example.org", "utter_not_returnable_already_returned"),
        "10211": ("lena.fischer@example.com", "utter_not_returnable_cancelled"),
        "10247": ("priya.nair@example.com", "utter_not_returnable_final_sale"),
    }
    for number, (email, response) in why.items():
        talk.name = f"c_return_{number}"
        assert response in talk.say(f"i want to return order {number}, my email is {email}")
        assert talk.form is None


def test_another_order_in_the_middle_forgets_the_items_of_the_first(talk: Talk) -> None:
    begin(talk)
    talk.say("2")
    assert "utter_not_returnable_not_delivered" in talk.say("no wait, order 10234")
    assert talk.slot("return_items") is None


def test_an_order_status_in_the_middle_comes_back_to_the_same_question(talk: Talk) -> None:
    begin(talk)
    aside = talk.say("where is order 10234?")
    assert aside.responses[0] == "utter_order_shipped"
    assert aside.responses[-2:] == ["utter_back_to_task", "utter_ask_return_items"]
    assert talk.slot("order_number") == "10200"
    assert "utter_ask_return_reason" in talk.say("3")


def test_a_faq_at_the_summary_comes_back_to_the_summary(talk: Talk) -> None:
    begin(talk)
    talk.say("3")
    talk.say("broken")
    assert talk.say("how long does a refund take?").responses == ["utter_faq_refund_time", "utter_confirm_return"]
    assert "utter_return_started" in talk.say("yes please")


def test_a_reason_that_sounds_like_a_question_of_the_faq_is_a_reason(talk: Talk) -> None:
    begin(talk)
    talk.say("3")
    talk.say("it stopped working after two days")
    assert talk.slot("return_reason")["noted"] == "it stopped working after two days"


def test_stopping_leaves_the_form_and_changes_nothing(talk: Talk) -> None:
    begin(talk)
    talk.say("2")
    assert talk.say("never mind").responses == ["utter_left_task"]
    assert talk.form is None
    assert returned_lines(talk) == []
    assert talk.slot("verified_orders") == {"10200": "C-1002"}


def test_cancelling_an_order_instead_leaves_the_return(talk: Talk) -> None:
    begin(talk)
    answer = talk.say("cancel my order 10245 instead")
    assert answer.responses == ["utter_leaving_task_for_another", "utter_confirm_cancel"]
    assert talk.form == "cancel_order_form"


def test_an_item_returned_meanwhile_is_not_returned_twice(talk: Talk) -> None:
    begin(talk)
    talk.say("all of it")
    talk.say("broken")
    lines = list(talk.slot("return_items"))
    talk.shop_says(talk.shop.start_return(CustomerId("C-1002"), "10200", lines, "elsewhere", idempotency_key="x"))
    assert "utter_not_returnable_already_returned" in talk.say("yes")


def test_what_the_first_message_names_is_not_asked_for_again(talk: Talk) -> None:
    talk.say("i want to return the tent from order 10200")
    assert talk.say(OLIVER).responses == ["utter_ask_return_reason"]
    assert list(talk.slot("return_items").values()) == ["Heron two-person tent"]


def test_everything_can_be_returned_with_one_message_and_a_reason(talk: Talk) -> None:
    assert "utter_ask_return_reason" in talk.say(f"return 10200, {OLIVER}, all of it, it arrived damaged")
    assert len(talk.slot("return_items")) == 3


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("1 and two", ["Heron two-person tent", "2 × Dusk sleeping bag"]),
        ("one and three", ["Heron two-person tent", "Wick camping lantern"]),
        ("the two sleeping bags", ["2 × Dusk sleeping bag"]),
        ("the two-person tent", ["Heron two-person tent"]),
        ("number one", ["Heron two-person tent"]),
    ],
)
def test_items_can_be_counted_in_words(talk: Talk, said: str, items: list[str]) -> None:
    begin(talk)
    talk.say(said)
    assert list(talk.slot("return_items").values()) == items


@pytest.mark.parametrize(("said", "count"), [("no, all of it", 3), ("no only the first", 1), ("not that, number 3", 1)])
def test_other_items_can_be_named_at_the_summary(talk: Talk, said: str, count: int) -> None:
    begin(talk)
    talk.say("2")
    talk.say("broken")
    assert talk.say(said).responses == ["utter_confirm_return"]
    assert len(talk.slot("return_items")) == count


def test_a_yes_to_all_of_it_at_the_summary_is_a_yes(talk: Talk) -> None:
    begin(talk)
    talk.say("all of it")
    talk.say("broken")
    assert "utter_return_started" in talk.say("yes, all of it please")


@pytest.mark.parametrize("said", ["yes but only the lantern", "no, just the lantern please"])
def test_a_yes_or_no_that_names_other_items_is_none(talk: Talk, said: str) -> None:
    begin(talk)
    talk.say("all of it")
    talk.say("broken")
    answer = talk.say(said)
    assert answer.responses == ["utter_confirm_return"]
    assert list(talk.slot("return_items").values()) == ["Wick camping lantern"]
    assert returned_lines(talk) == []
    assert "utter_return_started" in talk.say("yes")


def test_a_reason_that_resembles_a_no_is_a_reason(talk: Talk) -> None:
    begin(talk)
    talk.say("3")
    assert "utter_confirm_return" in talk.say("it was not wrapped")


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("everything except the tent", ["2 × Dusk sleeping bag", "Wick camping lantern"]),
        ("all but not 2", ["Heron two-person tent", "Wick camping lantern"]),
        ("not the lantern, the tent", ["Heron two-person tent"]),
    ],
)
def test_what_is_left_out_stays(talk: Talk, said: str, items: list[str]) -> None:
    begin(talk)
    talk.say(said)
    assert list(talk.slot("return_items").values()) == items


def test_an_item_taken_back_at_the_summary_leaves_the_others(talk: Talk) -> None:
    begin(talk)
    talk.say("1 and 3")
    talk.say("too heavy for me")
    assert talk.say("oh, but not the lantern").responses == ["utter_confirm_return"]
    assert list(talk.slot("return_items").values()) == ["Heron two-person tent"]
    assert talk.say("no, not the tent").responses == ["utter_ask_return_items"]
    assert returned_lines(talk) == []


def test_two_answers_that_name_no_item_bring_in_a_person_and_the_return_waits(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    for message in ("i want to return something", "10200", OLIVER):
        talk.say(message)
    assert talk.say("zork").responses == ["utter_return_items_unclear", "utter_ask_return_items"]
    assert talk.say("blub zork").responses == ["utter_return_items_unclear", "utter_nobody_there"]
    assert talk.press("Go on with the bot").responses == ["utter_back_to_task", "utter_ask_return_items"]
    assert talk.say("1").responses == ["utter_ask_return_reason"]
