"""Contender: the gate's statistics. Arguments: rows, trials, draws."""

import sys

from benchmarks.gate_loans import Floats, Loans
from benchmarks.stopwatch import Stopwatch
from threadpoolctl import threadpool_limits

from kingmaker.loop.judging.ranking import DRAWS
from kingmaker.statistics.approval import approval_at_bad_rate, false_kill_around
from kingmaker.statistics.discrimination import auc_within
from kingmaker.statistics.paired_bootstrap import bootstrap_standard_error, paired_bootstrap
from kingmaker.statistics.paired_tests import delong
from kingmaker.statistics.resampled_measures import ExpectedProfit, FalseKill, FalseKillAround
from kingmaker.statistics.stability import population_stability
from kingmaker.statistics.utility import selection_utility

APPROVAL_RATE, BAD_RATE, SEED = 0.7, 0.08, 1


def main(rows: int, trials: int, draws: int) -> None:
    watch, loans = Stopwatch(), Loans(rows)
    champion, models = loans.pd(0), [loans.pd(number) for number in range(1, trials + 1)]
    with watch.part("ranking"):
        for pd in models:
            rank(loans, champion, pd)
    finalist = models[-1]
    with watch.part("delong"):
        auc = delong(loans.bad, champion, finalist, customers=loans.customer)
    with watch.part("bootstrap"):
        false_kill, _ = paired_bootstrap(
            loans.bad,
            champion,
            finalist,
            measures=[FalseKill(APPROVAL_RATE), ExpectedProfit(APPROVAL_RATE, 0.5, 0.1)],
            customers=loans.customer,
            draws=draws,
            seed=SEED,
        )
    with watch.part("approval"):
        for pd in (champion, finalist):
            approval_at_bad_rate(loans.bad, pd, BAD_RATE)
    watch.tell(auc_error=auc.standard_error, false_kill_error=false_kill.standard_error)


def rank(loans: Loans, reference: Floats, pd: Floats) -> tuple[float, float]:
    """Utility and its standard error, as the selection window ranks a trial."""
    gap = 0.75 - auc_within(loans.bad, pd, loans.year)
    psi = population_stability(reference, pd).corrected
    utility = selection_utility(false_kill=false_kill_around(loans.bad, pd, APPROVAL_RATE), gap=gap, psi=psi)
    error = bootstrap_standard_error(
        loans.bad, pd, measure=FalseKillAround(APPROVAL_RATE), customers=loans.customer, draws=DRAWS, seed=SEED
    )
    return utility, error


if __name__ == "__main__":
    with threadpool_limits(1):
        main(*map(int, sys.argv[1:]))
