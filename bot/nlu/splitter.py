"""Where one message may hold several requests: at the ends of sentences, and at words that join ("and", "og", "а ещё").

It only says where a message could be cut. Whether the parts are requests of their own is for the reader of their
intents to tell (`bot.requests`), so cutting too often costs time and nothing else; the reader also says how many of
them it reads.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.languages import DEFAULT_LANGUAGE
from bot.nlu.entities.words import JOINS
from bot.nlu.identifier import PLAIN
from bot.nlu.importer import LANGUAGE

PARTS = "parts"
"""Key of a message: the parts it may be cut into, in order; one for a message that is all of a piece."""

_LEAST_LETTERS = 4
_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff]"
# In plain form a full-width "？" is "?"; no space follows it.
_SENTENCE_END = rf"(?<=[.!?…])\s+|(?<=[!?])(?={_UNSPACED})|(?<=[。！？；])|(?<=؟)\s*|[;\n]+"
# Written without spaces, a joining word is cut at wherever it stands; other scripts need word boundaries.
_NO_SPACES = re.compile(_UNSPACED)
_FILE = "joins.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class RequestSplitter(GraphComponent, EntityExtractorMixin):
    """Gives every message the parts it may be cut into."""

    def __init__(self, storage: ModelStorage, resource: Resource, joins: Mapping[str, list[str]]) -> None:
        self._storage = storage
        self._resource = resource
        self._joins = joins
        self._cuts = {language: _cuts(words) for language, words in joins.items()}
        self._plain_cuts = _cuts(())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RequestSplitter:
        """Rasa's hook: an untrained component."""
        return cls(model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's hook: keep the authors' joining words."""
        joins: dict[str, list[str]] = defaultdict(list)
        for table in training_data.lookup_tables:
            if table["name"] == JOINS:
                joins[str(table.get(LANGUAGE) or DEFAULT_LANGUAGE)] += table["elements"]
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(joins, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> RequestSplitter:
        """Rasa's hook: the component as trained."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, json.loads((folder / _FILE).read_text(encoding="utf-8")))

    def process(self, messages: Iterable[Message]) -> list[Message]:
        """Rasa's hook: a message's parts."""
        read = list(messages)
        for message in read:
            written = message.get(PLAIN)
            text = written.text if written else message.get(TEXT) or ""
            cuts = self._cuts.get(message.get(LANGUAGE) or "", self._plain_cuts)
            message.set(PARTS, parts(text, cuts), add_to_output=True)
        return read


def parts(text: str, cuts: re.Pattern[str]) -> list[str]:
    """Cut a text; a piece too short to ask for something stays with the one before it."""
    pieces: list[str] = []
    start = 0
    for cut in (*cuts.finditer(text), None):
        piece = text[start : cut.start() if cut else len(text)].strip(" ,،，")
        start = cut.end() if cut else len(text)
        if not piece:
            continue
        short = sum(map(str.isalnum, piece)) < (2 if _NO_SPACES.search(piece) else _LEAST_LETTERS)
        if pieces and short:
            pieces[-1] += " " + piece
        else:
            pieces.append(piece)
    return pieces


def _cuts(joins: Iterable[str]) -> re.Pattern[str]:
    words = sorted(joins, key=len, reverse=True)
    spaced = [re.escape(word) for word in words if not _NO_SPACES.search(word) and not word.endswith("-")]
    unspaced = [re.escape(word) for word in words if _NO_SPACES.search(word)]
    # "و-" is written together with the word that follows it.
    leading = [re.escape(word[:-1]) for word in words if word.endswith("-") and len(word) > 1]
    ways = [_SENTENCE_END]
    if spaced:
        ways.append(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)")
    if leading:
        ways.append(rf"(?<=\s)(?:{'|'.join(leading)})(?=\w\w)")
    if unspaced:
        ways += [rf"[,，、]?\s*(?:{'|'.join(unspaced)})", "[，、]"]
    return re.compile("|".join(ways), re.IGNORECASE)
