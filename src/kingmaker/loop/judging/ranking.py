"""Ranking: among the candidates that met every gate, one finalist; near ties go to the simpler model."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Gate
from kingmaker.learners.registry import learner
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.outcome import failed, held
from kingmaker.loop.selection import Ranked
from kingmaker.statistics.approval import false_kill_around
from kingmaker.statistics.discrimination import auc_within
from kingmaker.statistics.paired_bootstrap import bootstrap_standard_error
from kingmaker.statistics.resampled_measures import FalseKillAround
from kingmaker.statistics.utility import selection_utility, tied_with_best

DRAWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Merit:
    """What a candidate is ranked by: `utility` after penalties, the standard error of its false kill, its score's `psi`."""

    utility: float
    standard_error: float
    psi: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A candidate with its gates and its merit; None where its answers are not sound, and then a gate has failed."""

    candidate: Candidate
    gates: tuple[Gate, ...]
    merit: Merit | None

    @property
    def survived(self) -> bool:
        return self.merit is not None and not failed(self.gates)

    @property
    def order(self) -> tuple[bool, bool, float]:
        """Survivors first, then by utility; without any last."""
        return not self.survived, self.merit is None, -self.merit.utility if self.merit else 0.0


def merit_of(bench: Bench, candidate: Candidate, psi: float) -> Merit:
    """The candidate's place on the selection window. Raises ValueError on answers that are not sound."""
    rows, margin = bench.rows[Window.SELECTION], candidate.margins[Window.SELECTION]
    rate = bench.pipeline.policy.approval_rate
    gap = (candidate.trial.auc_holdout or 0.0) - auc_within(rows.bad, margin, rows.year)
    return Merit(
        utility=selection_utility(false_kill=false_kill_around(rows.bad, margin, rate), gap=gap, psi=psi),
        standard_error=bootstrap_standard_error(
            rows.bad,
            margin,
            measure=FalseKillAround(rate),
            customers=rows.customer,
            draws=DRAWS,
            seed=bench.pipeline.training.seed,
        ),
        psi=psi,
    )


def finalist_of(contenders: Sequence[Contender], *, regardless: bool = False) -> Contender | None:
    """The simplest contender within one standard error of the best utility; None when none survived.

    Contenders that no gate holds come before those that one does: only they can be promoted unattended. With `regardless`
    those that failed a gate may win too, where nobody else is left; an unsound one never.
    """
    sound = [(contender, contender.merit) for contender in contenders if contender.merit]
    survivors = [(contender, merit) for contender, merit in sound if contender.survived]
    survivors = survivors or (sound if regardless else [])
    clear = [(contender, merit) for contender, merit in survivors if not held(contender.gates)] or survivors
    if not clear:
        return None
    tied = tied_with_best(
        [merit.utility for _, merit in clear],
        [merit.standard_error for _, merit in clear],
        [_simplicity(contender.candidate, merit) for contender, merit in clear],
    )
    return clear[tied[0]][0]


def nearest_of(contenders: Sequence[Contender]) -> Contender:
    """The contender that failed fewest gates, the better one where that is equal."""
    return min(contenders, key=lambda contender: (len(failed(contender.gates)), contender.order))


def _simplicity(candidate: Candidate, merit: Merit) -> tuple[int, int, float, int, str]:
    trial = candidate.trial
    size = len(candidate.native.to_bytes())
    return learner(trial.spec.learner).complexity, trial.features or 0, round(merit.psi, 4), size, trial.key


def ranking_of(contenders: Sequence[Contender]) -> tuple[Ranked, ...]:
    """Best first, with what each stumbled over."""
    return tuple(
        Ranked(
            trial=contender.candidate.trial.spec.number,
            learner=contender.candidate.trial.spec.learner,
            utility=contender.merit.utility if contender.merit else None,
            standard_error=contender.merit.standard_error if contender.merit else None,
            survived=contender.survived,
            failed_gates=tuple(gate.code for gate in failed(contender.gates)),
        )
        for contender in sorted(contenders, key=lambda contender: contender.order)
    )
