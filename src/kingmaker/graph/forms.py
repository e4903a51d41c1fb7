"""The neutral forms in which a fitted model reaches the graph: trees or coefficients, plain numbers only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One binary tree over the recipe's output columns. Node 0 is the root; a leaf has `feature` -1.

    A row goes to `left` when value < threshold (`less_or_equal`: value <= threshold), to `missing_left`'s side when the value
    is NaN. Shapes: every array is [nodes]; `value` is the leaf's contribution to the margin (0 at inner nodes), `cover` how
    much of the training came to a leaf (0 at inner nodes, which cover what lies below them). Without it trees give no reasons.
    """

    feature: Integers
    threshold: Floats
    left: Integers
    right: Integers
    missing_left: NDArray[np.bool_]
    value: Floats
    cover: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreesForm:
    """A sum of trees plus `base` on the log-odds scale, summed in double.

    `inputs_are_float32`: the model was trained on float32 values, so the graph rounds its inputs through float32 first.
    `less_or_equal`: the comparison of every node (LightGBM and scikit-learn: True; xgboost: False).
    """

    trees: tuple[Tree, ...]
    base: float
    less_or_equal: bool
    inputs_are_float32: bool

    @property
    def used(self) -> tuple[int, ...]:
        """Columns that some node asks about, in order."""
        return tuple(sorted({int(index) for tree in self.trees for index in tree.feature if index >= 0}))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearForm:
    """margin = intercept + outputs @ coefficients; `coefficients` is [outputs]. Each product is a reason-code term.

    `averages` [outputs] is what reasons are told against: the products' averages over the training rows. None: 0.
    """

    intercept: float
    coefficients: Floats
    averages: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditiveForm:
    """margin = intercept + the sum of one-column (or two-column) trees; each term is a reason-code term.

    `terms[i]` is the tree of term i and `columns[i]` names the recipe outputs it reads (one or two).
    `averages` [terms] is what reasons are told against: the terms' averages over the training rows. None: 0.
    """

    intercept: float
    terms: tuple[Tree, ...]
    columns: tuple[tuple[int, ...], ...]
    less_or_equal: bool
    averages: Floats | None = None


ModelForm = TreesForm | LinearForm | AdditiveForm
