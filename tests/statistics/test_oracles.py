"""Other people's implementations of the same formulas, as judges."""

import warnings

import numpy as np
import pytest
from scipy.special import expit

from kingmaker.domain.thresholds import ScoreScale
from kingmaker.statistics.calibration import brier, fit_platt
from kingmaker.statistics.discrimination import auc, h_measure, roc_curve_points
from kingmaker.statistics.grades import refit_grades
from kingmaker.statistics.monotone_partition import Limits, Trend, monotone_partition
from kingmaker.statistics.paired_tests import delong
from kingmaker.statistics.profit import emp

from .loan_books import rival_books
from .test_monotone_partition import binned, information_value

pytestmark = pytest.mark.oracle


def books():
    """Several sizes, with and without ties."""
    for seed, rows in enumerate((60, 400, 3000)):
        bad, champion, challenger = rival_books(rows, seed=seed)
        yield bad, champion, challenger
        yield bad, champion.round(1), challenger.round(0)


def oracle(name):
    return pytest.importorskip(name, reason=f"the judge {name} is not installed: pip install kingmaker[oracles]")


def test_auc_and_brier_are_those_of_scikit_learn():
    metrics = oracle("sklearn.metrics")
    for bad, risk, _ in books():
        assert auc(bad, risk) == pytest.approx(metrics.roc_auc_score(bad, risk), abs=1e-12)
        weight = 1.0 + np.arange(bad.size) % 3
        expected = metrics.roc_auc_score(bad, risk, sample_weight=weight)
        assert auc(bad, risk, weight) == pytest.approx(expected, abs=1e-12)
        assert brier(expit(risk), bad) == pytest.approx(metrics.brier_score_loss(bad, expit(risk)), abs=1e-12)


def test_the_roc_curve_is_that_of_scikit_learn():
    metrics = oracle("sklearn.metrics")
    bad, risk, _ = rival_books(150, seed=9)
    x, y, _ = metrics.roc_curve(bad, risk.round(1), drop_intermediate=False)
    curve = roc_curve_points(bad, risk.round(1))
    assert [point.x for point in curve] == pytest.approx(x, abs=1e-12)
    assert [point.y for point in curve] == pytest.approx(y, abs=1e-12)


def test_platt_scaling_is_an_unpenalised_logistic_regression():
    linear_model = oracle("sklearn.linear_model")
    for bad, margin, _ in books():
        judge = linear_model.LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(margin[:, None], bad)
        found = fit_platt(margin, bad)
        assert (found.intercept, found.slope) == pytest.approx((judge.intercept_[0], judge.coef_[0, 0]), abs=1e-4)


def test_the_h_measure_is_that_of_hmeasure():
    judge = oracle("hmeasure")
    for bad, risk, _ in books():
        pd = expit(risk - 2)
        assert h_measure(bad, pd) == pytest.approx(
            judge.h_score(bad.astype(int), pd, bad.mean() / (1 - bad.mean())), abs=1e-9
        )
        expected = judge.h_score(bad.astype(int), pd, 0.3)
        assert h_measure(bad, pd, severity_ratio=0.3) == pytest.approx(expected, abs=1e-9)


def test_delongs_error_is_that_of_mlstatkit():
    judge = oracle("MLstatkit")
    for bad, champion, challenger in books():
        # Its z is the second model minus the first, and its p is two-sided.
        z, p_value = judge.Delong_test(
            bad.astype(int), expit(champion), expit(challenger), return_ci=False, return_auc=False
        )[:2]
        found = delong(bad, expit(champion), expit(challenger))
        assert found.difference / found.standard_error == pytest.approx(z, rel=1e-6)
        assert 2 * min(found.p_value, 1 - found.p_value) == pytest.approx(p_value, rel=1e-5)


