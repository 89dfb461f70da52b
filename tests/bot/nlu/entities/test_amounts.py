"""Amounts of money in raw texts of every language, in a Danish shop."""

from __future__ import annotations

import pytest

from bot.nlu.entities.amounts import CURRENCY_WORDS, amounts, currency_words
from bot.nlu.entities.words import Table
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import read, rows, shown


def found(text: str, language: str, region: str = "DK", *more: Table) -> list[tuple[str, str]]:
    _, currencies = read(text, language, [*more, *currency_words(language, region)])
    return shown(text, amounts(plain(text).text, currencies, region))


@pytest.mark.parametrize(
    ("language", "text", "written", "value"),
    rows("""
en | it was €14.90          | €14.90          | EUR 14.90
en | 14,90 eur              | 14,90 eur       | EUR 14.90
en | EUR 10234              | EUR 10234       | EUR 10234.00
en | $1,234.50              | $1,234.50       | USD 1234.50
en | 1 234,5 kr             | 1 234,5 kr      | DKK 1234.50
en | 2.100 kroner           | 2.100 kroner    | DKK 2100.00
en | five? 5 euros.         | 5 euros         | EUR 5.00
en | 20 British pounds      | 20 British pounds | GBP 20.00
en | order 10234 $15        | $15             | USD 15.00
en | ＄１５．５０           | ＄１５．５０    | USD 15.50
en | 500 JPY                | 500 JPY         | JPY 500
da | 149,95 kr.             | 149,95 kr       | DKK 149.95
da | 50,-                   | 50,-            | DKK 50.00
da | 300 danske kroner      | 300 danske kroner | DKK 300.00
ru | 1500 руб.              | 1500 руб        | RUB 1500.00
ru | 1 500₽                 | 1 500₽          | RUB 1500.00
ru | 75 евро                | 75 евро         | EUR 75.00
ru | 20 датских крон        | 20 датских крон | DKK 20.00
zh | 退我50块钱             | 50块钱          | CNY 50.00
zh | ￥１９９．００         | ￥１９９．００  | CNY 199.00
zh | 30欧元                 | 30欧元          | EUR 30.00
ar | ٥٠ درهم                | ٥٠ درهم         | AED 50.00
ar | ١٬٢٣٤٫٥٠ يورو          | ١٬٢٣٤٫٥٠ يورو   | EUR 1234.50
fr | 14,90 euros            | 14,90 euros     | EUR 14.90
"""),
)
def test_an_amount_is_a_number_with_a_currency(language: str, text: str, written: str, value: str) -> None:
    assert found(text, language) == [(written, value)]


@pytest.mark.parametrize(
    ("language", "text"),
    rows("""
en | 14.90
en | 10234
en | try 50
en | kr
en | A14 kr
en | 1.2.3 kr
zh | 2单元301
zh | 元旦5号
"""),
)
def test_a_number_without_a_currency_is_no_amount(language: str, text: str) -> None:
    assert found(text, language) == []


@pytest.mark.parametrize(
    ("region", "value"), [("DK", "DKK 5.00"), ("SE", "SEK 5.00"), ("NO", "NOK 5.00"), ("DE", "DKK 5.00")]
)
def test_a_name_of_many_currencies_is_the_regions_own(region: str, value: str) -> None:
    assert found("5 kr", "en", region) == [("5 kr", value)]


def test_an_author_may_add_names_of_currencies() -> None:
    assert found("50 spænd", "da", "DK", Table(CURRENCY_WORDS, "da", ("spænd",), {"spænd": "DKK"})) == [
        ("50 spænd", "DKK 50.00")
    ]
