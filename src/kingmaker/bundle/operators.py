"""What a graph may consist of: the operators the emitter writes, in the operator sets it writes, and nothing else."""

from collections.abc import Mapping

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto

from kingmaker.domain.errors import BundleRefused

ML_DOMAIN = "ai.onnx.ml"
OPSETS: Mapping[str, int] = {"": 21, ML_DOMAIN: 5}
MAX_IR_VERSION = 10

ALLOWED: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {
            "Add", "And", "Cast", "Concat", "Div", "Equal", "Exp", "Gather", "Greater", "Identity", "IsInf", "IsNaN", "Less",
            "Log", "Mul", "Neg", "Not", "ReduceSum", "Round", "Squeeze", "Sub", "Unsqueeze", "Where",
        }
    ),
    ML_DOMAIN: frozenset({"LabelEncoder", "TreeEnsemble"}),
}  # fmt: skip

_SUBGRAPHS = frozenset({AttributeProto.GRAPH, AttributeProto.GRAPHS})
_PLAIN = frozenset(
    {
        AttributeProto.INT,
        AttributeProto.INTS,
        AttributeProto.FLOAT,
        AttributeProto.FLOATS,
        AttributeProto.STRING,
        AttributeProto.STRINGS,
        AttributeProto.TENSOR,
    }
)


def check_graph(data: bytes, *, where: str) -> None:
    """Raises BundleRefused, saying which rule the graph breaks, before any runtime has parsed it."""
    model = _parse(data, where)
    problem = _problem_of_model(model) or _problem_of_graph(model.graph)
    if problem:
        raise BundleRefused(
            problem,
            where=where,
            remedy="Do not load it: the graph was not written by kingmaker, or by a newer release.",
        )


def _parse(data: bytes, where: str) -> ModelProto:
    try:
        return onnx.load_model_from_string(data)
    except Exception as error:  # protobuf's own class, which ships no types
        raise BundleRefused(
            "the model is not an ONNX graph", where=where, remedy="Fetch the bundle again from its publisher."
        ) from error


def _problem_of_model(model: ModelProto) -> str:
    if model.ir_version > MAX_IR_VERSION:
        return f"the graph has IR version {model.ir_version}, and {MAX_IR_VERSION} is the newest known"
    if model.functions:
        return f"the graph defines a function of its own, `{model.functions[0].name}`"
    if model.training_info:
        return "the graph carries training steps"
    for opset in model.opset_import:
        if opset.domain not in OPSETS:
            return f"the graph uses the custom operator domain `{opset.domain}`"
        if opset.version != OPSETS[opset.domain]:
            return f"the graph uses opset {opset.version} of `{opset.domain or 'ai.onnx'}`, not {OPSETS[opset.domain]}"
    return ""


def _problem_of_graph(graph: GraphProto) -> str:
    if graph.sparse_initializer:
        return "the graph holds sparse tensors"
    tensors = list(graph.initializer)
    for node in graph.node:
        problem = _problem_of_node(node)
        if problem:
            return problem
        for attribute in node.attribute:
            tensors += [attribute.t, *attribute.tensors]
    return next((problem for problem in map(_problem_of_tensor, tensors) if problem), "")


def _problem_of_node(node: NodeProto) -> str:
    if node.op_type not in ALLOWED.get(node.domain, frozenset()):
        return f"the graph uses the operator `{node.domain or 'ai.onnx'}.{node.op_type}`, which is not an allowed one"
    for attribute in node.attribute:
        if attribute.type in _SUBGRAPHS:
            return f"the operator `{node.op_type}` carries a subgraph"
        if attribute.type not in _PLAIN:
            return f"the operator `{node.op_type}` carries an attribute of an unknown kind, `{attribute.name}`"
    return ""


def _problem_of_tensor(tensor: TensorProto) -> str:
    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        return f"the tensor `{tensor.name}` keeps its data in another file"
    return ""
