"""Manners, leaving, starting over, and odd messages, in whole conversations."""

from __future__ import annotations

import pytest

from tests.actions.talking import Talk


@pytest.mark.parametrize(
    ("message", "response"),
    [
        ("hello", "utter_greet"),
        ("bye", "utter_goodbye"),
        ("thank you", "utter_welcome"),
        ("what can you do?", "utter_bot_capabilities"),
        ("are you a robot?", "utter_bot_challenge"),
        ("tell me a joke", "utter_out_of_scope"),
        ("yes", "utter_what_then"),
        ("no", "utter_all_right"),
        ("stop", "utter_nothing_to_leave"),
        ("start over", "utter_started_over"),
        ("do you take visa?", "utter_faq_payment_methods"),
        ("what is your return policy?", "utter_faq_return_policy"),
    ],
)
def test_what_is_said_outside_a_task(talk: Talk, message: str, response: str) -> None:
    assert talk.say(message).responses == [response]


def test_the_hours_come_from_the_gateway(talk: Talk) -> None:
    answer = talk.say("when are you open?")
    assert answer.responses == ["utter_opening_hours_here"]
    assert "Mon–Fri 09:00–17:00" in answer.text
    talk.gateway.open_now = False
    assert talk.say("when are you open?").responses == ["utter_opening_hours_here"]
    talk.gateway.agents_online = 0
    assert talk.say("when are you open?").responses == ["utter_opening_hours_closed"]
    talk.gateway.open_now = True
    assert talk.say("when are you open?").responses == ["utter_opening_hours_open"]


def test_goodbye_leaves_the_task(talk: Talk) -> None:
    talk.say("where is my order")
    assert talk.say("bye bye").responses == ["utter_goodbye"]
    assert talk.form is None


@pytest.mark.parametrize(("message", "resolved"), [("bye", True), ("thanks", False), ("no", False), ("stop", False)])
def test_goodbye_alone_settles_the_matter(talk: Talk, message: str, resolved: bool) -> None:
    talk.say("where is order 10234, my email is oliver.grant@example.com")
    assert talk.say(message).resolved is resolved


def test_goodbye_in_the_middle_of_a_task_settles_it_too(talk: Talk) -> None:
    talk.say("i want to return something")
    assert talk.say("bye").resolved


def test_a_no_with_a_question_mark_is_a_question(talk: Talk) -> None:
    assert talk.say("why not??").responses == ["utter_please_rephrase"]


def test_starting_over_forgets_who_asked(talk: Talk) -> None:
    talk.say("where is order 10234, my email is oliver.grant@example.com")
    assert talk.slot("verified_orders")
    talk.say("start over")
    assert talk.slot("verified_orders") is None
    assert talk.slot("contact_detail") is None


def test_every_button_leads_somewhere(talk: Talk) -> None:
    for title in talk.say("what can you do?").buttons:
        talk.name = f"c_button_{title}"
        talk.say("what can you do?")
        assert talk.press(title).texts


BOTH = "I want to return order 10200 and do you take visa"


def test_what_else_was_asked_is_not_taken_up_after_goodbye(talk: Talk) -> None:
    assert "utter_other_request_later" in talk.say(BOTH)
    assert talk.say("bye").responses == ["utter_goodbye"]
    assert talk.say("hello").responses == ["utter_greet"]


def test_what_else_was_asked_is_left_to_the_person_who_takes_over(talk: Talk) -> None:
    talk.say(BOTH)
    for message in ("a human please", "my tent", "10200"):
        if talk.last.handoff is None:
            talk.say(message)
    assert talk.last.handoff
    assert "utter_now_the_other_request" not in talk.last
    assert talk.say("hello").responses == ["utter_greet"]


def test_what_else_was_asked_is_over_when_a_person_gives_the_conversation_back(talk: Talk) -> None:
    talk.say(BOTH)
    returned = talk.say('/handoff_returned{"outcome": "Told the ways to pay", "agent": "Ada"}')
    assert returned.responses == ["utter_back_with_bot"]
    assert talk.say("hello").responses == ["utter_greet"]


