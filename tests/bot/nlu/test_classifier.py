"""The classifier as Rasa trains, loads and runs it: a model a language."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import NEAREST, SCOPE, KernelIntentClassifier
from bot.nlu.importer import LANGUAGE
from tests.bot.nlu.pipeline import CONTEXT, SHOP, Examples, resource, training_data

CONFIG = KernelIntentClassifier.get_default_config()


def classifier(examples: Examples, folder: Path) -> KernelIntentClassifier:
    storage, place = LocalModelStorage(folder), resource("classifier")
    KernelIntentClassifier.create(CONFIG, storage, place, CONTEXT).train(training_data(examples))
    return KernelIntentClassifier.load(CONFIG, storage, place, CONTEXT)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> KernelIntentClassifier:
    return classifier(SHOP, tmp_path_factory.mktemp("classifier"))


def read(trained: KernelIntentClassifier, text: str, language: str) -> Message:
    return trained.process([Message({TEXT: text, LANGUAGE: language})])[0]


def test_a_message_is_understood_from_the_examples_of_its_own_language(trained: KernelIntentClassifier) -> None:
    found = read(trained, "hvor er den", "da")
    assert found.get(INTENT)["name"] == "order_status"
    assert {text for text, _, _ in found.get(NEAREST)} <= {text for text, _, language in SHOP if language == "da"}
    assert {one["name"] for one in found.get("intent_ranking")} == {
        "order_status",
        "start_return",
    }  # Danish lacks greet


def test_a_language_without_examples_is_read_with_the_default_ones(trained: KernelIntentClassifier) -> None:
    assert read(trained, "hello", "fr").get("intent_ranking") == read(trained, "hello", "en").get("intent_ranking")


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_of_a_blank_message_nothing_is_claimed(trained: KernelIntentClassifier, text: str) -> None:
    found = read(trained, text, "en")
    assert found.get(INTENT) == {"name": None, "confidence": 0.0}
    assert found.get("intent_ranking") == []
    assert found.get(SCOPE) == {"sign": 0.0, "familiarity": 0.0}


def test_at_most_ten_intents_are_ranked(tmp_path: Path) -> None:
    many = classifier([(f"word{number}", f"intent{number}", "en") for number in range(30)], tmp_path)
    assert len(read(many, "word7", "en").get("intent_ranking")) == 10


def test_examples_without_a_text_or_an_intent_are_passed_over(tmp_path: Path) -> None:
    odd = classifier(
        [("", "goodbye", "en"), (" ", "goodbye", "en"), ("hello", "", "en"), ("hej", "greet", "en")], tmp_path
    )
    assert read(odd, "hello", "en").get("intent_ranking") == [{"name": "greet", "confidence": 1.0}]
