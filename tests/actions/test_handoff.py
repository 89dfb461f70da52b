"""Getting a person, in whole conversations."""

from __future__ import annotations

import pytest

from actions.internal_api import InternalApiUnavailable
from tests.actions.talking import Talk

OLIVER = "oliver.grant@example.com"


def test_the_topic_is_asked_for_before_a_person_is_brought_in(talk: Talk) -> None:
    assert talk.say("i want to talk to a person").responses == ["utter_ask_handoff_topic"]
    answer = talk.say("my tent pole snapped in the wind")
    assert answer.responses == ["utter_handing_over"]
    assert answer.handoff == {"reason": "asked", "topic": "my tent pole snapped in the wind", "details": {}}
    assert talk.form is None


def test_an_order_related_topic_asks_for_the_order_number_and_no_more(talk: Talk) -> None:
    talk.say("human please")
    assert talk.press("An order").responses == ["utter_ask_handoff_form_order_number"]
    answer = talk.say("it is 10234")
    assert answer.handoff is not None
    assert answer.handoff["details"] == {"order_number": "10234", "verified": False}


@pytest.mark.parametrize("insisting", ["human!!", "just get me a human", "no", "this is ridiculous"])
def test_who_insists_is_put_through_without_another_question(talk: Talk, insisting: str) -> None:
    talk.say("i want to talk to a person")
    assert talk.say(insisting).handoff is not None


def test_who_has_no_order_number_is_put_through(talk: Talk) -> None:
    talk.say("agent please")
    talk.press("A return or refund")
    assert talk.press("I don't have it").handoff is not None


@pytest.mark.parametrize(
    ("messages", "topic"),
    [
        (["i want to return something"], "return"),
        (["i want to return something", "10200", OLIVER], "return 10200"),
        (["i want to return something", "10200", OLIVER, "1"], "return 10200"),
        (["i want to return something", "10200", OLIVER, "1", "broken"], "return 10200"),
        (["where is my order", "10234"], "order status 10234"),
        (["cancel order 10245, oliver.grant@example.com"], "cancel order 10245"),
        (["there is a wrong fee on order 10245, oliver.grant@example.com", "2"], "refund of a fee 10245"),
        (["change the address of order 10245, oliver.grant@example.com", "1 Mill Lane"], "change of address 10245"),
        (["call me back", "1"], "callback"),
    ],
)
def test_a_person_can_be_asked_for_at_any_point_of_a_task(talk: Talk, messages: list[str], topic: str) -> None:
    for message in messages:
        talk.say(message)
    answer = talk.say("let me talk to a person")
    assert answer.handoff is not None, answer.text
    assert answer.handoff["reason"] == "asked"
    assert answer.handoff["topic"] == topic
    assert talk.form is None


def test_what_was_said_so_far_goes_along(talk: Talk) -> None:
    for message in ("i want to return something", "10200", OLIVER, "the lantern", "it flickers"):
        talk.say(message)
    answer = talk.say("i want a real person")
    assert answer.handoff is not None
    assert answer.handoff["details"] == {
        "order_number": "10200",
        "verified": True,
        "email": OLIVER,
        "return_items": "Wick camping lantern",
        "return_reason": "it flickers",
    }


def test_facts_reach_the_gateway_before_any_handoff(talk: Talk) -> None:
    talk.say("i want to return something")
    assert talk.say("10200").details == {"order_number": "10200", "verified": False}


def test_when_closed_the_bot_says_when_somebody_is_back_and_offers_what_is_possible(talk: Talk) -> None:
    talk.gateway.open_now, talk.gateway.agents_online = False, 0
    talk.say("human")
    answer = talk.say("i would like to praise your team")
    assert answer.responses == ["utter_nobody_there_closed"]
    assert "Mon 23 Nov, 09:00" in answer.text  # 08:00 UTC on the business's clock
    assert answer.handoff is None
    waiting = talk.press("Answer me here later")
    assert waiting.responses == ["utter_left_in_queue"]
    assert waiting.handoff is not None


