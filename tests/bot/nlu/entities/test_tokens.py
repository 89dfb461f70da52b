"""How texts are cut into words."""

from __future__ import annotations

import pytest

from bot.nlu.entities.tokens import tokens


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "10234pls, o'clock", ["10234", "pls", ",", "o", "'", "clock"]),
        ("zh", "退我50块ok", ["退", "我", "50", "块", "ok"]),
        ("ru", "Ещё-раз", ["еще", "-", "раз"]),
        ("ar", "غدًا", ["غدا"]),
        ("hi", "मेरा ऑर्डर", ["मेरा", "ऑर्डर"]),
        ("en", "  ", []),
    ],
)
def test_words_numbers_and_signs_are_cut_apart(language: str, text: str, words: list[str]) -> None:
    assert [token.word for token in tokens(text, language)] == words


@pytest.mark.parametrize(
    ("text", "word", "start"), [("والجمعة", "الجمعه", 1), ("بالجمعة", "الجمعه", 1), ("للجمعة", "الجمعه", 0)]
)
def test_an_arabic_word_is_known_behind_what_is_written_together_with_it(text: str, word: str, start: int) -> None:
    assert tokens(text, "ar", {"الجمعه"}) == [(start, len(text), word)]
    assert tokens(text, "ar")[0].start == 0


def test_an_arabic_word_that_is_known_itself_keeps_its_first_letter() -> None:
    assert [token.word for token in tokens("بعد", "ar", {"بعد", "عد"})] == ["بعد"]
