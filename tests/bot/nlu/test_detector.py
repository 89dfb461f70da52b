"""Which language a text is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.detector import LanguageDetector

EXAMPLES = {
    "en": ["where is my order", "i want to send it back", "hello", "thank you", "can i pay by card", "ok", "my parcel"],
    "da": [
        "hvor er min ordre",
        "jeg vil sende den tilbage",
        "hej",
        "tak",
        "kan jeg betale med kort",
        "ok",
        "min pakke",
    ],
    "ru": ["где мой заказ", "хочу вернуть", "здравствуйте", "спасибо", "можно картой", "ок", "посылка"],
    "ar": ["أين طلبي", "أريد إرجاعه", "مرحبا", "شكرا", "هل يمكن الدفع بالبطاقة", "طيب"],
    "zh": ["我的订单在哪里", "我想退货", "你好", "谢谢", "可以刷卡吗", "好的"],
}


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector.of_examples([(text, tag) for tag, texts in EXAMPLES.items() for text in texts])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("has my parcel been sent already", "en"),
        ("er min pakke blevet sendt", "da"),
        ("slet min konto tak", "da"),
        ("когда придёт посылка", "ru"),
        ("متى تصل الشحنة", "ar"),
        ("包裹什么时候到", "zh"),
        ("我的order在哪里呢", "zh"),
    ],
)
def test_a_short_message_is_known(detector: LanguageDetector, text: str, language: str) -> None:
    chances = detector.probabilities(text)
    assert max(chances, key=lambda tag: chances[tag]) == language
    assert chances[language] > 0.8


@pytest.mark.parametrize("text", ["", "123", "!!", "😀", "10234"])
def test_without_letters_every_language_is_as_likely(detector: LanguageDetector, text: str) -> None:
    assert set(detector.probabilities(text).values()) == {1 / len(EXAMPLES)}


def test_a_word_of_two_languages_is_not_sure(detector: LanguageDetector) -> None:
    assert max(detector.probabilities("ok").values()) < 0.95


def test_it_is_the_same_after_it_was_kept(detector: LanguageDetector, tmp_path: Path) -> None:
    detector.save(tmp_path)
    again = LanguageDetector.load(tmp_path)
    assert again.probabilities("er den kommet") == pytest.approx(detector.probabilities("er den kommet"), abs=1e-4)


@given(st.text(max_size=100))
@settings(deadline=None)
def test_every_text_has_chances_that_add_up(detector: LanguageDetector, text: str) -> None:
    assert sum(detector.probabilities(text).values()) == pytest.approx(1)


def test_one_language_needs_no_detecting() -> None:
    assert LanguageDetector.of_examples([("hello", "en")]).probabilities("hej med dig") == {"en": 1.0}
