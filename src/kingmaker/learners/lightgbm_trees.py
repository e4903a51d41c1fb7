"""Reads the trees of a LightGBM model out of its text file, refusing whatever is not a plain sum of numeric trees."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import Tree, TreesForm

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

CATEGORICAL, DEFAULT_LEFT, MISSING_SHIFT = 1, 2, 2
"""Bits of `decision_type`; the two bits above them name how missing values are read."""
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2

ZERO = float(np.float32(1e-35))
"""LightGBM reads every value of at most this size as 0 when it predicts."""


def read_trees_form(text: str, order: Integers) -> TreesForm:
    """Trees of the model's text; `order[k]` is the recipe output behind the booster's column k.

    Raises GraphUnsupported for linear leaves, categorical splits, zeros read as missing, averaged forests, a sigmoid other
    than 1 or another objective.
    """
    header, *blocks = text.split("end of trees", maxsplit=1)[0].split("\nTree=")
    _check_header(header)
    return TreesForm(
        trees=tuple(_read_tree(_fields(block), order) for block in blocks),
        base=0.0,
        less_or_equal=True,
        inputs_are_float32=False,
    )


def _check_header(header: str) -> None:
    fields = _fields(header)
    objective = fields.get("objective", "custom")
    _refuse_unless(objective.split() == ["binary", "sigmoid:1"], f"the objective `{objective}`")
    _refuse_unless("average_output" not in header, "averaging of trees")
    _refuse_unless(int(fields["num_tree_per_iteration"]) == 1, "several classes")


def _read_tree(fields: Mapping[str, str], order: Integers) -> Tree:
    _refuse_unless(fields["num_cat"] == "0", "categorical splits")
    _refuse_unless(fields["is_linear"] == "0", "linear leaves")
    leaves = int(fields["num_leaves"])
    inner = leaves - 1
    decision = _integers(fields, "decision_type", inner)
    missing = decision >> MISSING_SHIFT
    _refuse_unless(not (decision & CATEGORICAL).any(), "categorical splits")
    _refuse_unless(not (missing == MISSING_ZERO).any(), "zeros read as missing")
    threshold = _thresholds_around_zero(_floats(fields, "threshold", inner))
    # Without missing values in training, LightGBM reads a missing value as 0.
    missing_left = np.where(missing == MISSING_NAN, (decision & DEFAULT_LEFT) > 0, threshold >= 0.0)
    no_leaf = np.full(leaves, -1, dtype=np.int64)
    return Tree(
        feature=np.concatenate([order[_integers(fields, "split_feature", inner)], no_leaf]),
        threshold=np.concatenate([threshold, np.zeros(leaves)]),
        left=np.concatenate([_places(_integers(fields, "left_child", inner), inner), no_leaf]),
        right=np.concatenate([_places(_integers(fields, "right_child", inner), inner), no_leaf]),
        missing_left=np.concatenate([missing_left, np.zeros(leaves, dtype=np.bool_)]),
        value=np.concatenate([np.zeros(inner), _floats(fields, "leaf_value", leaves)]),
        # Rows, not weights: what LightGBM's own Shapley values go by. A tree that is one leaf keeps no count.
        cover=np.concatenate([np.zeros(inner), _floats(fields, "leaf_count", leaves) if inner else np.ones(1)]),
    )


def _thresholds_around_zero(threshold: Floats) -> Floats:
    """Move thresholds within the zero band to its rim, so that every value in the band goes where 0 goes."""
    below, above = np.nextafter(-ZERO, -np.inf), ZERO
    in_band = np.abs(threshold) <= ZERO
    return np.where(in_band, np.where(threshold < 0, below, above), threshold)


def _places(children: Integers, inner: int) -> Integers:
    """A child >= 0 is an inner node, a child c < 0 is leaf -c - 1; leaves are put behind the inner nodes."""
    return np.where(children >= 0, children, inner - children - 1)


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _integers(fields: Mapping[str, str], key: str, count: int) -> Integers:
    return np.array(fields[key].split() if count else [], dtype=np.int64)


def _floats(fields: Mapping[str, str], key: str, count: int) -> Floats:
    return np.array(fields[key].split() if count else [], dtype=np.float64)


def _refuse_unless(known: bool, what: str) -> None:
    if not known:
        raise GraphUnsupported(
            f"{what} of a LightGBM model has no exact form in the graph",
            remedy="Use objective binary with constant leaves on numeric columns.",
        )
