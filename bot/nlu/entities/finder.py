"""Everything that is found in a message, in any of the languages that are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pytz

from bot.nlu.entities.addresses import ADDRESS_LEAD, addresses
from bot.nlu.entities.amounts import CURRENCY_WORDS, amounts, currency_words
from bot.nlu.entities.catalogue import CatalogueFile
from bot.nlu.entities.dates import DateWords, figures
from bot.nlu.entities.day_words import DATE_WORDS, day_words
from bot.nlu.entities.found import COVER, Found, covered, longest
from bot.nlu.entities.patterns import ORDER_NUMBER, OrderNumbers, emails, positions
from bot.nlu.entities.phones import Phones
from bot.nlu.entities.products import Products
from bot.nlu.entities.times import TIME_WORDS, TimesOfDay, time_words
from bot.nlu.entities.tokens import Token, tokens
from bot.nlu.entities.words import JOINS, Phrases, Table

_MOST_LANGUAGES = 20  # kept at once; a message may claim to be in any
_PARTS_OF_OTHERS = frozenset({DATE_WORDS, TIME_WORDS, CURRENCY_WORDS, ADDRESS_LEAD, JOINS})


@dataclass(frozen=True)
class Pattern:
    """An author's regular expression.

    Args:
        entity: what it finds.
        language: BCP 47 tag; None for every language.
        expression: without regard to case.
        values: what some of the texts it fits mean, in small letters; the others mean themselves.
    """

    entity: str
    language: str | None
    expression: str
    values: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Ready to use. Raises re.error."""
        return re.compile(self.expression, re.IGNORECASE)

    def check(self) -> None:
        """Raises ValueError when it is no regular expression."""
        try:
            _ = self.compiled
        except re.error as wrong:
            raise ValueError(f"The pattern {self.expression} for {self.entity} can't be read: {wrong}.") from None

    def find(self, text: str) -> Iterator[Found]:
        """Every text that it fits."""
        for match in self.compiled.finditer(text):
            if match[0]:
                yield Found(*match.span(), self.entity, self.values.get(match[0].lower(), match[0]))


@dataclass(frozen=True)
class ShopSettings:
    """What entities look like in this shop.

    Args:
        order_number: a regular expression for its order numbers.
        region: ISO 3166-1 alpha-2, of phone numbers without a country and of currencies that share a name.
        zone: IANA name of the time zone that days are reckoned in.
        catalogue: JSON file with the products' names.
    """

    order_number: str = ORDER_NUMBER
    region: str = "DK"
    zone: str = "Europe/Copenhagen"
    catalogue: Path | None = None

    @classmethod
    def of(cls, env: Mapping[str, str]) -> ShopSettings:
        """As the environment says; what it leaves out, or leaves empty, has the default."""
        return cls(
            env.get("BATON_ORDER_NUMBER") or cls.order_number,
            env.get("BATON_DEFAULT_REGION") or cls.region,
            env.get("BATON_BUSINESS_TIMEZONE") or cls.zone,
            Path(env["BATON_CATALOGUE_FILE"]) if env.get("BATON_CATALOGUE_FILE") else None,
        )


