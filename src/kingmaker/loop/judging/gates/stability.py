"""G3, stability: are today's applicants still those the model was calibrated on, and is it as good every month?"""

import numpy as np

from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.fitting import MIN_BADS_OF_A_MONTH
from kingmaker.loop.judging.gates.outcome import Z_ONE_SIDED_95, limited, not_judged
from kingmaker.loop.judging.judged import Floats, JudgedRows
from kingmaker.statistics.discrimination import auc
from kingmaker.statistics.stability import population_stability

MIN_RECENT_ROWS = 500
MIN_MONTHS = 3
MORE_SPREAD = 0.01
MORE_SHIFT = 0.5
"""By how much of the limit a challenger may be less stable than the champion."""


def stability_gates(bench: Bench, candidate: Candidate) -> tuple[Gate, ...]:
    return _score_stability(bench, candidate), _month_spread(bench, candidate)


def score_psi(calibration: Floats, recent: Floats) -> float:
    """Bias-corrected population stability index of the margin, ten quantile bins of the calibration window."""
    return population_stability(calibration, recent).corrected


def _score_stability(bench: Bench, candidate: Candidate) -> Gate:
    limits = bench.pipeline.policy.gates
    recent = bench.rows[Window.RECENT]
    if recent.count < MIN_RECENT_ROWS:
        return not_judged(
            "G3.score_stability",
            f"{recent.count} recent applicants: below {MIN_RECENT_ROWS} a population stability index says nothing.",
        )
    psi = score_psi(candidate.margins[Window.CALIBRATION], candidate.margins[Window.RECENT])
    theirs = _psi_of_incumbent(bench)
    unlike = theirs + MORE_SHIFT * limits.max_psi
    allowed, hold = max(limits.max_psi, unlike), max(limits.max_psi_hold, unlike)
    sentence = (
        f"Population stability index {psi:.3f} between the calibration window and the {recent.count:,} newest "
        f"applicants; up to {allowed:.2f} passes{f', up to {hold:.2f} waits for a person' if hold > allowed else ''}."
    )
    over = GateOutcome.HELD if psi <= hold else GateOutcome.FAILED
    return limited("G3.score_stability", psi, allowed, sentence, over=over)


def _psi_of_incumbent(bench: Bench) -> float:
    """The champion's index on the same applicants: a challenger no less stable than it is no reason to keep it."""
    if bench.incumbent is None:
        return -float("inf")
    return score_psi(bench.incumbent.pds[Window.CALIBRATION], bench.incumbent.pds[Window.RECENT])


def _month_spread(bench: Bench, candidate: Candidate) -> Gate:
    if bench.incumbent is None or bench.snapshot.basis is WindowBasis.RANDOM:
        return not_judged("G3.month_spread", "No champion or no dates: the spread of the monthly AUC has no measure.")
    rows = bench.rows[Window.SELECTION]
    mine = _monthly_aucs(rows, candidate.margins[Window.SELECTION])
    theirs = _monthly_aucs(rows, bench.incumbent.pds[Window.SELECTION])
    if len(mine) < MIN_MONTHS:
        return not_judged(
            "G3.month_spread",
            f"Fewer than {MIN_MONTHS} months of the selection window have {MIN_BADS_OF_A_MONTH} bads.",
        )
    spread = float(np.std(mine))
    chance = Z_ONE_SIDED_95 * spread / np.sqrt(2.0 * (len(mine) - 1))
    allowed = float(np.std(theirs)) + MORE_SPREAD + chance
    sentence = (
        f"The monthly AUC varies by {spread:.3f} (standard deviation over {len(mine)} months), the champion's by "
        f"{np.std(theirs):.3f}; at most {MORE_SPREAD:.3f} more is allowed, and {chance:.3f} for chance."
    )
    return limited("G3.month_spread", spread, allowed, sentence)


def _monthly_aucs(rows: JudgedRows, risk: Floats) -> list[float]:
    aucs: list[float] = []
    for month in np.unique(rows.month):
        inside = rows.month == month
        bads = rows.bad[inside].sum()
        if MIN_BADS_OF_A_MONTH <= bads < inside.sum():
            aucs.append(auc(rows.bad[inside], risk[inside]))
    return aucs
