"""G1 and G2: does the artefact answer as the model does, and does the model hold beyond the rows it was fitted on?"""

from dataclasses import dataclass

import numpy as np

from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.outcome import Z_ONE_SIDED_95, at_least, auc_text, limited, not_judged
from kingmaker.loop.judging.judged import Floats, JudgedRows, month_label
from kingmaker.statistics.discrimination import auc, auc_within
from kingmaker.statistics.error_budget import required_z
from kingmaker.statistics.paired_tests import delong

MIN_BADS_OF_A_MONTH = 100
MORE_GAP = 0.01
"""By how much a challenger's gap may exceed the champion's."""
CHANCE_OF_A_FALSE_ALARM = 0.05
"""Over all months together: the worst of many equal months is worse than the champion's by luck alone."""


def soundness_gate(candidate: Candidate) -> Gate:
    """Fails a model whose answers are not numbers, or the same for everybody: no other gate could be computed for it."""
    sentence = (
        "Every answer is a number, and not all are the same."
        if candidate.sound
        else "The model answers everybody the same, or some not at all: there is nothing to calibrate or to rank."
    )
    outcome = GateOutcome.PASSED if candidate.sound else GateOutcome.FAILED
    return Gate(code="G1.answers", value=None, limit=None, outcome=outcome, sentence=sentence)


def artefact_gates(bench: Bench, candidate: Candidate) -> tuple[Gate, ...]:
    limits = bench.pipeline.policy.gates
    distinct = len(np.unique(np.round(candidate.pd(Window.SELECTION), 6)))
    return (
        limited(
            "G1.parity",
            candidate.parity,
            limits.max_parity,
            f"Graph and native model differ by at most {candidate.parity:.1e} in pd; {limits.max_parity:.0e} is allowed.",
        ),
        at_least(
            "G1.distinct_scores",
            distinct,
            limits.min_distinct_scores,
            f"{distinct:,} different pds on the selection window; fewer than {limits.min_distinct_scores} cannot rank a book.",
        ),
    )


def overfit_gates(bench: Bench, candidate: Candidate) -> tuple[Gate, ...]:
    limits = bench.pipeline.policy.gates
    trial = candidate.trial
    holdout, train = trial.auc_holdout or float("nan"), trial.auc_train or float("nan")
    rows = bench.rows[Window.SELECTION]
    mine = auc_within(rows.bad, candidate.margins[Window.SELECTION], rows.year)
    chance = _chance((holdout, bench.holdout_bads), (mine, rows.bads))
    chance_on_train = _chance((holdout, bench.holdout_bads))
    allowed = max(limits.max_overfit, _gap_of_incumbent(bench) + MORE_GAP) + chance
    allowed_on_train = max(limits.max_train_gap, _train_gap_of_incumbent(bench) + MORE_GAP) + chance_on_train
    return (
        limited(
            "G2.out_of_time",
            holdout - mine,
            allowed,
            f"Within years, AUC {auc_text(holdout)} on held-out customers of the train window, {auc_text(mine)} on the "
            f"later selection window: a gap of {holdout - mine:+.3f}; at most {allowed:.3f} is allowed "
            f"({chance:.3f} for chance).",
        ),
        limited(
            "G2.train_gap",
            train - holdout,
            allowed_on_train,
            f"Within years, AUC {auc_text(train)} on the rows it learnt from, {auc_text(holdout)} on held-out customers: "
            f"a gap of {train - holdout:+.3f}; at most {allowed_on_train:.3f} is allowed "
            f"({chance_on_train:.3f} for chance).",
        ),
        _months(bench, candidate),
    )


def _chance(*measured: tuple[float, int | None]) -> float:
    """What chance explains of a sum or difference of AUCs, each of so many bads; nothing of one whose bads are not known.

    The variance of an AUC is at most AUC * (1 - AUC) / bads (Birnbaum & Klose 1957, Ann. Math. Stat. 28:933).
    """
    variance = sum(area * (1.0 - area) / bads for area, bads in measured if bads)
    return Z_ONE_SIDED_95 * float(np.sqrt(variance))


def _gap_of_incumbent(bench: Bench) -> float:
    """The champion's own holdout AUC less its AUC on the present selection window; -infinity when unknown."""
    incumbent = bench.incumbent
    if incumbent is None or incumbent.trial is None or incumbent.trial.auc_holdout is None:
        return -float("inf")
    rows = bench.rows[Window.SELECTION]
    return incumbent.trial.auc_holdout - auc_within(rows.bad, incumbent.pds[Window.SELECTION], rows.year)


def _train_gap_of_incumbent(bench: Bench) -> float:
    """The champion's AUC on the rows it was fitted on less its holdout AUC; -infinity when unknown."""
    trial = bench.incumbent.trial if bench.incumbent else None
    if trial is None or trial.auc_train is None or trial.auc_holdout is None:
        return -float("inf")
    return trial.auc_train - trial.auc_holdout


def _months(bench: Bench, candidate: Candidate) -> Gate:
    limit = bench.pipeline.policy.gates.max_month_loss
    if bench.incumbent is None or bench.snapshot.basis is WindowBasis.RANDOM:
        return not_judged("G2.months", "No champion or no dates to compare month by month.")
    rows = bench.rows[Window.SELECTION]
    losses = monthly_losses(rows, candidate.margins[Window.SELECTION], bench.incumbent.pds[Window.SELECTION])
    if not losses:
        return not_judged("G2.months", f"No month of the selection window has {MIN_BADS_OF_A_MONTH} bads.")
    z = required_z(CHANCE_OF_A_FALSE_ALARM / len(losses))
    worst = max(losses, key=lambda month: month.beyond_chance(z))
    sentence = (
        f"In its worst month against the champion ({month_label(worst.month)}) the challenger's AUC is {worst.loss:+.3f} "
        f"lower, {worst.beyond_chance(z):+.3f} of it beyond what chance explains; at most {limit:g} beyond chance is allowed "
        f"in any of the {len(losses)} months with {MIN_BADS_OF_A_MONTH} bads or more."
    )
    return limited("G2.months", worst.beyond_chance(z), limit, sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLoss:
    """How much lower the challenger's AUC is than the champion's in one month, with the standard error of that."""

    month: int
    loss: float
    standard_error: float

    def beyond_chance(self, z: float) -> float:
        """The loss less `z` standard errors: what is left of it in all likelihood."""
        return self.loss - z * self.standard_error


def monthly_losses(rows: JudgedRows, challenger: Floats, champion: Floats) -> list[MonthLoss]:
    """Each month with enough goods and bads, in order. A month that a model cannot rank at all has no chance in it."""
    losses: list[MonthLoss] = []
    for month in np.unique(rows.month):
        inside = rows.month == month
        bad = rows.bad[inside]
        if min(bad.sum(), bad.size - bad.sum()) < MIN_BADS_OF_A_MONTH:
            continue
        mine, theirs = challenger[inside], champion[inside]
        loss, error = auc(bad, theirs) - auc(bad, mine), 0.0
        if np.ptp(mine) > 0.0 and np.ptp(theirs) > 0.0:
            error = delong(bad, theirs, mine, customers=rows.customer[inside]).standard_error
        losses.append(MonthLoss(month=int(month), loss=loss, standard_error=error))
    return losses
