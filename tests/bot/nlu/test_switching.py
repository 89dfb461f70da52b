"""When the language of a conversation changes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.nlu.switching import is_surely_in, language_after

DANISH = {"da": 0.99, "en": 0.01}
ENGLISH = {"da": 0.01, "en": 0.99}
RUSSIAN = {"ru": 0.99, "en": 0.01}


@pytest.mark.parametrize(
    ("text", "chances", "after"),
    [
        ("hvor er min pakke", DANISH, "da"),
        ("где заказ", RUSSIAN, "ru"),
        ("да", RUSSIAN, "ru"),
        ("ok", DANISH, "en"),
        ("tak", DANISH, "en"),
        ("123", {"da": 0.5, "en": 0.5}, "en"),
        ("hvor er min pakke", {"da": 0.9, "en": 0.1}, "en"),
        ("bestilling 10234", DANISH, "en"),
        ("where is it", ENGLISH, "en"),
        ("", {}, "en"),
    ],
)
def test_a_settled_conversation_changes_at_a_sure_message_that_is_more_than_a_word(
    text: str, chances: Mapping[str, float], after: str
) -> None:
    assert language_after("en", text, chances, chosen=False, settled=True) == after


@pytest.mark.parametrize(
    ("text", "chances", "after"),
    [
        ("hej", DANISH, "da"),
        ("tak", {"da": 0.85, "en": 0.15}, "da"),
        ("ok", DANISH, "en"),
        ("你好", {"zh": 1.0}, "zh"),
        ("bo@skov.dk", DANISH, "en"),
        ("BN-10234", DANISH, "en"),
        ("订单10234", {"zh": 1.0}, "zh"),
    ],
)
def test_the_page_was_only_a_guess(text: str, chances: Mapping[str, float], after: str) -> None:
    assert language_after("en", text, chances, chosen=False, settled=False) == after


@pytest.mark.parametrize(
    ("language", "text", "chances", "sure"),
    [
        ("en", "hello", ENGLISH, True),
        ("ru", "да", RUSSIAN, True),
        ("zh", "订单10234", {"zh": 1.0}, True),
        ("da", "hello", ENGLISH, False),
        ("en", "hello", {"en": 0.7, "da": 0.3}, False),
        ("en", "ok", ENGLISH, False),
        ("en", "10234", ENGLISH, False),
        ("en", "BN-10234", ENGLISH, False),
        ("en", "bo.skov@example.com", ENGLISH, False),
        ("en", "https://example.com/returns", ENGLISH, False),
        ("en", "+45 32 12 34 56", ENGLISH, False),
        ("en", "hello", {}, False),
        ("en", "", {}, False),
    ],
)
def test_words_say_surely_what_language_they_are_in_and_numbers_and_addresses_do_not(
    language: str, text: str, chances: Mapping[str, float], sure: bool
) -> None:
    assert is_surely_in(language, text, chances) is sure


def test_what_the_customer_chose_stays_until_they_choose_again() -> None:
    assert language_after("en", "hvor er min pakke henne", DANISH, chosen=True, settled=True) == "en"


def test_a_page_in_a_language_that_nobody_speaks_here_is_no_choice() -> None:
    assert language_after("fi", "hej", DANISH, chosen=False, settled=True) == "da"
