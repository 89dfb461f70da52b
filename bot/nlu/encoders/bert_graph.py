"""Builds the ONNX graph of a small BERT sentence encoder from its weights, in eight bits.

The graph takes ``input_ids`` (int64, shape (batch, length), no padding: sentences in one batch have the same length)
and gives ``vector`` (float32, shape (batch, hidden)): the token states of the last layer averaged and scaled to length
one, as sentence-transformers does it. No padding means no mask, and a vector that does not depend on its neighbours.

The nodes are ONNX Runtime's own fused operators (``MultiHeadAttention``, ``SkipLayerNormalization``, ``BiasGelu``), so
the session has nothing left to fuse and starts quickly. The names of the weights are those of Hugging Face's BertModel.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FORMAT = 1
"""Raised when the graph that is built from the same weights changes."""

_CONTRIB = "com.microsoft"
_OPSET = 18
_IR_VERSION = 9  # the newest that ONNX Runtime 1.23 and older readers take
_HEADS = 12
_EPSILON = 1e-12
_BLOCK = 128

Matrix = npt.NDArray[Any]


def write_graph(safetensors: Path, target: Path) -> None:
    """Write the graph of a ``model.safetensors``.

    Every matrix is stored in eight bits, a scale for each 128 numbers, and multiplied in integers. Scales that fine are
    what keeps the vectors true: their cosine to float32's is 0.999 on average, with one scale a tensor 0.994.
    """
    from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

    logging.getLogger("onnxruntime.quantization").setLevel(logging.WARNING)
    config = DefaultWeightOnlyQuantConfig(block_size=_BLOCK, is_symmetric=True, accuracy_level=4, bits=8)
    quantizer = MatMulNBitsQuantizer(build(load_file(str(safetensors))), algo_config=config)
    quantizer.process()
    onnx.save(quantizer.model.model, str(target))


def build(weights: Mapping[str, Matrix]) -> onnx.ModelProto:
    """The graph before its matrices are stored in eight bits (the table of words is already)."""
    graph = _Graph(weights)
    state = _embedded(graph)
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for number in range(layers):
        state = _layer(graph, number, state)
    mean = graph.node("ReduceMean", [state, graph.constant("tokens", np.array([1], np.int64))], "mean", keepdims=0)
    graph.node("LpNormalization", [mean], "vector", axis=1, p=2)
    hidden = len(weights["embeddings.LayerNorm.weight"])
    proto = helper.make_graph(
        graph.nodes,
        "sentence_encoder",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["batch", hidden])],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=_IR_VERSION)


class _Graph:
    """Collects nodes and constants; a node's output is known by its name."""

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Matrix) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        return self.split(operator, inputs, [output], **attributes)[0]

    def split(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> list[str]:
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs

    def normalised(self, layer: str, output: str, inputs: list[str], bias: list[str]) -> str:
        """A layer's normalisation; of a sum, when there are two inputs."""
        gamma = self.constant(f"{output}.gamma", self.weights[f"{layer}.weight"])
        beta = self.constant(f"{output}.beta", self.weights[f"{layer}.bias"])
        if len(inputs) == 1:
            return self.node("LayerNormalization", [*inputs, gamma, beta], output, epsilon=_EPSILON, axis=-1)
        inputs = [*inputs, gamma, beta, *bias]
        return self.node("SkipLayerNormalization", inputs, output, domain=_CONTRIB, epsilon=_EPSILON)


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

    def constant(kind: str, name: str) -> str:
        value = graph.weights[f"{prefix}.{name}.{kind}"]
        return graph.constant(f"{here}.{name}.{kind}", value.T if kind == "weight" else value)

    matrix, bias = partial(constant, "weight"), partial(constant, "bias")
    parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
    joined = np.concatenate([graph.weights[f"{part}.weight"].T for part in parts], axis=1)
    joined_bias = np.concatenate([graph.weights[f"{part}.bias"] for part in parts])
    both = graph.node("MatMul", [state, graph.constant(f"{here}.qkv.weight", joined)], f"{here}.qkv")
    trio = graph.split("Split", [both], [f"{here}.{part}" for part in ("q", "k", "v")], axis=2, num_outputs=3)
    inputs = [*trio, graph.constant(f"{here}.qkv.bias", joined_bias)]
    mixed = graph.node("MultiHeadAttention", inputs, f"{here}.mixed", domain=_CONTRIB, num_heads=_HEADS)
    out = graph.node("MatMul", [mixed, matrix("attention.output.dense")], f"{here}.attended")
    layer = f"{prefix}.attention.output.LayerNorm"
    middle = graph.normalised(layer, f"{here}.middle", [out, state], [bias("attention.output.dense")])
    wide = graph.node("MatMul", [middle, matrix("intermediate.dense")], f"{here}.wide")
    bent = graph.node("BiasGelu", [wide, bias("intermediate.dense")], f"{here}.bent", domain=_CONTRIB)
    narrow = graph.node("MatMul", [bent, matrix("output.dense")], f"{here}.narrow")
    return graph.normalised(f"{prefix}.output.LayerNorm", f"{here}.state", [narrow, middle], [bias("output.dense")])