class Finder:
    """Finds every kind of entity.

    Args:
        settings: of the shop.
        tables: authors' words.
        patterns: authors' regular expressions.
        ordinary: by language, words of examples: they name no product on their own.
        now: the clock; any aware time.

    Raises:
        ValueError: a pattern can't be used.
        pytz.UnknownTimeZoneError: there is no such zone.
    """

    def __init__(
        self,
        settings: ShopSettings,
        tables: Iterable[Table] = (),
        patterns: Iterable[Pattern] = (),
        ordinary: Mapping[str, Collection[str]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(pytz.utc),
    ) -> None:
        self._settings = settings
        self._tables = tuple(tables)
        self._patterns = tuple(patterns)
        for pattern in self._patterns:
            pattern.check()
        self._ordinary = {language: frozenset(words) for language, words in (ordinary or {}).items()}
        self._now = now
        self._zone = pytz.timezone(settings.zone)
        self._order_numbers = OrderNumbers(settings.order_number)
        self._phones = Phones(settings.region, self._order_numbers.fits)
        self._date_words, self._times = DateWords(), TimesOfDay()
        self._catalogue = CatalogueFile(settings.catalogue)
        self._phrases: dict[str, Phrases] = {}
        self._products: dict[str, tuple[tuple[str, ...], Products]] = {}

    def find(self, text: str, language: str) -> list[Found]:
        """What is in a message, in its order.

        Finds that have a form don't overlap, and hide what is only a part of one: no "two" is found in "two days ago".
        Of one entity's finds that overlap the longest counts.

        Args:
            text: in plain form.
            language: BCP 47 tag of its language.
        """
        language = language.split("-")[0].lower()
        phrases = self._phrases_of(language)
        cut = tokens(text, language, phrases.words)
        words: dict[str, list[Found]] = {}
        for phrase in phrases.find(cut):
            words.setdefault(phrase.entity, []).append(phrase)
        forms = self._forms(text, language, cut, words)
        seen = {(form.start, form.end) for form in forms}
        rest = covered(text, forms)
        own = self._own(text, rest, language, words)
        outside = (one for one in own if (one.start, one.end) in seen or rest[one.start : one.end].strip(COVER))
        by_entity: dict[str, list[Found]] = {}
        for one in [*forms, *outside]:
            by_entity.setdefault(one.entity, []).append(one)
        return sorted(one for found in by_entity.values() for one in longest(found))

    def _own(self, text: str, rest: str, language: str, words: Mapping[str, list[Found]]) -> Iterator[Found]:
        """What authors' words and patterns find, and places in a list."""
        for entity in words.keys() - _PARTS_OF_OTHERS:
            yield from words[entity]
        for pattern in self._patterns_of(language):
            yield from pattern.find(text)
        counted = {unit.start for unit in words.get(DATE_WORDS, ()) if unit.value.startswith("unit ")}
        yield from (one for one in positions(rest) if one.end + 1 not in counted)
        yield from addresses(text, words.get(ADDRESS_LEAD, ()))

    def _forms(self, text: str, language: str, cut: list[Token], words: Mapping[str, list[Found]]) -> list[Found]:
        """What has a form. Each kind looks at what the ones before it have left."""
        region, today = self._settings.region, self._today()
        kinds: tuple[Callable[[str], Iterable[Found]], ...] = (
            emails,
            lambda rest: amounts(rest, words.get(CURRENCY_WORDS, ()), region),
            lambda rest: figures(rest, today),
            lambda _: self._date_words.find(cut, words.get(DATE_WORDS, ()), today),
            lambda _: self._times.find(cut, words.get(TIME_WORDS, ())),
            self._phones.find,
            self._order_numbers.find,
            lambda _: self._products_of(language).find(cut),
        )
        found: list[Found] = []
        rest = text
        for kind in kinds:
            new = [one for one in kind(rest) if COVER not in rest[one.start : one.end]]
            found += new
            rest = covered(rest, new)
        return found

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    def _phrases_of(self, language: str) -> Phrases:
        if language not in self._phrases:
            while len(self._phrases) >= _MOST_LANGUAGES:
                oldest = next(iter(self._phrases))
                del self._phrases[oldest]
                self._products.pop(oldest, None)
            shipped = (day_words(language), time_words(language), currency_words(language, self._settings.region))
            # Authors' words first: the first meaning of a word counts.
            self._phrases[language] = Phrases(language, [*self._tables, *(table for one in shipped for table in one)])
        return self._phrases[language]

    def _patterns_of(self, language: str) -> Iterator[Pattern]:
        return (pattern for pattern in self._patterns if pattern.language in (None, language))

    def _products_of(self, language: str) -> Products:
        names = self._catalogue.names()
        known = self._products.get(language)
        if known is None or known[0] is not names:
            known = (names, Products(names, language, self._ordinary.get(language, frozenset())))
            self._products[language] = known
        return known[1]
