"""Amounts of money. The value is the currency's ISO 4217 code and the number: "EUR 14.90"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name, get_currency_precision, get_territory_currencies

from bot.nlu.entities.found import Found
from bot.nlu.entities.tokens import UNSPACED
from bot.nlu.entities.words import Table

CURRENCY_WORDS = "currency"
"""Name of the tables, ours and authors', whose values are ISO codes; of several the region's, else the first."""

# Codes are understood in small letters too, so "TRY" and "MAD" are not among them: they are words.
_CODES = (
    *("EUR", "USD", "GBP", "DKK", "SEK", "NOK", "ISK", "CHF", "PLN", "CZK", "HUF", "RON", "BGN", "UAH", "RUB", "KZT"),
    *("BYN", "CNY", "JPY", "KRW", "INR", "AED", "SAR", "QAR", "KWD", "BHD", "OMR", "EGP", "JOD", "DZD", "TND", "LBP"),
    *("IQD", "ILS", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "ZAR", "BRL", "MXN"),
)
_CROWNS, _DOLLARS, _YEN = "DKK SEK NOK ISK CZK", "USD CAD AUD NZD SGD HKD", "CNY JPY"
_EVERYWHERE = {
    "EUR": "€",
    "GBP": "£",
    "RUB": "₽",
    "INR": "₹",
    "UAH": "₴",
    "PLN": "zł",
    "CNY": "rmb",
    _DOLLARS: "$",
    _YEN: "¥",
    _CROWNS: "kr",
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "EUR": "euro, euros",
        "GBP": "pound, pounds, quid",
        _DOLLARS: "dollar, dollars, bucks",
        _CROWNS: "krone, kroner, crowns",
        "RUB": "ruble, rubles, roubles",
        "CNY": "yuan",
    },
    "da": {"EUR": "euro", "GBP": "pund", _DOLLARS: "dollar, dollars", _CROWNS: "krone, kroner, kroners"},
    "ru": {
        "EUR": "евро",
        "GBP": "фунт, фунта, фунтов",
        "RUB": "р, руб, рубль, рубля, рублей, рублях",
        "CNY": "юань, юаня, юаней",
        _DOLLARS: "доллар, доллара, долларов, баксов",
        _CROWNS: "крона, кроны, крон",
    },
    "zh": {
        "EUR": "欧元, 歐元, 欧",
        "GBP": "英镑",
        "CNY": "元, 块, 块钱, 塊, 人民币",
        "USD": "美元, 美金",
        _CROWNS: "克朗",
    },
    "ar": {
        "EUR": "يورو",
        "GBP": "جنيه استرليني",
        _DOLLARS: "دولار, دولارات, دولارا",
        _CROWNS: "كرونة, كرونات, كرون, كرونا",
        "EGP JOD": "جنيه, جنيهات",
        "AED": "درهم, دراهم",
        "SAR QAR OMR": "ريال, ريالات",
        "KWD BHD JOD IQD": "دينار, دنانير",
        "RUB": "روبل",
    },
}
_NUMBER = re.compile(r"(?<![\d٫])(?<!\d[.,])(?:\d{1,3}(?:[ .,'’٬]\d{3})+|\d{1,12})(?:[.,٫]\d{1,2})?(?![\d٫]|[.,]\d)")
_DECIMALS = re.compile(r"[.,٫](\d{1,2})\Z")
_GAP = re.compile(r"[ .:]+\Z")
_NEXT_NUMBER = re.compile(r" ?\d")
_DASH = re.compile(r"[.,][-–—]")  # "50,-"
_RUN_ON = re.compile(rf"[^\W\d_{UNSPACED}]\Z")
_COUNTS = (1, 2, 5)  # enough to see every plural form of the languages Babel knows well


def currency_words(language: str, region: str) -> Iterator[Table]:
    """Names and signs of currencies.

    Args:
        language: of the names.
        region: ISO 3166-1 alpha-2, whose currency a name means that many countries use.
    """
    own = get_territory_currencies(region)
    words = {code.casefold(): code for code in _CODES} | dict(_named(language))
    for codes, written in [*_EVERYWHERE.items(), *_WORDS.get(language, {}).items()]:
        shared = codes.split()
        code = next((one for one in own if one in shared), shared[0])
        words |= {word.strip(): code for word in written.split(",")}
    yield Table(CURRENCY_WORDS, language, tuple(words), words)


def _named(language: str) -> Iterator[tuple[str, str]]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return
    for code in _CODES:
        for count in _COUNTS:
            yield get_currency_name(code, count, locale), code


def amounts(text: str, currencies: Iterable[Found], region: str) -> Iterator[Found]:
    """Every number with a currency before or behind it.

    Args:
        text: the plain text.
        currencies: the names of currencies found in it.
        region: whose currency "50,-" is in.
    """
    named, own = list(currencies), get_territory_currencies(region)
    starts = {currency.start: currency for currency in named}
    ends = {currency.end: currency for currency in named}
    if not named and not _DASH.search(text):
        return
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        before, behind = _before(text, start, ends), _behind(text, end, starts)
        dash = _DASH.match(text, end)
        if before:
            start, code = before.start, before.value
        elif behind and not _RUN_ON.search(text[max(0, start - 1) : start]):
            end, code = behind.end, behind.value
        elif dash and own:
            end, code = dash.end(), own[0]
        else:
            continue
        yield Found(start, end, "amount", f"{code} {_read(match[0], code)}")


def _before(text: str, start: int, ends: Mapping[int, Found]) -> Found | None:
    """The currency right before a number. One letter only stands behind it: "单元301" is a flat."""
    gap = _GAP.search(text[max(0, start - 2) : start])
    currency = ends.get(start - len(gap[0]) if gap else start)
    return None if currency and currency.end - currency.start == 1 and text[currency.start].isalpha() else currency


def _behind(text: str, end: int, starts: Mapping[int, Found]) -> Found | None:
    """The currency right behind a number, unless it belongs to the next one: "10234 €15"."""
    currency = starts.get(end + text.startswith(" ", end))
    return None if currency is None or _NEXT_NUMBER.match(text, currency.end) else currency


def _read(written: str, code: str) -> Decimal:
    """The number, with as many decimals as the currency has; "1.234" and "1,234" are thousands."""
    decimals = _DECIMALS.search(written)
    whole = re.sub(r"\D", "", written[: decimals.start()] if decimals else written)
    number = Decimal(f"{whole}.{decimals[1]}" if decimals else whole)
    return number.quantize(Decimal(1).scaleb(-get_currency_precision(code)))
