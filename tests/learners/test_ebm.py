"""The explainable boosting machine: its step functions are read exactly, as numbers and as trees."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import AdditiveForm
from kingmaker.learners.additive_model import AdditiveFitted, bin_of
from kingmaker.learners.ebm import ExplainableBoostingLearner
from kingmaker.learners.ebm_terms import refuse_unless_same
from kingmaker.learners.step_trees import step_tree

from .laws import go_on, with_edges
from .loans import OUTPUTS, RISES_WITH, plain_rows, task_for
from .scoring import graph_answers

LEARNER = ExplainableBoostingLearner()


@pytest.fixture(scope="module")
def with_pairs() -> AdditiveFitted:
    task = task_for(LEARNER)
    return LEARNER.fit(replace(task, hyperparameters={"interactions": 3, "bags": 2}), go_on)


def test_pairs_are_read_exactly_and_never_touch_a_declared_direction(with_pairs):
    pairs = [term for term in with_pairs.terms if len(term.columns) == 2]
    assert len(pairs) == 3
    assert all(RISES_WITH[column] == 0 for term in pairs for column in term.columns)
    values = with_edges(plain_rows(3000, 5).values, with_pairs.form())
    margin, terms = graph_answers(with_pairs.form(), values)
    np.testing.assert_allclose(margin, with_pairs.margin(values), rtol=0, atol=1e-12)
    assert terms is not None
    for place, term in enumerate(with_pairs.terms):
        np.testing.assert_allclose(terms[:, place], term.score(values), rtol=0, atol=1e-15)


def test_a_pair_counts_half_for_each_of_its_columns(with_pairs):
    values = plain_rows(200, 5).values
    contributions = with_pairs.contributions(values)
    np.testing.assert_allclose(contributions.sum(axis=1), with_pairs.margin(values), atol=1e-12)
    shares = [(term.score(values) - term.mean) / len(term.columns) for term in with_pairs.terms if 2 in term.columns]
    np.testing.assert_allclose(contributions[:, OUTPUTS.index("age")], np.sum(shares, axis=0), atol=1e-12)


def test_without_a_holdout_the_bags_watch_the_rows_they_leave_out():
    task = task_for(LEARNER)
    nobody = replace(task.holdout, values=np.zeros((0, 7)), bad=np.zeros(0), weight=np.zeros(0))
    fitted = LEARNER.fit(replace(task, holdout=nobody), lambda _rounds, _auc: True)
    assert len(fitted.terms) >= 5


def test_terms_that_do_not_answer_like_interpret_are_refused():
    refuse_unless_same(np.array([1.0]), np.array([1.0 + 1e-12]))
    for wrong in (1.0 + 1e-6, np.nan):
        with pytest.raises(GraphUnsupported, match="log-odds"):
            refuse_unless_same(np.array([1.0]), np.array([wrong]))


CUTS = st.lists(st.integers(-20, 20), max_size=9, unique=True).map(lambda cuts: np.array(sorted(cuts), dtype=float))


@settings(deadline=None, max_examples=25)
@given(first=CUTS, second=CUTS, seed=st.integers(0, 1000), pair=st.booleans())
def test_a_step_function_as_a_tree_answers_like_its_bins(first, second, seed, pair):
    generator = np.random.default_rng(seed)
    cuts = [first, second] if pair else [first]
    scores = generator.normal(size=[len(each) + 2 for each in cuts])
    values = generator.choice([*range(-21, 22), 0.5, np.nan, np.inf, -np.inf], size=(80, 2))
    columns = (1, 0)[: len(cuts)]
    form = AdditiveForm(
        intercept=0.0, terms=(step_tree(columns, cuts, scores),), columns=(columns,), less_or_equal=False
    )
    places = tuple(bin_of(values[:, column], each) for column, each in zip(columns, cuts, strict=True))
    margin, _ = graph_answers(form, values)
    np.testing.assert_array_equal(margin, scores[places])
