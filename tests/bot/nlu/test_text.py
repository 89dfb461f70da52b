"""The plain form of a text: what looks alike is alike, and places lead back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import LONGEST, fold, plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("１０２３４", "10234"),
        ("١٠٢٣٤", "10234"),
        ("10\u200b23\u200f4", "10234"),
        ("ｈｉ　ｔｈｅｒｅ", "hi there"),
        ("№10234", "#10234"),
        ("a\x00b\tc\u00a0d", "a b c d"),
        ("cafe\u0301", "café"),
        ("", ""),
    ],
)
def test_what_looks_alike_is_read_alike(written: str, read: str) -> None:
    assert plain(written).text == read


def test_places_lead_back_to_the_original() -> None:
    written = "no \u200b１０\u200b２３４, ok"
    read = plain(written)
    start = read.text.index("10234")
    first, end = read.span(start, start + 5)
    assert written[first:end] == "１０\u200b２３４"


@given(st.text(max_size=300))
def test_every_text_has_a_plain_form_whose_places_lie_in_it(written: str) -> None:
    read = plain(written)
    assert len(read.places) == len(read.text) + 1
    assert all(0 <= place <= len(written) for place in read.places)
    assert list(read.places) == sorted(read.places)


def test_no_more_is_read_of_a_long_text_than_its_beginning() -> None:
    assert len(plain("a" * 10_000).text) == LONGEST


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ar", "أُريدُ إرجاعَ الطلبيّةِ", "اريد ارجاع الطلبيه"),
        ("ar", "طلبـــي", "طلبي"),
        ("ru", "Ещё", "еще"),
        ("da", "Hvornår får jeg pengene", "hvornaar faar jeg pengene"),
        ("en", "Where  IS it", "where is it"),
    ],
)
def test_spellings_of_one_word_fold_into_one(language: str, one: str, other: str) -> None:
    assert fold(plain(one).text, language) == fold(plain(other).text, language)


def test_letters_that_differ_in_another_language_stay() -> None:
    assert fold("ё", "en") == "ё"
    assert fold("å", "en") == "å"
