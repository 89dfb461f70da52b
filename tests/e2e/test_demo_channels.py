"""`baton run --demo-channels`: customers on played WhatsApp and Telegram, and everything between them and the desk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.system import PhoneInHand, System

pytestmark = pytest.mark.e2e


def talk_to_a_person(system: System, phone: PhoneInHand) -> Any:
    """Ask for a person by pressing what is offered, be answered at the desk, and be given back; returns the log."""
    with system.agent() as agent:
        phone.do("write", text="I want to talk to a person")
        phone.press(phone.hears("what is it about"), "Just put me through")
        phone.hears("next in line")
        queue = agent.call("GET", "/overview")["queue"]
        conversation = next(card["id"] for card in queue if card["channel"] == phone.platform)
        agent.do(conversation, "claim")
        phone.hears("Robin")
        agent.reply(conversation, "Hello, Robin here. What can I do?")
        phone.hears("Hello, Robin here. What can I do?")
        log = agent.of(conversation)["entries"]
        agent.do(conversation, "return", outcome="Said hello")
        phone.hears("Said hello")
        return log


def test_an_order_and_a_person_on_whatsapp(system: System) -> None:
    number, email = system.shop_order("shipped")
    with system.phone("whatsapp", "oliver") as phone:
        phone.do("write", text=f"where is my order {number}")
        phone.hears("e-mail")
        phone.do("write", text=email)
        assert phone.hears(number)["choices"]
        written = [message["state"] for message in phone.messages() if message["mine"]]
        assert written == ["read", "read"]
        log = talk_to_a_person(system, phone)
    told = [entry["facts"]["status"] for entry in log if entry["kind"] == "delivery"]
    assert {"sent", "delivered"} <= set(told)


def test_a_file_and_a_person_on_telegram(system: System) -> None:
    with system.phone("telegram", "sofie") as phone:
        phone.do("write", text="/start en")
        greeting = phone.hears("")
        assert greeting["choices"]
        phone.do("write", text="how long does delivery take?")
        phone.hears("working days")
        phone.do("sample", kind="document")
        phone.hears("can't open files")
        log = talk_to_a_person(system, phone)
    [letter] = [entry["attachments"][0] for entry in log if entry["kind"] == "media"]
    assert (letter["name"], letter["state"]) == ("letter.pdf", "ready")


def test_a_callback_to_the_number_that_is_shared_on_telegram(system: System) -> None:
    with system.phone("telegram", "oliver") as phone:
        phone.do("write", text="/start en")
        phone.hears("")
        phone.do("write", text="please call me back")
        times = phone.hears("When shall we call you")
        phone.press(times, times["choices"][0]["title"])
        assert phone.hears("Which phone number")["share"] == "Share my phone number"
        phone.do("share")
        phone.press(phone.hears("what is it about"), "Something else")
        assert not any("share" in message for message in phone.messages())
        phone.press(phone.hears("we call +4520123401"), "Yes, book it")
        phone.hears("Done: we call +4520123401")
    with system.agent() as agent:
        booked = agent.call("GET", "/callbacks")["callbacks"]
    assert [callback["phone"] for callback in booked if callback["phone"] == "+4520123401"] == ["+4520123401"]
