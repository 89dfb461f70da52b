"""Dates, amounts, lists and names in the customer's language. Whole sentences are responses, never made here."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import pytz
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency

from actions.shop import Money, OrderItem
from actions.shop.model import minor_digits

_DAY = "EEE d MMM y"
_MOMENT = "EEE d MMM, HH:mm"
_DEFAULT_ZONE = "Europe/Copenhagen"
_WORD = re.compile(r"[\w-]{3,}")  # "two-person" is one word, and no "two"


def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag; English for one that nobody knows."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def day(when: date, language: str) -> str:
    """A day, such as "Mon 23 Nov 2026"."""
    return str(format_date(when, _DAY, locale=locale_of(language)))


def moment(when: datetime, language: str) -> str:
    """A day and time on the business's clock, such as "Mon 23 Nov, 10:05"."""
    return str(format_datetime(when, _MOMENT, tzinfo=business_zone(), locale=locale_of(language)))


def business_zone() -> pytz.BaseTzInfo:
    """The time zone of the business: BATON_BUSINESS_TIMEZONE, as for the gateway's opening hours."""
    return pytz.timezone(os.environ.get("BATON_BUSINESS_TIMEZONE") or _DEFAULT_ZONE)


def money(amount: Money, language: str) -> str:
    """An amount with its currency, as it is written in that language."""
    value = Decimal(amount.amount).scaleb(-minor_digits(amount.currency))
    return str(format_currency(value, amount.currency, locale=locale_of(language)))


def listed(words: Iterable[str], language: str) -> str:
    """Words joined as in a sentence: "a tent, a lamp and a mug"."""
    return str(format_list(list(words), locale=locale_of(language)))


def item_names(items: Iterable[OrderItem], language: str) -> str:
    """The items of an order as part of a sentence, with quantities above one."""
    return listed((item_name(item) for item in items), language)


def item_name(item: OrderItem) -> str:
    """One line of an order: its quantity when above one, and its name."""
    return item.name if item.quantity == 1 else f"{item.quantity} × {item.name}"


def numbered(lines: Sequence[str]) -> str:
    """Lines with a number in front of each, for the customer to answer with."""
    return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, start=1))


def meant(said: str, names: Sequence[str]) -> tuple[int, ...]:
    """The places of the names that a text means.

    A name is meant by a word that no other name has, so that "the lamp" is not two lamps; where there is none such, by
    all of its words.
    """
    words = [_words(name) for name in names]
    counts = Counter(word for some in words for word in some)
    told = _words(said)
    by_one = [place for place, some in enumerate(words) if any(counts[word] == 1 for word in some & told)]
    by_all = [place for place, some in enumerate(words) if some and some <= told]
    return tuple(by_one or by_all)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
