"""How the tests of entities read a raw text, and show what was found in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timezone

from bot.nlu.entities.found import Found
from bot.nlu.entities.tokens import Token, tokens
from bot.nlu.entities.words import Phrases, Table
from bot.nlu.text import plain

NOW = datetime(2026, 5, 13, 9, tzinfo=timezone.utc)
TODAY = date(2026, 5, 13)
"""A Wednesday."""


def shown(text: str, found: Iterable[Found]) -> list[tuple[str, str]]:
    """What was found, as it stands in the raw text, with its value."""
    written = plain(text)
    return [(text[slice(*written.span(one.start, one.end))], one.value) for one in sorted(found)]


def read(text: str, language: str, tables: Iterable[Table]) -> tuple[list[Token], list[Found]]:
    """The tokens of a raw text, and the tables' phrases in it."""
    phrases = Phrases(language, tables)
    cut = tokens(plain(text).text, language, phrases.words)
    return cut, list(phrases.find(cut))


def rows(table: str) -> Iterator[tuple[str, ...]]:
    """The rows of a table written with bars between its cells."""
    for line in table.strip().splitlines():
        yield tuple(cell.strip() for cell in line.split("|"))
