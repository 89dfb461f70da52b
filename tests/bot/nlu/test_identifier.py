"""A message's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.languages import DEFAULT_LANGUAGE
from bot.nlu.identifier import PLAIN, SPOKEN, LanguageIdentifier
from bot.nlu.importer import LANGUAGE
from tests.bot.nlu.pipeline import CONTEXT, SHOP, Examples, message, resource, training_data


def identifier(examples: Examples, folder: Path) -> LanguageIdentifier:
    storage, place = LocalModelStorage(folder), resource("identifier")
    LanguageIdentifier.create({}, storage, place, CONTEXT).train(training_data(examples))
    return LanguageIdentifier.load({}, storage, place, CONTEXT)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> LanguageIdentifier:
    said_by_all = (("ok", "affirm", tag) for tag in ("en", "da", "ar", "zh"))
    return identifier([*SHOP, *said_by_all], tmp_path_factory.mktemp("identifier"))


def language(trained: LanguageIdentifier, text: str, conversation: str) -> str:
    return str(trained.process([message(text, conversation)])[0].get(LANGUAGE))


@pytest.mark.parametrize("conversation", ["en", "da", "zh", "fr"])
def test_what_is_surely_in_a_language_is_read_in_it_whatever_the_conversation_is_in(
    trained: LanguageIdentifier, conversation: str
) -> None:
    assert language(trained, "jeg vil gerne returnere den her vare", conversation) == "da"
    assert language(trained, "我想退货", conversation) == "zh"


@pytest.mark.parametrize("text", ["ok", "123", "😀", ""])
@pytest.mark.parametrize("conversation", ["en", "da", "ar"])
def test_what_is_said_in_many_languages_is_read_in_the_conversations(
    trained: LanguageIdentifier, text: str, conversation: str
) -> None:
    assert language(trained, text, conversation) == conversation


def test_untrained_it_takes_the_conversations_language_or_the_default_one(tmp_path: Path) -> None:
    untrained = LanguageIdentifier.create({}, LocalModelStorage(tmp_path), resource("identifier"), CONTEXT)
    assert language(untrained, "hej", "da") == "da"
    assert language(untrained, "hej", "") == DEFAULT_LANGUAGE


def test_in_a_conversation_in_a_language_without_examples_the_likeliest_is_taken(trained: LanguageIdentifier) -> None:
    assert language(trained, "ok", "fr") in {"en", "da", "ar", "zh"}


def test_the_chances_of_all_languages_are_told_and_add_up(trained: LanguageIdentifier) -> None:
    chances = trained.process([message("hvor er min pakke")])[0].get(SPOKEN)
    assert set(chances) == {"en", "da", "ar", "zh"}
    assert sum(chances.values()) == pytest.approx(1)


def test_an_example_keeps_its_folders_language(trained: LanguageIdentifier) -> None:
    examples = trained.process_training_data(training_data([("hvor er den", "ask", "en")]))
    assert examples.intent_examples[0].get(LANGUAGE) == "en"
    assert examples.intent_examples[0].get(PLAIN).text == "hvor er den"


def test_trained_on_nothing_it_takes_the_conversations_language(tmp_path: Path) -> None:
    assert language(identifier([], tmp_path), "hvor er min pakke", "da") == "da"


def test_a_message_without_a_conversation_is_read_too(trained: LanguageIdentifier) -> None:
    read = trained.process([Message({TEXT: "where is my package"})])[0]
    assert read.get(LANGUAGE) == "en"
