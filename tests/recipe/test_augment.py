import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from kingmaker.domain.trial import Imbalance
from kingmaker.recipe.augment import rebalance

CHANGING = [Imbalance.WEIGHT, Imbalance.UNDERSAMPLE, Imbalance.OVERSAMPLE, Imbalance.SMOTE]


def loans(rows=4000, seed=0):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows, 2))
    bad = (draw.random(rows) < 1 / (1 + np.exp(2.5 - values[:, 0]))).astype(float)
    return values, bad, np.ones(rows)


def odds(bad, weight):
    return weight[bad == 1].sum() / weight[bad == 0].sum()


@pytest.mark.parametrize("imbalance", list(Imbalance))
def test_the_odds_multiplier_is_by_how_much_the_odds_of_bad_changed(imbalance):
    values, bad, weight = loans()
    rows = rebalance(imbalance, values, bad, weight, seed=1)
    assert odds(rows.bad, rows.weight) / odds(bad, weight) == pytest.approx(rows.odds_multiplier)
    if imbalance in CHANGING:
        assert odds(rows.bad, rows.weight) == pytest.approx(1, rel=0.01)
    else:
        assert rows.odds_multiplier == 1.0


@pytest.mark.parametrize("imbalance", CHANGING[:3])
def test_the_corrected_intercept_is_that_of_the_untouched_rows(imbalance):
    values, bad, weight = loans(20_000)
    rows = rebalance(imbalance, values, bad, weight, seed=1, goods_per_bad=2.0)
    plain = LogisticRegression(C=1e6).fit(values, bad)
    changed = LogisticRegression(C=1e6).fit(rows.values, rows.bad, sample_weight=rows.weight)
    corrected = changed.intercept_[0] - np.log(rows.odds_multiplier)
    assert corrected == pytest.approx(plain.intercept_[0], abs=0.1)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(list(Imbalance)), st.integers(0, 1000))
def test_the_same_seed_gives_the_same_rows(imbalance, seed):
    values, bad, weight = loans(300)
    one, two = (rebalance(imbalance, values, bad, weight, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(one.values, two.values)
    np.testing.assert_array_equal(one.weight, two.weight)


def test_thinned_weights_are_taken_into_account():
    values, bad, weight = loans()
    weight = np.where(bad == 0, 3.0, weight)
    rows = rebalance(Imbalance.WEIGHT, values, bad, weight, seed=1)
    assert odds(rows.bad, rows.weight) == pytest.approx(1)


def test_undersampling_keeps_every_bad_and_oversampling_every_row():
    values, bad, weight = loans()
    fewer = rebalance(Imbalance.UNDERSAMPLE, values, bad, weight, seed=1)
    more = rebalance(Imbalance.OVERSAMPLE, values, bad, weight, seed=1)
    assert fewer.bad.sum() == bad.sum()
    np.testing.assert_array_equal(more.values[: len(bad)], values)
    repeats = np.unique(more.values[more.bad == 1, 0], return_counts=True)[1]
    assert repeats.max() - repeats.min() <= 1


def test_synthetic_bads_lie_between_bads():
    values = np.array([[0.0, 0.0], [1.0, 1.0], [9.0, -9.0], *[[5.0, 5.0]] * 20])
    bad = np.array([1.0, 1.0] + [0.0] * 21)
    rows = rebalance(Imbalance.SMOTE, values, bad, np.ones(23), seed=3)
    synthetic = rows.values[23:]
    assert len(synthetic) == 19
    np.testing.assert_allclose(synthetic[:, 0], synthetic[:, 1])
    assert ((synthetic >= 0) & (synthetic <= 1)).all()


def test_synthetic_rows_are_missing_where_either_end_is():
    draw = np.random.default_rng(0)
    values = draw.normal(size=(200, 3))
    values[::2, 1] = np.nan
    values[:, 2] = np.nan
    bad = (np.arange(200) < 20).astype(float)
    synthetic = rebalance(Imbalance.SMOTE, values, bad, np.ones(200), seed=3).values[200:]
    assert not np.isnan(synthetic[:, 0]).any()
    assert np.isnan(synthetic[:, 2]).all()


def test_a_single_bad_is_repeated():
    rows = rebalance(Imbalance.SMOTE, np.arange(5.0)[:, None], np.array([1.0, 0, 0, 0, 0]), np.ones(5), seed=0)
    assert rows.values[5:, 0].tolist() == [0.0] * 3


def test_rows_without_bads_are_refused():
    with pytest.raises(ValueError, match="needs goods and bads"):
        rebalance(Imbalance.WEIGHT, np.zeros((3, 1)), np.zeros(3), np.ones(3), seed=0)
