"""Dates, amounts, lists and names in the customer's language. Whole sentences are responses, never made here.

How each language writes them comes from CLDR, by Babel.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import pytz
from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency

from actions.shop import Money, OrderItem
from actions.shop.model import minor_digits

_DAY = "yMMMEd"
_DAY_OF_THE_YEAR = "MMMEd"
_TIME_OF_DAY = "Hm"
_BRITISH = Locale("en", "GB")
"""What is meant by English without a country: the day before the month, as in most of the world."""
_DEFAULT_ZONE = "Europe/Copenhagen"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Ranges of letters that stand without spaces between words."""
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(rf"(?:[^\W{_UNSPACED}]|-){{3,}}")  # "two-person" is one word, and no "two"
_ARABIC_ARTICLE = re.compile(r"^[وبلف]?(?:ال|لل)(?=\w{2})")


def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag, or of the part of it that CLDR knows; English for one that nobody knows."""
    if language == "en":
        return _BRITISH
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return locale_of(language.rpartition("-")[0] or "en")


def day(when: date, language: str) -> str:
    """A day, such as "Mon, 23 Nov 2026"."""
    written = str(format_skeleton(_DAY, when, locale=locale_of(language)))
    # A year says itself that it is one, and a sentence that ends with it would end with two full stops.
    return written.removesuffix("\u202fг.")


def moment(when: datetime, language: str) -> str:
    """A day and time on the business's clock, such as "Mon 23 Nov, 10:05"; the gateway writes times alike."""
    locale, local = locale_of(language), when.astimezone(business_zone())
    day_of_year = format_skeleton(_DAY_OF_THE_YEAR, local, tzinfo=business_zone(), locale=locale)
    time_of_day = format_skeleton(_TIME_OF_DAY, local, tzinfo=business_zone(), locale=locale)
    # In CLDR's patterns {1} is the date and {0} the time.
    return str(locale.datetime_formats["medium"]).replace("{1}", day_of_year).replace("{0}", time_of_day)


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


def word_count(text: str) -> int:
    """How many words a text has; two letters of a script without spaces count as one."""
    unspaced = sum(map(len, _UNSPACED_RUN.findall(text)))
    return len(_UNSPACED_RUN.sub(" ", text).split()) + (unspaced + 1) // 2


def meant(said: str, names: Sequence[str]) -> tuple[int, ...]:
    """The places of the names that a text means.

    A name is meant by a word that no other name has, so that "the lamp" is not two lamps; where there is none such, by
    all of its words. In a script without spaces every two letters that stand together count as a word.
    """
    words = [_words(name) for name in names]
    counts = Counter(word for some in words for word in some)
    told = _words(said)
    by_one = [place for place, some in enumerate(words) if any(counts[word] == 1 for word in some & told)]
    by_all = [place for place, some in enumerate(words) if some and some <= told]
    return tuple(by_one or by_all)


def _words(text: str) -> set[str]:
    words = {_ARABIC_ARTICLE.sub("", word) for word in _WORD.findall(text.casefold())}
    return words | {run[place : place + 2] for run in _UNSPACED_RUN.findall(text) for place in range(len(run) - 1)}
