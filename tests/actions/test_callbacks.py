"""Being called back, in whole conversations with a gateway that keeps its contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone, tzinfo

import pytest

from actions import services
from tests.actions.talking import Talk

PHONE = "+45 32 12 34 56"


SUNDAY = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
"""The day before the gateway's first free time."""


class _Sunday(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return SUNDAY.astimezone(tz)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is that Sunday, for the actions and for what reads days in messages."""
    monkeypatch.setattr("bot.nlu.entities.finder.datetime", _Sunday)
    services.tell_time(lambda: SUNDAY)
    yield
    services.tell_time()


def book(talk: Talk) -> None:
    """Book the first time offered."""
    for message in ("call me back", "1", PHONE, "my tent", "yes"):
        talk.say(message)


def test_a_time_is_held_confirmed_and_booked(talk: Talk) -> None:
    offered = talk.say("can you call me back")
    assert "utter_ask_callback_slot" in offered
    assert "utter_ask_callback_phone" in talk.press("23 Nov, 10:00")
    assert [callback["status"] for callback in talk.gateway.callbacks.values()] == ["held"]
    assert "utter_ask_callback_topic" in talk.say(PHONE)
    summary = talk.say("my tent")
    assert "+4532123456" in summary.text
    done = talk.press("Yes, book it")
    assert "utter_callback_booked" in done
    (callback,) = talk.gateway.callbacks.values()
    assert (callback["status"], callback["phone"], callback["topic"]) == ("booked", "+4532123456", "my tent")


@pytest.mark.parametrize("language", ["en", "da", "ru", "zh", "ar"])
def test_the_question_for_a_number_says_that_it_is_one_in_every_language(talk: Talk, language: str) -> None:
    talk.language = language
    assert talk.say("/request_callback").asks == []
    assert talk.say("1").asks == ["utter_ask_callback_phone"]
    assert talk.say(PHONE).asks == []


def test_a_number_that_cannot_be_called_is_asked_for_again_as_one(talk: Talk) -> None:
    talk.say("call me back")
    talk.say("1")
    assert talk.say("12").asks == ["utter_ask_callback_phone"]


def test_a_number_that_is_shared_when_asked_for_is_the_answer_and_is_known_from_then_on(talk: Talk) -> None:
    talk.say("call me back")
    talk.say("1")
    talk.contact = {"phone": "+4532123456"}
    assert "utter_ask_callback_topic" in talk.say("+4532123456")
    assert talk.slot("callback_phone") == "+4532123456"
    talk.say("my tent")
    talk.say("no")
    talk.say("call me back")
    assert talk.say("1").asks == []


def test_another_number_is_asked_for_though_one_is_known(talk: Talk) -> None:
    talk.contact = {"phone": "+4532123456"}
    for message in ("call me back", "1", "my tent"):
        talk.say(message)
    assert talk.press("Another number").asks == ["utter_ask_callback_phone"]


def test_later_times_are_shown_on_request_and_the_first_ones_after_the_last(talk: Talk) -> None:
    talk.say("call me back")
    assert "25 Nov, 14:00" in talk.press("Later times").buttons
    assert "30 Nov, 14:00" in talk.press("Later times").buttons
    again = talk.press("Later times")
    assert again.responses[0] == "utter_no_later_callback_slots"
    assert "23 Nov, 10:00" in again.buttons


def test_a_time_of_an_earlier_list_can_still_be_pressed(talk: Talk) -> None:
    earlier = talk.say("call me back").buttons
    talk.press("Later times")
    assert "utter_ask_callback_phone" in talk.say(earlier["23 Nov, 14:00"])
    assert talk.slot("callback_slot")["id"] == "2026-11-23T13:00:00Z"


def test_the_month_of_a_pressed_time_is_not_taken_for_an_hour(talk: Talk) -> None:
    talk.say("call me back")
    talk.gateway.taken.update(["2026-11-23T09:00:00Z", "2026-11-23T13:00:00Z"])
    answer = talk.say('/inform{"callback_slot": "2026-10-23T13:00:00Z"}')
    assert answer.responses[:2] == ["utter_callback_slot_unknown", "utter_ask_callback_slot"]


def test_a_time_taken_meanwhile_is_said_to_be_and_others_are_offered(talk: Talk) -> None:
    talk.say("call me back")
    talk.gateway.taken.add("2026-11-23T09:00:00Z")
    answer = talk.say("1")
    assert answer.responses[:2] == ["utter_callback_slot_taken", "utter_ask_callback_slot"]
    assert "23 Nov, 10:00" not in answer.buttons
    assert "utter_ask_callback_phone" in talk.say("1")


GONE_BY = '/inform{"callback_slot": "2026-11-20T09:00:00Z"}'


@pytest.mark.parametrize("language", ["en", "da", "ru", "zh", "ar"])
def test_a_time_of_a_list_that_is_days_old_is_not_said_to_have_just_been_taken(talk: Talk, language: str) -> None:
    talk.language = language
    talk.say("/request_callback")
    answer = talk.say(GONE_BY)
    assert answer.responses[:2] == ["utter_callback_slot_unknown", "utter_ask_callback_slot"]
    assert "23 Nov, 10:00" in answer.buttons


def test_a_time_that_is_not_offered_costs_neither_the_one_held_nor_the_one_booked(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "my tent"):
        talk.say(message)
    talk.press("Another time")
    assert "utter_callback_slot_unknown" in talk.say(GONE_BY)
    assert list(talk.gateway.callbacks) == ["cb_1"]
    talk.say("1")
    talk.say("yes")
    talk.say("change my callback")
    answer = talk.say(GONE_BY)
    assert answer.responses[:2] == ["utter_callback_slot_unknown", "utter_ask_new_callback_slot"]
    assert [one["status"] for one in talk.gateway.callbacks.values()] == ["booked"]


def test_a_hold_lost_before_the_yes_is_said_to_be_and_only_the_time_is_asked_again(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "my tent"):
        talk.say(message)
    talk.gateway.callbacks.clear()
    answer = talk.say("yes")
    assert answer.responses[:2] == ["utter_callback_hold_lost", "utter_ask_callback_slot"]
    assert "utter_confirm_callback" in talk.say("2")
    assert "utter_callback_booked" in talk.say("yes")


def test_another_time_gives_the_first_one_back(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "my tent"):
        talk.say(message)
    talk.press("Another time")
    talk.say("2")
    assert len(talk.gateway.callbacks) == 1
    assert [name for name, _ in talk.gateway.calls] == ["holds", "change"]


def test_a_number_that_cannot_be_called_is_asked_again(talk: Talk) -> None:
    talk.say("call me back")
    talk.say("1")
    assert talk.say("12").responses == ["utter_callback_phone_malformed", "utter_ask_callback_phone"]


def test_a_topic_that_sounds_like_a_request_is_the_topic(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE):
        talk.say(message)
    assert "where is my parcel" in talk.say("where is my parcel").text
    assert "utter_callback_booked" in talk.say("yes")


def test_a_long_topic_is_cut_to_what_the_gateway_keeps(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "it is broken, " * 40, "yes"):
        talk.say(message)
    (callback,) = talk.gateway.callbacks.values()
    assert len(callback["topic"]) == 300


def test_what_is_known_is_not_asked(talk: Talk) -> None:
    talk.contact = {"verified": True, "customer_id": "C-1002", "name": "Oliver Grant", "phone": "+442079460123"}
    talk.say("i want to return something")
    talk.say("call me back instead")
    assert "utter_confirm_callback" in talk.say("1")
    talk.say("yes")
    (callback,) = talk.gateway.callbacks.values()
    assert (callback["phone"], callback["topic"], callback["name"]) == ("+442079460123", "return", "Oliver Grant")


def test_a_callback_booked_in_a_task_ends_the_task(talk: Talk) -> None:
    for message in ("i want to return something", "10200", "oliver.grant@example.com", "1"):
        talk.say(message)
    for message in ("call me back instead", "1", PHONE, "yes"):
        talk.say(message)
    assert talk.form is None
    assert talk.slot("return_items") is None
    assert talk.slot("paused_flow") is None


def test_moving_a_callback_in_a_task_comes_back_to_the_task(talk: Talk) -> None:
    book(talk)
    talk.say("i want to return something")
    talk.say("change my callback")
    assert talk.say("2").responses == ["utter_callback_changed", "utter_back_to_task", "utter_ask_order_number"]


def test_an_order_status_while_booking_comes_back_to_the_booking(talk: Talk) -> None:
    talk.say("call me back")
    talk.say("1")
    answer = talk.say("where is order 10234, oliver.grant@example.com?")
    assert answer.responses[-1] == "utter_ask_callback_phone"


def test_no_answer_books_nothing(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "my tent", "no"):
        talk.say(message)
    assert "utter_left_task" in talk.last
    assert [callback["status"] for callback in talk.gateway.callbacks.values()] == ["held"]


def test_a_second_request_shows_the_one_booked(talk: Talk) -> None:
    book(talk)
    assert talk.say("call me back").responses == ["utter_callback_exists"]


def test_a_booked_callback_can_be_moved(talk: Talk) -> None:
    book(talk)
    assert "utter_ask_new_callback_slot" in talk.say("change my callback")
    assert "utter_callback_changed" in talk.press("24 Nov, 10:00")
    (callback,) = talk.gateway.callbacks.values()
    assert callback["title"] == "24 Nov, 10:00"


def test_a_booked_callback_can_be_cancelled_after_a_yes(talk: Talk) -> None:
    book(talk)
    talk.say("cancel my callback")
    assert len(talk.gateway.callbacks) == 1
    assert "utter_callback_cancelled" in talk.say("yes")
    assert talk.gateway.callbacks == {}


def test_there_is_nothing_to_move_or_cancel_when_nothing_is_booked(talk: Talk) -> None:
    assert "utter_no_callback_booked" in talk.say("cancel my callback")
    assert "utter_no_callback_booked" in talk.say("change my callback")


def test_when_every_time_is_taken_a_person_is_offered(talk: Talk) -> None:
    talk.gateway.taken = {slot["slot_id"] for slot in talk.gateway.slots()}
    answer = talk.say("call me back")
    assert answer.responses == ["utter_no_callback_slots"]
    assert "Talk to a person" in answer.buttons


def test_a_waiting_customers_button_begins_a_callback(talk: Talk) -> None:
    assert "utter_ask_callback_slot" in talk.say("/request_callback")


@pytest.mark.parametrize("said", ["23 nov at 14:00", "2pm on the 23rd of nov", "the second one", "2"])
def test_an_offered_time_can_be_named_in_words(talk: Talk, clock: None, said: str) -> None:
    talk.say("call me back")
    assert "utter_ask_callback_phone" in talk.say(said)
    assert talk.slot("callback_slot")["title"] == "23 Nov, 14:00"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "tomorrow at two"),
        ("da", "i morgen klokken to"),
        ("ru", "завтра в 14:00"),
        ("zh", "明天下午两点"),
        ("ar", "غدا الساعة الثانية"),
    ],
)
def test_an_offered_time_can_be_named_in_every_language(talk: Talk, clock: None, language: str, said: str) -> None:
    talk.language = language
    talk.say("/request_callback")
    assert "utter_ask_callback_phone" in talk.say(said)
    assert talk.slot("callback_slot")["id"] == "2026-11-23T13:00:00Z"


@pytest.mark.parametrize("said", ["later", "none of these suit me", "another time please"])
def test_other_times_can_be_asked_for_in_words(talk: Talk, said: str) -> None:
    talk.say("call me back")
    assert "25 Nov, 14:00" in talk.say(said).buttons


def test_a_day_of_the_week_shows_the_times_from_that_day_on(talk: Talk, clock: None) -> None:
    talk.say("call me back")
    assert next(iter(talk.say("thursday would be good").buttons)) == "26 Nov, 10:00"


AT_TWO = [f"{day} Nov, 14:00" for day in (23, 24, 25, 26, 27)]


@pytest.mark.parametrize("said", ["call me at 2pm", "can somebody ring me at 14:00"])
def test_a_time_without_a_day_in_the_first_message_shows_that_time_of_the_next_days(
    talk: Talk, clock: None, said: str
) -> None:
    assert list(talk.say(said).buttons)[:5] == AT_TWO


@pytest.mark.parametrize("said", ["at 2", "2pm would be best", "can you move the call to 2pm?", "call me at 14:00"])
def test_a_time_without_a_day_shows_that_time_of_the_next_days(talk: Talk, clock: None, said: str) -> None:
    talk.say("call me back")
    assert list(talk.say(said).buttons)[:5] == AT_TWO


def test_a_time_that_no_day_has_is_said_to_be_unclear(talk: Talk, clock: None) -> None:
    talk.say("call me back")
    assert "utter_callback_slot_unclear" in talk.say("at 11:30")


@pytest.mark.parametrize("said", ["Later times", "friday", "at 2"])
def test_who_asks_for_other_times_after_an_unclear_one_is_understood(talk: Talk, clock: None, said: str) -> None:
    """Seen red with every answer that fills nothing counted as one that cannot be one: a person was brought in."""
    talk.say("call me back")
    assert "utter_callback_slot_unclear" in talk.say("at 11:30")
    answer = talk.say(said)
    assert answer.responses == ["utter_ask_callback_slot", "utter_offer_later_times"]
    assert answer.handoff is None


def test_what_is_wrong_at_the_summary_can_be_typed(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "my tent"):
        talk.say(message)
    assert talk.say("no, another number").responses == ["utter_ask_callback_phone"]
    talk.say("+44 20 7946 0018")
    assert talk.say("no, a different time").responses[0] == "utter_ask_callback_slot"
    assert "+442079460018" in talk.say("3").text
    assert PHONE.replace(" ", "") in talk.say(f"no, {PHONE}").text


def test_a_day_with_a_time_is_not_taken_for_the_same_time_of_another_day(talk: Talk, clock: None) -> None:
    talk.say("call me back")
    talk.say("friday at 2pm")
    assert talk.slot("callback_slot")["title"] == "27 Nov, 14:00"


@pytest.mark.parametrize(
    ("said", "first"),
    [("can you call me tomorrow", "23 Nov, 10:00"), ("please call me on the 26th at 11", "26 Nov, 14:00")],
)
def test_a_day_in_the_first_message_is_heard(talk: Talk, clock: None, said: str, first: str) -> None:
    assert next(iter(talk.say(said).buttons)) == first


def test_the_time_that_is_to_be_changed_is_not_offered_again(talk: Talk) -> None:
    book(talk)
    assert next(iter(talk.say("change my callback").buttons)) == "23 Nov, 14:00"


def test_a_phone_number_is_no_topic(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE):
        talk.say(message)
    assert talk.say("+45 32 12 34 57").responses == ["utter_ask_callback_topic"]
    assert talk.slot("callback_phone") == "+4532123457"


def test_the_topic_can_be_put_right_at_the_summary(talk: Talk) -> None:
    for message in ("call me back", "1", PHONE, "my tent"):
        talk.say(message)
    assert talk.say("no, another topic").responses == ["utter_ask_callback_topic"]
    assert "my stove" in talk.say("my stove").text
    assert talk.press("Another topic").responses == ["utter_ask_callback_topic"]
