"""DeLong's test: signs, symmetry, clusters, and that it errs as often as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.statistics.discrimination import auc
from kingmaker.statistics.paired_tests import auc_standard_error, delong

from .loan_books import LAW, judged, rival_books


def test_the_difference_is_challenger_minus_champion_and_a_better_challenger_has_a_small_p_value():
    bad, champion, challenger = rival_books(rival=2.0)
    found = delong(bad, champion, challenger)
    assert found.champion == pytest.approx(auc(bad, champion), abs=1e-12)
    assert found.challenger == pytest.approx(auc(bad, challenger), abs=1e-12)
    assert found.difference == found.challenger - found.champion > 0
    assert found.p_value < 0.001


def test_swapping_the_models_flips_the_sign_and_mirrors_the_p_value():
    bad, champion, challenger = rival_books()
    forth, back = delong(bad, champion, challenger), delong(bad, challenger, champion)
    assert forth.difference == pytest.approx(-back.difference, abs=1e-15)
    assert forth.standard_error == pytest.approx(back.standard_error)
    assert forth.p_value + back.p_value == pytest.approx(1.0)


def test_a_model_against_itself_is_no_better():
    bad, champion, _ = rival_books()
    found = delong(bad, champion, np.exp(champion))
    assert (found.difference, found.standard_error, found.p_value) == (0.0, 0.0, 1.0)


@LAW
@given(judged(), st.permutations(range(13)))
def test_rising_transforms_of_either_risk_change_nothing(case, shuffled):
    bad, champion = case
    bad[2:4] = (0, 1)
    champion[:2] = (0, 1)
    challenger = np.array(shuffled, dtype=float)[(champion + 6).astype(int)]
    plain, moved = delong(bad, champion, challenger), delong(bad, champion**3, np.exp(challenger))
    assert moved.difference == pytest.approx(plain.difference, abs=1e-12)
    assert moved.standard_error == pytest.approx(plain.standard_error, abs=1e-12)


def test_every_row_its_own_customer_is_the_plain_test():
    bad, champion, challenger = rival_books(800)
    plain, named = delong(bad, champion, challenger), delong(bad, champion, challenger, customers=np.arange(800)[::-1])
    assert named.standard_error == pytest.approx(plain.standard_error, rel=1e-12)


def test_customers_with_several_equal_rows_count_once():
    bad, champion, challenger = rival_books(800)
    once = delong(bad, champion, challenger)
    many = [np.repeat(array, 4) for array in (bad, champion, challenger, np.arange(800))]
    clustered = delong(*many[:3], customers=many[3])
    assert clustered.standard_error == pytest.approx(once.standard_error, rel=1e-9)
    assert delong(*many[:3]).standard_error == pytest.approx(once.standard_error / 2, rel=0.01)


def test_without_a_difference_one_test_in_twenty_is_below_five_percent():
    p_values = np.array([delong(*rival_books(600, seed=seed)).p_value for seed in range(400)])
    assert 0.02 <= (p_values < 0.05).mean() <= 0.085
    assert p_values.mean() == pytest.approx(0.5, abs=0.05)


def test_the_standard_error_of_one_auc_is_its_spread_over_samples():
    aucs = [auc(*rival_books(600, seed=seed)[:2]) for seed in range(300)]
    stated = auc_standard_error(*rival_books(600, seed=1)[:2])
    assert stated == pytest.approx(np.std(aucs), rel=0.15)


def test_a_champion_that_cannot_be_compared_is_refused():
    bad, champion, challenger = rival_books(100)
    with pytest.raises(ValueError, match="same risk"):
        delong(bad, np.zeros(100), challenger)
    with pytest.raises(ValueError, match="NaN"):
        delong(bad, np.where(champion > 1, np.nan, champion), challenger)
    with pytest.raises(ValueError, match="two goods and two bads"):
        delong(np.r_[1, np.zeros(99)], champion, challenger)
    with pytest.raises(ValueError, match="one a row"):
        delong(bad, champion, challenger, customers=np.arange(5))
