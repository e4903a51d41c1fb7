"""Nodes of a graph as steps over columns, by onnx's own rules for each operator that a recipe or a grading is made of."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from kingmaker.bundle.native.columns import Act, Columns, Kind, Tensor, joined
from kingmaker.bundle.native.forest import NotWalkable

_KINDS: dict[int, Kind] = {
    TensorProto.DOUBLE: "double", TensorProto.FLOAT: "single", TensorProto.BOOL: "truth", TensorProto.INT64: "whole",
}  # fmt: skip
_EXACT = 2**53
_COMPARISONS = {"Less": Act.LESS, "Greater": Act.GREATER, "Equal": Act.EQUAL}
_ARITHMETIC = {"Add": Act.ADD, "Sub": Act.SUBTRACT, "Mul": Act.MULTIPLY, "Div": Act.DIVIDE}
_OF_ONE = {"Neg": Act.NEGATE, "Exp": Act.EXPONENTIAL, "Round": Act.ROUND}
_ASKING = {"IsNaN": Act.IS_MISSING, "IsInf": Act.IS_INFINITE}

Arrays = Mapping[str, NDArray[np.generic]]


class Compiler:
    """Follows a part of a graph from the tensors that are known."""

    def __init__(self, graph: GraphProto, columns: Columns, known: Mapping[str, Tensor]) -> None:
        self._columns = columns
        self._arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self._known = dict(known)
        self._maker = {name: node for node in graph.node for name in node.output}
        self.names: dict[str, tuple[str, ...]] = {}
        """For a tensor of text that is looked up by number: its texts. The tensor's column is the number."""

    def tensor(self, name: str) -> Tensor:
        """The columns of a tensor, with the steps that lead there. Raises NotWalkable."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._made(name)
        return found

    def _made(self, name: str) -> Tensor:
        if name in self._arrays:
            return self._constant(self._arrays[name])
        node = self._maker.get(name)
        if node is None or len(node.output) != 1:
            raise NotWalkable(f"nothing says what {name} is")
        rule = _RULES.get(node.op_type)
        if rule is None or node.domain not in {"", "ai.onnx"}:
            raise NotWalkable(f"{node.op_type} is not among the steps")
        return rule(self, node)

    def _constant(self, array: NDArray[np.generic]) -> Tensor:
        kind = _KINDS.get(int(helper.np_dtype_to_tensor_dtype(array.dtype)))
        matrix = array.ndim == 2 and array.shape[0] == 1 and array.shape[1] > 0
        if kind in {None, "single"} or not (matrix or array.ndim == 0):
            raise NotWalkable("a constant is of an unknown kind or shape")
        numbers = array.astype(np.float64).ravel()
        if kind == "whole" and np.abs(numbers).max() >= _EXACT:
            raise NotWalkable("a whole number is too large")
        assert kind is not None
        columns = tuple(self._columns.constant(float(number)) for number in numbers)
        return Tensor(columns, kind, is_matrix=matrix, is_constant=True)

    def _wanted(self, node: NodeProto, *kinds: Kind) -> list[Tensor]:
        found = [self.tensor(name) for name in node.input]
        if any(one.kind not in kinds for one in found) or len({one.kind for one in found}) != 1:
            raise NotWalkable(f"{node.op_type} of other kinds")
        return found

    def _indices(self, name: str) -> list[int]:
        array = self._arrays.get(name)
        if array is None or array.ndim != 1 or array.dtype != np.int64:
            raise NotWalkable("numbers that should be constant are not")
        return [int(one) for one in array]

    # One rule for each kind of node.

    def compare(self, node: NodeProto) -> Tensor:
        return self._columns.each(_COMPARISONS[node.op_type], *self._wanted(node, "double", "whole"), kind="truth")

    def compute(self, node: NodeProto) -> Tensor:
        return self._columns.each(_ARITHMETIC[node.op_type], *self._wanted(node, "double"), kind="double")

    def of_one(self, node: NodeProto) -> Tensor:
        return self._columns.each(_OF_ONE[node.op_type], *self._wanted(node, "double"), kind="double")

    def asked(self, node: NodeProto) -> Tensor:
        if node.attribute:
            raise NotWalkable("only one infinity is asked for")
        return self._columns.each(_ASKING[node.op_type], *self._wanted(node, "double"), kind="truth")

    def both(self, node: NodeProto) -> Tensor:
        return self._columns.each(Act.AND, *self._wanted(node, "truth"), kind="truth")

    def negated(self, node: NodeProto) -> Tensor:
        return self._columns.each(Act.NOT, *self._wanted(node, "truth"), kind="truth")

    def chosen(self, node: NodeProto) -> Tensor:
        truth, one, other = (self.tensor(name) for name in node.input)
        if truth.kind != "truth" or one.kind != "double" or other.kind != "double":
            raise NotWalkable("a choice of other kinds")
        return self._columns.each(Act.WHERE, truth, one, other, kind="double")

    def cast(self, node: NodeProto) -> Tensor:
        (tensor,) = (self.tensor(name) for name in node.input)
        kind = _KINDS.get(_attributes(node, "to", saturate=1)["to"])
        if kind == tensor.kind or (kind == "double" and tensor.kind == "single"):
            return Tensor(tensor.columns, kind, is_matrix=tensor.is_matrix)
        if tensor.kind == "truth" and kind in {"double", "whole"}:
            return Tensor(tensor.columns, kind, is_matrix=tensor.is_matrix)
        if tensor.kind != "double" or kind not in {"single", "whole"}:
            raise NotWalkable("a conversion between other kinds")
        return self._columns.each(Act.TO_SINGLE if kind == "single" else Act.TRUNCATE, tensor, kind=kind)

    def same(self, node: NodeProto) -> Tensor:
        return self.tensor(node.input[0])

    def side_by_side(self, node: NodeProto) -> Tensor:
        if _attributes(node, "axis") != {"axis": 1}:
            raise NotWalkable("rows are joined")
        return joined(self.tensor(name) for name in node.input)

    def picked(self, node: NodeProto) -> Tensor:
        if _attributes(node, axis=0)["axis"] == 0:
            return self._looked_up(node)
        tensor, places = self.tensor(node.input[0]), self._indices(node.input[1])
        if not tensor.is_matrix or not all(0 <= place < len(tensor.columns) for place in places):
            raise NotWalkable("columns are picked that there are not")
        return Tensor(tuple(tensor.columns[place] for place in places), tensor.kind, is_matrix=True)

    def _looked_up(self, node: NodeProto) -> Tensor:
        names, place = self._arrays.get(node.input[0]), self.tensor(node.input[1])
        if names is None or names.dtype != object or names.ndim != 1 or place.kind != "whole" or place.is_matrix:
            raise NotWalkable("something else than a name is looked up")
        self.names[node.output[0]] = tuple(one.decode() if isinstance(one, bytes) else str(one) for one in names)
        return Tensor(place.columns, "text")

    def narrowed(self, node: NodeProto) -> Tensor:
        tensor = self.tensor(node.input[0])
        if self._indices(node.input[1]) != [1] or not tensor.is_matrix or len(tensor.columns) != 1:
            raise NotWalkable("something else than one column becomes a vector")
        return Tensor(tensor.columns, tensor.kind)

    def widened(self, node: NodeProto) -> Tensor:
        tensor = self.tensor(node.input[0])
        if self._indices(node.input[1]) != [1] or tensor.is_matrix or tensor.is_constant:
            raise NotWalkable("something else than a vector becomes a column")
        return Tensor(tensor.columns, tensor.kind, is_matrix=True)

    def counted(self, node: NodeProto) -> Tensor:
        (tensor,) = (self.tensor(name) for name in node.input[:1])
        over = _attributes(node, keepdims=1, noop_with_empty_axes=0)
        if over["keepdims"] or self._indices(node.input[1]) != [1] or tensor.kind != "whole" or not tensor.is_matrix:
            raise NotWalkable("something else than whole numbers of a row is summed")
        return self._columns.total(tensor)


def _attributes(node: NodeProto, *required: str, **defaults: int) -> dict[str, int]:
    """A node's attributes, which are whole numbers. Raises NotWalkable for one that is not known, or is missing."""
    found = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    whole = defaults | found
    if found.keys() - defaults.keys() - set(required) or any(name not in whole for name in required):
        raise NotWalkable(f"{node.op_type} is asked for in another way")
    return whole


Rule = Callable[[Compiler, NodeProto], Tensor]


def _rules(*pairs: tuple[Sequence[str], Rule]) -> dict[str, Rule]:
    return {name: rule for names, rule in pairs for name in names}


_RULES = _rules(
    ([*_COMPARISONS], Compiler.compare),
    ([*_ARITHMETIC], Compiler.compute),
    ([*_OF_ONE], Compiler.of_one),
    ([*_ASKING], Compiler.asked),
    (["And"], Compiler.both),
    (["Not"], Compiler.negated),
    (["Where"], Compiler.chosen),
    (["Cast"], Compiler.cast),
    (["Identity"], Compiler.same),
    (["Concat"], Compiler.side_by_side),
    (["Gather"], Compiler.picked),
    (["Squeeze"], Compiler.narrowed),
    (["Unsqueeze"], Compiler.widened),
    (["ReduceSum"], Compiler.counted),
)
