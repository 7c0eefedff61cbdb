"""The trained table network as an ONNX graph, written node by node.

It mirrors `TableNetwork.forward` and adds what turns its outputs into predictions; `export` holds
the two against each other after every training. Writing it takes milliseconds, where torch's own
exporter takes several seconds and a further package.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from learners.table.network import FARTHEST, TableNetwork

OPSET: Final = 20
IR_VERSION: Final = 10
"""Both old enough for every ONNX Runtime since 1.19."""


class _Graph:
    """Nodes and constants in the order they are made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, array: npt.NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def __call__(self, op: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output


def build(
    network: TableNetwork, *, classes: int | None, mean: float = 0.0, deviation: float = 1.0
) -> onnx.ModelProto:
    """`numeric` [B, N] and `categorical` [B, C] to `probabilities` [B, classes], or to `value` [B]
    in the target's own unit (mean + deviation * standardised value)."""
    weights = {name: tensor.cpu().numpy() for name, tensor in network.state_dict().items()}
    graph = _Graph()
    x = _layers(graph, weights, _join(graph, weights))
    if classes is not None:
        each = graph("Softmax", x, axis=-1)
        member_axis = graph.constant(np.array([0], dtype=np.int64))
        graph("ReduceMean", each, member_axis, keepdims=0, output="probabilities")
        result = helper.make_tensor_value_info(
            "probabilities", TensorProto.FLOAT, ["rows", classes]
        )
    else:
        both_axes = graph.constant(np.array([0, 2], dtype=np.int64))
        value = graph("ReduceMean", x, both_axes, keepdims=0)
        scaled = graph("Mul", value, _number(graph, deviation))
        graph("Add", scaled, _number(graph, mean), output="value")
        result = helper.make_tensor_value_info("value", TensorProto.FLOAT, ["rows"])
    inputs = [
        helper.make_tensor_value_info(
            "numeric", TensorProto.FLOAT, ["rows", len(weights["median_N"])]
        ),
        helper.make_tensor_value_info(
            "categorical", TensorProto.INT64, ["rows", len(weights["offsets_C"])]
        ),
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "table", inputs, [result], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="sluice",
    )
    onnx.checker.check_model(model)
    return model


def _join(g: _Graph, weights: dict[str, npt.NDArray[Any]]) -> str:
    """`TableNetwork._join`: [B, D]."""
    parts = []
    if columns := len(weights["median_N"]):
        median = g.constant(weights["median_N"])
        missing = g("IsNaN", "numeric")
        x = g("Where", missing, median, "numeric")
        wide = g("Unsqueeze", x, g.constant(np.array([2], dtype=np.int64)))
        code = g("Sub", wide, g.constant(weights["low_NT"]))
        code = g("Mul", code, g.constant(weights["inverse_NT"]))
        code = g("Clip", code, _number(g, 0.0), _number(g, 1.0))
        parts.append(_flatten(g, code, columns * weights["low_NT"].shape[1]))
        z = g("Mul", g("Sub", x, median), g.constant(weights["scale_N"]))
        z = g("Clip", z, _number(g, -FARTHEST), _number(g, FARTHEST))
        grown = g("Log", g("Add", g("Abs", z), _number(g, 1.0)))
        parts.append(g("Mul", g("Sign", z), grown))
        parts.append(g("Cast", missing, to=TensorProto.FLOAT))
    if columns := len(weights["offsets_C"]):
        codes = g("Add", "categorical", g.constant(weights["offsets_C"]))
        embedded = g("Gather", g.constant(weights["embedding"]), codes)
        parts.append(_flatten(g, embedded, columns * weights["embedding"].shape[1]))
    return g("Concat", *parts, axis=1)


def _layers(g: _Graph, weights: dict[str, npt.NDArray[Any]], joined: str) -> str:
    """`TableNetwork.forward` behind the join: [K, B, O]."""
    x = g("Mul", joined, g.constant(weights["scale_K1D"]))
    for layer in ("first", "second"):
        x = g("MatMul", x, g.constant(weights[f"{layer}.weight"].T))
        x = g("Relu", g("Add", x, g.constant(weights[f"{layer}.bias"])))
    x = g("MatMul", x, g.constant(weights["head_KHO"]))
    return g("Add", x, g.constant(weights["bias_K1O"]))


def _flatten(g: _Graph, x: str, width: int) -> str:
    return g("Reshape", x, g.constant(np.array([-1, width], dtype=np.int64)))


def _number(g: _Graph, value: float) -> str:
    return g.constant(np.array(value, dtype=np.float32))
