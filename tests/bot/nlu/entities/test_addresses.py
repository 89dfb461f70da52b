"""A new address in one message."""

from __future__ import annotations

import pytest

from bot.nlu.entities.addresses import addresses
from bot.nlu.entities.words import Table
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import read, rows, shown

LEADS = (
    Table("address_lead", "en", ("to", "new address is")),
    Table("address_lead", "da", ("til",)),
    Table("address_lead", "ru", ("на адрес",)),
    Table("address_lead", "zh", ("改送到",)),
    Table("address_lead", "ar", ("إلى",)),
)


def found(text: str, language: str) -> list[str]:
    _, leads = read(text, language, LEADS)
    return [written for written, _ in shown(text, addresses(plain(text).text, leads))]


@pytest.mark.parametrize(
    ("language", "text", "address"),
    rows("""
en | send it to 12 Mill Lane, 2100 Copenhagen        | 12 Mill Lane, 2100 Copenhagen
en | I want to send it to 12 Mill Lane, 2100 Copenhagen. | 12 Mill Lane, 2100 Copenhagen
en | new address is: Mill Lane 12, London, E1 6AN    | Mill Lane 12, London, E1 6AN
da | flyt den til Mølle Allé 4, 2100 København       | Mølle Allé 4, 2100 København
ru | доставьте на адрес ул. Ленина 5, 101000 Москва  | ул. Ленина 5, 101000 Москва
zh | 改送到南京路100号，200000 上海                  | 南京路100号，200000 上海
ar | أرسلوه إلى شارع النيل ٥، ١١٥١١ القاهرة          | شارع النيل ٥، ١١٥١١ القاهرة
"""),
)
def test_what_stands_behind_the_lead_is_the_address(language: str, text: str, address: str) -> None:
    assert found(text, language) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "I want to return it, please",
        "to Copenhagen",
        "to mia@example.com, 10234",
        "12 Mill Lane, 2100 Copenhagen",
    ],
)
def test_without_a_lead_a_comma_and_a_number_there_is_none(text: str) -> None:
    assert found(text, "en") == []
