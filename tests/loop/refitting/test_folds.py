"""Folds: every loan is answered by a fit that saw none of its customer's."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from kingmaker.domain.trial import Denoising, Imbalance, TrialSpec
from kingmaker.loop.refitting.fit_again import RefitOrder, fit_again
from kingmaker.loop.refitting.folds import FOLDS, folds_of
from kingmaker.loop.refitting.layout import REFIT_ROW

BOOKS = some.lists(some.tuples(some.sampled_from([None, *"abcdefghij"]), some.booleans()), min_size=1, max_size=60)


@settings(deadline=None, max_examples=60)
@given(BOOKS, some.integers(0, 99))
def test_a_customer_stands_in_one_fold_whatever_the_order_of_the_rows(
    rows: list[tuple[str | None, bool]], seed: int
) -> None:
    customer, bad = pl.Series([one for one, _ in rows], dtype=pl.String), np.array([one for _, one in rows])
    fold = folds_of(customer, bad, seed)
    assert set(fold.tolist()) <= set(range(FOLDS))
    dealt = pl.DataFrame({"customer": customer, "fold": fold}).drop_nulls()
    assert (
        dealt.group_by("customer").agg(pl.col("fold").n_unique())["fold"].to_list()
        == [1] * dealt["customer"].n_unique()
    )
    if customer.null_count() == 0:
        assert folds_of(customer.reverse(), bad[::-1], seed)[::-1].tolist() == fold.tolist()


def test_folds_are_of_one_size_and_hold_as_many_bads() -> None:
    bad = np.arange(3000) % 10 == 0
    fold = folds_of(pl.Series([str(row) for row in range(3000)]), bad, 7)
    assert np.bincount(fold).tolist() == [1000, 1000, 1000]
    assert np.bincount(fold[bad]).tolist() == [100, 100, 100]


def test_the_outcomes_of_a_fold_change_nothing_about_its_own_margins(tmp_path) -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=(600, 2))
    rows = np.zeros(600, dtype=REFIT_ROW)
    rows["bad"], rows["weight"] = random.random(600) < 1 / (1 + np.exp(values[:, 0] + 1)), 1.0
    rows["fold"], rows["watched"] = np.arange(600) % FOLDS, np.arange(600) >= 300
    turned = rows.copy()
    turned["bad"][rows["fold"] == 0] = 1.0 - rows["bad"][rows["fold"] == 0]
    paths = [tmp_path / name for name in ("matrix.npy", "rows.npy", "turned.npy")]
    for path, array in zip(paths, (values, rows, turned), strict=True):
        np.save(path, array)
    own, others = _order(0).to_bytes(), _order(1).to_bytes()
    assert fit_again(own, [paths[0], paths[1]]) == fit_again(own, [paths[0], paths[2]])
    assert fit_again(others, [paths[0], paths[1]]) != fit_again(others, [paths[0], paths[2]])
    assert len(fit_again(own, [paths[0], paths[1]])) == 8 * 100


def _order(fold: int) -> RefitOrder:
    trial = TrialSpec(
        number=1,
        learner="scorecard",
        recipe="woe",
        hyperparameters={},
        imbalance=Imbalance.NONE,
        denoising=Denoising.NONE,
        seed=7,
    )
    return RefitOrder(trial=trial, outputs=("a", "b"), monotone=(-1, -1), rounds=None, fold=fold)
