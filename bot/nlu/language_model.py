"""Understanding of one language: examples in; for a message the intents' probabilities, and how familiar it looks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from bot.nlu.features import Featurizer, Grams, Rows, Said, Shape
from bot.nlu.kernel import KernelRidge
from bot.nlu.scope import Scope

MOST_EXAMPLES = 5_000
"""Examples of one language that are learned; training more would take minutes. Every intent keeps its share."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORDS, _ARRAYS = "model.json", "arrays.npz"
_NEAREST = 3


@dataclass(frozen=True)
class Understood:
    """What a message was understood as.

    Args:
        ranking: intents with their probabilities, likeliest first; the probabilities add up to 1.
        sign: how surely it is in scope; only to be compared.
        familiarity: the share of the examples that look stranger, 0 to 1.
        nearest: the examples most like it: text, intent, cosine.
    """

    ranking: tuple[tuple[str, float], ...]
    sign: float
    familiarity: float
    nearest: tuple[tuple[str, str, float], ...]


class LanguageModel:
    """Made by `of` or `load`.

    Args:
        intents: their names.
        examples: text and intent's number of the real examples, in the order of `rows`.
    """

    def __init__(
        self,
        intents: Sequence[str],
        examples: Sequence[tuple[str, int]],
        featurizer: Featurizer,
        rows: Rows,
        ridge: KernelRidge,
        scope: Scope,
    ) -> None:
        self.intents = tuple(intents)
        self._examples = tuple(examples)
        self._featurizer = featurizer
        self._rows = rows
        self._ridge = ridge
        self._scope = scope

    @classmethod
    def of(cls, examples: Sequence[tuple[Said, str]], language: str) -> LanguageModel:
        """Learn from (text, intent) pairs; at least one.

        An intent's name is one more example of it ("card_arrival" is "card arrival"): authors choose names that say it.
        """
        examples = _share(examples)
        intents = sorted({intent for _, intent in examples})
        number = {intent: place for place, intent in enumerate(intents)}
        names = [Said(words, tuple(words.split())) for words in map(spoken_name, intents)]
        columns = [number[intent] for _, intent in examples] + list(range(len(intents)))
        featurizer, rows = Featurizer.of([*(said for said, _ in examples), *names], language)
        # In half precision from here on, in which they are kept: half the size, and cosines agree to three decimals.
        rows = replace(rows, dense=rows.dense.astype(np.float16).astype(np.float32))
        similarity = rows.similarity(rows)
        ridge, left_out = KernelRidge.of(similarity, columns, real=len(examples))
        scope = Scope.of(similarity, columns, left_out)
        kept = [(said.text, number[intent]) for said, intent in examples]
        return cls(intents, kept, featurizer, rows, ridge, scope)

    def understand(self, said: Said) -> Understood:
        """Understand one message."""
        similarity = self._featurizer.rows([said]).similarity(self._rows)
        answers = self._ridge.answers(similarity)
        sign = self._scope.signs(answers.scores.max(axis=1), similarity)
        probabilities = answers.probabilities[0]
        order = np.argsort(-probabilities, kind="stable")
        cosines = similarity[0, : len(self._examples)]
        near = np.argpartition(-cosines, min(_NEAREST, len(cosines)) - 1)[:_NEAREST]
        near = near[np.argsort(-cosines[near], kind="stable")]
        return Understood(
            ranking=tuple((self.intents[place], float(probabilities[place])) for place in order),
            sign=float(sign[0]),
            familiarity=float(self._scope.familiarity(sign)[0]),
            nearest=tuple((text, self.intents[n], float(cosines[i])) for i in near for text, n in [self._examples[i]]),
        )

    def save(self, folder: Path) -> None:
        """Write the model into an empty folder: one JSON file, one of arrays, nothing that could be code."""
        grams, shapes = self._featurizer.grams, self._featurizer.shapes
        words = {
            "language": self._featurizer.language,
            "weights": dict(self._featurizer.weights),
            "intents": self.intents,
            "examples": self._examples,
            "bend": self._ridge.bend,
            "grams": {block: list(each.number) for block, each in grams.items()},
            "numbers": {block: list(each.number.values()) for block, each in grams.items()},
            "shapes": list(shapes),
        }
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        sparse = self._rows.sparse
        np.savez(
            folder / _ARRAYS,
            dense=self._rows.dense.astype(np.float16),
            data=sparse.data,
            indices=sparse.indices,
            indptr=sparse.indptr,
            dual=self._ridge.dual.astype(np.float32),
            mean=self._ridge.mean,
            member=self._scope.member,
            length=self._scope.length,
            expected=self._scope.expected,
            **{f"rarity_{block}": each.rarity for block, each in grams.items()},
            **{f"centre_{block}": each.centre for block, each in shapes.items()},
            **{f"stretch_{block}": each.stretch for block, each in shapes.items()},
        )

    @classmethod
    def load(cls, folder: Path) -> LanguageModel:
        """Read what `save` wrote."""
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            grams = {
                block: Grams(dict(zip(pieces, words["numbers"][block], strict=True)), arrays[f"rarity_{block}"])
                for block, pieces in words["grams"].items()
            }
            shapes = {block: Shape(arrays[f"centre_{block}"], arrays[f"stretch_{block}"]) for block in words["shapes"]}
            width = sum(len(each.rarity) for each in grams.values())
            dense = arrays["dense"].astype(np.float32)
            parts = (arrays["data"], arrays["indices"], arrays["indptr"])
            return cls(
                words["intents"],
                [(text, number) for text, number in words["examples"]],
                Featurizer(words["language"], words["weights"], grams, shapes),
                Rows(dense, sp.csr_matrix(parts, shape=(len(dense), width))),
                KernelRidge(arrays["dual"], arrays["mean"], tuple(words["bend"])),
                Scope(arrays["member"], arrays["length"], arrays["expected"]),
            )


def spoken_name(intent: str) -> str:
    """An intent's name as words: "card_arrival" and "CardArrival" are "card arrival"."""
    return re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", intent)).strip().lower()


def _share(examples: Sequence[tuple[Said, str]]) -> Sequence[tuple[Said, str]]:
    """At most `MOST_EXAMPLES`, evenly spread over the intents and always the same ones."""
    if len(examples) <= MOST_EXAMPLES:
        return examples
    seen: dict[str, int] = {}
    placed = []
    for place, (_, intent) in enumerate(examples):
        seen[intent] = seen.get(intent, 0) + 1
        placed.append((seen[intent], place))
    return [examples[place] for _, place in sorted(placed)[:MOST_EXAMPLES]]
