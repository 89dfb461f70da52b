"""Names of products in raw texts, misspelt and shortened."""

from __future__ import annotations

import pytest

from bot.nlu.entities.products import Products
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import read, rows, shown

NAMES = (
    "Heron two-person tent",
    "Heron four-person tent",
    "Ember gas stove",
    "Ember pot set",
    "Harbour oak table lamp",
    "Harbour floor lamp",
    "Tide wool blanket",
    "Gale wool hat",
    "Gale hiking socks, two pairs",
    "Drift day pack 25 l",
    "Moss cotton hammock",
    "Spring steel bottle",
    "Harbour name sign",
    "Gift card 50",
    "Teapot",
    "双人帐篷",
    "Шерстяной плед",
    "خيمة لشخصين",
)
ORDINARY = frozenset(
    ["a", "order", "card", "gift", "my", "two", "the", "with", "name", "is", "sign", "pack", "day", "table"]
)


def found(text: str, language: str, names: tuple[str, ...] = NAMES) -> list[tuple[str, str]]:
    cut, _ = read(text, language, ())
    return shown(text, Products(names, language, ORDINARY).find(cut))


@pytest.mark.parametrize(
    ("language", "text", "written", "name"),
    rows("""
en | my Heron two-person tent is torn | Heron two-person tent | Heron two-person tent
en | heron two person tent            | heron two person tent | Heron two-person tent
en | heron four persn tent            | heron four persn tent | Heron four-person tent
en | the wool blankt                  | wool blankt           | Tide wool blanket
en | two wool blankets                | wool blankets         | Tide wool blanket
en | table lamp                       | table lamp            | Harbour oak table lamp
en | oak lamp                         | oak lamp              | Harbour oak table lamp
en | my hamock                        | hamock                | Moss cotton hammock
en | hiking socks                     | hiking socks          | Gale hiking socks, two pairs
en | gift card                        | gift card             | Gift card 50
en | drift day pack 25l               | drift day pack 25l    | Drift day pack 25 l
en | TEAPOT                           | TEAPOT                | Teapot
en | ｔｅａｐｏｔ                     | ｔｅａｐｏｔ          | Teapot
da | mit Tide wool blanket            | Tide wool blanket     | Tide wool blanket
zh | 我的双人帐篷坏了                 | 双人帐篷              | 双人帐篷
zh | 帐篷坏了                         | 帐篷                  | 双人帐篷
ru | где шерстяной плед               | шерстяной плед        | Шерстяной плед
ar | أين خيمه لشخصين                  | خيمه لشخصين           | خيمة لشخصين
"""),
)
def test_a_product_is_found_as_customers_write_it(language: str, text: str, written: str, name: str) -> None:
    assert found(text, language) == [(written, name)]


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "can I pay by card",
        "a gift for two",
        "my name is Ann",
        "two pairs",
        "the lamp",
        "my tent",
        "wool",
        "in spring",
        "cotton",
        "flour",
        "oak",
        "where do I sign",
        "人",
        "",
    ],
)
def test_what_could_be_anything_is_no_product(text: str) -> None:
    assert found(text, "en") == []


def test_several_products_in_one_message_are_found() -> None:
    assert [name for _, name in found("the teapot and the gas stove, not the floor lamp", "en")] == [
        "Teapot",
        "Ember gas stove",
        "Harbour floor lamp",
    ]


def test_an_ordinary_word_names_a_product_only_with_its_others() -> None:
    assert found("the sign", "en", ("Wooden sign",)) == []
    assert found("the wooden sign", "en", ("Wooden sign",)) == [("wooden sign", "Wooden sign")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my table", "Tablet"),  # a word of its own, though one letter away
        ("my house", "Mouse"),  # customers seldom misspell the first letter
        ("the lamp", "Harbour floor lamp"),  # too short to be sure
        ("the floor", "Harbour floor lamp"),  # not what the thing is
    ],
)
def test_one_word_has_to_be_sure(text: str, name: str) -> None:
    assert found(text, "en", (name,)) == []


def test_what_two_products_could_be_is_neither() -> None:
    assert found("harbour lamp", "en", ("Harbour floor lamp",)) == [("harbour lamp", "Harbour floor lamp")]
    assert found("harbour lamp", "en") == []


@pytest.mark.parametrize("name", ["", "!!", "50", "a"])
def test_a_name_without_words_finds_nothing(name: str) -> None:
    assert found(plain("50 a !!").text, "en", (name,)) == []
