"""Rasa's component for entities. In training it keeps the authors' words; the rest is known, or comes from settings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

from bot.languages import DEFAULT_LANGUAGE
from bot.nlu.entities.finder import Finder, Pattern, ShopSettings
from bot.nlu.entities.found import Found
from bot.nlu.entities.tokens import tokens
from bot.nlu.entities.words import Table
from bot.nlu.identifier import PLAIN
from bot.nlu.importer import LANGUAGE, VALUES
from bot.nlu.text import PlainText, plain

_FILE = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entities of a message to those that others found; their values have one form in every script."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._language = str(config["language"])
        self._storage, self._resource = storage, resource
        self._finder = _finder({})

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's hook. `language` is that of a message that carries none."""
        return {"language": DEFAULT_LANGUAGE}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityExtractor:
        """Rasa's hook: one that will be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> EntityExtractor:
        """Rasa's hook: the trained one, with the settings of today. Raises InvalidConfigException."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded._finder = _finder(read_json_file(folder / _FILE))
        return loaded

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's hook: keep the authors' words and patterns."""
        kept = {
            "tables": [asdict(table) for table in _tables(training_data)],
            "patterns": [asdict(pattern) for pattern in _patterns(training_data)],
            "ordinary": _ordinary(training_data.intent_examples, self._language),
        }
        self._finder = _finder(kept)
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / _FILE, kept)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's hook: set the entities of messages."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                written: PlainText = message.get(PLAIN) or plain(text)
                found = self._finder.find(written.text, message.get(LANGUAGE) or self._language)
                own = self.add_extractor_name([_entity(one, written) for one in found])
                message.set(ENTITIES, [*message.get(ENTITIES, []), *own], add_to_output=True)
        return messages


def _entity(found: Found, written: PlainText) -> dict[str, Any]:
    start, end = written.span(found.start, found.end)
    return {"entity": found.entity, "start": start, "end": end, "value": found.value}


def _finder(kept: dict[str, Any]) -> Finder:
    try:
        return Finder(
            ShopSettings.of(os.environ),
            [Table(**table) for table in kept.get("tables", ())],
            [Pattern(**pattern) for pattern in kept.get("patterns", ())],
            kept.get("ordinary"),
        )
    except ValueError as wrong:
        raise InvalidConfigException(str(wrong)) from wrong


def _tables(training_data: TrainingData) -> Iterable[Table]:
    for table in training_data.lookup_tables:
        yield Table(table["name"], table.get(LANGUAGE), tuple(table["elements"]), dict(table.get(VALUES, {})))


def _patterns(training_data: TrainingData) -> Iterable[Pattern]:
    for pattern in training_data.regex_features:
        values = {word.lower(): value for word, value in pattern.get(VALUES, {}).items()}
        yield Pattern(pattern["name"], pattern.get(LANGUAGE), pattern["pattern"], values)


def _ordinary(examples: Iterable[Message], default: str) -> dict[str, list[str]]:
    """By language, the words of the examples."""
    words: dict[str, set[str]] = {}
    for example in examples:
        language = str(example.get(LANGUAGE) or default)
        written = plain(example.get(TEXT) or "")
        words.setdefault(language, set()).update(token.word for token in tokens(written.text, language))
    return {language: sorted(words[language]) for language in sorted(words)}
