"""Shapley values of trees: what the definition says, whatever the trees, and exact to the last digits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.bundle.native.trial import same_bits
from kingmaker.bundle.reasons.columns import Unfitting
from kingmaker.bundle.reasons.trees import TreeSplit
from kingmaker.bundle.scorer import Floats
from kingmaker.bundle.sessions import session_of
from kingmaker.graph.forms import Tree, TreesForm
from kingmaker.graph.tree_nodes import constant_tree, leaf_covers

from .forests import covered, expected, form_of, graph_of_form, random_rows, random_tree, shapley_by_definition

SEEDS = st.integers(0, 2**32)


def split_of_form(form: TreesForm, width: int) -> TreeSplit:
    covers = leaf_covers(form.trees or (constant_tree(0.0),))
    assert covers is not None
    return TreeSplit(graph_of_form(form, width), [(place,) for place in range(width)], width, covers.tolist())


def parts_of(form: TreesForm, rows: Floats) -> Floats:
    return split_of_form(form, rows.shape[1]).log_odds({"num": rows})


def margin_of(form: TreesForm, rows: Floats) -> Floats:
    return session_of(graph_of_form(form, rows.shape[1])).run(["margin"], {"num": rows})[0]


def average_of(trees: list[Tree], width: int) -> float:
    """What the trees say of a row of which nothing is known."""
    return sum(expected(covered(tree), np.zeros(width), frozenset()) for tree in trees)


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS, width=st.integers(1, 5), splits=st.integers(0, 9), less_or_equal=st.booleans(), chain=st.booleans())
def test_each_column_gets_what_the_definition_gives_it(
    seed: int, width: int, splits: int, less_or_equal: bool, chain: bool
) -> None:
    draw = np.random.default_rng(seed)
    trees = [random_tree(draw, splits, width, chain=chain) for _ in range(3)]
    rows = random_rows(draw, 4, width)
    prepared = np.where(np.isinf(rows), np.nan, rows)  # as the recipe has it for a column without bounds
    defined = [sum(shapley_by_definition(tree, row, less_or_equal=less_or_equal) for tree in trees) for row in prepared]
    parts = parts_of(form_of(trees, less_or_equal=less_or_equal), rows)
    np.testing.assert_allclose(parts, np.array(defined).reshape(parts.shape), rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, width=st.integers(1, 40), splits=st.integers(0, 120), trees=st.integers(1, 40), chain=st.booleans())
def test_the_columns_add_up_to_the_margin_less_the_average(
    seed: int, width: int, splits: int, trees: int, chain: bool
) -> None:
    draw = np.random.default_rng(seed)
    forest = [random_tree(draw, int(draw.integers(splits + 1)), width, chain=chain) for _ in range(trees)]
    form, rows = form_of(forest, base=0.7), random_rows(draw, 9, width)
    total = parts_of(form, rows).sum(axis=1)
    np.testing.assert_allclose(total, margin_of(form, rows) - 0.7 - average_of(forest, width), rtol=0, atol=1e-9)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, trees=st.integers(1, 30), rows=st.integers(1, 60))
def test_a_row_s_parts_are_the_same_bits_alone_and_among_others(seed: int, trees: int, rows: int) -> None:
    draw = np.random.default_rng(seed)
    split = split_of_form(form_of([random_tree(draw, 20, 6) for _ in range(trees)]), 6)
    values = random_rows(draw, rows, 6)
    together = split.log_odds({"num": values})
    alone = [split.log_odds({"num": values[row : row + 1]}) for row in range(rows)]
    assert same_bits(together, np.concatenate(alone))


def test_more_edges_than_are_laid_out_together_and_more_rows_than_are_prepared_together_change_nothing() -> None:
    draw = np.random.default_rng(4)
    trees = [random_tree(draw, splits, 5) for splits in (3, 400, 9_000, 12_000, 2, 9_000)]
    rows = random_rows(draw, 3, 5)
    one_by_one = sum(parts_of(form_of([tree]), rows) for tree in trees)
    np.testing.assert_allclose(parts_of(form_of(trees), rows), one_by_one, rtol=0, atol=1e-9)
    few, many = form_of(trees[:1]), random_rows(draw, 5_001, 5)
    assert same_bits(parts_of(few, many), np.concatenate([parts_of(few, many[:17]), parts_of(few, many[17:])]))


def test_a_column_that_no_tree_asks_about_has_no_part_at_all() -> None:
    draw = np.random.default_rng(5)
    trees = [random_tree(draw, 30, 3) for _ in range(10)]
    parts = parts_of(form_of(trees), random_rows(draw, 50, 6))
    assert parts[:, :3].any(axis=0).all()
    assert not parts[:, 3:].any()


@pytest.mark.parametrize("trees", [[], [constant_tree(0.4)], [constant_tree(0.4), constant_tree(-0.1)]])
def test_trees_that_ask_nothing_give_no_column_a_part(trees: list[Tree]) -> None:
    assert not parts_of(form_of(trees), random_rows(np.random.default_rng(6), 5, 2)).any()


def test_a_branch_that_no_training_row_took_counts_for_what_it_says_where_it_is_taken() -> None:
    tree = Tree(
        feature=np.array([0, -1, 1, -1, -1]),
        threshold=np.zeros(5),
        left=np.array([1, -1, 3, -1, -1]),
        right=np.array([2, -1, 4, -1, -1]),
        missing_left=np.zeros(5, dtype=np.bool_),
        value=np.array([0.0, 1.0, 0.0, 5.0, 9.0]),
        cover=np.array([0.0, 10.0, 0.0, 0.0, 0.0]),
    )
    rows = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0]])
    np.testing.assert_allclose(parts_of(form_of([tree]), rows), [[0, 0], [5, -1], [7, 1]], atol=1e-12)


def test_a_tree_deeper_than_any_learner_grows_is_refused() -> None:
    draw = np.random.default_rng(7)
    chain = random_tree(draw, 1_100, 3, chain=True)
    with pytest.raises(Unfitting, match="too deep"):
        split_of_form(form_of([chain]), 3)
