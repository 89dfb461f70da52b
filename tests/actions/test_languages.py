"""Speaking each language, and changing it, in whole conversations."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from actions.languages import wanted
from tests.actions.talking import Reply, Talk

OLIVER = "oliver.grant@example.com"
SPOKEN = ("en", "ar", "da", "ru", "zh")


@pytest.mark.parametrize(
    ("named", "current", "chosen"),
    [
        (["da"], "en", "da"),
        (["da", "en"], "da", "en"),
        (["en", "da"], "da", "en"),
        (["en"], "en", "en"),
        (["sv"], "en", None),
        (["sv", "en"], "en", None),
        (["zh-Hant"], "en", "zh"),
    ],
)
def test_the_language_asked_for_is_not_the_one_complained_about(
    named: Sequence[str], current: str, chosen: str | None
) -> None:
    assert wanted(named, SPOKEN, current) == chosen


@pytest.mark.parametrize(
    ("said", "language", "answer"),
    [
        ("switch to danish please", "da", "dansk"),
        ("can we speak russian", "ru", "по-русски"),
        ("chinese please", "zh", "中文"),
        ("i'd rather write in arabic", "ar", "العربية"),
    ],
)
def test_another_language_is_confirmed_in_that_language(talk: Talk, said: str, language: str, answer: str) -> None:
    reply = talk.say(said)
    assert (reply.responses, reply.language) == (["utter_language_changed"], language)
    assert answer in reply.text
    assert talk.slot("language") == language


def test_a_chosen_language_stays_whatever_is_written(talk: Talk) -> None:
    talk.say("switch to danish please")
    reply = talk.say("where is my order")
    assert reply.language is None
    assert "ordrenummeret" in reply.text


def test_a_language_that_is_not_spoken_is_said_to_be_unknown_and_others_are_offered(talk: Talk) -> None:
    assert talk.say("do you speak swedish?").responses == ["utter_language_unknown"]
    assert talk.press("Dansk").language == "da"


def test_who_names_no_language_is_asked_which(talk: Talk) -> None:
    assert talk.say("change the language").responses == ["utter_ask_which_language"]
    assert "中文" in talk.last.buttons


def test_a_language_changed_inside_a_task_asks_the_question_again_in_it(talk: Talk) -> None:
    for message in ("i want to return something", "10200", OLIVER):
        talk.say(message)
    reply = talk.say("can we speak danish")
    assert reply.responses == ["utter_language_changed", "utter_ask_return_items"]
    assert "fra ordre 10200" in reply.text


def test_starting_over_keeps_the_language(talk: Talk) -> None:
    talk.say("switch to danish please")
    reply = talk.say("/start_over")
    assert reply.language is None
    assert talk.slot("language") == "da"
    assert talk.slot("language_chosen") is True


def test_a_message_that_may_mean_two_things_is_asked_about_with_its_details(talk: Talk) -> None:
    reply = talk.say('/which_meant{"which_meant": ["cancel_order", "start_return"], "order_number": "10200"}')
    assert reply.responses == ["utter_ask_which_meant"]
    assert reply.buttons == {
        "Cancel an order": '/cancel_order{"order_number": "10200"}',
        "Send something back": '/start_return{"order_number": "10200"}',
        "Something else": "/none_meant",
    }
    assert talk.press("Send something back").responses == ["utter_ask_contact_detail"]


def test_which_of_two_is_asked_in_the_customers_language(talk: Talk) -> None:
    talk.language = "zh"
    reply = talk.say('/which_meant{"which_meant": ["cancel_order", "start_return"]}')
    assert list(reply.buttons) == ["取消订单", "退货", "都不是"]


def test_neither_of_two_counts_as_not_understood(talk: Talk) -> None:
    talk.say('/which_meant{"which_meant": ["cancel_order", "start_return"]}')
    reply = talk.press("Something else")
    assert reply.responses == ["utter_please_rephrase"]
    assert reply.not_understood
    assert talk.say("asdf qwer zxcv").handoff is not None


@pytest.mark.parametrize(
    ("language", "messages", "said"),
    [
        ("da", ("jeg vil gerne returnere noget", "10200", OLIVER, "alt undtagen nummer tre"), "Det passer ikke"),
        ("ru", ("хочу вернуть товар", "10200", OLIVER, "все, кроме третьего"), "Не подошло"),
        ("zh", ("我要退货", "10200", OLIVER, "除了第三个都退"), "尺码不合适"),
        ("ar", ("أريد إرجاع منتج", "10200", OLIVER, "كل شيء ما عدا الثالث"), "المقاس غير مناسب"),
    ],
)
def test_a_return_is_made_in_the_customers_words_and_noted_in_english(
    talk: Talk, language: str, messages: Sequence[str], said: str
) -> None:
    reply = _say_all(talk, language, messages)
    assert list(talk.slot("return_items").values()) == ["Heron two-person tent", "2 × Dusk sleeping bag"]
    assert reply.responses == ["utter_ask_return_reason"]
    summary = talk.press(said)
    assert said in summary.text
    assert "utter_" not in summary.text
    assert summary.details["return_reason"] == "does not fit"
    assert "utter_return_started" in talk.say("/affirm")


@pytest.mark.parametrize(
    ("language", "topic"), [("da", "Retur eller refundering"), ("zh", "退货或退款"), ("ar", "إرجاع أو استرداد مبلغ")]
)
def test_a_callback_is_read_back_in_the_customers_language_and_booked_in_english(
    talk: Talk, language: str, topic: str
) -> None:
    reply = _say_all(talk, language, ("/request_callback", "1", "+45 32 12 34 56"))
    summary = talk.press(next(title for title in reply.buttons if topic in title))
    assert topic in summary.text
    talk.say("/affirm")
    (callback,) = talk.gateway.callbacks.values()
    assert callback["topic"] == "return or refund"
    assert talk.last.details["callback_time"] == "Mon 23 Nov, 10:00"
    assert set(talk.gateway.languages) == {language}


def _say_all(talk: Talk, language: str, messages: Sequence[str]) -> Reply:
    talk.language = language
    for message in messages:
        talk.say(message)
    return talk.last


@pytest.mark.parametrize("first", ["/bot_capabilities", "10234", "ok"])
def test_a_short_first_word_in_another_language_is_heard_after_a_button_or_a_number(talk: Talk, first: str) -> None:
    talk.say(first)
    assert talk.say("hej").language == "da"


@pytest.mark.parametrize("between", ["/bot_capabilities", "10234", "start over", "/start_over"])
def test_once_words_have_settled_it_a_short_word_in_another_language_changes_nothing(talk: Talk, between: str) -> None:
    talk.say("hello, where is my order")
    talk.say(between)
    assert talk.say("hej").language is None