def test_when_open_with_nobody_at_the_desk_no_time_is_promised(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    talk.say("human")
    assert talk.say("i would like to praise your team").responses == ["utter_nobody_there"]


@pytest.mark.parametrize(
    ("typed", "response"),
    [
        ("i'll wait", "utter_left_in_queue"),
        ("ok i wait", "utter_left_in_queue"),
        ("go on with the bot", "utter_stay_with_bot"),
    ],
)
def test_what_to_do_when_nobody_is_there_can_be_typed(talk: Talk, typed: str, response: str) -> None:
    talk.gateway.agents_online = 0
    talk.say("human")
    talk.say("i would like to praise your team")
    assert talk.say(typed).responses == [response]


def test_an_odd_answer_to_what_to_do_is_asked_again_and_the_second_one_waits_for_a_person(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    talk.say("human")
    talk.say("i would like to praise your team")
    assert talk.say("asdf qwer zxcv").responses == ["utter_not_an_answer", "utter_nobody_there"]
    answer = talk.say("frumple blorb")
    assert answer.responses == ["utter_left_in_queue"]
    assert answer.handoff is not None


def test_two_odd_answers_to_the_questions_before_a_person_end_them(talk: Talk) -> None:
    talk.say("human")
    talk.press("An order")
    talk.say("asdf qwer zxcv")
    assert talk.say("frumple blorb").handoff is not None


def test_who_names_an_order_with_the_wish_for_a_person_is_asked_nothing(talk: Talk) -> None:
    answer = talk.say("i want to talk to your manager about order 10214, the parcel is lost")
    assert answer.handoff is not None
    assert answer.handoff["topic"] == "i want to talk to your manager about order 10214, the parcel is lost"
    assert answer.handoff["details"]["order_number"] == "10214"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "one item is missing from my parcel"),
        ("da", "jeg mangler en vare i pakken"),
        ("ru", "в посылке не хватает товара"),
        ("zh", "少发了一件"),
        ("ar", "الطلب وصل ناقص"),
    ],
    ids=["en", "da", "ru", "zh", "ar"],
)
def test_who_says_what_is_the_matter_with_the_wish_for_a_person_is_not_asked_again(
    talk: Talk, language: str, said: str
) -> None:
    talk.language = language
    answer = talk.say(said)
    assert answer.handoff is not None, answer.responses
    assert answer.handoff["topic"] == said


