"""A message's words, and where they stand in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import tokenizer
from bot.nlu.identifier import PLAIN
from bot.nlu.importer import LANGUAGE
from bot.nlu.text import plain
from bot.nlu.tokenizer import Rules, SpacyTokenizer


def tokens(text: str, language: str) -> list[tuple[str, int, int]]:
    read = Message({TEXT: text, LANGUAGE: language, PLAIN: plain(text)})
    component = SpacyTokenizer(SpacyTokenizer.get_default_config())
    return [(token.text, token.start, token.end) for token in component.tokenize(read, TEXT)]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "it's 10234, isn't it?", ["it", "'s", "10234", ",", "is", "n't", "it", "?"]),
        ("da", "hvor er den?", ["hvor", "er", "den", "?"]),
        ("ru", "где заказ?", ["где", "заказ", "?"]),
        ("ar", "أين طلبي؟", ["أين", "طلبي", "؟"]),
        ("zh", "我想退货", ["我", "想", "退", "货"]),
        ("pt-BR", "onde está?", ["onde", "está", "?"]),
        ("tlh", "nuqneH jupwI'", ["nuqneH", "jupwI", "'"]),
        ("en", " \n ", []),
    ],
)
def test_words_are_cut_by_the_rules_of_the_language(language: str, text: str, words: list[str]) -> None:
    assert [word for word, _, _ in tokens(text, language)] == words


def test_places_are_those_in_the_message_as_it_was_written() -> None:
    text = "ｏｒｄｅｒ \u200b１２３４５ ﬁne"
    found = {word: text[start:end] for word, start, end in tokens(text, "en")}
    assert found == {"order": "ｏｒｄｅｒ", "12345": "１２３４５", "fine": "ﬁne"}


@given(st.text(max_size=100), st.sampled_from(["en", "da", "ru", "ar", "zh", "xx"]))
def test_places_are_in_order_and_inside_the_message(text: str, language: str) -> None:
    last = 0
    for _, start, end in tokens(text, language):
        assert last <= start <= end <= len(text)
        last = start


def test_new_words_of_customers_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer, "_NEW_WORDS", 100)
    rules = Rules("en")
    fresh = len(rules._rules.vocab.strings)
    for number in range(250):
        rules.split(f"word{number}")
    assert len(rules._rules.vocab.strings) <= fresh + 110
