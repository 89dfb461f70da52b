"""Says honestly that a message was not understood, or what must be asked before anything is done about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import SCOPE
from bot.nlu.identifier import PLAIN
from bot.nlu.scope import OUT_OF_SCOPE
from bot.requests import is_task

CLOSE = "close"
"""Key of a message: what to ask about first: two intents, when it may mean either; one task, when that is doubtful."""
WHY = "why"
"""Key of a message: why it was not understood, in a few words; None when it was."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UnderstandingGate(GraphComponent):
    """Lets a message's intent through, or puts `nlu_fallback` in front of it.

    Options, in config.yml:
        least_familiar: a message stranger than all but this share of the examples is not understood.
        least_confident: neither is one whose likeliest intent is less likely than this, unless two are close.
        close_below: while the likeliest intent is less likely than this, and
        close_ratio: the second at least this much as likely as the first, it may be either.
        doubt_ratio: a task is asked about before it begins while `out_of_scope` is at least this much as likely.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's hook: the options, as chosen by cross-validation (docs/understanding.md)."""
        return {
            "least_familiar": 0.02,
            "least_confident": 0.35,
            "close_below": 0.6,
            "close_ratio": 0.4,
            "doubt_ratio": 0.05,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnderstandingGate:
        """Rasa's hook."""
        return cls(config)

    def process(self, messages: Iterable[Message]) -> list[Message]:
        """Rasa's hook: the intent that dialogue goes by."""
        read = list(messages)
        for message in read:
            ranking = message.get("intent_ranking") or []
            familiarity = (message.get(SCOPE) or {}).get("familiarity", 0.0)
            close = self._close(ranking)
            why = self._why(ranking, familiarity, close) if _says_something(message) else "there is nothing to go by"
            message.set(CLOSE, [] if why else self._doubtful(ranking, close) or close, add_to_output=True)
            message.set(WHY, why, add_to_output=True)
            if why:
                # As sure as the best guess is unsure.
                chance = 1 - ranking[0]["confidence"] if ranking else 0.0
                fallback = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": chance}
                message.set(INTENT, fallback, add_to_output=True)
                message.set("intent_ranking", [fallback, *ranking], add_to_output=True)
        return read

    def _close(self, ranking: list[dict[str, Any]]) -> list[str]:
        if len(ranking) < 2:
            return []
        first, second = ranking[:2]
        unsure = first["confidence"] < self._config["close_below"]
        near = second["confidence"] >= self._config["close_ratio"] * first["confidence"]
        likely = first["confidence"] + second["confidence"] >= self._config["least_confident"]
        return [first["name"], second["name"]] if unsure and near and likely else []

    def _doubtful(self, ranking: list[dict[str, Any]], close: list[str]) -> list[str]:
        """The likeliest intent, if it begins a task that should not begin unasked."""
        first = ranking[0]
        # Which of two requests is meant is the better question: its answer settles this one too.
        if not is_task(first["name"]) or (close and OUT_OF_SCOPE not in close):
            return []
        rival = next((one["confidence"] for one in ranking if one["name"] == OUT_OF_SCOPE), 0.0)
        return [first["name"]] if rival >= self._config["doubt_ratio"] * first["confidence"] else []

    def _why(self, ranking: list[dict[str, Any]], familiarity: float, close: list[str]) -> str | None:
        if not ranking:
            return "there is nothing to go by"
        if familiarity < self._config["least_familiar"]:
            return f"it looks stranger than {1 - familiarity:.0%} of the examples"
        if ranking[0]["confidence"] < self._config["least_confident"] and not close:
            return f"the likeliest intent, {ranking[0]['name']}, is only {ranking[0]['confidence']:.0%} likely"
        return None


def _says_something(message: Message) -> bool:
    """Whether there is a letter or a digit in it; what resembles an emoji is chance."""
    written = message.get(PLAIN)
    return any(map(str.isalnum, written.text if written else message.get(TEXT) or ""))