def test_going_on_with_the_bot_takes_the_task_up_again(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    for message in ("i want to return something", "10200", OLIVER, "3"):
        talk.say(message)
    talk.say("i want to talk to a person")
    answer = talk.press("Go on with the bot")
    assert answer.responses == ["utter_back_to_task", "utter_ask_return_reason"]
    assert answer.handoff is None
    talk.say("broken")
    assert "utter_return_started" in talk.say("yes")


def test_an_order_number_instead_of_a_choice_answers_the_task_that_was_put_aside(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    for message in ("where is my order", "hm", "well"):
        talk.say(message)
    answer = talk.say("ok its 10234")
    assert answer.responses == ["utter_back_to_task", "utter_ask_contact_detail"]
    assert talk.slot("order_number") == "10234"


def test_a_task_asked_for_again_instead_of_a_choice_begins_anew_and_is_done_once(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    for message in ("where is my order", "hm", "well"):
        talk.say(message)
    assert talk.say("where is order 10201").responses == ["utter_ask_contact_detail"]
    assert talk.say("maya.lindqvist@example.com").responses[0] == "utter_order_shipped"
    assert talk.form is None


def test_another_task_instead_of_a_choice_leaves_the_order_of_the_one_put_aside(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    for message in ("i want to return something", "10200", OLIVER, "zork", "blub zork"):
        talk.say(message)
    assert talk.say("where is order 10201").responses == ["utter_details_do_not_match", "utter_ask_contact_detail"]
    assert talk.form == "order_status_form"


def test_details_given_instead_of_a_choice_are_kept_for_the_person(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    talk.say("human")
    talk.say("something is missing from the parcel")
    assert talk.say("10200").responses == ["utter_detail_noted", "utter_nobody_there"]
    assert talk.say(OLIVER).responses == ["utter_detail_noted", "utter_nobody_there"]
    answer = talk.press("Answer me here later")
    assert answer.handoff is not None
    assert answer.handoff["details"] == {"order_number": "10200", "email": OLIVER, "verified": False}


def test_a_task_done_in_passing_does_not_push_out_the_one_put_aside(talk: Talk) -> None:
    talk.gateway.agents_online = 0
    for message in ("i want to return something", "10200", OLIVER, "where is my order 10201", "hm", "well"):
        talk.say(message)
    assert talk.press("Go on with the bot").responses == ["utter_back_to_task", "utter_ask_return_items"]


def test_an_angry_customer_is_offered_a_person_and_then_given_one(talk: Talk) -> None:
    assert "utter_sorry_upset" in talk.say("this is unacceptable")
    answer = talk.say("you are useless")
    assert answer.handoff is not None
    assert answer.handoff["reason"] == "upset"


@pytest.mark.parametrize(
    ("intent", "topic"), [("cancel_order", "cancel order"), ("faq_warranty", "warranty"), ("upset", "upset")]
)
@pytest.mark.parametrize("before", ["hello", "i want to return something", "human"])
def test_what_the_settings_give_to_a_person_goes_to_one_from_anywhere(
    talk: Talk, before: str, intent: str, topic: str
) -> None:
    talk.say(before)
    answer = talk.say(f'/topic_for_person{{"topic_for_person": "{intent}"}}')
    assert answer.handoff is not None
    assert answer.handoff["reason"] == "topic_rule"
    assert answer.handoff["topic"] == topic
    assert talk.form is None


def test_an_agent_online_out_of_hours_is_there(talk: Talk) -> None:
    talk.gateway.open_now = False
    talk.say("human")
    assert talk.say("i would like to praise your team").responses == ["utter_handing_over"]


def test_a_yes_to_the_offer_of_a_person_is_a_yes(talk: Talk) -> None:
    talk.say("i want to complain")
    assert talk.say("yes please").handoff is not None


def test_leaving_the_questions_is_possible(talk: Talk) -> None:
    talk.say("human")
    assert talk.say("never mind").responses == ["utter_left_task"]
    assert talk.form is None


@pytest.mark.parametrize("doing", [["hello"], ["i want to return something", "10200", OLIVER], ["human"]])
def test_a_conversation_given_back_leaves_every_form_and_keeps_what_is_proven(talk: Talk, doing: list[str]) -> None:
    for message in doing:
        talk.say(message)
    proven = talk.slot("verified_orders")
    answer = talk.say('/handoff_returned{"outcome": "Sent a new pole", "agent": "Ada"}')
    assert answer.texts == ["Ada noted: Sent a new pole"]
    assert talk.form is None
    assert talk.slot("verified_orders") == proven
    assert "utter_greet" in talk.say("hello")


def test_a_failure_of_the_gateway_is_not_hidden(talk: Talk) -> None:
    talk.say("human")
    talk.gateway.failing = 503
    with pytest.raises(InternalApiUnavailable):
        talk.say("i would like to praise your team")


STATUS = "where is order 10234, my email is oliver.grant@example.com"


@pytest.mark.parametrize(
    ("before", "topic"),
    [
        ([STATUS], "order status 10234"),
        ([STATUS, "thanks"], "order status 10234"),
        ([STATUS, "where is order 10200?", "i want to return something", "stop"], "order status 10200"),
        ([STATUS, "do you take visa?"], "payment methods"),
        (["do you take visa?", STATUS], "order status 10234"),
        ([STATUS, "bye", "hello"], None),
        ([STATUS, "start over"], None),
        ([STATUS, '/handoff_returned{"outcome": "done", "agent": "Ada"}'], None),
        (["hello"], None),
    ],
)
def test_who_names_no_topic_is_put_through_about_what_was_dealt_with_last(
    talk: Talk, before: list[str], topic: str | None
) -> None:
    for message in before:
        talk.say(message)
    talk.say("human")
    answer = talk.press("Just put me through")
    assert answer.handoff is not None
    assert answer.handoff["topic"] == topic


def test_a_person_offered_at_the_end_of_a_task_is_for_that_task(talk: Talk) -> None:
    talk.say("i want to return 10208, freja.madsen@example.com")
    answer = talk.press("Talk to a person")
    assert answer.handoff is not None
    assert answer.handoff["topic"] == "return 10208"


@pytest.mark.parametrize("messages", [["what can you do?"], [STATUS, "hello"], ["when are you open?"]])
def test_a_person_offered_in_general_is_asked_about_what(talk: Talk, messages: list[str]) -> None:
    for message in messages:
        talk.say(message)
    assert talk.press("Talk to a person").responses == ["utter_ask_handoff_topic"]


def test_a_misunderstanding_after_a_task_brings_in_a_person_for_the_task(talk: Talk) -> None:
    for message in (STATUS, "asdf qwer zxcv"):
        talk.say(message)
    answer = talk.say("frumple blorb")
    assert answer.handoff is not None
    assert answer.handoff["topic"] == "order status 10234"


@pytest.mark.parametrize("said", ["hello", "thanks", "are you a robot?"])
def test_manners_are_no_topic(talk: Talk, said: str) -> None:
    talk.say("human")
    answer = talk.say(said)
    assert answer.responses[-1] == "utter_ask_handoff_topic"
    assert answer.handoff is None
