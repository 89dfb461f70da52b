"""The components of config.yml, trained on a handful of examples, without what Rasa puts around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path
from rasa.shared.utils.io import read_config_file

from bot.nlu.importer import LANGUAGE

CONFIG = Path(__file__).resolve().parents[3] / "config.yml"
CONTEXT = ExecutionContext(GraphSchema({}))

Examples = Iterable[tuple[str, str, str]]
"""Text, intent and language."""

SHOP: Examples = [
    *((text, "order_status", "en") for text in ("where is my order", "has my parcel left", "track my package")),
    *((text, "start_return", "en") for text in ("i want to return it", "send the shoes back", "return an item")),
    *((text, "greet", "en") for text in ("hello", "good morning", "hi there")),
    *((text, "order_status", "da") for text in ("hvor er min ordre", "er min pakke sendt", "hvor er pakken")),
    *((text, "start_return", "da") for text in ("jeg vil returnere den", "sende skoene tilbage", "returnere en vare")),
    *((text, "order_status", "ar") for text in ("أين طلبي", "هل تم شحن الطرد", "تتبع الشحنة")),
    *((text, "start_return", "ar") for text in ("أريد إرجاع الحذاء", "كيف أرجع المنتج", "إرجاع قطعة")),
    *((text, "order_status", "zh") for text in ("我的订单在哪里", "包裹发出了吗", "查快递")),
    *((text, "start_return", "zh") for text in ("我想退货", "把鞋退回去", "怎么退")),
]


def training_data(examples: Examples) -> TrainingData:
    """Examples as the importer gives them."""
    return TrainingData(
        [Message({TEXT: text, INTENT: intent, LANGUAGE: language}) for text, intent, language in examples]
    )


def message(text: str, language: str = "en") -> Message:
    """What a customer wrote, in a conversation in a language."""
    return Message({TEXT: text, "metadata": {LANGUAGE: language}})


def resource(name: str) -> Resource:
    """Where a component keeps what it learned."""
    return Resource(name)


class Pipeline:
    """The components in their order, each kept and loaded again before it is asked anything.

    Args:
        examples: what to learn.
        folder: an empty one.
    """

    language = "en"

    def __init__(self, examples: Examples, folder: Path) -> None:
        self._storage = LocalModelStorage(folder)
        self._learned = training_data(examples)
        self.components = [self._trained(named) for named in read_config_file(CONFIG)["pipeline"]]

    def _trained(self, named: dict[str, Any]) -> Any:
        component_class = class_from_module_path(named["name"])
        config = {**component_class.get_default_config(), **named}
        place = Resource(named["name"])
        component = component_class.create(config, self._storage, place, CONTEXT)
        if hasattr(component, "train"):
            component.train(self._learned)
            component = component_class.load(config, self._storage, place, CONTEXT)
        if hasattr(component, "process_training_data"):
            component.process_training_data(self._learned)
        return component

    def read(self, text: str, language: str | None = None) -> Message:
        """What a message is understood as."""
        read = [message(text, language or self.language)]
        for component in self.components:
            read = component.process(read)
        return read[0]


def ranking(read: Message) -> list[tuple[str, float]]:
    """Intents and probabilities, the gate's own left out."""
    return [(one["name"], one["confidence"]) for one in read.get("intent_ranking") if one["name"] != "nlu_fallback"]
