"""Texts to numbers ahead of the steps: what the graph's `LabelEncoder` nodes do, by a look-up in a dict."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, helper, numpy_helper

from kingmaker.bundle.native.forest import NotWalkable

Texts = NDArray[np.object_]

_KNOWN = {"keys_tensor", "values_tensor", "default_tensor"}


@dataclass(frozen=True, slots=True)
class Encoder:
    """The number of each text in one column of texts; `other` for every text that is not known. `output` names the tensor."""

    place: int
    numbers: dict[str, float]
    other: float
    output: str

    def codes(self, texts: Texts) -> list[float]:
        """For texts [N, columns]."""
        number, other = self.numbers.get, self.other
        return [number(text, other) for text in texts[:, self.place]]


def encoders_of(graph: GraphProto, name: str) -> tuple[Encoder, ...]:
    """The encoders that read the texts called `name`, [rows, columns]. Raises NotWalkable for any that is of another kind."""
    widths = {one.name: len(one.type.tensor_type.shape.dim) for one in graph.input}
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    found = []
    for node in graph.node:
        if node.op_type == "LabelEncoder":
            place = _place(makers.get(node.input[0]), node.input[0], name, arrays)
            found.append(_encoder(node, place))
    if found and widths.get(name) != 2:
        raise NotWalkable("the texts are not a matrix")
    return tuple(found)


def _place(picks: NodeProto | None, read: str, name: str, arrays: dict[str, NDArray[np.generic]]) -> int:
    """Which column of the texts a node reads: the only one, or the one that is picked for it."""
    if picks is None and read == name:
        return 0
    if picks is None or picks.op_type != "Gather" or picks.input[0] != name:
        raise NotWalkable("a text comes from elsewhere")
    axes = [helper.get_attribute_value(one) for one in picks.attribute if one.name == "axis"]
    indices = arrays.get(picks.input[1])
    if axes != [1] or indices is None or indices.shape != (1,) or int(indices[0]) < 0:
        raise NotWalkable("a text is picked in another way")
    return int(indices[0])


def _encoder(node: NodeProto, place: int) -> Encoder:
    found = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    if found.keys() != _KNOWN:
        raise NotWalkable("a LabelEncoder of another kind")
    keys, values, default = (
        numpy_helper.to_array(found[name]) for name in ("keys_tensor", "values_tensor", "default_tensor")
    )
    if keys.dtype != object or values.dtype != np.float64 or default.dtype != np.float64 or default.shape != (1,):
        raise NotWalkable("a LabelEncoder of other kinds")
    texts = [one.decode() if isinstance(one, bytes) else str(one) for one in keys.tolist()]
    if len(set(texts)) != len(texts) or values.shape != (len(texts),):
        raise NotWalkable("a LabelEncoder that is not one to one")
    return Encoder(place, dict(zip(texts, values.tolist(), strict=True)), float(default[0]), node.output[0])
