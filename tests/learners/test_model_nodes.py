"""The graph answers what the form says: strictness of comparisons, missing routes, precision, terms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import AdditiveForm, LinearForm, Tree, TreesForm
from kingmaker.graph.tree_nodes import constant_tree

from .scoring import graph_answers


def stump(feature: int, threshold: float, left: float, right: float, *, missing_left: bool = False) -> Tree:
    return Tree(
        feature=np.array([feature, -1, -1]),
        threshold=np.array([threshold, 0.0, 0.0]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        missing_left=np.array([missing_left, False, False]),
        value=np.array([0.0, left, right]),
    )


def trees(*members: Tree, less_or_equal: bool = True, float32: bool = False, base: float = 0.0) -> TreesForm:
    return TreesForm(trees=members, base=base, less_or_equal=less_or_equal, inputs_are_float32=float32)


COLUMN = np.array([[0.9], [1.0], [1.1], [np.nan], [-np.inf], [np.inf]])


def test_less_or_equal_keeps_the_threshold_left():
    margin, _ = graph_answers(trees(stump(0, 1.0, -1.0, 2.0)), COLUMN)
    assert margin.tolist() == [-1, -1, 2, 2, -1, 2]


def test_less_sends_the_threshold_right_and_missing_where_the_node_says():
    margin, _ = graph_answers(trees(stump(0, 1.0, -1.0, 2.0, missing_left=True), less_or_equal=False), COLUMN)
    assert margin.tolist() == [-1, 2, 2, -1, -1, 2]


def test_values_are_rounded_through_float32_only_when_the_model_was():
    close = np.array([[np.nextafter(0.1, 0)], [0.1], [float(np.float32(0.1))]])
    tree = stump(0, 0.1, -1.0, 2.0)
    assert graph_answers(trees(tree), close)[0].tolist() == [-1, -1, 2]
    assert graph_answers(trees(tree, float32=True), close)[0].tolist() == [2, 2, 2]


def test_thresholds_and_leaves_keep_all_their_digits():
    form = trees(stump(0, 1e8 + 0.01, 1 / 3, 2 / 3), base=1e-17)
    margin, _ = graph_answers(form, np.array([[1e8 + 0.01], [1e8 + 0.02]]))
    assert margin.tolist() == [1 / 3 + 1e-17, 2 / 3 + 1e-17]


def test_trees_without_a_split_are_constants():
    form = trees(constant_tree(0.5), stump(0, 1.0, -1.0, 2.0), base=0.25)
    assert graph_answers(form, COLUMN)[0].tolist() == [-0.25, -0.25, 2.75, 2.75, -0.25, 2.75]
    assert graph_answers(trees(base=0.25), COLUMN)[0].tolist() == [0.25] * 6


def test_a_linear_form_gives_its_products_as_terms():
    form = LinearForm(intercept=-2.0, coefficients=np.array([0.5, 0.0]))
    margin, terms = graph_answers(form, np.array([[2.0, 7.0], [4.0, 7.0]]))
    assert margin.tolist() == [-1, 0]
    assert terms is not None
    assert terms.tolist() == [[1, 0], [2, 0]]


def test_an_additive_form_gives_one_term_for_each_tree():
    form = AdditiveForm(
        intercept=1.0,
        terms=(stump(0, 1.0, -1.0, 2.0), stump(1, 5.0, 10.0, 20.0)),
        columns=((0,), (1,)),
        less_or_equal=False,
    )
    margin, terms = graph_answers(form, np.array([[1.0, 4.0], [0.0, 5.0]]))
    assert margin.tolist() == [13, 20]
    assert terms is not None
    assert terms.tolist() == [[2, 10], [-1, 20]]


def test_a_tree_with_a_lost_node_is_refused():
    broken = Tree(
        feature=np.array([0, -1, -1]),
        threshold=np.zeros(3),
        left=np.array([1, -1, -1]),
        right=np.array([1, -1, -1]),
        missing_left=np.zeros(3, dtype=np.bool_),
        value=np.zeros(3),
    )
    with pytest.raises(GraphUnsupported, match="hang together"):
        graph_answers(trees(broken), COLUMN)


def grown(generator: np.random.Generator, splits: int) -> Tree:
    """A random tree: split a random leaf of two columns, again and again."""
    feature, threshold, left, right = [-1], [0.0], [-1], [-1]
    for _ in range(splits):
        node = generator.choice([i for i, f in enumerate(feature) if f < 0])
        feature[node], threshold[node] = int(generator.integers(2)), float(generator.integers(-3, 4))
        left[node], right[node] = len(feature), len(feature) + 1
        feature += [-1, -1]
        threshold += [0.0, 0.0]
        left += [-1, -1]
        right += [-1, -1]
    is_leaf = np.array(feature) < 0
    return Tree(
        feature=np.array(feature),
        threshold=np.array(threshold),
        left=np.array(left),
        right=np.array(right),
        missing_left=generator.random(len(feature)) < 0.5,
        value=np.where(is_leaf, generator.normal(size=len(feature)), 0.0),
    )


def walk(tree: Tree, row: np.ndarray, *, less_or_equal: bool) -> float:
    node = 0
    while tree.feature[node] >= 0:
        value, threshold = row[tree.feature[node]], tree.threshold[node]
        goes_left = value <= threshold if less_or_equal else value < threshold
        if np.isnan(value):
            goes_left = tree.missing_left[node]
        node = int(tree.left[node] if goes_left else tree.right[node])
    return float(tree.value[node])


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000), sizes=st.lists(st.integers(0, 12), min_size=1, max_size=5), less_or_equal=st.booleans()
)
def test_any_trees_answer_as_when_walked_by_hand(seed, sizes, less_or_equal):
    generator = np.random.default_rng(seed)
    members = tuple(grown(generator, splits) for splits in sizes)
    values = generator.choice([-np.inf, -3.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, np.inf, np.nan], size=(40, 2))
    margin, _ = graph_answers(trees(*members, less_or_equal=less_or_equal, base=0.5), values)
    by_hand = [0.5 + sum(walk(tree, row, less_or_equal=less_or_equal) for tree in members) for row in values]
    np.testing.assert_allclose(margin, by_hand, rtol=0, atol=1e-14)
