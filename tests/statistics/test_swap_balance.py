"""The swap balance: what the swap is worth if the newly approved are worse than measured, and when it stops paying."""

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.domain.verdict import SwapCell, Verdict, VerdictReason
from kingmaker.statistics.swap_balance import break_even, swap_balance
from kingmaker.statistics.swap_set import swap_set

from .loan_books import LAW, rival_books

TERMS = {"loss_given_default": 0.5, "return_on_good": 0.1}


def cell(name, *, rows=100, bad_rate=0.1, amount=1000.0, bad_amount=100.0):
    return SwapCell(cell=name, rows=rows, share=0.05, bad_rate=bad_rate, amount=amount, bad_amount=bad_amount)


SWAP = (cell("swap_in"), cell("swap_out", bad_rate=0.22, bad_amount=200.0))
shares = st.floats(0.0, 1.0)


@st.composite
def swaps(draw):
    amount = draw(st.floats(1.0, 1e6))
    return tuple(
        cell(name, bad_rate=draw(shares), amount=amount, bad_amount=amount * draw(shares))
        for name in ("swap_in", "swap_out")
    )


def without_amounts(cells):
    return tuple(replace(one, amount=None, bad_amount=None) for one in cells)


def test_the_balance_of_a_hundred_loans_on_each_side():
    measured, worse, twice = swap_balance(SWAP, **TERMS)
    assert [one.multiplier for one in (measured, worse, twice)] == [1.0, 1.5, 2.0]
    assert [one.swap_in_bad_rate for one in (measured, worse, twice)] == pytest.approx([0.10, 0.15, 0.20])
    assert [one.bads_avoided for one in (measured, worse, twice)] == pytest.approx([12.0, 7.0, 2.0])
    # In: 900 good earn 90, 100 bad lose 50. Out: 800 good earn 80, 200 bad lose 100. So +40 against -20.
    assert [one.profit for one in (measured, worse, twice)] == pytest.approx([60.0, 30.0, 0.0])


def test_the_swap_breaks_even_where_its_profit_is_nothing():
    assert break_even(SWAP, **TERMS) == pytest.approx(2.0)


def test_without_amounts_there_is_no_profit_and_bads_decide_when_the_swap_stops_paying():
    cells = without_amounts(SWAP)
    assert [one.profit for one in swap_balance(cells, **TERMS)] == [None] * 3
    assert break_even(cells, **TERMS) == pytest.approx(2.2)


def test_no_stress_makes_more_than_all_of_them_bad():
    (found,) = swap_balance(SWAP, **TERMS, multipliers=(50.0,))
    assert found.swap_in_bad_rate == 1.0
    assert found.bads_avoided == pytest.approx(22.0 - 100.0)
    assert found.profit == pytest.approx(-500.0 + 20.0)


def test_a_swap_of_good_loans_for_bad_ones_pays_whatever_the_multiplier():
    cells = (cell("swap_in", bad_rate=0.0, bad_amount=0.0), SWAP[1])
    assert break_even(cells, **TERMS) is None
    assert break_even(without_amounts(cells), **TERMS) is None


def test_a_swap_that_pays_even_if_all_newly_approved_are_bad_has_no_break_even():
    small_for_ruinous = (cell("swap_in", amount=100.0, bad_amount=10.0), cell("swap_out", bad_amount=1000.0))
    assert break_even(small_for_ruinous, **TERMS) is None


def test_a_swap_that_never_pays_breaks_even_at_nothing():
    out_without_bads = (SWAP[0], cell("swap_out", bad_rate=0.0, bad_amount=0.0))
    assert break_even(out_without_bads, **TERMS) == 0.0
    assert break_even(without_amounts(out_without_bads), **TERMS) == 0.0


@LAW
@given(swaps(), st.lists(st.floats(0.0, 10.0), min_size=2, max_size=5))
def test_the_worse_the_newly_approved_the_less_the_swap_is_worth(cells, multipliers):
    found = swap_balance(cells, **TERMS, multipliers=sorted(multipliers))
    assert all(0.0 <= one.swap_in_bad_rate <= 1.0 for one in found)
    for better, worse in pairwise(found):
        assert worse.bads_avoided <= better.bads_avoided + 1e-9
        assert worse.profit <= better.profit + 1e-9 * cells[0].amount


@LAW
@given(swaps(), st.booleans())
def test_the_balance_is_nothing_at_the_break_even_and_positive_below_it(cells, money):
    judged = cells if money else without_amounts(cells)
    at = break_even(judged, **TERMS)
    if at is None or not 1e-6 < at < 1e6:
        return
    below, there = swap_balance(judged, **TERMS, multipliers=(0.9 * at, at))
    scale = cells[0].amount if money else 100.0
    read = (lambda one: one.profit) if money else (lambda one: one.bads_avoided)
    assert read(there) == pytest.approx(0.0, abs=1e-6 * scale)
    assert read(below) >= -1e-6 * scale


def test_at_the_measured_bad_rate_it_counts_the_bads_of_the_swap_set():
    bad, champion, challenger = rival_books(3000, rival=2.0)
    cells = {one.cell: one for one in swap_set(bad, champion, challenger, 0.7)}
    (found,) = swap_balance(tuple(cells.values()), **TERMS, multipliers=(1.0,))
    of = {name: round(one.rows * one.bad_rate) for name, one in cells.items()}
    assert found.bads_avoided == pytest.approx(of["swap_out"] - of["swap_in"])
    assert found.bads_avoided > 0


@pytest.mark.parametrize(
    "cells",
    [
        (),
        (SWAP[0],),
        (replace(SWAP[0], bad_rate=None), SWAP[1]),
        (replace(SWAP[0], rows=0, bad_rate=None), replace(SWAP[1], rows=0, bad_rate=None)),
    ],
    ids=["no cells", "one side", "no outcomes", "nobody swapped"],
)
def test_without_a_swap_whose_outcomes_are_known_there_is_nothing_to_say(cells):
    assert swap_balance(cells, **TERMS) == ()
    assert break_even(cells, **TERMS) is None


@pytest.mark.parametrize("multiplier", [-1.0, float("nan"), float("inf")])
def test_a_multiplier_that_is_no_number_of_times_is_refused(multiplier):
    with pytest.raises(ValueError, match="multipliers"):
        swap_balance(SWAP, **TERMS, multipliers=(multiplier,))


def test_a_verdict_recorded_before_swaps_were_stressed_is_read_without_a_stress():
    verdict = Verdict(
        reason=VerdictReason.PROVEN_BETTER, sentence="Better.", rule="proven", challenger_trial=1, champion_version=None,
        gates=(), comparisons=(), swap_set=SWAP, swap_stress=swap_balance(SWAP, **TERMS),
    )  # fmt: skip
    stored = msgspec.to_builtins(verdict)
    assert msgspec.convert(stored, Verdict) == verdict
    del stored["swap_stress"]
    assert msgspec.convert(stored, Verdict) == replace(verdict, swap_stress=())
