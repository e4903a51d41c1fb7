"""Ranking: among the candidates that met every gate, one finalist; near ties go to the simpler model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Gate
from kingmaker.learners.registry import learner
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.outcome import failed, held
from kingmaker.loop.selection import Ranked
from kingmaker.statistics.utility import tied_with_best


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A candidate with its gates and its place: `utility` as trials are ranked, `psi` its score stability."""

    candidate: Candidate
    gates: tuple[Gate, ...]
    utility: float
    standard_error: float
    psi: float

    @property
    def survived(self) -> bool:
        return not failed(self.gates)


def standard_error_of(bench: Bench, false_kill: float) -> float:
    """Binomial standard error of a false kill on the selection window."""
    rows = bench.rows[Window.SELECTION]
    return float(np.sqrt(false_kill * (1.0 - false_kill) / max(rows.count - rows.bads, 1)))


def finalist_of(contenders: Sequence[Contender]) -> Contender | None:
    """The simplest contender within one standard error of the best utility; None when none survived.

    Contenders that no gate holds come before those that one does: only they can be promoted unattended.
    """
    survivors = [contender for contender in contenders if contender.survived]
    clear = [contender for contender in survivors if not held(contender.gates)] or survivors
    if not clear:
        return None
    tied = tied_with_best(
        [contender.utility for contender in clear],
        [contender.standard_error for contender in clear],
        [_simplicity(contender) for contender in clear],
    )
    return clear[tied[0]]


def _simplicity(contender: Contender) -> tuple[int, int, float, int, str]:
    trial = contender.candidate.trial
    model = learner(trial.spec.learner)
    size = len(contender.candidate.native.to_bytes())
    return model.complexity, trial.features or 0, round(contender.psi, 4), size, trial.key


def ranking_of(contenders: Sequence[Contender]) -> tuple[Ranked, ...]:
    """Best first, with what each stumbled over."""
    ordered = sorted(contenders, key=lambda contender: (not contender.survived, -contender.utility))
    return tuple(
        Ranked(
            trial=contender.candidate.trial.spec.number,
            learner=contender.candidate.trial.spec.learner,
            utility=contender.utility,
            standard_error=contender.standard_error,
            survived=contender.survived,
            failed_gates=tuple(gate.code for gate in failed(contender.gates)),
        )
        for contender in ordered
    )
