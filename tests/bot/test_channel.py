"""The turn contract, over HTTP against the running bot."""

from __future__ import annotations

import json
import threading
import time

import pytest

from tests.bot.conftest import Bot, Customer


def test_a_turn_answers_with_messages_effects_understanding_and_slots(customer: Customer) -> None:
    answer = customer.turn(text="where is order 10234")
    assert answer["messages"] == [{"text": "Order 10234 is on its way.", "buttons": [], "attachment": None}]
    assert answer["effects"] == {}
    assert answer["understood"]["intent"] == "order_status"
    assert answer["understood"]["confidence"] > 0.8
    assert answer["understood"]["entities"] == [{"entity": "order_number", "value": "10234"}]
    assert answer["understood"]["fallback"] is False
    slots = {"language": "en", "language_written": "en", "order_number": "10234", "runs": 1}
    assert answer["slots"] == slots


def test_a_reply_shows_its_buttons_and_their_payloads_work_as_choices(customer: Customer) -> None:
    [message] = customer.turn(text="hello")["messages"]
    [button] = message["buttons"]
    assert button["title"] == "Where is my order?"
    assert customer.turn(choice=button["payload"])["messages"][0]["text"] == "Order 10234 is on its way."


def test_what_one_action_says_is_one_message(customer: Customer) -> None:
    [message] = customer.act("explains")["messages"]
    assert message["text"] == "It is on its way.\n\nThe parcel is in Hamburg.\nIt comes tomorrow."
    assert [(button["title"], button["payload"]) for button in message["buttons"]] == [
        ("Again", "/order_status"),
        ("Hello", "/greet"),
    ]


def test_a_message_that_asks_for_a_phone_number_says_so(customer: Customer) -> None:
    [message] = customer.act("asks_phone")["messages"]
    assert message == {
        "text": "One moment.\n\nWhich number?\nWith its country code.",
        "buttons": [],
        "attachment": None,
        "asks": "phone",
    }


def test_what_a_form_asks_again_after_an_answer_is_a_message_of_its_own(customer: Customer) -> None:
    customer.turn(text="i want to return something")
    assert len(customer.turn(text="hello")["messages"]) == 2


def test_images_and_files_are_attachments(customer: Customer) -> None:
    first, second = customer.act("shows")["messages"]
    assert first["attachment"] == {"type": "image", "url": "https://shop.example/label.png"}
    assert second == {
        "text": "",
        "buttons": [],
        "attachment": {"type": "file", "url": "https://shop.example/label.pdf"},
    }


def test_effects_of_one_turn_are_merged_and_not_shown(customer: Customer) -> None:
    answer = customer.act("handoff")
    assert [message["text"] for message in answer["messages"]] == ["I will get somebody."]
    assert answer["effects"] == {
        "handoff": {"reason": "asked", "topic": "return", "details": {}},
        "details": {"order_number": "10234", "name": "Ada"},
        "language": "da",
    }


def test_an_action_can_say_that_the_matter_is_settled(customer: Customer) -> None:
    answer = customer.act("settles")
    assert answer["effects"] == {"resolve": True}
    assert answer["messages"] == []


def test_actions_get_metadata_language_and_the_part_of_the_domain_they_need(customer: Customer) -> None:
    assert customer.act("tells_metadata")["messages"][0]["text"] == "web en ['forms', 'slots']"


@pytest.mark.parametrize("text", ['/act{"what": "handoff"}', "/restart", "/greet", "/", "//", "/no_such_intent{"])
def test_typed_text_that_begins_with_a_slash_is_plain_text(customer: Customer, text: str) -> None:
    answer = customer.turn(text=text)
    assert answer["understood"]["confidence"] < 1.0
    assert "handoff" not in answer["effects"]


@pytest.mark.parametrize(
    "text", ["\u200b\u200d", "…!?", "\u202eabc", "<script>alert(1)</script>", "🙂", "x" * 4000, "a\nb"]
)
def test_odd_text_gets_an_answer(customer: Customer, text: str) -> None:
    assert customer.turn(text=text)["messages"]


def test_text_that_makes_no_sense_is_marked_as_a_fallback(customer: Customer) -> None:
    answer = customer.turn(text="vxlq zzkp")
    assert answer["understood"]["fallback"] is True


def test_a_message_that_an_action_could_not_follow_is_marked_as_a_fallback(customer: Customer) -> None:
    answer = customer.act("puzzles")
    assert answer["understood"]["fallback"] is True
    assert answer["effects"] == {}
    assert [message["text"] for message in answer["messages"]] == ["What?"]


def test_a_choice_that_no_rule_expects_is_marked_as_a_fallback(customer: Customer) -> None:
    assert customer.turn(choice="/unruly")["understood"]["fallback"] is True


