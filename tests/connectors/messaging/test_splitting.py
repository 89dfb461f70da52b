"""Long texts in parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.messaging.splitting import cut, is_right_to_left, measure, split, utf16

FAMILY, FLAG, WAVE = "👩‍👩‍👧‍👦", "🇩🇰", "👋🏽"
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab .!?\n。،؟ש\u200f\u0301"), st.sampled_from(FAMILY + FLAG + WAVE), st.characters()
    ),
    max_size=300,
)


@given(TEXTS, st.integers(2, 60), st.sampled_from(["code points", "UTF-16"]))
def test_no_part_is_over_the_limit_and_nothing_but_blanks_is_lost(text: str, most: int, units: str) -> None:
    count = measure(units)
    parts = split(text, most, count)
    assert all(0 < count(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(TEXTS, st.integers(0, 60), st.sampled_from(["code points", "UTF-16"]))
def test_what_is_cut_fits(text: str, most: int, units: str) -> None:
    count = measure(units)
    assert count(cut(text, most, count)) <= most


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("Change or cancel an order", 24, "Change or cancel an…"),
        ("Change or cancel an order", 20, "Change or cancel an…"),
        ("10234 · Handmade copper lamp", 24, "10234 · Handmade copper…"),
        ("10234 · Handmadecopperlamps", 24, "10234 · Handmadecopperl…"),
        ("Retur, bytte eller andet", 8, "Retur…"),
        ("I Donaudampfschifffahrt", 12, "I Donaudamp…"),
        ("退货或者退款或者换货", 6, "退货或者退…"),
        ("short", 5, "short"),
    ],
)
def test_a_text_is_cut_between_words_unless_little_would_be_left(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


@pytest.mark.parametrize(
    ("text", "most", "parts"),
    [
        ("One two. Three four.", 12, ["One two.", "Three four."]),
        ("First line.\n\nSecond one. Third", 28, ["First line.", "Second one. Third"]),
        ("First\nsecond third", 12, ["First", "second third"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("你好。我们开门了。请进。", 7, ["你好。", "我们开门了。", "请进。"]),
        ("كيف حالك؟ أين الطلب؟", 12, ["كيف حالك؟", "أين الطلب؟"]),
        ("It costs 1.50 for all", 13, ["It costs 1.50", "for all"]),
        ("  \n", 5, []),
        ("", 5, []),
    ],
)
def test_texts_are_parted_where_people_pause(text: str, most: int, parts: list[str]) -> None:
    assert split(text, most) == parts


@pytest.mark.parametrize(
    "sign", [FAMILY, FLAG, WAVE, "e\u0301", "क्ष", "각", "1️⃣", "\U0001f3f4\U000e0067\U000e0062\U000e007f"]
)
def test_what_is_one_sign_to_a_reader_is_never_parted(sign: str) -> None:
    """Goes red when texts are parted at any character."""
    for units in ("code points", "UTF-16"):
        for room in range(measure(units)(sign), 3 * measure(units)(sign)):
            parts = split(sign * 5, room, measure(units))
            assert all(part == sign * (len(part) // len(sign)) for part in parts)


def test_a_sign_that_fits_nowhere_is_parted_rather_than_lost() -> None:
    text = "a" + "\u0301" * 50
    assert "".join(split(text, 10)) == text


def test_units_are_counted_as_the_platform_counts_them() -> None:
    assert utf16("a😀") == 3
    assert split("😀😀😀", 4, utf16) == ["😀😀", "😀"]


def test_directions_are_told_by_the_first_letter() -> None:
    assert is_right_to_left("123 שלום abc")
    assert not is_right_to_left("123 abc שלום")
    assert not is_right_to_left("")


def test_a_megabyte_is_split_in_no_time() -> None:
    assert sum(map(len, split("x" * 1_000_000, 4096))) == 1_000_000
