"""Order status, and proving whose order it is, in whole conversations."""

from __future__ import annotations

import pytest

from tests.actions.talking import Talk

OLIVER = "oliver.grant@example.com"
SIGNED_OLIVER = {"verified": True, "customer_id": "C-1002", "name": "Oliver Grant", "phone": "+442079460123"}


def test_nothing_is_told_before_the_customer_is_proven(talk: Talk) -> None:
    assert "utter_ask_order_number" in talk.say("where is my order")
    asked = talk.say("10234")
    assert asked.responses == ["utter_ask_contact_detail"]
    told = talk.say(OLIVER)
    assert "utter_order_shipped" in told
    assert "NP1023465EU" in told.text
    assert told.details["order_status"] == "shipped"


def test_the_gateway_hears_once_which_customer_was_proven_and_of_a_wrong_detail_nothing(talk: Talk) -> None:
    talk.say("where is my order 10234")
    assert talk.say("maya.lindqvist@example.com").verified is None
    assert talk.say(OLIVER).verified == "C-1002"
    assert talk.say("where is my order 10234").verified is None


def test_who_answers_an_update_of_an_order_is_not_asked_for_its_number_but_is_asked_who_they_are(talk: Talk) -> None:
    talk.about = {"order_number": "10234"}
    assert talk.say("where is my order").responses == ["utter_ask_contact_detail"]
    talk.about = {}
    assert "utter_order_shipped" in talk.say(OLIVER)


def test_an_update_of_another_order_does_not_turn_a_task_in_hand_around(talk: Talk) -> None:
    talk.say("where is my order 10234")
    talk.about = {"order_number": "10201"}
    talk.say(OLIVER)
    assert talk.slot("order_number") == "10234"


def test_number_and_e_mail_in_the_first_message_are_enough(talk: Talk) -> None:
    assert "utter_order_shipped" in talk.say(f"where is order BN-10234, my email is {OLIVER}")


def test_a_phone_number_on_the_order_proves_it_in_any_notation(talk: Talk) -> None:
    talk.say("track my order #10234")
    assert "utter_order_shipped" in talk.say("+44 20 7946 0123")


def test_the_question_for_a_detail_says_that_a_phone_number_answers_it_and_a_shared_one_does(talk: Talk) -> None:
    assert talk.say("track my order #10234").asks == ["utter_ask_contact_detail"]
    talk.contact = {"phone": "+442079460123"}
    told = talk.say("+442079460123")
    assert "utter_order_shipped" in told
    assert told.asks == []


def test_a_wrong_detail_gets_the_same_answer_whether_the_order_exists_or_not(talk: Talk) -> None:
    talk.say("where is my order")
    talk.say("10234")
    existing = talk.say("somebody@example.com")
    talk.say("stop")
    talk.say("where is my order")
    missing = talk.say("99999")
    assert existing.responses == missing.responses == ["utter_details_do_not_match", "utter_ask_contact_detail"]
    assert existing.text.replace("10234", "N") == missing.text.replace("99999", "N")


def test_three_wrong_details_lock_the_conversation_even_after_starting_over(talk: Talk) -> None:
    talk.say("where is my order")
    talk.say("10234")
    talk.say("a@example.com")
    talk.say("b@example.com")
    assert "utter_verification_locked" in talk.say("c@example.com")
    talk.say("start over")
    assert "utter_verification_locked" in talk.say("where is my order")
    assert "utter_verification_locked" in talk.say(f"cancel order 10245, {OLIVER}")
    assert talk.slot("verified_orders") is None


def test_the_same_wrong_detail_counts_once(talk: Talk) -> None:
    talk.say("where is my order")
    talk.say("10234")
    for _ in range(4):
        assert "utter_details_do_not_match" in talk.say("a@example.com")
    assert talk.slot("failed_proofs")["count"] == 1


def test_a_mistyped_order_number_is_put_right_without_asking_for_the_e_mail_again(talk: Talk) -> None:
    talk.say(f"where is my order 10233, {OLIVER}")
    assert "utter_order_shipped" in talk.say("sorry, 10234")


def test_another_order_of_the_same_customer_is_proven_silently(talk: Talk) -> None:
    talk.say(f"where is order 10234, {OLIVER}")
    assert "utter_ask_order_number" in talk.say("no, the other order")
    assert "utter_order_delivered" in talk.say("10200")


def test_another_customers_order_is_not_told_with_the_detail_of_the_first(talk: Talk) -> None:
    talk.say(f"where is order 10234, {OLIVER}")
    answer = talk.say("where is order 10201?")
    assert answer.responses == ["utter_details_do_not_match", "utter_ask_contact_detail"]


def test_an_order_proven_in_another_conversation_is_not_proven_again(talk: Talk) -> None:
    talk.proven = {"10234": "C-1002"}
    answer = talk.say("where is order 10234?")
    assert "utter_order_shipped" in answer
    assert answer.verified is None
    assert talk.slot("verified_orders") is None
    assert talk.say("and where is order 10200?").responses == ["utter_ask_contact_detail"]


def test_what_another_conversation_proved_counts_no_more_once_it_is_told_no_more(talk: Talk) -> None:
    """Seen red with the order remembered as proven here."""
    talk.proven = {"10245": "C-1002"}
    assert talk.say("cancel order 10245").responses[-1] != "utter_ask_contact_detail"
    talk.proven = {}
    assert talk.say("yes").responses[-1] == "utter_ask_contact_detail"
    assert talk.say("where is order 10245?").responses[-1] == "utter_ask_contact_detail"


