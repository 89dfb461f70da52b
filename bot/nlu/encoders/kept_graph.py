"""Where an encoder's weights lie, whether they are the right ones, and the graphs that are kept of them.

A graph is built from its weights once and kept under models/encoders/, for building takes longer than loading.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import onnxruntime

from bot.nlu.encoders import NoWeights

GRAPHS = Path(__file__).resolve().parents[3] / "models" / "encoders"
"""The folder that keeps the graphs."""


def package_folder(module: str, package: str) -> Path:
    """The folder of an installed package, which is not imported.

    Args:
        module: its name in Python.
        package: its name where packages are published.

    Raises:
        NoWeights: it is not installed.
    """
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise NoWeights(f"The package {package} is not installed.")
    return Path(found.origin).parent


def check(file: Path, sha256: str, package: str) -> None:
    """Make sure that a file of weights is the one that Baton was tried with.

    Raises:
        NoWeights: it is another, or not there.
    """
    if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        raise NoWeights(f"The weights in the package {package} are not the ones that Baton was tried with.")


def kept_graph(file: Path, write: Callable[[Path], None]) -> bytes:
    """The graph in a file, written now unless it was before.

    Args:
        file: its name tells the weights and the way of building, so that other ones give another file.
        write: builds the graph into the file that it is given.
    """
    if file.exists():
        return file.read_bytes()
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "graph.onnx"
        write(made)
        graph = made.read_bytes()
    _keep(graph, file)
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


def session(graph: bytes) -> onnxruntime.InferenceSession:
    """A session that runs a graph on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
