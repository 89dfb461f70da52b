"""Refunds of wrongly charged fees, in whole conversations."""

from __future__ import annotations

from tests.actions.talking import Talk


def test_a_wrong_fee_is_found_step_by_step_and_refunded_after_a_yes(talk: Talk) -> None:
    talk.say("i was charged a fee by mistake")
    talk.say("10203")
    charges = talk.say("jonas.weber@example.com")
    assert "utter_ask_refund_charge" in charges
    assert len(charges.buttons) == 2
    assert "utter_ask_refund_reason" in talk.say("the express one")
    assert "utter_confirm_refund" in talk.say("i chose standard")
    done = talk.press("Yes, request it")
    assert "utter_refund_requested" in done
    assert done.details["refund_id"] in done.text


def test_a_charge_only_a_person_may_give_back_goes_to_one_with_everything_said(talk: Talk) -> None:
    talk.say("why was i charged for delivery on 10203, jonas.weber@example.com")
    talk.say("1")
    talk.press("It should have been free")
    answer = talk.say("yes")
    assert answer.responses == ["utter_refund_needs_person", "utter_handing_over"]
    assert answer.handoff is not None
    assert answer.handoff["reason"] == "topic_rule"
    assert answer.handoff["details"]["refund_reason"] == "should be free"
    assert "Standard delivery" in answer.handoff["details"]["charge"]


def test_a_fee_already_refunded_is_said_to_be(talk: Talk) -> None:
    talk.say("there is a wrong fee on order 10236, tomas.prieto@example.org")
    talk.press("Express")
    talk.press("Charged twice")
    assert "utter_already_refunded" in talk.say("yes")


def test_an_order_without_fees_says_so(talk: Talk) -> None:
    assert "utter_no_charges" in talk.say("there is a wrong fee on order 10227, amara.okafor@example.com")


def test_another_charge_can_be_chosen_at_the_end(talk: Talk) -> None:
    talk.say("there is a wrong fee on order 10203, jonas.weber@example.com")
    talk.say("1")
    talk.say("too expensive")
    assert "utter_ask_refund_charge" in talk.press("Another charge")
    assert "14.90" in talk.say("2").text


def test_another_charge_can_be_named_at_the_end(talk: Talk) -> None:
    talk.say("there is a wrong fee on order 10203, jonas.weber@example.com")
    talk.say("the standard delivery")
    assert "4.90" in talk.say("too expensive").text
    assert "14.90" in talk.say("no, the second one").text
