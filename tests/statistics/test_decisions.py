"""The error budget, the utility and its ties, and the swap set."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.statistics.error_budget import Spend, allowance, detectable_difference, required_z
from kingmaker.statistics.swap_set import swap_set
from kingmaker.statistics.utility import selection_utility, tied_with_best

from .loan_books import LAW, judged, rival_books


def looked_at(every: int, looks: int) -> list[float]:
    """The level of each look of a pipeline that looks every so many days and spends all it may."""
    spends: list[Spend] = []
    for number in range(1, looks + 1):
        found = allowance(spends, accrues_from=0, today=every * number)
        spends.append(Spend(every * number, found.alpha))
    return [spend.alpha for spend in spends]


def test_a_weekly_look_spends_a_fifty_second_of_five_percent():
    levels = looked_at(7, 200)
    assert levels == pytest.approx([0.05 * 7 / 365] * 200)
    assert required_z(levels[0]) == pytest.approx(3.10, abs=0.005)
    assert detectable_difference(0.0019, levels[0]) == pytest.approx(0.0075, abs=0.0001)


def test_who_looks_seldom_may_spend_more_at_each_look_up_to_a_quarter_of_the_budget():
    assert looked_at(30, 24) == pytest.approx([0.05 * 30 / 365] * 24)
    assert looked_at(365, 3) == pytest.approx([0.05 / 4] * 3)


@LAW
@given(st.lists(st.integers(1, 200), min_size=1, max_size=120), st.integers(1, 365))
def test_no_more_is_ever_spent_than_has_accrued_however_looks_are_timed(gaps, looks_per_year):
    spends: list[Spend] = []
    today = 0
    for gap in gaps:
        today += gap
        found = allowance(spends, accrues_from=0, today=today, looks_per_year=looks_per_year)
        assert (found.alpha > 0.0) == (today >= found.next_due)
        if found.alpha:
            spends.append(Spend(today, found.alpha))
        assert sum(spend.alpha for spend in spends) <= 0.05 * today / 365 + 1e-12
        assert max((spend.alpha for spend in spends), default=0.0) <= 0.0125


def test_a_look_too_soon_may_spend_nothing_and_says_when_the_next_is_due():
    found = allowance([Spend(30, 0.001)], accrues_from=0, today=36)
    assert (found.alpha, found.next_due, found.looks, found.spent) == (0.0, 37, 1, 0.001)


def test_a_budget_without_looks_is_refused():
    with pytest.raises(ValueError, match="at least one look"):
        allowance([], accrues_from=0, today=0, looks_per_year=0)


def test_the_utility_punishes_overfitting_and_drift_beyond_what_is_tolerated():
    assert selection_utility(false_kill=0.2, gap=0.02, psi=0.10) == -0.2
    assert selection_utility(false_kill=0.2, gap=-0.5, psi=-0.1) == -0.2
    assert selection_utility(false_kill=0.2, gap=0.04, psi=0.30) == pytest.approx(-0.2 - 0.01 - 0.02)


def test_a_utility_that_is_not_a_number_never_wins():
    with pytest.raises(ValueError, match="finite"):
        selection_utility(false_kill=float("nan"), gap=0.0, psi=0.0)
    with pytest.raises(ValueError, match="finite"):
        tied_with_best([float("nan"), -0.2], [0.01, 0.01], [(1,), (2,)])
    with pytest.raises(ValueError, match="at least one trial"):
        tied_with_best([], [], [])


def test_within_one_standard_error_of_the_best_the_simplest_key_comes_first():
    utilities, errors = [-0.200, -0.205, -0.195, -0.30], [0.001, 0.001, 0.01, 0.5]
    keys = [(30, 1, "c"), (12, 0, "b"), (30, 2, "a"), (1, 0, "d")]
    assert tied_with_best(utilities, errors, keys) == (1, 0, 2)


def test_without_a_standard_error_only_the_best_is_left():
    assert tied_with_best([-0.2, -0.1], [0.0, 0.0], [(1,), (2,)]) == (1,)


def cells(*arguments, **options):
    return {cell.cell: cell for cell in swap_set(*arguments, **options)}


def test_the_swap_set_of_four_applicants():
    bad, amount = np.array([0, 1, 0, 1]), np.array([10.0, 20.0, 40.0, 80.0])
    found = cells(bad, np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4]), 0.5, amount=amount)
    swap_in, swap_out = found["swap_in"], found["swap_out"]
    assert (swap_in.rows, swap_in.share, swap_in.bad_rate, swap_in.amount, swap_in.bad_amount) == (1, 0.25, 0, 40, 0)
    assert (swap_out.rows, swap_out.bad_rate, swap_out.amount, swap_out.bad_amount) == (1, 1.0, 20.0, 20.0)
    assert (found["both_approve"].rows, found["both_decline"].rows) == (1, 1)


@LAW
@given(judged())
def test_as_many_come_in_as_go_out_and_everybody_is_in_one_cell(case):
    bad, risk = case
    found = cells(bad, risk, np.abs(risk), 0.7)
    assert found["swap_in"].rows == found["swap_out"].rows
    assert sum(cell.rows for cell in found.values()) == bad.size


def test_swapping_the_models_swaps_the_cells():
    bad, champion, challenger = rival_books(500)
    forth, back = cells(bad, champion, challenger, 0.7), cells(bad, challenger, champion, 0.7)
    assert forth["swap_in"].bad_rate == back["swap_out"].bad_rate
    assert forth["both_approve"] == back["both_approve"]


def test_outcomes_that_are_not_known_are_not_looked_at():
    bad, known = np.array([0, 1, np.nan, np.nan]), np.array([True, True, False, False])
    found = cells(bad, np.array([1.0, 2, 3, 4]), np.array([4.0, 3, 2, 1]), 0.5, labelled=known)
    assert (found["swap_out"].bad_rate, found["swap_in"].bad_rate) == (0.5, None)
    assert (found["both_approve"].rows, found["both_approve"].bad_rate) == (0, None)
    assert found["swap_in"].amount is None


def test_models_of_different_rows_are_refused():
    with pytest.raises(ValueError, match="same rows"):
        swap_set(np.zeros(3), np.arange(3.0), np.arange(4.0), 0.5)
