"""A `TreeEnsemble` node read into arrays, and checked: what passes here cannot lead the walker astray."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SUM, _NO_TRANSFORM, _LESS_OR_EQUAL, _LESS = 1, 0, 0, 1
_MOST_NODES = 2**26
_KNOWN = frozenset(
    {
        "aggregate_function", "leaf_targetids", "leaf_weights", "n_targets", "nodes_falseleafs", "nodes_falsenodeids",
        "nodes_featureids", "nodes_missing_value_tracks_true", "nodes_modes", "nodes_splits", "nodes_trueleafs",
        "nodes_truenodeids", "post_transform", "tree_roots",
    }
)  # fmt: skip


class NotWalkable(Exception):
    """The node is malformed, or asks for what the walker does not do. onnxruntime has the say then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Trees of one target. Inner nodes and leaves are numbered apart; `true` and `false` index the one or the other.

    Every inner node and leaf has at most one parent and a root has none, so that no path ever comes back.
    """

    roots: Integers
    feature: Integers
    threshold: Floats
    missing_is_true: NDArray[np.bool_]
    true: Integers
    true_is_leaf: NDArray[np.bool_]
    false: Integers
    false_is_leaf: NDArray[np.bool_]
    leaves: Floats
    less_or_equal: bool


def read_forest(node: NodeProto) -> Forest:
    """Raises NotWalkable saying which rule the node breaks."""
    found = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    _must(found.keys() <= _KNOWN, "it has an attribute that is not known")
    _must(found.get("aggregate_function", _SUM) == _SUM, "it does not sum")
    _must(found.get("post_transform", _NO_TRANSFORM) == _NO_TRANSFORM, "it transforms its sums")
    _must(found.get("n_targets") == 1, "it has several targets")
    feature = _numbers(found, "nodes_featureids")
    modes = _tensor(found, "nodes_modes", np.uint8)
    count = len(feature)
    _must(0 < count < _MOST_NODES, "it has no nodes, or too many")
    _must(len(modes) == count and modes[0] in {_LESS_OR_EQUAL, _LESS}, "its comparison is not < or <=")
    _must(bool((modes == modes[0]).all()), "its nodes compare in several ways")
    tracks = _numbers(found, "nodes_missing_value_tracks_true") if "nodes_missing_value_tracks_true" in found else None
    forest = Forest(
        roots=_numbers(found, "tree_roots"),
        feature=feature,
        threshold=_tensor(found, "nodes_splits", np.float64),
        missing_is_true=np.zeros(count, dtype=np.bool_) if tracks is None else tracks == 1,
        true=_numbers(found, "nodes_truenodeids"),
        true_is_leaf=_numbers(found, "nodes_trueleafs") != 0,
        false=_numbers(found, "nodes_falsenodeids"),
        false_is_leaf=_numbers(found, "nodes_falseleafs") != 0,
        leaves=_tensor(found, "leaf_weights", np.float64),
        less_or_equal=bool(modes[0] == _LESS_OR_EQUAL),
    )
    _must(not _numbers(found, "leaf_targetids").any(), "a leaf counts towards another target")
    check_forest(forest)
    return forest


def check_forest(forest: Forest) -> None:
    """Raises NotWalkable for arrays that do not describe trees."""
    count = len(forest.feature)
    arrays = (
        forest.threshold, forest.missing_is_true, forest.true, forest.true_is_leaf, forest.false, forest.false_is_leaf,
    )  # fmt: skip
    _must(all(len(array) == count for array in arrays), "its arrays differ in length")
    _must(len(forest.roots) > 0 and 0 < len(forest.leaves) < _MOST_NODES, "it has no trees, or too many leaves")
    _must(forest.feature.min() >= 0 and forest.feature.max() < _MOST_NODES, "a node reads a column that cannot be")
    _must(not np.isnan(forest.threshold).any(), "a threshold is not a number")
    child = np.concatenate([forest.true, forest.false])
    is_leaf = np.concatenate([forest.true_is_leaf, forest.false_is_leaf])
    _check_parents(np.concatenate([child[~is_leaf], forest.roots]), count, "node")
    _check_parents(child[is_leaf], len(forest.leaves), "leaf")


def _check_parents(children: Integers, count: int, what: str) -> None:
    _must(bool(((children >= 0) & (children < count)).all()), f"a {what} that does not exist is named")
    _must(len(np.unique(children)) == len(children), f"a {what} has two parents")


def _numbers(found: Mapping[str, Any], name: str) -> Integers:
    value = found.get(name)
    _must(isinstance(value, list) and all(isinstance(one, int) for one in value), f"{name} is not a list of integers")
    return np.array(value, dtype=np.int64)


def _tensor(found: Mapping[str, Any], name: str, kind: type[np.generic]) -> NDArray[Any]:
    value = found.get(name)
    _must(isinstance(value, TensorProto), f"{name} is not a tensor")
    array: NDArray[Any] = numpy_helper.to_array(value)
    _must(array.dtype == kind and array.ndim == 1, f"{name} is not a list of {kind.__name__}")
    return array


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotWalkable(otherwise)
