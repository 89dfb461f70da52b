"""Builds the ONNX graph of a small BERT sentence encoder from its weights, in eight bits.

The graph takes ``input_ids`` (int64, shape (batch, length), no padding: sentences in one batch have the same length)
and gives ``vector`` (float32, shape (batch, hidden)): the token states of the last layer averaged and scaled to length
one, as sentence-transformers does it. No padding means no mask, and a vector that does not depend on its neighbours.

Matrices and the states that they are multiplied with are both in eight bits: a matrix with a scale a column, the states
of a sentence with one scale. A few numbers of a state are many times as large as the rest and would leave them hardly
any of the eight bits; so each is divided by about as much as it reaches on sentences like those to come, and the
matrix's row multiplied by it, which changes nothing else (Xiao et al., *SmoothQuant*, 2023).

The nodes are ONNX Runtime's own fused operators (``MultiHeadAttention``, ``SkipLayerNormalization``, ``BiasGelu``), so
the session has nothing left to fuse and starts quickly. The names of the weights are those of Hugging Face's BertModel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from safetensors.numpy import load_file

from bot.nlu.encoders.kept_graph import session
from bot.nlu.encoders.onnx_graph import CONTRIB, Graph, Matrix

Reach = Mapping[str, Matrix]
"""Of each state that a matrix is multiplied with: the largest that each of its numbers was, without sign."""

_HEADS = 12
_EPSILON = 1e-12
_SHARE = 0.8  # of what a number reaches that its divisor takes on; the rest evens out the matrix's rows
_TINY = 1e-5


def write_graph(safetensors: Path, sentences: Sequence[Sequence[int]], target: Path) -> None:
    """Write the graph of a ``model.safetensors``.

    Args:
        safetensors: the weights.
        sentences: the tokens of some that are like those to come; what its states reach is measured on them.
        target: the file to write.
    """
    weights = load_file(str(safetensors))
    onnx.save(build(weights, _reach(build(weights, None), sentences)), str(target))


def build(weights: Mapping[str, Matrix], reach: Reach | None) -> onnx.ModelProto:
    """The graph; in float32, but for the table of words, when it is not known what its states reach."""
    graph = _Graph(weights, reach)
    state = _embedded(graph)
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for number in range(layers):
        state = _layer(graph, number, state)
    mean = graph.node("ReduceMean", [state, graph.constant("tokens", np.array([1], np.int64))], "mean", keepdims=0)
    graph.node("LpNormalization", [mean], "vector", axis=1, p=2)
    given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])
    return graph.model(given, len(weights["embeddings.LayerNorm.weight"]))


def _reach(model: onnx.ModelProto, sentences: Sequence[Sequence[int]]) -> Reach:
    states = [node.input[0] for node in model.graph.node if node.op_type == "MatMul"]
    model.graph.output.extend(helper.make_tensor_value_info(state, TensorProto.FLOAT, None) for state in states)
    run = session(model.SerializeToString()).run
    seen = [run(states, {"input_ids": np.array([ids], np.int64)}) for ids in sentences]
    return {
        state: np.max([np.abs(found[0]).max(axis=0) for found in each], axis=0)
        for state, each in zip(states, zip(*seen, strict=True), strict=True)
    }


class _Graph(Graph):
    """Knows the weights, and how this kind of network multiplies and normalises."""

    def __init__(self, weights: Mapping[str, Matrix], reach: Reach | None) -> None:
        super().__init__()
        self.weights = weights
        self.reach = reach

    def product(self, state: str, matrix: Matrix, output: str) -> str:
        """States times a matrix."""
        if self.reach is None:
            return self.node("MatMul", [state, self.constant(f"{output}.weight", matrix)], output)
        rows = np.maximum(np.abs(matrix).max(axis=1), _TINY)
        divisor = np.maximum(self.reach[state], _TINY) ** _SHARE / rows ** (1 - _SHARE)
        divisor /= np.exp(np.log(divisor).mean())
        inverse = self.constant(f"{output}.inverse", (1 / divisor).astype(np.float32))
        evened = self.node("Mul", [state, inverse], f"{output}.evened")
        return self.small_product(evened, matrix * divisor[:, None], output)

    def normalised(self, layer: str, output: str, inputs: list[str], bias: list[str]) -> str:
        """A layer's normalisation; of a sum, when there are two inputs."""
        gamma = self.constant(f"{output}.gamma", self.weights[f"{layer}.weight"])
        beta = self.constant(f"{output}.beta", self.weights[f"{layer}.bias"])
        if len(inputs) == 1:
            return self.node("LayerNormalization", [*inputs, gamma, beta], output, epsilon=_EPSILON, axis=-1)
        inputs = [*inputs, gamma, beta, *bias]
        return self.node("SkipLayerNormalization", inputs, output, domain=CONTRIB, epsilon=_EPSILON)


