"""Where a message may be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.splitter import _cuts, parts
from bot.nlu.text import plain

JOINS = {
    "en": ["and", "and also", "also"],
    "da": ["og", "samt"],
    "zh": ["还有", "另外"],
    "ar": ["و-", "وأيضا"],
}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "where is 10234 and I want to return 10199", ["where is 10234", "I want to return 10199"]),
        ("en", "Where is it? I also want a refund.", ["Where is it? I", "want a refund."]),
        ("en", "sandals and brands", ["sandals", "brands"]),
        ("en", "understand the landing", ["understand the landing"]),
        ("en", "order 10.234, please", ["order 10.234, please"]),
        ("da", "hvor er den og kan jeg bytte", ["hvor er den", "kan jeg bytte"]),
        ("zh", "我的订单在哪里？还有我想退货", ["我的订单在哪里？", "我想退货"]),
        ("zh", "运费多少钱?可以用什么方式付款?谢谢!", ["运费多少钱?", "可以用什么方式付款?", "谢谢!"]),
        ("en", "where is 10234?!? or 10199", ["where is 10234?!?", "or 10199"]),
        ("ar", "أين طلبي وأريد إرجاع الحذاء", ["أين طلبي", "أريد إرجاع الحذاء"]),
        ("ar", "أين طلبي؟ كم سعر التوصيل", ["أين طلبي؟", "كم سعر التوصيل"]),
        ("en", "", []),
    ],
)
def test_a_message_is_cut_between_sentences_and_at_joining_words(language: str, text: str, expected: list[str]) -> None:
    assert parts(text, _cuts(JOINS[language])) == expected


@given(st.text(max_size=200), st.sampled_from(sorted(JOINS)))
def test_cutting_never_fails_nor_makes_a_part_of_nothing(text: str, language: str) -> None:
    assert all(part.strip() for part in parts(plain(text).text, _cuts(JOINS[language])))


def test_no_part_is_too_many() -> None:
    assert len(parts("do this. " * 40, _cuts(JOINS["en"]))) == 40
