"""The intent classifier: a model a language, each trained on that language's examples alone."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from bot.languages import DEFAULT_LANGUAGE
from bot.nlu.features import Said, block_weights
from bot.nlu.identifier import PLAIN
from bot.nlu.importer import LANGUAGE
from bot.nlu.language_model import LanguageModel
from bot.nlu.text import plain

SCOPE = "scope"
"""Key of a message: how surely it is in scope (`sign`) and how familiar it looks (`familiarity`)."""
NEAREST = "nearest"
"""Key of a message: the examples most like it."""

_RANKED = 10

_Examples = Sequence[tuple[Said, str]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KernelIntentClassifier(IntentClassifier, GraphComponent):
    """Ranks the intents of a message, with calibrated probabilities, in its own language."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, models: Mapping[str, LanguageModel]
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._models = dict(models)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's hook: `language` is the one a message is read in when there are no examples of its own."""
        return {"language": DEFAULT_LANGUAGE}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KernelIntentClassifier:
        """Rasa's hook: an untrained component."""
        return cls(config, model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's hook: learn each language's examples."""
        examples: dict[str, list[tuple[Said, str]]] = defaultdict(list)
        for example in training_data.intent_examples:
            if example.get(INTENT) and (example.get(TEXT) or "").strip():
                language = str(example.get(LANGUAGE) or self._config["language"])
                examples[language].append((_said(example), str(example.get(INTENT))))
        with self._storage.write_to(self._resource) as folder:
            _learn_all(examples, folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> KernelIntentClassifier:
        """Rasa's hook: the component as trained."""
        with model_storage.read_from(resource) as folder:
            models = {place.name: LanguageModel.load(place) for place in sorted(folder.iterdir()) if place.is_dir()}
        return cls(config, model_storage, resource, models)

    def process(self, messages: Iterable[Message]) -> list[Message]:
        """Rasa's hook: a message's intents, and how familiar it looks."""
        read = list(messages)
        for message in read:
            model = self._models.get(message.get(LANGUAGE)) or self._models.get(self._config["language"])
            if model is None or not (message.get(TEXT) or "").strip():
                _set(message, [], sign=0.0, familiarity=0.0)
                continue
            understood = model.understand(_said(message))
            ranking = [{"name": name, "confidence": chance} for name, chance in understood.ranking[:_RANKED]]
            _set(message, ranking, sign=understood.sign, familiarity=understood.familiarity)
            message.set(NEAREST, understood.nearest, add_to_output=True)
        return read


def _learn_all(examples: Mapping[str, _Examples], folder: Path) -> None:
    """Learn every language and save it in a folder of its own, as many at once as there are cores.

    In processes, for Python runs one thread at a time. They are forks, which begin with the encoders loaded here.
    """
    for language in examples:
        block_weights(language)
    if len(examples) < 2:
        for language, said in examples.items():
            _learn(language, said, folder)
        return
    longest_first = sorted(examples, key=lambda language: len(examples[language]), reverse=True)
    # All of a pool's forks begin at once: one that has nothing to learn would only take memory.
    at_once = min(len(examples), os.cpu_count() or 1)
    with ProcessPoolExecutor(at_once, mp_context=get_context("fork")) as pool:
        for learned in [pool.submit(_learn, language, examples[language], folder) for language in longest_first]:
            learned.result()


def _learn(language: str, examples: _Examples, folder: Path) -> None:
    # One thread: several would add in another order at every training.
    with threadpool_limits(1):
        model = LanguageModel.of(examples, language)
    (folder / language).mkdir()
    model.save(folder / language)


def _said(message: Message) -> Said:
    written = message.get(PLAIN) or plain(message.get(TEXT))
    tokens = message.get(TOKENS_NAMES[TEXT]) or ()
    return Said(written.text, tuple(token.text for token in tokens) or tuple(written.text.split()))


def _set(message: Message, ranking: list[dict[str, Any]], *, sign: float, familiarity: float) -> None:
    first = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    message.set(INTENT, dict(first), add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set(SCOPE, {"sign": sign, "familiarity": familiarity}, add_to_output=True)
