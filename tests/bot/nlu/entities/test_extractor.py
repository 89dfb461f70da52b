"""The component as Rasa trains, loads and runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities.extractor import EntityExtractor
from tests.bot.nlu.entities.reading import rows

CONFIG = """
recipe: default.v1
language: en
assistant_id: test
importers:
  - name: bot.nlu.importer.LanguageFolders
pipeline: []
policies: []
"""
WORDS = {
    "en": """
nlu:
  - intent: ask
    examples: |
      - where is my blanket
  - lookup: item_position
    examples: |
      - second
  - synonym: "2"
    examples: |
      - second
  - regex: voucher
    examples: |
      - \\bV-[0-9]+\\b
""",
    "da": """
nlu:
  - intent: ask
    examples: |
      - hvor er den
  - lookup: item_position
    examples: |
      - anden
  - synonym: "2"
    examples: |
      - anden
""",
}


@pytest.fixture
def training_data(tmp_path: Path) -> TrainingData:
    (tmp_path / "config.yml").write_text(CONFIG)
    for language, words in WORDS.items():
        folder = tmp_path / "data" / "nlu" / language
        folder.mkdir(parents=True)
        (folder / "words.yml").write_text('version: "3.1"' + words, encoding="utf-8")
    importer = TrainingDataImporter.load_from_config(
        str(tmp_path / "config.yml"), training_data_paths=[str(tmp_path / "data")]
    )
    return importer.get_nlu_data()


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    folder = tmp_path / "model"
    folder.mkdir()
    return LocalModelStorage.create(folder)


@pytest.fixture
def extractor(training_data: TrainingData, storage: LocalModelStorage) -> EntityExtractor:
    config, resource = EntityExtractor.get_default_config(), Resource("entities")
    EntityExtractor.create(config, storage, resource, None).train(training_data)
    return EntityExtractor.load(config, storage, resource, None)


def entities(extractor: EntityExtractor, text: str, **more: object) -> list[dict[str, object]]:
    [message] = extractor.process([Message({"text": text, **more})])
    return list(message.get("entities", []))


@pytest.mark.parametrize(
    ("language", "text", "entity", "value"),
    rows("""
en | the second  | item_position | 2
da | den anden   | item_position | 2
en | v-7 please  | voucher       | v-7
da | １０２３４  | order_number  | 10234
"""),
)
def test_authors_words_outlive_the_training(
    extractor: EntityExtractor, language: str, text: str, entity: str, value: str
) -> None:
    found = [(one["entity"], one["value"]) for one in entities(extractor, text, language=language)]
    assert found == [(entity, value)]


def test_words_of_another_language_are_not_found(extractor: EntityExtractor) -> None:
    assert entities(extractor, "anden", language="en") == []
    assert entities(extractor, "second") != []


def test_places_are_those_in_the_raw_text(extractor: EntityExtractor) -> None:
    text = "\u200f\u0661\u06602\u200b\uff13４ please"
    assert entities(extractor, text) == [
        {"entity": "order_number", "start": 1, "end": 7, "value": "10234", "extractor": "EntityExtractor"}
    ]


def test_what_others_found_stays(extractor: EntityExtractor) -> None:
    other = {"entity": "city", "start": 0, "end": 4, "value": "Oslo", "extractor": "Other"}
    assert [one["entity"] for one in entities(extractor, "Oslo 10234", entities=[other])] == ["city", "order_number"]


def test_a_message_without_text_is_left_alone(extractor: EntityExtractor) -> None:
    [message] = extractor.process([Message({"intent": "ask"})])
    assert message.get("entities") is None


def test_a_word_of_the_examples_is_no_product(
    extractor: EntityExtractor,
    training_data: TrainingData,
    storage: LocalModelStorage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalogue = tmp_path / "names.json"
    catalogue.write_text('["Wool blanket", "Cotton hammock"]')
    monkeypatch.setenv("BATON_CATALOGUE_FILE", str(catalogue))
    loaded = EntityExtractor.load({"language": "en"}, storage, Resource("entities"), None)
    assert [one["value"] for one in entities(loaded, "blanket, hammock")] == ["Cotton hammock"]


def test_a_setting_that_cannot_be_used_stops_the_start(
    extractor: EntityExtractor, storage: LocalModelStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_ORDER_NUMBER", "(")
    with pytest.raises(InvalidConfigException, match="BATON_ORDER_NUMBER"):
        EntityExtractor.load({"language": "en"}, storage, Resource("entities"), None)
