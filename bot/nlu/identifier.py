"""The first component: puts a message into its plain form and says which language it is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.languages import DEFAULT_LANGUAGE
from bot.nlu.detector import LanguageDetector
from bot.nlu.importer import LANGUAGE
from bot.nlu.text import PlainText, plain

PLAIN = "plain"
"""Key of a message: its text as a `PlainText`."""
SPOKEN = "spoken"
"""Key of a message: how likely each language is, by tag."""

_SURE = 0.8


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Gives every message its plain form and its language.

    An example's language is its folder's. A customer's message has the language it is detected to be in; when that is
    not sure, the conversation's (the message's metadata says which), for "ok" is said in many.
    """

    def __init__(self, storage: ModelStorage, resource: Resource, detector: LanguageDetector | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._detector = detector

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Rasa's hook: an untrained component."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's hook: learn the languages from the examples that have an intent."""
        examples = [
            (plain(example.get(TEXT)).text, str(example.get(LANGUAGE) or DEFAULT_LANGUAGE))
            for example in training_data.intent_examples
            if example.get(TEXT)
        ]
        if examples:
            self._detector = LanguageDetector.of_examples(examples)
            with self._storage.write_to(self._resource) as folder:
                self._detector.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> LanguageIdentifier:
        """Rasa's hook: the component as trained."""
        try:
            with model_storage.read_from(resource) as folder:
                return cls(model_storage, resource, LanguageDetector.load(folder))
        except ValueError:  # trained without a single example
            return cls(model_storage, resource)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Rasa's hook: the examples' plain form."""
        self.process(example for example in training_data.training_examples if example.get(TEXT))
        return training_data

    def process(self, messages: Iterable[Message]) -> list[Message]:
        """Rasa's hook: a message's plain form and language."""
        read = list(messages)
        for message in read:
            written = plain(message.get(TEXT) or "")
            message.set(PLAIN, written)
            if message.get(LANGUAGE) is None:
                self._identify(message, written)
        return read

    def _identify(self, message: Message, written: PlainText) -> None:
        conversation = str((message.get("metadata") or {}).get(LANGUAGE) or "")
        untrained = {conversation or DEFAULT_LANGUAGE: 1.0}
        chances = self._detector.probabilities(written.text) if self._detector else untrained
        likeliest = max(chances, key=lambda tag: (chances[tag], tag == conversation))
        sure = chances[likeliest] >= _SURE or conversation not in chances
        message.set(LANGUAGE, likeliest if sure else conversation, add_to_output=True)
        message.set(SPOKEN, dict(chances), add_to_output=True)
