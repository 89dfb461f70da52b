"""Puts an ONNX graph together, node by node, and stores its matrices in eight bits.

Needed only while a graph is built; the encoders run without this module and without the package onnx.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

CONTRIB = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

_OPSET = 18
_IR_VERSION = 9  # the newest that ONNX Runtime 1.23 and older readers take

Matrix = npt.NDArray[Any]


class Graph:
    """Collects nodes and constants; a node's output is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Matrix) -> str:
        """A tensor that is part of the graph."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """A node of one output."""
        return self.split(operator, inputs, [output], **attributes)[0]

    def split(self, operator: str, inputs: Sequence[str], outputs: list[str], **attributes: Any) -> list[str]:
        """A node of several outputs."""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs

    def small_product(self, state: str, matrix: Matrix, output: str) -> str:
        """A state times a matrix, both in eight bits: one scale for the state, one for each column of the matrix.

        The eight bits have no sign, so that the sums come out the same on every processor: with one, those that lack
        the newer instructions cut large sums off.
        """
        scale = np.maximum(np.abs(matrix).max(axis=0) / 127, 1e-12).astype(np.float32)
        small = self.constant(f"{output}.weight", (np.rint(matrix / scale) + 128).astype(np.uint8))
        scales = self.constant(f"{output}.scale", scale)
        middle = self.constant(f"{output}.middle", np.full(len(scale), 128, np.uint8))
        return self.node("DynamicQuantizeMatMul", [state, small, scales, middle], output, domain=CONTRIB)

    def model(self, given: onnx.ValueInfoProto, width: int) -> onnx.ModelProto:
        """The whole, which makes of what is `given` a float32 ``vector`` of shape (batch, width)."""
        vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["batch", width])
        proto = helper.make_graph(self.nodes, "sentence_encoder", [given], [vector], self.constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(proto, opset_imports=opsets, ir_version=_IR_VERSION)


def write_in_eight_bits(model: onnx.ModelProto, target: Path, block: int) -> None:
    """Write a graph, every matrix in eight bits with a scale for each `block` numbers, multiplied in integers."""
    logging.getLogger("onnxruntime.quantization").setLevel(logging.WARNING)
    config = DefaultWeightOnlyQuantConfig(block_size=block, is_symmetric=True, accuracy_level=4, bits=8)
    quantizer = MatMulNBitsQuantizer(model, algo_config=config)
    quantizer.process()
    onnx.save(quantizer.model.model, str(target))
