"""Numbers in words."""

from __future__ import annotations

import pytest

from bot.nlu.entities.numbers import number_words


@pytest.mark.parametrize("language", ["en", "da", "ru", "zh", "ar"])
def test_every_hour_of_a_clock_has_a_word(language: str) -> None:
    assert set(number_words(language).values()) == {f"number {number}" for number in range(1, 13)}


def test_a_number_may_have_several_words_and_a_word_a_space() -> None:
    assert number_words("zh")["两"] == number_words("zh")["二"] == "number 2"
    assert number_words("ar")["الحادية عشرة"] == "number 11"


def test_a_language_nobody_knows_has_none() -> None:
    assert number_words("qq") == {}