def test_delongs_error_is_that_of_mlstatkit_with_many_ties_and_rare_bads():
    judge = oracle("MLstatkit")
    bad, champion, challenger = rival_books(6000, seed=4, rival=1.4)
    rare = (bad == 0) | (np.arange(bad.size) % 10 == 0)
    for decimals in (0, 3):
        case = bad[rare], expit(champion[rare]).round(decimals + 1), expit(challenger[rare]).round(decimals + 1)
        z = judge.Delong_test(case[0].astype(int), *case[1:], return_ci=False, return_auc=False)[0]
        found = delong(*case)
        assert found.difference / found.standard_error == pytest.approx(z, rel=1e-6)


@pytest.mark.parametrize(
    ("no_loss", "total_loss", "return_on_good"),
    [(0.55, 0.10, 0.2644), (0.2, 0.3, 0.1), (0.0, 0.0, 0.4), (0.7, 0.3, 0.05)],
)
def test_the_expected_maximum_profit_is_that_of_empulse(no_loss, total_loss, return_on_good):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports
        judge = oracle("empulse.metrics").empcs_score
    terms = {"success_rate": no_loss, "default_rate": total_loss, "roi": return_on_good}
    for bad, risk, _ in books():
        pd = expit(risk - 2)
        found = emp(bad, pd, no_loss=no_loss, total_loss=total_loss, return_on_good=return_on_good)
        assert found.profit == pytest.approx(judge(bad.astype(int), pd, **terms), abs=1e-9)
        assert found.rejection_share == pytest.approx(judge.optimal_rate(bad.astype(int), pd, **terms), abs=1e-9)


@pytest.mark.parametrize("trend", [Trend.UP, Trend.DOWN])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_partition_of_optbinning_has_a_larger_information_value(trend, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports
        judge = oracle("optbinning")
    random = np.random.default_rng(seed)
    value = random.normal(size=4000)
    wave = np.sin(2 * value) + (value if trend is Trend.UP else -value)
    bad = (random.uniform(size=value.size) < expit(-2 + wave)).astype(int)
    edges = np.quantile(value, np.arange(1, 20) / 20)
    binning = judge.OptimalBinning(
        user_splits=edges,
        monotonic_trend="ascending" if trend is Trend.UP else "descending",
        max_n_bins=6,
        min_bin_size=0.05,
        min_bin_n_event=20,
        solver="cp",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its use of scikit-learn
        binning.fit(value, bad)
    position = np.searchsorted(edges, value, side="right")
    goods, bads = np.bincount(position[bad == 0], minlength=20), np.bincount(position[bad == 1], minlength=20)
    found = monotone_partition(goods, bads, limits=Limits(max_bins=6, min_share=0.05, min_bads=20), trend=trend)
    theirs = [int(np.argmin(np.abs(edges - split))) + 1 for split in binning.splits]
    assert len(theirs) > 0
    assert found.value >= information_value(binned(goods, theirs), binned(bads, theirs)) - 1e-9


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_optimal_grades_are_those_of_optbinning(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports
        judge = oracle("optbinning")
    random = np.random.default_rng(seed)
    score = 520 + 10 * random.binomial(18, 0.5, size=12_000)
    bad = (random.uniform(size=score.size) < expit((600 - score) / 12.0 - 2)).astype(int)
    binning = judge.OptimalBinning(
        user_splits=np.unique(score)[1:] - 0.5,
        monotonic_trend="descending",
        max_n_bins=5,
        min_bin_size=0.03,
        min_bin_n_event=30,
        solver="cp",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its use of scikit-learn
        binning.fit(score, bad)
    found = refit_grades(score, bad, scale=ScoreScale(), names=tuple("ABCDE"), approval_rate=0.7)
    assert len(found.grades) == 5
    # Between two scores that occur every cut is the same cut: who is in which grade is compared.
    floors = [grade.lowest_score for grade in found.grades[:-1]][::-1]
    ours, theirs = (np.searchsorted(cuts, score, side="right") for cuts in (floors, binning.splits))
    assert (ours == theirs).all()