def test_what_is_asked_twice_besides_is_answered_once(talk: Talk) -> None:
    talk.say(BOTH)
    assert "utter_other_request_later" not in talk.say(BOTH)
    assert talk.say("stop").responses.count("utter_now_the_other_request") == 1


def test_no_more_waits_than_one_turn_can_serve(talk: Talk) -> None:
    promised = refused = 0
    for besides in ("do you sell gift cards", "do you take visa", "what does delivery cost", "are you open on sunday"):
        for end in ("", " please"):
            said = talk.say(f"I want to return order 10200 and {besides}{end}")
            promised += said.responses.count("utter_other_request_later")
            refused += said.responses.count("utter_too_many_requests")
    assert (promised, refused) == (4, 4)
    assert talk.say("stop").responses.count("utter_now_the_other_request") == 4
    assert "utter_now_the_other_request" not in talk.say("hello")


FIVE = (
    "what does delivery cost? how long does delivery take? do you take visa? do you sell gift cards? "
    "what is your return policy?"
)


def test_five_questions_at_once_are_five_answers(talk: Talk) -> None:
    said = talk.say(FIVE)
    assert len([name for name in said.responses if name.startswith("utter_faq_")]) == 5
    assert "utter_too_many_requests" not in said


def test_the_sixth_is_not_passed_over_in_silence(talk: Talk) -> None:
    said = talk.say(f"{FIVE} where is your shop?")
    assert len([name for name in said.responses if name.startswith("utter_faq_")]) == 5
    assert said.responses.count("utter_too_many_requests") == 1
    assert talk.say("where is your shop?").responses == ["utter_faq_store_location"]


TWO = "what does delivery cost? do you take visa?"
TWO_DANISH = "hvad koster levering? kan jeg betale med visa?"
TWO_RUSSIAN = "сколько стоит доставка? какие способы оплаты есть?"
TWO_CHINESE = "运费多少钱？可以用什么方式付款？"
TWO_ARABIC = "كم تكلفة التوصيل؟ ما هي طرق الدفع؟"


@pytest.mark.parametrize("yes", ["yes", "/affirm", "Yes, go on"])
def test_a_turn_that_has_used_up_its_time_asks_whether_to_go_on(
    talk: Talk, caplog: pytest.LogCaptureFixture, yes: str
) -> None:
    talk.seconds = 0
    assert talk.say(TWO).responses == ["utter_faq_delivery_cost", "utter_other_requests_left"]
    # Nothing was begun that had to be broken off.
    assert [record for record in caplog.records if record.name == "bot.other_requests"] == []
    assert talk.say(yes).responses == ["utter_faq_payment_methods"]
    assert talk.say(yes).responses == ["utter_what_then"]


def test_what_is_left_waits_for_the_next_turn_with_time(talk: Talk) -> None:
    talk.seconds = 0
    talk.say(TWO)
    assert talk.say("hello").responses == ["utter_greet", "utter_other_requests_left"]
    talk.seconds = None
    assert talk.say("hello").responses == ["utter_greet", "utter_now_the_other_request", "utter_faq_payment_methods"]


@pytest.mark.parametrize(
    ("no", "response"), [("/deny", "utter_all_right"), ("no", "utter_all_right"), ("stop", "utter_nothing_to_leave")]
)
def test_what_is_left_is_given_up_with_a_no(talk: Talk, no: str, response: str) -> None:
    talk.seconds = 0
    talk.say(TWO)
    assert talk.say(no).responses == [response]
    assert talk.say("yes").responses == ["utter_what_then"]


@pytest.mark.parametrize("language", ["en", "da", "ru", "zh", "ar"])
def test_going_on_is_offered_in_every_language(talk: Talk, language: str) -> None:
    talk.seconds, talk.language = 0, language
    talk.say("/greet")
    asked = {"en": TWO, "da": TWO_DANISH, "ru": TWO_RUSSIAN, "zh": TWO_CHINESE, "ar": TWO_ARABIC}[language]
    assert talk.say(asked).responses == ["utter_faq_delivery_cost", "utter_other_requests_left"]
    assert talk.language == language
    assert talk.say(next(iter(talk.last.buttons))).responses == ["utter_faq_payment_methods"]
