"""What the classifier sees of a message: one vector of length one.

Up to four blocks lie side by side, each of length one before it is weighted, so that the weights say how much each
counts:

========  ====================================================================  ===========================
block     what                                                                  for
========  ====================================================================  ===========================
minilm    sentence vector of all-MiniLM-L6-v2 (384)                             English
use       sentence vector of Universal Sentence Encoder Multilingual 3 (512)    the languages it knows
words     single tokens, TF-IDF                                                 all
letters   runs of one to four letters inside words, TF-IDF                      all
========  ====================================================================  ===========================

The weights were chosen by cross-validation on the training files of docs/understanding.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.encoders import Vectors, available
from bot.nlu.encoders.use import LANGUAGES as KNOWN_TO_USE
from bot.nlu.text import fold

_ENGLISH = {"minilm": 0.5, "use": 0.3, "words": 0.1, "letters": 0.1}
_KNOWN = {"use": 0.5, "words": 0.05, "letters": 0.45}
_OTHER = {"use": 0.4, "words": 0.1, "letters": 0.5}
_DENSE = ("minilm", "use")
_SPARSE = ("words", "letters")

_WIDE = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_SPACE_BY_WIDE = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_DIGIT = re.compile(r"\d")
_TINY = 1e-9
_POWER = 0.1
_FLOOR = 0.1  # of the mean variance: keeps directions without examples in play


@dataclass(frozen=True)
class Said:
    """A text in plain form, and its tokens."""

    text: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Messages as vectors of length one; `dense` and `sparse` are two parts of the same rows."""

    dense: Vectors
    sparse: sp.csr_matrix

    @cached_property
    def _columns(self) -> sp.csr_matrix:
        # Kept, because turning it for each message would cost more than the product.
        return self.sparse.T.tocsr()

    def similarity(self, other: Rows) -> Vectors:
        """Cosines; shape (messages, messages of the other)."""
        return np.asarray(self.dense @ other.dense.T + (self.sparse @ other._columns).toarray())


def block_weights(language: str) -> Mapping[str, float]:
    """How much each block counts for a language, adding up to 1, of those whose weights are installed."""
    base = language.split("-")[0]
    wanted = _ENGLISH if base == "en" else _KNOWN if base in KNOWN_TO_USE else _OTHER
    there = {block: weight for block, weight in wanted.items() if block not in _DENSE or available(block)}
    return {block: weight / sum(there.values()) for block, weight in there.items()}


class Featurizer:
    """Turns messages of one language into rows.

    Args:
        language: the language's tag.
        weights: how much each block counts.
        grams: the n-grams of the blocks `words` and `letters`.
        shapes: how the training messages lie in the dense blocks.
    """

    def __init__(
        self, language: str, weights: Mapping[str, float], grams: Mapping[str, Grams], shapes: Mapping[str, Shape]
    ) -> None:
        self.language = language
        self.weights = weights
        self.grams = grams
        self.shapes = shapes

    @classmethod
    def of(cls, examples: Sequence[Said], language: str) -> tuple[Featurizer, Rows]:
        """Learn from examples; returns their rows too."""
        weights = block_weights(language)
        cut = {block: _cut(block, examples, language) for block in _SPARSE}
        vectors = {block: _encoded(block, examples) for block in _DENSE if block in weights}
        grams = {block: Grams.of(pieces) for block, pieces in cut.items()}
        featurizer = cls(language, weights, grams, {block: Shape.of(found) for block, found in vectors.items()})
        return featurizer, featurizer._rows(cut, vectors)

    def rows(self, messages: Sequence[Said]) -> Rows:
        """The rows of messages."""
        cut = {block: _cut(block, messages, self.language) for block in self.grams}
        return self._rows(cut, {block: _encoded(block, messages) for block in self.shapes})

    def _rows(self, cut: Mapping[str, Sequence[Sequence[str]]], vectors: Mapping[str, Vectors]) -> Rows:
        # The root, because a cosine multiplies two rows.
        root = {block: float(np.sqrt(weight)) for block, weight in self.weights.items()}
        dense = [self.shapes[block].apply(found) * root[block] for block, found in vectors.items()]
        sparse = self._sparse(cut, root)
        return Rows(
            np.hstack(dense).astype(np.float32) if dense else np.zeros((sparse.shape[0], 0), np.float32), sparse
        )

    def _sparse(self, cut: Mapping[str, Sequence[Sequence[str]]], length: Mapping[str, float]) -> sp.csr_matrix:
        # One matrix at once: a matrix a block and putting them together takes longer than all the counting.
        starts, columns, values = [0], [np.empty(0, np.int32)], [np.empty(0, np.float32)]
        for message in zip(*(cut[block] for block in self.grams), strict=True):
            first = 0
            for (block, grams), pieces in zip(self.grams.items(), message, strict=True):
                where, value = grams.row(pieces, length[block])
                columns.append(where + first)
                values.append(value)
                first += len(grams.rarity)
            starts.append(starts[-1] + sum(map(len, columns[-len(self.grams) :])))
        width = sum(len(grams.rarity) for grams in self.grams.values())
        return sp.csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=(len(starts) - 1, width))


