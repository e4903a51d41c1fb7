"""Random trees with covers, and the definition of what Shapley values of trees are, slow and plain."""

from dataclasses import replace
from itertools import combinations
from math import factorial

import numpy as np

from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import Tree, TreesForm
from kingmaker.graph.tree_nodes import constant_tree
from kingmaker.recipe.spec import NumberStep, Recipe


def recipe_of(width: int) -> Recipe:
    return Recipe(variant="plain", numbers=tuple(NumberStep(name=f"c{place}") for place in range(width)), categories=())


def random_tree(draw: np.random.Generator, splits: int, width: int, *, chain: bool = False) -> Tree:
    """Splits the youngest leaf (a chain) or any. Thresholds are few, so that rows hit them; some leaves cover nothing."""
    if not splits:
        return constant_tree(float(draw.normal()))
    count = 2 * splits + 1
    feature, left, right = (np.full(count, -1) for _ in range(3))
    leaves = [0]
    for split in range(splits):
        node = leaves.pop(-1 if chain else int(draw.integers(len(leaves))))
        left[node], right[node] = 2 * split + 1, 2 * split + 2
        feature[node] = draw.integers(width)
        leaves += [2 * split + 1, 2 * split + 2]
    is_leaf = feature < 0
    return Tree(
        feature=feature,
        threshold=draw.choice([-np.inf, np.inf, 0.0, -0.5, 0.5, draw.normal()], count),
        left=left,
        right=right,
        missing_left=draw.random(count) < 0.5,
        value=np.where(is_leaf, draw.normal(size=count), 0.0),
        cover=np.where(is_leaf, draw.choice([0.0, 1.0, 3.0, 1e-3, 1e6], count, p=[0.1, 0.4, 0.3, 0.1, 0.1]), 0.0),
    )


def random_rows(draw: np.random.Generator, rows: int, width: int) -> np.ndarray:
    values = draw.normal(size=(rows, width))
    special = draw.choice([np.nan, np.inf, -np.inf, 0.0, -0.5, 0.5], values.shape)
    return np.where(draw.random(values.shape) < 0.4, special, values)


def form_of(trees: list[Tree], *, less_or_equal: bool = True, base: float = 0.0) -> TreesForm:
    return TreesForm(trees=tuple(trees), base=base, less_or_equal=less_or_equal, inputs_are_float32=False)


def graph_of_form(form: TreesForm, width: int) -> bytes:
    return graph_bytes(build_graph(recipe=recipe_of(width), form=form, calibration=None, thresholds=None, metadata={}))


def covered(tree: Tree) -> Tree:
    """The tree with the covers of its inner nodes filled in."""
    cover = np.ones(1) if tree.cover is None else tree.cover.copy()

    def fill(node: int) -> float:
        if tree.feature[node] >= 0:
            cover[node] = fill(int(tree.left[node])) + fill(int(tree.right[node]))
        return float(cover[node])

    fill(0)
    return replace(tree, cover=cover)


def expected(tree: Tree, row: np.ndarray, known: frozenset[int], node: int = 0, *, less_or_equal: bool = True) -> float:
    """What a covered tree says of a row of which only some columns are known: at the others it goes both ways."""
    feature = int(tree.feature[node])
    if feature < 0:
        return float(tree.value[node])
    left, right = int(tree.left[node]), int(tree.right[node])

    def below(child: int) -> float:
        return expected(tree, row, known, child, less_or_equal=less_or_equal)

    if feature not in known:
        assert tree.cover is not None
        both = tree.cover[left] + tree.cover[right]
        share = tree.cover[left] / both if both > 0 else 0.5
        return share * below(left) + (1 - share) * below(right)
    value, threshold = row[feature], tree.threshold[node]
    goes_left = value <= threshold if less_or_equal else value < threshold
    return below(left if goes_left or (np.isnan(value) and tree.missing_left[node]) else right)


def shapley_by_definition(tree: Tree, row: np.ndarray, *, less_or_equal: bool = True) -> np.ndarray:
    """Shapley (1953): each column's average gain over all orders in which the columns become known."""
    width, whole = len(row), covered(tree)
    answer = np.zeros(width)
    for column in range(width):
        others = [other for other in range(width) if other != column]
        for size in range(width):
            weight = factorial(size) * factorial(width - size - 1) / factorial(width)
            for known in combinations(others, size):
                with_it = expected(whole, row, frozenset({*known, column}), less_or_equal=less_or_equal)
                without = expected(whole, row, frozenset(known), less_or_equal=less_or_equal)
                answer[column] += weight * (with_it - without)
    return answer
