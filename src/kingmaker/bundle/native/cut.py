"""A graph in three parts: what comes before its node of trees, that node, and what comes after."""

from dataclasses import dataclass

import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

from kingmaker.bundle.native.forest import NotWalkable

WORTH = 16
"""With fewer trees onnxruntime is as quick as three parts are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutGraph:
    """`before` answers `values` from the graph's inputs, `trees` answers `sums` from them, `after` the graph's outputs.

    All three are models for onnxruntime; `node` is the one of `trees`.
    """

    before: bytes
    trees: bytes
    after: bytes
    node: NodeProto
    values: str
    sums: str


def cut_at_trees(model: bytes, *, worth: int = WORTH) -> CutGraph:
    """Cut a graph that `check_graph` has passed at its last node of trees, which is the model's: others only prepare values.

    Raises NotWalkable for one without such a node, or with fewer trees than are `worth` it.
    """
    whole = onnx.load_model_from_string(model)
    graph = whole.graph
    ensembles = [node for node in graph.node if node.op_type == "TreeEnsemble"]
    if not ensembles or len(ensembles[-1].input) != 1 or len(ensembles[-1].output) != 1:
        raise NotWalkable("the graph has no node of trees")
    node = ensembles[-1]
    roots = next((attribute.ints for attribute in node.attribute if attribute.name == "tree_roots"), ())
    if len(roots) < worth:
        raise NotWalkable("the graph has few trees")
    values, sums = node.input[0], node.output[0]
    matrix = helper.make_tensor_value_info(values, TensorProto.DOUBLE, [None, None])
    column = helper.make_tensor_value_info(sums, TensorProto.DOUBLE, [None, 1])
    before = _between(graph, [*graph.input], [matrix], {one.name for one in graph.input})
    after = _between(graph, [column], [*graph.output], {sums})
    return CutGraph(
        before=_model(whole, before),
        trees=_model(whole, helper.make_graph([node], "trees", [matrix], [column])),
        after=_model(whole, after),
        node=node,
        values=values,
        sums=sums,
    )


def _between(
    graph: GraphProto, inputs: list[ValueInfoProto], outputs: list[ValueInfoProto], known: set[str]
) -> GraphProto:
    """The nodes that lead to `outputs`, from what is `known` and the graph's constants."""
    constants = {one.name: one for one in graph.initializer}
    wanted, nodes = {one.name for one in outputs}, []
    for node in reversed(graph.node):
        if not known.isdisjoint(node.output):
            continue
        if not wanted.isdisjoint(node.output):
            nodes.append(node)
            wanted.update(node.input)
    made = {name for node in nodes for name in node.output}
    if not wanted <= made | known | constants.keys() | {""}:
        raise NotWalkable("what comes after the trees reads more than their sum")
    kept = [constants[name] for name in constants if name in wanted]
    return helper.make_graph(nodes[::-1], "part", inputs, outputs, initializer=kept)


def _model(whole: ModelProto, graph: GraphProto) -> bytes:
    model = helper.make_model(graph, ir_version=whole.ir_version, opset_imports=whole.opset_import)
    return bytes(model.SerializeToString())
