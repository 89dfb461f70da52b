"""Authors' words in raw texts."""

from __future__ import annotations

import pytest

from bot.nlu.entities.words import Phrases, Table
from tests.bot.nlu.entities.reading import read, shown

TABLES = (
    Table("place", "en", ("second", "two", "number two"), {"second": "2", "two": "2", "number two": "2"}),
    Table("place", "da", ("to", "første"), {"to": "2", "første": "1"}),
    Table("place", "zh", ("第一", "第一个", "第2个"), {"第一": "1", "第一个": "1", "第2个": "2"}),
    Table("tongue", "ar", ("الإنجليزية", "عربي"), {"الإنجليزية": "en", "عربي": "ar"}),
    Table("tongue", "ru", ("ещё раз",)),
    Table("all", None, ("ok all",)),
    Table("clock", "en", ("o'clock",)),
)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "the SECOND and number two", [("SECOND", "2"), ("number two", "2")]),
        ("en", "seconds, twofold", []),
        ("en", "to you", []),
        ("en", "ten o'clock", [("o'clock", "o'clock")]),
        ("da", "to", [("to", "2")]),
        ("da", "den foerste", [("foerste", "1")]),
        ("da", "DEN FØRSTE!", [("FØRSTE", "1")]),
        ("zh", "我要第一个和第２个", [("第一个", "1"), ("第２个", "2")]),
        ("ar", "بالانجليزيه", [("الانجليزيه", "en")]),
        ("ar", "الإِنجليزيّة", [("الإِنجليزيّة", "en")]),
        ("ar", "والإنجليزية", [("الإنجليزية", "en")]),
        ("ru", "еще раз", [("еще раз", "ещё раз")]),
        ("ru", "Ещё\u00a0\u200bраз", [("Ещё\u00a0\u200bраз", "ещё раз")]),
        ("ru", "OK ALL", [("OK ALL", "ok all")]),
    ],
)
def test_a_listed_word_is_found_as_it_is_written(language: str, text: str, found: list[tuple[str, str]]) -> None:
    assert shown(text, read(text, language, TABLES)[1]) == found


def test_phrases_of_different_entities_may_overlap() -> None:
    tables = [Table("a", "en", ("next week",)), Table("b", "en", ("week",))]
    assert {(found.entity, found.value) for found in read("next week", "en", tables)[1]} == {
        ("a", "next week"),
        ("b", "week"),
    }


def test_words_that_nobody_listed_are_not_remembered() -> None:
    phrases = Phrases("en", TABLES)
    cut, _ = read("the second confidential word", "en", TABLES)
    list(phrases.find(cut))
    assert "second" in phrases._vocabulary.strings
    assert "confidential" not in phrases._vocabulary.strings
