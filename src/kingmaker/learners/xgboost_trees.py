"""Reads the trees of an XGBoost model out of its JSON, refusing whatever is not a plain sum of numeric trees."""

from collections.abc import Mapping
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import Tree, TreesForm

Integers = NDArray[np.int64]


def read_trees_form(model: Mapping[str, Any], order: Integers) -> TreesForm:
    """Trees of the model's JSON; `order[k]` is the recipe output behind the booster's column k.

    Raises GraphUnsupported for linear or dropout boosters, categorical splits, several targets or another objective.
    """
    learner = model["learner"]
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    _refuse_unless(booster["name"] == "gbtree", f"the booster {booster['name']}")
    _refuse_unless(learner["objective"]["name"] == "binary:logistic", f"the objective {learner['objective']['name']}")
    several = int(parameters["num_class"]) > 1 or int(parameters["num_target"]) > 1
    _refuse_unless(not several, "several targets")
    return TreesForm(
        trees=tuple(_read_tree(tree, order) for tree in booster["model"]["trees"]),
        base=_base_margin(parameters["base_score"]),
        less_or_equal=False,
        inputs_are_float32=True,
    )


def _base_margin(base_score: str) -> float:
    """The log-odds where boosting began. The file keeps a probability, in brackets since version 3.1: `[1.78E-1]`."""
    probability = float(np.float32(base_score.strip("[]")))
    return log(probability / (1 - probability))


def _read_tree(tree: Mapping[str, Any], order: Integers) -> Tree:
    _refuse_unless(not any(tree["split_type"]), "categorical splits")
    _refuse_unless(int(tree["tree_param"]["size_leaf_vector"]) <= 1, "several targets")
    all_left = np.array(tree["left_children"], dtype=np.int64)
    all_right = np.array(tree["right_children"], dtype=np.int64)
    kept = _reachable(all_left, all_right)
    # Thresholds and leaves are float32 printed in their shortest form: read as such, never as doubles.
    numbers = np.array(tree["split_conditions"], dtype=np.float32).astype(np.float64)[kept]
    left, right = all_left[kept], all_right[kept]
    is_leaf = left < 0
    place = np.full(len(all_left), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    return Tree(
        feature=np.where(is_leaf, -1, order[np.array(tree["split_indices"], dtype=np.int64)[kept]]),
        threshold=np.where(is_leaf, 0.0, numbers),
        left=np.where(is_leaf, -1, place[left]),
        right=np.where(is_leaf, -1, place[right]),
        missing_left=np.array(tree["default_left"], dtype=np.bool_)[kept] & ~is_leaf,
        value=np.where(is_leaf, numbers, 0.0),
        cover=np.where(is_leaf, np.array(tree["sum_hessian"], dtype=np.float64)[kept], 0.0),
    )


def _reachable(left: Integers, right: Integers) -> Integers:
    """Nodes from the root down: pruning by `gamma` leaves deleted nodes in the file."""
    found = [0]
    for node in found:
        if left[node] >= 0:
            found += [int(left[node]), int(right[node])]
    return np.array(found, dtype=np.int64)


def _refuse_unless(known: bool, what: str) -> None:
    if not known:
        raise GraphUnsupported(
            f"{what} of an XGBoost model has no exact form in the graph",
            remedy="Use booster gbtree with objective binary:logistic on numeric columns.",
        )
