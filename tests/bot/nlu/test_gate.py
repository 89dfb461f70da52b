"""What is let through, asked about, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import SCOPE
from bot.nlu.gate import CLOSE, WHY, UnderstandingGate

OPTIONS = UnderstandingGate.get_default_config()
FAMILIAR = 0.5


def through(chances: list[float], familiarity: float = FAMILIAR, text: str = "hello") -> Message:
    ranking = [{"name": f"intent{place}", "confidence": chance} for place, chance in enumerate(chances)]
    data: dict[str, Any] = {TEXT: text, "intent_ranking": ranking, SCOPE: {"sign": 1.0, "familiarity": familiarity}}
    if ranking:
        data[INTENT] = dict(ranking[0])
    return UnderstandingGate(OPTIONS).process([Message(data)])[0]


def outcome(read: Message) -> str:
    if read.get(WHY):
        return "refused"
    return "asked" if read.get(CLOSE) else "through"


@pytest.mark.parametrize(
    ("chances", "familiarity", "expected"),
    [
        ([0.9, 0.05], FAMILIAR, "through"),
        ([0.9, 0.05], OPTIONS["least_familiar"] / 2, "refused"),
        ([0.9, 0.05], OPTIONS["least_familiar"], "through"),
        ([OPTIONS["least_confident"] - 0.01, 0.01], FAMILIAR, "refused"),
        ([OPTIONS["least_confident"], 0.01], FAMILIAR, "through"),
        ([0.45, 0.44], FAMILIAR, "asked"),
        ([0.45, 0.44], OPTIONS["least_familiar"] / 2, "refused"),
        ([OPTIONS["least_confident"] - 0.05, OPTIONS["least_confident"] - 0.06], FAMILIAR, "asked"),
        ([0.08, 0.08, 0.07], FAMILIAR, "refused"),
        ([1.0], FAMILIAR, "through"),
        ([], FAMILIAR, "refused"),
    ],
)
def test_what_becomes_of_a_message(chances: list[float], familiarity: float, expected: str) -> None:
    assert outcome(through(chances, familiarity)) == expected


def test_a_refused_message_has_the_fallback_in_front_and_says_why() -> None:
    read = through([0.9, 0.05], familiarity=0.0)
    assert read.get(INTENT)["name"] == "nlu_fallback"
    assert [one["name"] for one in read.get("intent_ranking")] == ["nlu_fallback", "intent0", "intent1"]
    assert "stranger" in read.get(WHY)
    assert read.get(CLOSE) == []


def test_a_strange_message_is_not_asked_about() -> None:
    assert through([0.45, 0.44], familiarity=0.0).get(CLOSE) == []


def about_a_task(chances: dict[str, float], familiarity: float = FAMILIAR) -> Message:
    ranking = [{"name": name, "confidence": chance} for name, chance in chances.items()]
    data = {TEXT: "send it back", "intent_ranking": ranking, SCOPE: {"sign": 1.0, "familiarity": familiarity}}
    return UnderstandingGate(OPTIONS).process([Message({**data, INTENT: dict(ranking[0])})])[0]


ENOUGH = OPTIONS["doubt_ratio"] * 0.8
TOO_LITTLE = ENOUGH - 0.001


@pytest.mark.parametrize(
    ("chances", "asked"),
    [
        ({"start_return": 0.8, "out_of_scope": ENOUGH}, ["start_return"]),
        ({"start_return": 0.8, "out_of_scope": TOO_LITTLE}, []),
        ({"start_return": 0.8, "faq_return_policy": 0.1, "out_of_scope": ENOUGH}, ["start_return"]),
        ({"start_return": 0.8, "faq_return_policy": ENOUGH}, []),
        ({"faq_return_policy": 0.8, "out_of_scope": ENOUGH}, []),
        ({"out_of_scope": 0.8, "start_return": 0.1}, []),
        ({"start_return": 0.5, "out_of_scope": 0.45}, ["start_return"]),
        ({"start_return": 0.45, "faq_return_policy": 0.4, "out_of_scope": 0.1}, ["start_return", "faq_return_policy"]),
        ({"start_return": 1.0}, []),
    ],
    ids=[
        "just doubtful enough",
        "not quite",
        "the doubt need not be second",
        "another rival",
        "an answer begins nothing",
        "not a request of ours",
        "close to being none of ours",
        "which of two settles it too",
        "no rival at all",
    ],
)
def test_a_task_that_may_be_none_of_ours_is_asked_about(chances: dict[str, float], asked: list[str]) -> None:
    read = about_a_task(chances)
    assert read.get(CLOSE) == asked
    assert read.get(INTENT)["name"] == next(iter(chances))


def test_a_doubtful_task_that_looks_strange_is_refused_rather_than_asked_about() -> None:
    read = about_a_task({"start_return": 0.8, "out_of_scope": 0.1}, familiarity=0.0)
    assert (outcome(read), read.get(CLOSE)) == ("refused", [])


def test_a_message_that_may_mean_two_things_names_both_and_keeps_its_intent() -> None:
    read = through([0.45, 0.44, 0.01])
    assert read.get(CLOSE) == ["intent0", "intent1"]
    assert read.get(INTENT)["name"] == "intent0"


@pytest.mark.parametrize("text", ["😀", "...", "؟؟؟", "👍👍"])
def test_a_message_without_a_letter_or_digit_is_not_understood(text: str) -> None:
    assert outcome(through([0.9, 0.05], text=text)) == "refused"


@pytest.mark.parametrize("text", ["ok", "1", "好", "نعم"])
def test_a_short_message_may_be(text: str) -> None:
    assert outcome(through([0.9, 0.05], text=text)) == "through"