def test_a_conversation_with_too_many_failures_may_ask_about_what_is_proven_elsewhere_alone(talk: Talk) -> None:
    """Seen red with `_locked_out` looking at this conversation alone."""
    talk.say("where is order 10200?")
    for guess in ("a", "b", "c"):
        talk.say(f"{guess}@example.com")
    talk.say("start over")
    talk.proven = {"10234": "C-1002"}
    assert "utter_ask_order_number" in talk.say("where is my order")
    assert "utter_order_shipped" in talk.say("10234")
    assert "utter_verification_locked" in talk.say(f"where is order 10200, {OLIVER}")


def test_a_signed_customer_chooses_among_the_own_orders(talk: Talk) -> None:
    talk.contact = SIGNED_OLIVER
    assert "utter_ask_which_of_your_orders" in talk.say("where is my order")
    assert "utter_order_shipped" in talk.press("10234")


def test_a_signed_customer_has_to_prove_somebody_elses_order(talk: Talk) -> None:
    talk.contact = SIGNED_OLIVER
    assert talk.say("where is order 10201?").responses == ["utter_ask_contact_detail"]


def test_a_contact_that_is_not_signed_proves_nothing(talk: Talk) -> None:
    talk.contact = {**SIGNED_OLIVER, "verified": False}
    assert talk.say("where is order 10234?").responses == ["utter_ask_contact_detail"]


def test_every_state_of_an_order_has_its_words(talk: Talk) -> None:
    told = {
        "10202": ("sofie.holm@example.org", "utter_order_placed"),
        "10205": ("camille.roux@example.org", "utter_order_packed"),
        "10204": ("amara.okafor@example.com", "utter_parcel_delayed"),
        "10206": ("daniel.ortega@example.com", "utter_parcel_out_for_delivery"),
        "10214": ("priya.nair@example.com", "utter_parcel_lost"),
        "10211": ("lena.fischer@example.com", "utter_order_cancelled"),
        "10210": ("noor.haddad@example.org", "utter_order_returned"),
        "10209": ("liam.walsh@example.com", "utter_return_refunded"),
    }
    for number, (email, response) in told.items():
        talk.name = f"c_state_{number}"
        assert response in talk.say(f"where is order {number}, my email is {email}")


def test_an_order_number_alone_is_taken_as_a_question_for_its_status(talk: Talk) -> None:
    assert talk.say("order 10234").responses == ["utter_ask_contact_detail"]


def test_a_faq_in_the_middle_is_answered_and_the_question_asked_again(talk: Talk) -> None:
    talk.say("where is my order")
    answer = talk.say("how much does shipping cost?")
    assert answer.responses == ["utter_faq_delivery_cost", "utter_ask_order_number"]


def test_a_detail_that_is_none_is_asked_for_again(talk: Talk) -> None:
    talk.say("where is my order")
    talk.say("10234")
    assert talk.say("hm").responses == ["utter_help_contact_detail", "utter_ask_contact_detail"]


def test_when_the_shop_is_down_the_bot_says_so_and_hands_over(talk: Talk, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from actions.shop import ShopUnavailable

    async def down(*_: object, **__: object) -> None:
        raise ShopUnavailable

    monkeypatch.setattr(talk.shop, "authenticate", down)
    talk.say("where is my order 10234")
    answer = talk.say(OLIVER)
    assert answer.responses == ["utter_shop_unavailable", "utter_handing_over"]
    assert answer.handoff is not None
    assert answer.handoff["reason"] == "bot_failed"
    assert answer.handoff["details"]["order_number"] == "10234"
    assert answer.handoff["details"]["verified"] is False


@pytest.mark.parametrize(
    ("said", "response"), [("the second one", "utter_order_shipped"), ("the tent", "utter_order_delivered")]
)
def test_a_signed_customer_names_an_order_by_place_or_by_what_is_in_it(talk: Talk, said: str, response: str) -> None:
    talk.contact = SIGNED_OLIVER
    talk.say("where is my order")
    assert response in talk.say(said)


def test_what_means_none_of_the_orders_shown_is_asked_again(talk: Talk) -> None:
    talk.contact = SIGNED_OLIVER
    talk.say("where is my order")
    assert talk.say("the blue one").responses == ["utter_help_choose", "utter_ask_which_of_your_orders"]


def test_of_two_orders_in_one_message_the_first_comes_first_and_that_is_said(talk: Talk) -> None:
    answer = talk.say(f"where are my orders 10234 and 10200? {OLIVER}")
    assert answer.responses[:2] == ["utter_one_order_at_a_time", "utter_order_shipped"]


def test_an_order_told_apart_from_another_is_no_second_one(talk: Talk) -> None:
    talk.say("where is order 10233")
    assert "utter_one_order_at_a_time" not in talk.say("sorry, 10234 not 10233")


def test_who_gives_an_address_instead_of_the_number_hears_why_it_is_needed(talk: Talk) -> None:
    talk.say("where is my order")
    assert talk.say(f"can you look it up? {OLIVER}").responses == ["utter_number_needed_too", "utter_ask_order_number"]
    assert "utter_order_shipped" in talk.say("10234")


def test_an_order_with_a_lost_parcel_is_not_said_to_be_on_its_way(talk: Talk) -> None:
    told = talk.say("where is order 10214, my email is priya.nair@example.com")
    assert told.responses[:2] == ["utter_order_shipped_lost", "utter_parcel_lost"]