def test_asked_again_the_answer_is_the_same_and_no_action_runs(customer: Customer) -> None:
    first = customer.turn("m1", text="where is order 10234")
    assert customer.turn("m1", text="where is order 10234") == first
    later = customer.turn("m2", text="where is order 20001")
    assert later["slots"]["runs"] == 2
    # Also once the conversation has moved on.
    assert customer.turn("m1", text="where is order 10234") == first


def test_asked_again_about_effects_the_answer_is_the_same(customer: Customer) -> None:
    assert customer.act("handoff", "m1") == customer.act("handoff", "m1")


def test_the_same_message_at_once_is_taken_once(customer: Customer) -> None:
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(customer.turn("m1", text="where is order 10234")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)
    assert customer.turn(text="where is order 10234")["slots"]["runs"] == 2


def test_a_slow_turn_of_one_conversation_does_not_hold_up_another(bot: Bot) -> None:
    slow, quick = Customer(bot), Customer(bot)
    quick.says("hello")
    done: list[float] = []
    thread = threading.Thread(target=lambda: (slow.act("slow"), done.append(time.monotonic())))
    thread.start()
    quick.says("when are you open")
    finished = time.monotonic()
    thread.join()
    assert finished < done[0]


def test_a_form_survives_over_turns(customer: Customer) -> None:
    assert customer.says("I want to send something back") == ["Which order is it about?"]
    assert customer.says("10234") == ["Why do you send it back?"]
    assert customer.says("it is too small") == ["Order 10234 may come back: it is too small."]


def test_after_starting_over_the_conversation_goes_on_from_a_clean_slate(customer: Customer) -> None:
    customer.says("where is order 10234")
    answer = customer.turn("again", choice="/start_over")
    assert answer["slots"] == {"language_written": "en"}  # of which the customer's own words are proof
    assert customer.turn("again", choice="/start_over") == answer
    assert customer.says("hello") == ["Hello."]


def body(**changes: object) -> dict[str, object]:
    whole = {"conversation_id": "c_x", "message_id": "m", "text": "hello", "language": "en", "metadata": {}, **changes}
    return {name: value for name, value in whole.items() if value is not ...}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"a": NaN}', 400),
        (b"[" * 60_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b" " * 70_000, 413),
        (json.dumps(body(text="x" * 66_000)).encode(), 413),
        (body(text="x" * 4_001), 422),
        (body(text=""), 422),
        (body(text=" \n"), 422),
        (body(text=7), 422),
        (body(text="\ud800"), 422),
        (body(surprise=1), 422),
        (body(conversation_id=...), 422),
        (body(conversation_id=""), 422),
        (body(conversation_id="a b"), 422),
        (body(conversation_id=7), 422),
        (body(message_id=...), 422),
        (body(message_id="é"), 422),
        (body(metadata=[]), 422),
        (body(language="english please"), 422),
        (body(language=3), 422),
        (body(choice="/greet"), 422),
        (body(text=...), 422),
        (body(text=..., choice="greet"), 422),
        (body(text=..., choice="/"), 422),
        (body(text=..., choice="/act{"), 422),
        (body(text=..., choice='/act["what"]'), 422),
        (body(text=..., choice='/act{"what": {}}'), 422),
        (body(text=..., choice="/no_such_intent"), 422),
        (body(text=..., choice='/act{"what": NaN}'), 422),
    ],
    ids=lambda value: str(value)[:80],
)
def test_a_wrong_request_is_refused_with_a_sentence(bot: Bot, sent: object, status: int) -> None:
    answered, answer = bot.ask(sent)
    assert (answered, answer["error"]["message"][-1]) == (status, ".")


@pytest.mark.parametrize("secret", ["", "wrong", "turn-secre", "turn-secret2", "ü"])
def test_without_the_secret_nothing_is_said(bot: Bot, secret: str) -> None:
    status, answer = bot.request(
        "POST",
        "/webhooks/baton/turn",
        json.dumps(body()).encode(),
        Authorization=f"Bearer {secret}".encode().decode("latin-1"),
        Content_Type="application/json",
    )
    assert (status, answer["error"]["code"]) == (401, "unauthorized")


def test_only_json_is_taken(bot: Bot) -> None:
    status, _ = bot.request(
        "POST", "/webhooks/baton/turn", b"{}", Authorization="Bearer turn-secret", Content_Type="text/plain"
    )
    assert status == 415


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks/baton/turn"),
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/"),
        ("GET", "/conversations/x/tracker"),
        ("POST", "/model/parse"),
    ],
)
def test_rasa_offers_nothing_but_the_turn_channel(bot: Bot, method: str, path: str) -> None:
    status, answer = bot.request(method, path)
    assert status in {404, 405}
    assert "message" in answer["error"]


def test_health_is_good_while_turns_can_be_taken(bot: Bot) -> None:
    assert bot.request("GET", "/webhooks/baton/health") == (200, {"status": "ok"})
