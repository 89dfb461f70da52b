"""The intent classifier: a model a language, each trained on that language's examples alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
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

from bot.nlu.features import Said
from bot.nlu.identifier import PLAIN
from bot.nlu.importer import LANGUAGE
from bot.nlu.language_model import LanguageModel
from bot.nlu.text import plain

SCOPE = "scope"
"""Key of a message: how surely it is in scope (`sign`) and how familiar it looks (`familiarity`)."""
NEAREST = "nearest"
"""Key of a message: the examples most like it."""

_RANKED = 10
_AT_ONCE = 2


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
        return {"language": "en"}

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
        # Two at once: most of the time goes into sums, during which Python runs other threads. One thread each for the
        # sums themselves: several would add in another order at every training.
        with threadpool_limits(1), ThreadPoolExecutor(_AT_ONCE) as pool:
            languages = sorted(examples)
            self._models |= zip(
                languages, pool.map(LanguageModel.of, map(examples.__getitem__, languages), languages), strict=True
            )
        with self._storage.write_to(self._resource) as folder:
            for language in languages:
                (folder / language).mkdir()
                self._models[language].save(folder / language)
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


def _said(message: Message) -> Said:
    written = message.get(PLAIN) or plain(message.get(TEXT))
    tokens = message.get(TOKENS_NAMES[TEXT]) or ()
    return Said(written.text, tuple(token.text for token in tokens) or tuple(written.text.split()))


def _set(message: Message, ranking: list[dict[str, Any]], *, sign: float, familiarity: float) -> None:
    first = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    message.set(INTENT, dict(first), add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set(SCOPE, {"sign": sign, "familiarity": familiarity}, add_to_output=True)