def _embedded(graph: _Graph) -> str:
    """Words and their places; every token is of type 0, so its row is folded into the places once and for all."""
    weights = graph.weights
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    graph.constant("zero", np.zeros(1, np.int64))
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    rows = graph.node("Slice", [graph.constant("positions", places), "zero", length, "zero"], "position_rows")
    summed = graph.node("Add", [_words(graph, weights["embeddings.word_embeddings.weight"]), rows], "embedded")
    return graph.normalised("embeddings.LayerNorm", "state", [summed], [])


def _words(graph: _Graph, table: Matrix) -> str:
    """Looks words up; each row has its own scale, which costs nothing and keeps rare words exact."""
    scale = np.abs(table).max(axis=1, keepdims=True) / 127
    graph.constant("word", np.rint(table / np.maximum(scale, 1e-12)).astype(np.int8))
    graph.constant("word_scale", scale.astype(np.float32))
    whole = graph.node("Cast", [graph.node("Gather", ["word", "input_ids"], "word_small")], "word_whole", to=1)
    return graph.node("Mul", [whole, graph.node("Gather", ["word_scale", "input_ids"], "row_scale")], "word_rows")


def _layer(graph: _Graph, number: int, state: str) -> str:
    """One layer of the encoder: attention, then the two dense layers, each with its way around."""
    prefix, here = f"encoder.layer.{number}", f"layer{number}"

    def matrix(name: str) -> Matrix:
        return graph.weights[f"{prefix}.{name}.weight"].T

    def bias(name: str) -> str:
        return graph.constant(f"{here}.{name}.bias", graph.weights[f"{prefix}.{name}.bias"])

    parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
    joined = np.concatenate([graph.weights[f"{part}.weight"].T for part in parts], axis=1)
    joined_bias = np.concatenate([graph.weights[f"{part}.bias"] for part in parts])
    both = graph.product(state, joined, f"{here}.qkv")
    trio = graph.split("Split", [both], [f"{here}.{part}" for part in ("q", "k", "v")], axis=2, num_outputs=3)
    inputs = [*trio, graph.constant(f"{here}.qkv.bias", joined_bias)]
    mixed = graph.node("MultiHeadAttention", inputs, f"{here}.mixed", domain=CONTRIB, num_heads=_HEADS)
    out = graph.product(mixed, matrix("attention.output.dense"), f"{here}.attended")
    layer = f"{prefix}.attention.output.LayerNorm"
    middle = graph.normalised(layer, f"{here}.middle", [out, state], [bias("attention.output.dense")])
    wide = graph.product(middle, matrix("intermediate.dense"), f"{here}.wide")
    bent = graph.node("BiasGelu", [wide, bias("intermediate.dense")], f"{here}.bent", domain=CONTRIB)
    narrow = graph.product(bent, matrix("output.dense"), f"{here}.narrow")
    return graph.normalised(f"{prefix}.output.LayerNorm", f"{here}.state", [narrow, middle], [bias("output.dense")])
