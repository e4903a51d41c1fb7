"""Refit: fit the winner again on all matured loans, for the freshest loans teach the most about those to come."""

import io
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.run import Stage
from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.trial import Fault, Trial
from kingmaker.domain.verdict import Decision
from kingmaker.loop.judging.candidates import answers_vary
from kingmaker.loop.refitting.fit_again import RefitOrder
from kingmaker.loop.refitting.fits import Fits, Limits
from kingmaker.loop.refitting.folds import FOLDS
from kingmaker.loop.refitting.layout import MATURED, LaidOut, LayOut, lay_out
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.refitting.trials import trial_of
from kingmaker.loop.selection import Finalist, Selection
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.loop.training.libraries import library_versions
from kingmaker.loop.turn import Turn, key_of
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.engine import Outcome, OutcomeKind
from kingmaker.recipe.directions import output_directions
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Recipe

FAILURES = {
    OutcomeKind.RAISED: "it raised an error",
    OutcomeKind.LOST: "its process died",
    OutcomeKind.KILLED: "its process died",
    OutcomeKind.OUT_OF_TIME: "it took too long",
    OutcomeKind.OUT_OF_MEMORY: "it needed too much memory",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What a refit is made from."""

    turn: Turn
    snapshot: Snapshot
    finalist: Finalist
    trial: Trial
    recipe: Recipe


def why_not(pipeline: Pipeline, selection: Selection) -> str:
    """Why nothing is to be refitted; empty when the finalist is."""
    if selection.finalist is None or selection.verdict.decision is Decision.REJECT:
        return "nothing is published, so nothing was refitted"
    if pipeline.policy.publish == "tested":
        return "the policy publishes what was tested (`publish: tested`)"
    return ""


def refit_key(pipeline: Pipeline, snapshot: Snapshot, selection: Selection) -> str:
    """Covers what decides the refit and nothing else: not the champion, nor the pipeline's name, nor what the verdict says."""
    finalist = selection.finalist
    reason = why_not(pipeline, selection)
    if finalist is None or reason:
        return key_of(reason)
    return key_of(
        snapshot.digest,
        finalist.trial_key,
        finalist.recipe,
        pipeline.training.max_rows,
        FOLDS,
        library_versions(),
    )


def refit(turn: Turn, snapshot: Snapshot, selection: Selection) -> Refit:
    """Fit the finalist as its trial was (recipe, hyperparameters, imbalance, denoising, seed, rounds) on every matured loan.

    Beside it FOLDS fits, each without its fold's customers, answer the newest two windows: a model may not be calibrated on
    loans that it was fitted on. A fit that fails makes no run fail: it leaves a fault, and nothing is refitted. The same
    snapshot and finalist give the same bytes, however many workers there are.
    """
    finalist = selection.finalist
    reason = why_not(turn.pipeline, selection)
    if finalist is None or reason:
        return Refit(sentence=reason)
    bench = _Bench(
        turn=turn,
        snapshot=snapshot,
        finalist=finalist,
        trial=trial_of(turn.house.ledger, finalist),
        recipe=recipe_from_json(turn.house.vault.read(finalist.recipe)),
    )
    turn.progress.advance(0, FOLDS + 1, f"laying out all matured loans for {finalist.learner} #{finalist.trial}")
    with closing(turn.house.open_engine()) as engine:
        engine.warm()
        laid = _laid_out(bench)
        try:
            answers = _fits(bench, laid).run(engine)
        finally:
            laid.remove()
    return _failed(bench, answers) if isinstance(answers, Outcome) else _refitted(bench, laid, answers)


def _laid_out(bench: _Bench) -> LaidOut:
    how = LayOut(
        recipe=bench.recipe,
        features=bench.snapshot.features,
        denoising=bench.trial.spec.denoising,
        max_rows=bench.turn.pipeline.training.max_rows,
        seed=bench.trial.spec.seed,
    )
    return lay_out(load_snapshot(bench.turn.house.vault, bench.snapshot, MATURED), how, bench.turn.workspace)


def _fits(bench: _Bench, laid: LaidOut) -> Fits:
    def told(ended: int) -> None:
        bench.turn.progress.advance(ended, FOLDS + 1, f"{int(laid.is_fitted_on.sum()):,} loans")

    return Fits(
        orders=[_order(bench, fold) for fold in (None, *range(FOLDS))],
        files=(laid.matrix, laid.rows),
        limits=_limits(bench, laid),
        told=told,
    )


def _order(bench: _Bench, fold: int | None) -> RefitOrder:
    return RefitOrder(
        trial=bench.trial.spec,
        outputs=bench.recipe.outputs(),
        monotone=output_directions(bench.recipe, bench.snapshot.features),
        rounds=bench.trial.rounds,
        fold=fold,
    )


def _limits(bench: _Bench, laid: LaidOut) -> Limits:
    """A trial's, as many times over as there are more rows."""
    training = bench.turn.pipeline.training
    before = max(1, min(bench.snapshot.window(Window.TRAIN).rows, training.max_rows))
    more = max(1.0, int(laid.is_fitted_on.sum()) / before)
    return Limits(
        seconds=training.trial_minutes * 60.0 * more,
        memory_bytes=int(training.trial_memory_gb * 2**30 * more),
    )


def _refitted(bench: _Bench, laid: LaidOut, answers: tuple[bytes, ...]) -> Refit:
    model, *folds = answers
    margins = _in_order(laid.roles, folds)
    if not answers_vary(margins):
        return Refit(sentence="the refit's answers are not finite, or all the same", failed=True)
    fitted_on, vault = laid.is_fitted_on, bench.turn.house.vault
    rows, bads = int(fitted_on.sum()), int(laid.roles["bad"][fitted_on].sum())
    return Refit(
        sentence=f"refitted on {rows:,} loans, {bads:,} of them bad",
        model=vault.put_bytes(model),
        margins=vault.put_bytes(_npy(margins)),
        rounds=bench.trial.rounds,
        rows=rows,
        bads=bads,
        until=laid.until,
    )


def _in_order(roles: NDArray[np.void], folds: list[bytes]) -> NDArray[np.float64]:
    """The watched rows' margins in their order, each from the fit of its own fold."""
    margins = np.full(len(roles), np.nan)
    for fold, answered in enumerate(folds):
        margins[roles["watched"] & (roles["fold"] == fold)] = np.frombuffer(answered)
    watched: NDArray[np.float64] = margins[roles["watched"]]
    return watched


def _npy(values: NDArray[np.float64]) -> bytes:
    file = io.BytesIO()
    np.save(file, values, allow_pickle=False)
    return file.getvalue()


def _failed(bench: _Bench, outcome: Outcome) -> Refit:
    turn = bench.turn
    fault = Fault(
        run=turn.run.number,
        stage=Stage.REFIT.value,
        trial=bench.trial.spec.number,
        node=turn.lease.holder.split(":")[0],
        attempt=turn.lease.token,
        kind=outcome.kind.value,
        message=outcome.message,
        traceback=outcome.traceback,
        happened_at=turn.house.clock(),
    )
    turn.house.ledger.record_fault(turn.lease, fault)
    return Refit(sentence=f"the refit failed: {FAILURES[outcome.kind]} ({outcome.message})", failed=True)
