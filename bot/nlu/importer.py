"""Reads what authors write, a folder a language: data/nlu/<language>/ and data/responses/<language>/.

Named in config.yml as the importer, so that `rasa train`, `rasa test` and `rasa data validate` read the same. It adds
three things to Rasa's own reading of the same files:

- an example carries its folder's language (`LANGUAGE` of the message);
- a lookup table or pattern carries it too, and a lookup table the values that its file's synonyms give its words;
- a response in another language than config.yml's becomes a variation that Rasa chooses when the slot `language` says
  so; the one in config.yml's language is what is said when there is none.

What lies outside such a folder is read as Rasa reads it.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from pathlib import Path
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.languages import DEFAULT_LANGUAGE

LANGUAGE = "language"
"""Key of a message, lookup table or pattern, and name of the slot, that holds a language tag."""
VALUES = "values"
"""Key of a lookup table or pattern: what some of the words it finds mean, by word."""

_FOLDERS = ("nlu", "responses")


class LanguageFolders(RasaFileImporter):
    """Rasa's importer of files, aware of what language a folder is in."""

    @cached_method
    def get_nlu_data(self, language: str | None = DEFAULT_LANGUAGE) -> TrainingData:
        """Every example, pattern and response of every language."""
        default = str(self.get_config().get("language") or language)
        files = [(language_of_file(Path(file)), file) for file in self._nlu_files]
        # The default language first: Rasa takes what has no condition only if no condition is met.
        files.sort(key=lambda each: (each[0] is not None, each[0] != default, each))
        # Put together here at once: Rasa's merge() copies all it has so far for every file.
        examples: list[Message] = []
        patterns: list[dict[str, Any]] = []
        tables: list[dict[str, Any]] = []
        # What domain.yml says is in the default language; Rasa would drop it for what data/ says in another.
        responses: dict[str, list[dict[str, Any]]] = {}
        in_domain = self.get_domain().responses
        for tag, file in files:
            part = _read(file, tag or default)
            examples += part.training_examples
            patterns += part.regex_features
            tables += part.lookup_tables
            for name, variations in part.responses.items():
                spoken = variations if tag in (None, default) else [_only_in(tag, each) for each in variations]
                responses.setdefault(name, list(in_domain.get(name, ()))).extend(spoken)
        return TrainingData(examples, {}, patterns, tables, responses)


class Example(Message):
    """An example; it is Rasa's, but copied and compared in a tenth of the time.

    On its way through Rasa's importers every example is copied four times and compared five times with all others. Rasa
    copies it piece by piece, and compares by a checksum of it written as JSON.
    """

    def __deepcopy__(self, _: dict[int, Any]) -> Example:
        other = Example.__new__(Example)
        own = {"output_properties": set(self.output_properties), "features": list(self.features)}
        other.__dict__ = {**self.__dict__, **own}
        other.data = copy.deepcopy(self.data) if self.get(ENTITIES) else dict(self.data)
        return other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.data, self.features) == (other.data, other.features)

    def __hash__(self) -> int:
        return hash((self.get(TEXT), self.get(INTENT), self.get(LANGUAGE)))


def language_of_file(file: Path) -> str | None:
    """The language of an author's file; None when it lies in no language's folder."""
    # From the file upwards: the project itself may lie in a folder that is called nlu.
    for kind, tag in reversed(list(pairwise(file.parts[:-1]))):
        if kind in _FOLDERS:
            return tag
    return None


def _read(file: str, tag: str) -> TrainingData:
    """A file as Rasa reads it, in a language; its synonyms go into its patterns and lookup tables.

    Words of two languages may be spelt alike and mean different things, which Rasa's own synonyms cannot tell.
    """
    part = load_data(file, tag)
    part.training_examples = [Example({**example.data, LANGUAGE: tag}) for example in part.training_examples]
    for pattern in part.regex_features:
        pattern[LANGUAGE] = tag
        pattern[VALUES] = dict(part.entity_synonyms)
    for table in part.lookup_tables:
        table[LANGUAGE] = tag
        table[VALUES] = {word: part.entity_synonyms[word] for word in table["elements"] if word in part.entity_synonyms}
    return part


def _only_in(tag: str, variation: dict[str, Any]) -> dict[str, Any]:
    spoken = {"type": "slot", "name": LANGUAGE, "value": tag}
    return {**variation, "condition": [*variation.get("condition", []), spoken]}
