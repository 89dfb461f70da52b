"""What a stranger tries first, on the real processes: ask, be answered, ask for a person, be called back."""

from __future__ import annotations

import pytest

from tests.e2e.system import CustomerPage, System

pytestmark = pytest.mark.e2e


def ask_for_a_person(customer: CustomerPage) -> None:
    """Insist: the bot may ask two questions, and no more."""
    for _ in range(3):
        customer.write("I want to talk to a human")
        entry = customer.until(lambda entry: entry["author"] in ("bot", "system"))
        if any(seen.get("owner") == "queue" for seen in customer.seen):
            return
        assert entry
    customer.until(lambda entry: entry.get("owner") == "queue")


def test_a_question_of_everybody_is_answered(system: System) -> None:
    with system.customer() as customer:
        customer.write("how long does delivery take?")
        assert "working days" in customer.hears("bot")


def test_an_order_s_status_is_told_once_the_customer_is_verified(system: System) -> None:
    number, email = system.shop_order("shipped")
    with system.customer() as customer:
        customer.write(f"where is my order {number}")
        asked = customer.hears("bot")
        assert "e-mail" in asked
        assert email not in asked
        customer.write(email)
        assert number in customer.hears("bot", number)


def test_a_stranger_is_told_nothing_about_an_order(system: System) -> None:
    number, _ = system.shop_order("shipped")
    with system.customer() as customer:
        customer.write(f"where is my order {number}")
        customer.hears("bot")
        customer.write("somebody.else@example.com")
        theirs = customer.hears("bot")
    with system.customer() as customer:
        customer.write("where is my order 99999")
        customer.hears("bot")
        customer.write("somebody.else@example.com")
        assert customer.hears("bot").replace("99999", number) == theirs


def test_a_person_takes_over_and_gives_back(system: System) -> None:
    with system.agent() as agent, system.customer() as customer:
        customer.write("do you have gift cards?")
        customer.hears("bot")
        ask_for_a_person(customer)
        conversation = customer.conversation_id
        agent.do(conversation, "claim")
        customer.until(lambda entry: entry.get("owner") == "agent")
        log = agent.of(conversation)
        first = next(entry for entry in log["entries"] if entry["author"] == "contact")
        assert first["text"] == "do you have gift cards?"
        assert log["summary"]

        agent.reply(conversation, "Hello, Robin here. What can I do?")
        assert customer.hears("agent") == "Hello, Robin here. What can I do?"
        customer.write("how long does delivery take?")
        customer.write("are you there?")
        agent.reply(conversation, "Two days.")
        customer.hears("agent", "Two days.")
        since = [entry for entry in customer.seen if entry["seq"] > log["last_seq"]]
        assert not [entry for entry in since if entry["author"] == "bot"]

        agent.do(conversation, "return", outcome="Delivery time explained")
        customer.until(lambda entry: entry.get("owner") == "bot")
        customer.write("how long does delivery take?")
        assert "working days" in customer.hears("bot", "working days")


def test_a_waiting_customer_can_go_back_to_the_bot(system: System) -> None:
    with system.agent(), system.customer() as customer:
        ask_for_a_person(customer)
        ways_out = customer.newest(lambda entry: entry["author"] == "system" and bool(entry["buttons"]))
        customer.press(ways_out["buttons"][0]["title"])
        customer.until(lambda entry: entry.get("owner") == "bot")
        customer.write("how long does delivery take?")
        assert customer.hears("bot", "working days")


def test_with_nobody_there_a_callback_is_booked_and_the_desk_lists_it(system: System) -> None:
    with system.customer() as customer:
        customer.write("please call me back")
        slots = customer.until(lambda entry: entry["author"] == "bot" and bool(entry.get("buttons")))
        customer.press(slots["buttons"][0]["title"])
        customer.hears("bot", "number")
        customer.write("+45 32 12 34 56")
        customer.hears("bot", "about")
        customer.write("my broken lamp")
        confirm = customer.until(lambda entry: entry["author"] == "bot" and bool(entry.get("buttons")))
        customer.press(confirm["buttons"][0]["title"])
        booked = customer.until(lambda entry: entry["kind"] == "callback")
        assert booked["callback"]["status"] == "booked"
        with system.agent() as agent:
            listed = agent.call("GET", "/callbacks")["callbacks"]
            mine = next(one for one in listed if one["conversation_id"] == customer.conversation_id)
            assert (mine["phone"], mine["status"]) == ("+4532123456", "booked")
