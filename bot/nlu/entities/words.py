"""Words that authors list, in tables by language, found with spaCy's PhraseMatcher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.entities.found import COVER, Found, longest
from bot.nlu.entities.tokens import Token, tokens

JOINS = "joins"
"""The authors' table of words that join two requests ("and"); none of them is an entity."""


@dataclass(frozen=True)
class Table:
    """Some words of one language that stand for one entity.

    Args:
        entity: what they are found as.
        language: BCP 47 tag; None for every language.
        words: or phrases of several words.
        values: what some of them mean; the others mean themselves.
    """

    entity: str
    language: str | None
    words: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)


class Phrases:
    """The phrases of one language, each with what it stands for.

    Args:
        language: in whose spelling they are compared.
        tables: whose words to find; those of other languages are left out.
    """

    def __init__(self, language: str, tables: Iterable[Table]) -> None:
        self._language = language
        self._vocabulary = Vocab()
        self._matcher = PhraseMatcher(self._vocabulary, attr="ORTH")
        self._values: dict[tuple[str, str], str] = {}
        self._words: set[str] = set()
        for table in tables:
            if table.language in (None, language):
                self._add(table)

    @property
    def words(self) -> frozenset[str]:
        """Every word of every phrase, as it is compared."""
        return frozenset(self._words)

    def find(self, cut: list[Token]) -> Iterator[Found]:
        """Every entity's longest phrases; those of different entities may overlap.

        Args:
            cut: the message's tokens, cut with `words` known.
        """
        if not self._words.intersection(token.word for token in cut):
            return
        # Words of no list are not shown: the matcher would remember them.
        shown = [token.word if token.word in self._words else COVER for token in cut]
        by_entity: dict[str, list[Found]] = {}
        for key, start, end in self._matcher(Doc(self._vocabulary, words=shown)):
            entity = self._vocabulary.strings[key]
            value = self._values[entity, " ".join(shown[start:end])]
            by_entity.setdefault(entity, []).append(Found(cut[start].start, cut[end - 1].end, entity, value))
        for found in by_entity.values():
            yield from longest(found)

    def _add(self, table: Table) -> None:
        phrases = []
        for written in table.words:
            words = [token.word for token in tokens(written, self._language)]
            if words:
                phrases.append(Doc(self._vocabulary, words=words))
                self._words.update(words)
                self._values.setdefault((table.entity, " ".join(words)), table.values.get(written, written))
        if phrases:
            self._matcher.add(table.entity, phrases)