def _encoded(block: str, messages: Sequence[Said]) -> Vectors:
    encoder = available(block)
    assert encoder is not None, "a featurizer has only blocks whose encoder is there"
    return encoder.encode([join_wide(said.text) if block == "use" else said.text for said in messages])


def _cut(block: str, messages: Sequence[Said], language: str) -> list[list[str]]:
    """The pieces of each message, of the kind that a block counts."""
    if block == "words":
        return [[_DIGIT.sub("0", fold(token, language)) for token in said.tokens] for said in messages]
    return [letter_runs(_DIGIT.sub("0", fold(join_wide(said.text), language))) for said in messages]


def join_wide(text: str) -> str:
    """Drop spaces beside Chinese characters: some people put them between words, most don't."""
    return _SPACE_BY_WIDE.sub("", text)


_letter_analyzer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), lowercase=False).build_analyzer()


def letter_runs(text: str) -> list[str]:
    """Runs of one to four letters inside words, with a space for a word's edge."""
    return list(_letter_analyzer(text))


class Grams:
    """TF-IDF with sublinear counts, as scikit-learn weighs it, of pieces that are cut already.

    Args:
        number: of each known piece, its column.
        rarity: of each column, its inverse document frequency.
    """

    def __init__(self, number: Mapping[str, int], rarity: Vectors) -> None:
        self.number = number
        self.rarity = rarity

    @classmethod
    def of(cls, cut: Sequence[Sequence[str]]) -> Grams:
        """Learn which pieces there are, and how rare each is."""
        learner = TfidfVectorizer(analyzer=list)
        try:
            learner.fit(cut)
        except ValueError:  # no piece at all: examples of emoji only
            return cls({}, np.zeros(0, np.float32))
        return cls({piece: int(place) for piece, place in learner.vocabulary_.items()}, learner.idf_.astype(np.float32))

    def row(self, pieces: Sequence[str], length: float) -> tuple[npt.NDArray[np.int32], Vectors]:
        """The columns of a text's known pieces and their values, of a given length; none of both if it has none."""
        counts = Counter(number for piece in pieces if (number := self.number.get(piece)) is not None)
        where = np.fromiter(counts, np.int32, len(counts))
        value = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[where]
        return where, value * np.float32(length / max(float(np.linalg.norm(value)), _TINY))


@dataclass(frozen=True)
class Shape:
    """How training messages' vectors lie: their centre, and a matrix that stretches them along their main axes.

    Sentence vectors of one shop crowd together. Taking the centre away spreads them; stretching the directions in which
    they differ most, by a mild power of the variance, quiets the noise in the others.
    """

    centre: Vectors
    stretch: Vectors

    @classmethod
    def of(cls, vectors: Vectors) -> Shape:
        """Learn from vectors; shape (messages, width)."""
        vectors = _unit(vectors)
        centre = vectors.mean(axis=0)
        spread = _unit(vectors - centre)
        variance, axes = np.linalg.eigh(spread.T @ spread / len(spread))
        variance = np.maximum(variance, 0)
        scale = np.maximum(variance + _FLOOR * variance.mean(), _TINY) ** _POWER
        return cls(centre, ((axes * scale) @ axes.T).astype(np.float32))

    def apply(self, vectors: Vectors) -> Vectors:
        """The same vectors, shaped, each of length one."""
        return _unit(_unit(_unit(vectors) - self.centre) @ self.stretch)


def _unit(rows: npt.NDArray[Any]) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY), np.float32)
