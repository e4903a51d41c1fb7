"""Trees as one `ai.onnx.ml` v5 `TreeEnsemble` node in double: thresholds, leaves and sums lose nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import numpy_helper

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.builder import ML_DOMAIN, GraphBuilder
from kingmaker.graph.forms import Tree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LESS_OR_EQUAL_MODE, LESS_MODE, SUM = 0, 1, 1
"""Numbers that the operator's schema gives to the comparison `<=`, to `<`, and to summing the leaves."""


@dataclass(frozen=True, slots=True)
class _Flat:
    """One tree with inner nodes and leaves numbered apart, each from 0; node 0 is the root and always an inner node."""

    feature: Integers
    threshold: Floats
    missing_left: Integers
    true: Integers
    true_is_leaf: Integers
    false: Integers
    false_is_leaf: Integers
    leaves: Floats


def add_trees(
    graph: GraphBuilder, trees: Sequence[Tree], targets: Sequence[int], *, less_or_equal: bool, values: str
) -> str:
    """Sum `trees` over `values` [N, outputs] double; tree i counts towards target `targets[i]`.

    Returns the tensor [N, max(targets) + 1] double. At least one tree is needed. Raises GraphUnsupported for a tree that
    does not hang together, so that a broken model is never published.
    """
    flats = [_flatten(tree) for tree in trees]
    nodes = np.cumsum([0, *(len(flat.feature) for flat in flats)])
    leaves = np.cumsum([0, *(len(flat.leaves) for flat in flats)])
    inner = int(nodes[-1])
    mode = LESS_OR_EQUAL_MODE if less_or_equal else LESS_MODE
    return graph.op(
        "TreeEnsemble",
        [values],
        domain=ML_DOMAIN,
        aggregate_function=SUM,
        n_targets=max(targets) + 1,
        tree_roots=nodes[:-1].tolist(),
        nodes_featureids=_joined([flat.feature for flat in flats]),
        nodes_splits=numpy_helper.from_array(np.concatenate([flat.threshold for flat in flats])),
        nodes_modes=numpy_helper.from_array(np.full(inner, mode, dtype=np.uint8)),
        nodes_missing_value_tracks_true=_joined([flat.missing_left for flat in flats]),
        nodes_truenodeids=_shifted([(flat.true, flat.true_is_leaf) for flat in flats], nodes, leaves),
        nodes_trueleafs=_joined([flat.true_is_leaf for flat in flats]),
        nodes_falsenodeids=_shifted([(flat.false, flat.false_is_leaf) for flat in flats], nodes, leaves),
        nodes_falseleafs=_joined([flat.false_is_leaf for flat in flats]),
        leaf_targetids=_joined(
            [np.full(len(flat.leaves), target, dtype=np.int64) for flat, target in zip(flats, targets, strict=True)]
        ),
        leaf_weights=numpy_helper.from_array(np.concatenate([flat.leaves for flat in flats])),
    )


def constant_tree(value: float) -> Tree:
    """A tree of one leaf."""
    return Tree(
        feature=np.array([-1]),
        threshold=np.zeros(1),
        left=np.array([-1]),
        right=np.array([-1]),
        missing_left=np.zeros(1, dtype=np.bool_),
        value=np.array([value]),
    )


def leaf_covers(trees: Sequence[Tree]) -> Floats | None:
    """The cover of each leaf in the order in which `add_trees` writes them; None unless every tree tells it."""
    covers = [_covers_of(tree) for tree in trees]
    known = [cover for cover in covers if cover is not None]
    return np.concatenate(known) if len(known) == len(covers) else None


def _covers_of(tree: Tree) -> Floats | None:
    if tree.feature[0] < 0:
        return np.ones(2)
    return None if tree.cover is None else tree.cover[tree.feature < 0].astype(np.float64)


def _flatten(tree: Tree) -> _Flat:
    is_leaf = tree.feature < 0
    if is_leaf[0]:
        return _flatten_single_leaf(float(tree.value[0]))
    inner = ~is_leaf
    _check_children(tree, inner)
    place = np.where(is_leaf, np.cumsum(is_leaf), np.cumsum(inner)) - 1
    left, right = tree.left[inner], tree.right[inner]
    return _Flat(
        feature=tree.feature[inner],
        threshold=tree.threshold[inner].astype(np.float64),
        missing_left=tree.missing_left[inner].astype(np.int64),
        true=place[left],
        true_is_leaf=is_leaf[left].astype(np.int64),
        false=place[right],
        false_is_leaf=is_leaf[right].astype(np.int64),
        leaves=tree.value[is_leaf].astype(np.float64),
    )


def _flatten_single_leaf(value: float) -> _Flat:
    """The operator wants an inner node at the root: any question will do when both answers are the same."""
    return _Flat(
        feature=np.zeros(1, dtype=np.int64),
        threshold=np.zeros(1),
        missing_left=np.zeros(1, dtype=np.int64),
        true=np.array([0]),
        true_is_leaf=np.array([1]),
        false=np.array([1]),
        false_is_leaf=np.array([1]),
        leaves=np.array([value, value]),
    )


def _check_children(tree: Tree, inner: NDArray[np.bool_]) -> None:
    children = np.concatenate([tree.left[inner], tree.right[inner]])
    whole = len(children) == len(tree.feature) - 1 and np.array_equal(
        np.sort(children), np.arange(1, len(tree.feature))
    )
    # An infinite threshold is lawful: it asks whether the value is missing.
    numbers = not np.isnan(tree.threshold[inner]).any() and np.isfinite(tree.value).all()
    if not (whole and numbers):
        raise GraphUnsupported(
            "a tree of the model does not hang together",
            where=f"tree of {len(tree.feature)} nodes",
            remedy="Every node but the root needs one parent, thresholds must be numbers and leaves finite.",
        )


def _joined(parts: Sequence[Integers]) -> list[int]:
    return [int(number) for number in np.concatenate(parts)]


def _shifted(children: Sequence[tuple[Integers, Integers]], nodes: Integers, leaves: Integers) -> list[int]:
    """Number the children through all trees: leaves and inner nodes each have their own count."""
    return _joined(
        [child + np.where(is_leaf == 1, leaves[index], nodes[index]) for index, (child, is_leaf) in enumerate(children)]
    )
