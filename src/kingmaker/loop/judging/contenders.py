"""Every fitted trial on the selection window: its gates, all of them, and its utility."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import polars as pl
from scipy.special import logit

from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.snapshot import Window
from kingmaker.domain.trial import Trial, TrialEnd
from kingmaker.domain.verdict import Gate
from kingmaker.loop.judging.answers import Floats, margin_scorer, margins
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.candidates import candidate_of
from kingmaker.loop.judging.gates.calibrated import calibration_gates
from kingmaker.loop.judging.gates.data import data_gates, jump_gate
from kingmaker.loop.judging.gates.fitting import artefact_gates, overfit_gates, soundness_gate
from kingmaker.loop.judging.gates.policy import monotone_gate
from kingmaker.loop.judging.gates.stability import MIN_RECENT_ROWS, score_psi, stability_gates
from kingmaker.loop.judging.ranking import Contender, merit_of
from kingmaker.loop.prepared import Prepared
from kingmaker.ports.progress import Progress
from kingmaker.ports.vault import Vault
from kingmaker.statistics.calibration import SMALLEST_PD, apply_calibration, fit_platt


def contenders_of(
    bench: Bench, trials: Sequence[Trial], *, prepared: Prepared, vault: Vault, threads: int, progress: Progress
) -> tuple[Contender, ...]:
    """In trial order. A trial that did not end with a model has nothing to be judged.

    A model without sound answers is judged by that alone, and costs the others nothing.
    """
    fitted = [trial for trial in trials if trial.end is TrialEnd.FITTED]
    shared = data_gates(bench)

    def judged() -> Iterator[Contender]:
        for done, trial in enumerate(fitted):
            progress.advance(done, len(fitted), f"judging {trial.spec.learner} #{trial.spec.number}")
            yield _contender(bench, _candidate(trial, prepared, bench, vault, threads), shared, threads)

    return tuple(judged())


def contender_of(bench: Bench, candidate: Candidate, *, threads: int) -> Contender:
    """One candidate by itself: a challenger that was chosen by an earlier run."""
    return _contender(bench, candidate, data_gates(bench), threads)


def _candidate(trial: Trial, prepared: Prepared, bench: Bench, vault: Vault, threads: int) -> Candidate:
    recipe = prepared.recipes[trial.spec.recipe]
    return candidate_of(trial, recipe_digest=recipe, rows=bench.rows, vault=vault, threads=threads)


def _contender(bench: Bench, candidate: Candidate, shared: tuple[Gate, ...], threads: int) -> Contender:
    if not candidate.sound:
        return Contender(candidate=candidate, gates=(*shared, soundness_gate(candidate)), merit=None)
    return Contender(
        candidate=candidate,
        gates=(*shared, *_gates(bench, candidate, threads)),
        merit=merit_of(bench, candidate, _psi(bench, candidate)),
    )


def _psi(bench: Bench, candidate: Candidate) -> float:
    if bench.rows[Window.RECENT].count < MIN_RECENT_ROWS:
        return 0.0
    return score_psi(candidate.margins[Window.CALIBRATION], candidate.margins[Window.RECENT])


def _gates(bench: Bench, candidate: Candidate, threads: int) -> tuple[Gate, ...]:
    rows = bench.rows[Window.SELECTION]

    @cache
    def scorer() -> Scorer:
        """Built only for a pipeline that declares directions to probe: of a large model it takes a second."""
        return margin_scorer(candidate.recipe, candidate.form, threads=threads)

    def margin_of(frame: pl.DataFrame) -> Floats:
        return margins(scorer(), candidate.recipe, frame)

    return (
        jump_gate(bench, candidate),
        soundness_gate(candidate),
        *artefact_gates(bench, candidate),
        *overfit_gates(bench, candidate),
        *stability_gates(bench, candidate),
        *calibration_gates(
            bench.pipeline.policy.gates,
            rows.bad,
            candidate.pd(Window.SELECTION),
            _champion_calibrated_alike(bench),
            window=Window.SELECTION.value,
        ),
        monotone_gate(bench.snapshot.features, rows.frame, margin_of),
    )


def _champion_calibrated_alike(bench: Bench) -> Floats | None:
    """The champion's pds on the selection window, calibrated anew on the calibration window as every candidate is.

    Its own calibration may have been fitted on these very rows: its model fitted again could then never match it.
    """
    if bench.incumbent is None:
        return None
    before, now = (bench.incumbent.pds[window] for window in (Window.CALIBRATION, Window.SELECTION))
    calibration = fit_platt(_log_odds(before), bench.rows[Window.CALIBRATION].bad)
    return apply_calibration(calibration, _log_odds(now))


def _log_odds(pd: Floats) -> Floats:
    odds: Floats = logit(np.clip(pd, SMALLEST_PD, 1.0 - SMALLEST_PD))
    return odds
