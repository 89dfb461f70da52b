"""Another delivery address, in whole conversations."""

from __future__ import annotations

import pytest

from actions.addresses import address_in_one_line
from actions.shop import CustomerId
from tests.actions.talking import Reply, Talk


def begin(talk: Talk) -> Reply:
    """Up to the question for the street, for an order that is still here."""
    return talk.say("change the delivery address of order 10202, my email is sofie.holm@example.org")


def test_the_parts_are_asked_one_by_one_and_changed_after_a_yes(talk: Talk) -> None:
    assert "utter_ask_new_street" in begin(talk)
    assert "utter_ask_new_postal_code" in talk.say("Nørregade 7, 3. th")
    assert "utter_ask_new_city" in talk.say("8000")
    assert "utter_confirm_address" in talk.say("Aarhus C")
    assert "utter_address_changed" in talk.say("yes")
    address = talk.shop_says(talk.shop.order(CustomerId("C-1003"), "10202")).address
    assert address.one_line() == "Sofie Holm, Nørregade 7, 3. th, 8000 Aarhus C, DK"


@pytest.mark.parametrize("line", ["12 Mill Lane, 2100 Copenhagen", "12 Mill Lane, E1 6AN London"])
def test_a_whole_address_in_one_line_is_understood(talk: Talk, line: str) -> None:
    begin(talk)
    assert "utter_confirm_address" in talk.say(line)


def test_a_flat_and_a_house_number_are_not_taken_for_a_postal_code(talk: Talk) -> None:
    begin(talk)
    assert "utter_ask_new_postal_code" in talk.say("Flat 3, 14 Harbour Street")


def test_a_postal_code_of_five_digits_is_not_taken_for_an_order(talk: Talk) -> None:
    begin(talk)
    talk.say("Lindenstraße 8")
    assert "utter_ask_new_city" in talk.say("10234")
    assert talk.slot("order_number") == "10202"


def test_what_can_be_no_address_is_asked_again(talk: Talk) -> None:
    begin(talk)
    assert talk.say("nowhere").responses == ["utter_street_malformed", "utter_ask_new_street"]
    talk.say("12 Mill Lane")
    assert talk.say("the usual one").responses == ["utter_postal_code_malformed", "utter_ask_new_postal_code"]
    talk.say("2100")
    assert talk.say("2100").responses == ["utter_city_malformed", "utter_ask_new_city"]


def test_the_address_can_be_corrected_at_the_end(talk: Talk) -> None:
    begin(talk)
    talk.say("12 Mill Lane, 2100 Copenhagen")
    assert "utter_ask_new_street" in talk.press("Correct the address")
    assert "14 Mill Lane, 2100 Copenhagen" in talk.say("14 Mill Lane, 2100 Copenhagen").text


@pytest.mark.parametrize(
    ("number", "email", "response"),
    [
        ("10201", "maya.lindqvist@example.com", "utter_address_locked_shipped"),
        ("10200", "oliver.grant@example.com", "utter_address_locked_delivered"),
        ("10211", "lena.fischer@example.com", "utter_address_locked_cancelled"),
    ],
)
def test_an_order_that_has_left_says_so_with_what_is_still_possible(
    talk: Talk, number: str, email: str, response: str
) -> None:
    assert response in talk.say(f"change the address of order {number}, my email is {email}")


def test_an_address_in_the_first_message_is_not_asked_for_again(talk: Talk) -> None:
    said = "change the address of order 10225 to Hauptstraße 10, 10115 Berlin, my email is lena.fischer@example.com"
    talk.say(said.replace(", my email is lena.fischer@example.com", ""))
    answer = talk.say("lena.fischer@example.com")
    assert answer.responses == ["utter_confirm_address"]
    assert "Hauptstraße 10, 10115 Berlin" in answer.text


def test_an_order_that_has_left_says_so_even_when_the_first_message_has_the_address(talk: Talk) -> None:
    answer = talk.say("maya.lindqvist@example.com, change the address of order 10201 to 12 Mill Lane, 2100 Copenhagen")
    assert answer.responses == ["utter_address_locked_shipped"]


@pytest.mark.parametrize(
    ("correction", "response"),
    [
        ("no, it is number 14", "utter_ask_new_street"),
        ("the street is 14 Mill Lane", "utter_ask_new_street"),
        ("14 Mill Lane, 2100 Copenhagen", "utter_confirm_address"),
    ],
)
def test_a_number_typed_at_the_summary_corrects_the_address(talk: Talk, correction: str, response: str) -> None:
    begin(talk)
    talk.say("12 Mill Lane, 2100 Copenhagen")
    assert talk.say(correction).responses == [response]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Nørregade 5, 2. th, 5000 Odense C", ("Nørregade 5, 2. th", "5000", "Odense C")),
        ("27 Willow Road, Flat 3, London NW3 1TT", ("27 Willow Road, Flat 3", "NW3 1TT", "London")),
        ("1 Main St, Springfield, 12345", ("1 Main St", "12345", "Springfield")),
        ("Damrak 1, 1012 ab Amsterdam", ("Damrak 1", "1012 AB", "Amsterdam")),
    ],
)
def test_one_line_may_have_flats_and_the_town_on_either_side_of_the_code(line: str, parts: tuple[str, ...]) -> None:
    found = address_in_one_line(line)
    assert found is not None
    assert tuple(found.values()) == parts


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("世纪大道100号，200120 上海", ("世纪大道100号", "200120", "上海")),
        ("12 شارع النخيل، ١٢٣٤٥ الرياض", ("12 شارع النخيل", "12345", "الرياض")),
        ("Møllevej 3, 2100 København", ("Møllevej 3", "2100", "København")),
        ("ул. Мира, 5, 101000, Москва", ("ул. Мира, 5", "101000", "Москва")),
    ],
)
def test_an_address_in_one_line_is_read_in_every_script(said: str, parts: tuple[str, ...]) -> None:
    found = address_in_one_line(said)
    assert found is not None
    assert tuple(found.values()) == parts
