"""Whether the refit is published or the tested model as it is: cut-offs of its own, and its agreement with what was tested."""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.learners.registry import learner
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.judging.answers import Floats, margin_scorer, margins
from kingmaker.loop.judging.gates.outcome import percent_text
from kingmaker.loop.judging.gates.stability import MIN_RECENT_ROWS
from kingmaker.loop.judging.grading import thresholds_of
from kingmaker.loop.refitting.again import ALL_MATURED
from kingmaker.loop.refitting.agreement import Answered, agreement_gates
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.selection import Finalist, Refitted, Selection
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.loop.turn import Turn
from kingmaker.pipeline.declaration import Promote
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Recipe
from kingmaker.statistics.calibration import apply_calibration, fit_platt


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What is published: the refit, or (None) the tested model. `sentence` says it for a person; `gates` are all of G7."""

    refitted: Refitted | None
    gates: tuple[Gate, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Windows:
    """Both models on the rows that count: `bad` and margins [rows] of the newest two windows, then the applicants.

    `refit_matured` are the margins of the fits that did not see a loan's customer.
    """

    bad: Floats
    tested_matured: Floats
    refit_matured: Floats
    tested_selection: Floats
    refit_selection: Floats
    tested_recent: Floats
    refit_recent: Floats


def admission_of(turn: Turn, snapshot: Snapshot, selection: Selection, refit: Refit) -> Admission:
    """Calibrate and grade the refit on margins of loans it was not fitted on, and hold it against the tested model.

    A refit that does not agree is not published, whatever the verdict: nothing was proven of it. Where everything is replaced
    whatever the gates say, nothing was proven anyway.
    """
    finalist = selection.finalist
    if finalist is None or refit.model is None or refit.margins is None:
        return Admission(refitted=None, gates=(), sentence=f"Published: the tested model; {refit.sentence}.")
    windows = _windows(turn, snapshot, finalist, refit)
    calibration = fit_platt(windows.refit_matured, windows.bad)
    gates = agreement_gates(_answered(windows, calibration, turn.pipeline.policy.approval_rate))
    broken = [gate for gate in gates if gate.outcome is not GateOutcome.PASSED]
    if broken and turn.pipeline.policy.promote is not Promote.ALWAYS:
        sentence = f"Published: the tested model, for its refit does not agree. {broken[0].code}: {broken[0].sentence}"
        return Admission(refitted=None, gates=gates, sentence=sentence)
    refitted = Refitted(
        model=refit.model,
        calibration=calibration,
        thresholds=thresholds_of(
            turn.pipeline.policy,
            calibration,
            windows.refit_matured,
            windows.bad,
            recent_margin=windows.refit_recent,
            in_force=_thresholds_in_force(turn, selection),
        ),
        rounds=refit.rounds,
        rows=refit.rows,
        bads=refit.bads,
        until=refit.until,
    )
    agrees = "does not agree" if broken else "agrees"
    return Admission(refitted=refitted, gates=gates, sentence=_sentence(refit, gates, agrees))


def _windows(turn: Turn, snapshot: Snapshot, finalist: Finalist, refit: Refit) -> _Windows:
    vault = turn.house.vault
    recipe = recipe_from_json(vault.read(finalist.recipe))
    frame = load_snapshot(vault, snapshot, (*ALL_MATURED.watched, Window.RECENT))
    matured = frame.filter(pl.col("_window") != Window.RECENT.value)
    recent = frame.filter(pl.col("_window") == Window.RECENT.value)
    selection = matured.filter(pl.col("_window") == Window.SELECTION.value)
    assert refit.model is not None
    assert refit.margins is not None
    tested = _margins(vault.read(finalist.model), finalist.learner, recipe, (matured, selection, recent))
    again = _margins(vault.read(refit.model), finalist.learner, recipe, (selection, recent))
    return _Windows(
        bad=matured["_label"].cast(pl.Float64).to_numpy(),
        tested_matured=tested[0],
        refit_matured=np.load(io.BytesIO(vault.read(refit.margins)), allow_pickle=False),
        tested_selection=tested[1],
        refit_selection=again[0],
        tested_recent=tested[2],
        refit_recent=again[1],
    )


def _margins(model: bytes, family: str, recipe: Recipe, frames: Sequence[pl.DataFrame]) -> list[Floats]:
    """Of a native file's graph, frame by frame."""
    form = learner(family).from_bytes(model).form()
    scorer = margin_scorer(recipe, form, threads=len(os.sched_getaffinity(0)))
    return [margins(scorer, recipe, frame) for frame in frames]


def _answered(windows: _Windows, calibration: Calibration, approval_rate: float) -> Answered:
    """On the recent applicants, or where they are too few on the selection window."""
    enough = len(windows.tested_recent) >= MIN_RECENT_ROWS
    tested = windows.tested_recent if enough else windows.tested_selection
    refit = windows.refit_recent if enough else windows.refit_selection
    who = f"{len(tested):,} newest applicants" if enough else f"{len(tested):,} loans of the selection window"
    return Answered(
        who=who,
        tested_margin=tested,
        refit_margin=refit,
        tested_pd=apply_calibration(fit_platt(windows.tested_matured, windows.bad), tested),
        refit_pd=apply_calibration(calibration, refit),
        approval_rate=approval_rate,
    )


def _thresholds_in_force(turn: Turn, selection: Selection) -> Thresholds | None:
    """Those of the champion that the verdict was reached against, even where it has been replaced since."""
    version = selection.verdict.champion_version
    if version is None:
        return None
    return published_bundle(turn.house, turn.pipeline.pipeline, version).cut_offs.thresholds


def _sentence(refit: Refit, gates: Sequence[Gate], agrees: str) -> str:
    value = {gate.code: gate.value or 0.0 for gate in gates}
    until = f" applied for until {refit.until.isoformat()}" if refit.until else ""
    return (
        f"Published: refitted on {refit.rows:,} loans{until}; {agrees} with the tested model: rank correlation "
        f"{value['G7.rank']:.3f}, {percent_text(value['G7.decision_flips'])} of decisions differ."
    )
