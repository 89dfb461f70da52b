"""The components together: whatever is written, and whatever they were trained on, a turn goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.bot.nlu.pipeline import SHOP, Pipeline, ranking

ASKED = ["where's my package?", "send it back", "hej, er pakken sendt", "我想退", "أين الطرد", "ok", "10234", "?"]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Co", "Mn", "So"]), max_size=60),
    st.lists(st.sampled_from([*ASKED, "😀", "\u202e", "\x00", "ﷺ", "ｗｈｅｒｅ", "१२३", "\n"]), max_size=8).map(
        " ".join
    ),
)


@given(TEXTS, st.sampled_from(["en", "da", "ar", "zh", "xx", ""]))
@example("", "en")
@example("😀😀😀", "en")
@example("\x00\x01\x02", "en")
@example("where is my order " * 600, "en")
@example("退" * 10_000, "zh")
@example("hello где 我的 أين", "en")
@settings(deadline=None, max_examples=100)
def test_no_text_makes_it_fail_and_chances_add_up(shop: Pipeline, text: str, language: str) -> None:
    read = shop.read(text, language)
    found = ranking(read)
    assert not found or sum(chance for _, chance in found) == pytest.approx(1, abs=1e-6)
    assert [chance for _, chance in found] == sorted((chance for _, chance in found), reverse=True)
    assert 0 <= read.get("scope")["familiarity"] <= 1
    assert read.get("intent")["name"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where is the order", "order_status"),
        ("I'd like to send my shoes back", "start_return"),
        ("er min pakke blevet sendt?", "order_status"),
        ("我的 订单 在哪里", "order_status"),
        ("أَيْنَ طَلَبِي", "order_status"),
        ("ＷＨＥＲＥ ＩＳ ＭＹ ＯＲＤＥＲ", "order_status"),
    ],
)
def test_a_message_is_understood_in_its_language_and_in_any_spelling(shop: Pipeline, text: str, intent: str) -> None:
    assert ranking(shop.read(text))[0][0] == intent


def test_trained_twice_it_answers_the_same_to_the_last_bit(shop: Pipeline, tmp_path: Path) -> None:
    again = Pipeline(SHOP, tmp_path)
    for text in ASKED:
        assert ranking(again.read(text)) == ranking(shop.read(text))
        assert again.read(text).get("scope") == shop.read(text).get("scope")


@pytest.mark.parametrize(
    "examples",
    [
        [],
        [("hello", "greet", "en")],
        [("hello", "greet", "en"), ("hi", "greet", "en")],
        [("hello", "greet", "en"), ("hello", "goodbye", "en")],
        [("hello", "greet", "en"), ("hello", "greet", "en"), ("hello", "goodbye", "en"), ("bye", "goodbye", "en")],
        [("", "greet", "en"), ("bye", "goodbye", "en")],
        [("hello", "", "en"), ("bye", "goodbye", "en")],
        [("😀", "greet", "en"), ("👍", "affirm", "en")],
        [("hello", "greet", "en"), ("hej", "greet", "da")],
    ],
    ids=[
        "nothing",
        "one example",
        "one intent",
        "one sentence of two intents",
        "one sentence of two intents, and more",
        "an empty example",
        "an empty intent",
        "emoji only",
        "one example a language",
    ],
)
def test_whatever_it_was_trained_on_a_turn_goes_on(examples: list[tuple[str, str, str]], tmp_path: Path) -> None:
    trained = Pipeline(examples, tmp_path)
    for text in ("hello", "", "😀", "where is my order", "привет"):
        assert trained.read(text).get("intent")["name"]


def test_a_sentence_of_two_intents_is_never_sure(tmp_path: Path) -> None:
    twice = [*SHOP, *(("what about it", intent, "en") for intent in ("order_status", "start_return"))]
    assert ranking(Pipeline(twice, tmp_path).read("what about it"))[0][1] < 0.75
