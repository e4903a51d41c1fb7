"""The paired bootstrap: the same numbers as the plain measures, reproducible, symmetric, and calibrated."""

import numpy as np
import pytest
from scipy.special import expit

from kingmaker.statistics.approval import approval_at_bad_rate, approval_point, false_kill_around
from kingmaker.statistics.calibration import brier
from kingmaker.statistics.paired_bootstrap import bootstrap_standard_error, paired_bootstrap
from kingmaker.statistics.profit import expected_profit
from kingmaker.statistics.resampled_measures import (
    ApprovalAtBadRate,
    BrierScore,
    ExpectedProfit,
    FalseKill,
    FalseKillAround,
)

from .loan_books import rival_books

MEASURES = (
    FalseKill(0.7),
    FalseKillAround(0.7),
    ApprovalAtBadRate(0.1),
    BrierScore(),
    ExpectedProfit(0.7, loss_given_default=0.6, return_on_good=0.15),
)


def test_each_measure_is_the_plain_one():
    bad, champion, challenger = rival_books()
    pds = expit(champion - 2), expit(challenger - 2)
    found = paired_bootstrap(bad, *pds, measures=MEASURES, draws=20, seed=1)
    for i, pd in enumerate(pds):
        expected = (
            approval_point(bad, pd, 0.7).false_kill,
            false_kill_around(bad, pd, 0.7),
            approval_at_bad_rate(bad, pd, 0.1),
            brier(pd, bad),
            expected_profit(bad, pd, 0.7, loss_given_default=0.6, return_on_good=0.15),
        )
        reached = tuple((one.champion, one.challenger)[i] for one in found)
        assert reached == pytest.approx(expected, abs=1e-12)
    assert [one.measure for one in found] == [measure.name for measure in MEASURES]


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    bad, champion, challenger = rival_books(500)
    run = [paired_bootstrap(bad, champion, challenger, measures=MEASURES[:2], draws=50, seed=s) for s in (4, 4, 5)]
    assert run[0] == run[1]
    assert run[0] != run[2]


def test_swapping_the_models_flips_the_sign():
    bad, champion, challenger = rival_books(500)
    (forth,) = paired_bootstrap(bad, champion, challenger, measures=[FalseKill(0.7)], draws=100, seed=2)
    (back,) = paired_bootstrap(bad, challenger, champion, measures=[FalseKill(0.7)], draws=100, seed=2)
    assert forth.difference == -back.difference
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low))
    assert forth.standard_error == pytest.approx(back.standard_error)


def test_a_better_challenger_has_small_p_values_whichever_way_the_measure_points():
    bad, champion, challenger = rival_books(4000, strength=0.5, rival=3.0)
    measures = (FalseKill(0.7), ApprovalAtBadRate(0.08))
    for better in paired_bootstrap(bad, champion, challenger, measures=measures, draws=400, seed=3):
        assert better.p_value == pytest.approx(1 / 401)
        assert better.p_value_normal < 0.001
    for worse in paired_bootstrap(bad, challenger, champion, measures=measures, draws=400, seed=3):
        assert worse.p_value == 1.0
        assert worse.p_value_normal > 0.999


def test_a_model_against_itself_is_no_better():
    bad, champion, _ = rival_books(500)
    (found,) = paired_bootstrap(bad, champion, np.exp(champion), measures=[FalseKill(0.7)], draws=50, seed=1)
    assert (found.difference, found.standard_error, found.p_value, found.p_value_normal) == (0.0, 0.0, 1.0, 1.0)


def test_customers_are_drawn_whole():
    bad, champion, challenger = rival_books(600)
    many = [np.repeat(array, 4) for array in (bad, champion, challenger, np.arange(600))]
    plan = {"measures": [FalseKill(0.7)], "draws": 400, "seed": 6}
    (once,) = paired_bootstrap(bad, champion, challenger, **plan)
    (clustered,) = paired_bootstrap(*many[:3], customers=many[3], **plan)
    (torn,) = paired_bootstrap(*many[:3], **plan)
    assert clustered.standard_error == pytest.approx(once.standard_error, rel=1e-9)
    assert torn.standard_error == pytest.approx(once.standard_error / 2, rel=0.15)


def test_the_standard_error_is_the_spread_over_fresh_samples():
    around = [false_kill_around(*rival_books(800, seed=seed)[:2], 0.7) for seed in range(200)]
    stated = bootstrap_standard_error(*rival_books(800, seed=1)[:2], measure=FalseKillAround(0.7), draws=300, seed=1)
    assert stated == pytest.approx(np.std(around), rel=0.25)


def test_without_a_difference_one_test_in_twenty_is_below_five_percent():
    p_values = [
        paired_bootstrap(*rival_books(800, seed=seed), measures=[FalseKill(0.7)], draws=100, seed=seed)[0].p_value
        for seed in range(200)
    ]
    assert 0.01 <= np.mean(np.array(p_values) < 0.05) <= 0.10


def test_what_cannot_be_compared_is_refused():
    bad, champion, challenger = rival_books(200)
    plan = {"measures": [FalseKill(0.7)], "draws": 10, "seed": 1}
    with pytest.raises(ValueError, match="same risk"):
        paired_bootstrap(bad, np.zeros(200), challenger, **plan)
    with pytest.raises(ValueError, match="NaN"):
        paired_bootstrap(bad, np.where(champion > 1, np.nan, champion), challenger, **plan)
    with pytest.raises(ValueError, match="30 goods"):
        paired_bootstrap(np.r_[np.zeros(29), np.ones(171)], champion, challenger, **plan)
    with pytest.raises(ValueError, match="between 0 and 1"):
        paired_bootstrap(bad, champion, challenger, measures=[BrierScore()], draws=10, seed=1)
    few = np.r_[np.ones(20), np.zeros(180)]
    with pytest.raises(ValueError, match="30 bads"):
        paired_bootstrap(few, champion, challenger, measures=[ApprovalAtBadRate(0.1)], draws=10, seed=1)
