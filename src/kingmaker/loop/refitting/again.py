"""One procedure fitted again on more loans: before it is tested on those that come before the test window, then on all."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.trial import Trial
from kingmaker.loop.judging.candidates import answers_vary
from kingmaker.loop.refitting.fit_again import RefitOrder
from kingmaker.loop.refitting.fits import Fits, Limits
from kingmaker.loop.refitting.folds import FOLDS
from kingmaker.loop.refitting.layout import LaidOut, LayOut, lay_out
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.snapshots import WindowRows
from kingmaker.loop.training.libraries import library_versions
from kingmaker.loop.turn import key_of
from kingmaker.pipeline.declaration import Training
from kingmaker.ports.engine import Engine, Outcome, OutcomeKind
from kingmaker.ports.progress import Progress
from kingmaker.ports.vault import Vault
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
class Procedure:
    """What is fitted again: a trial's learner, hyperparameters, rounds and choices, on the recipe (a vault digest) it had."""

    trial: Trial
    recipe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The windows that are fitted on, and the newest of them, whose loans are `watched`: answered by fits without them."""

    windows: tuple[Window, ...]
    watched: tuple[Window, ...]


BEFORE_THE_TEST = Span(
    windows=(Window.TRAIN, Window.CALIBRATION, Window.SELECTION), watched=(Window.CALIBRATION, Window.SELECTION)
)
ALL_MATURED = Span(
    windows=(Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.TEST), watched=(Window.SELECTION, Window.TEST)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitter:
    """Who fits again, and with what. `failed` is told how the first fit ended that failed. Others may use the engine after."""

    training: Training
    snapshot: Snapshot
    vault: Vault
    workspace: Path
    engine: Engine
    progress: Progress
    failed: Callable[[Trial, Outcome], None]

    def key(self, procedure: Procedure, span: Span) -> str:
        """Covers what decides the result and nothing else: neither the champion, nor the pipeline's name, nor a verdict."""
        return key_of(
            self.snapshot.digest,
            procedure.trial.key,
            procedure.recipe,
            [window.value for window in span.windows],
            self.training.max_rows,
            FOLDS,
            library_versions(),
        )

    def fit(self, procedure: Procedure, span: Span) -> Refit:
        """Fit the procedure on the span's loans.

        Beside it FOLDS fits, each without its fold's customers, answer the watched windows: a model may not be calibrated on
        loans that it was fitted on. A fit that fails makes no run fail: there is no model then, and the sentence says why. The
        same snapshot and procedure give the same bytes, however many workers there are.
        """
        spec = procedure.trial.spec
        recipe = recipe_from_json(self.vault.read(procedure.recipe))
        self.progress.advance(0, FOLDS + 1, f"laying out loans for {spec.learner} #{spec.number}")
        self.engine.warm()
        laid = self._laid_out(procedure.trial, recipe, span)
        try:
            answers = self._fits(procedure.trial, recipe, laid).run(self.engine)
        finally:
            laid.remove()
        if isinstance(answers, Outcome):
            self.failed(procedure.trial, answers)
            return Refit(sentence=f"the refit failed: {FAILURES[answers.kind]} ({answers.message})", failed=True)
        return self._fitted(procedure.trial, laid, answers)

    def _laid_out(self, trial: Trial, recipe: Recipe, span: Span) -> LaidOut:
        how = LayOut(
            recipe=recipe,
            features=self.snapshot.features,
            denoising=trial.spec.denoising,
            watched=span.watched,
            max_rows=self.training.max_rows,
            seed=trial.spec.seed,
        )
        return lay_out(WindowRows(vault=self.vault, snapshot=self.snapshot, windows=span.windows), how, self.workspace)

    def _fits(self, trial: Trial, recipe: Recipe, laid: LaidOut) -> Fits:
        def told(ended: int) -> None:
            self.progress.advance(ended, FOLDS + 1, f"{int(laid.is_fitted_on.sum()):,} loans")

        def order(fold: int | None) -> RefitOrder:
            return RefitOrder(
                trial=trial.spec,
                outputs=recipe.outputs(),
                monotone=output_directions(recipe, self.snapshot.features),
                rounds=trial.rounds,
                fold=fold,
            )

        return Fits(
            orders=[order(fold) for fold in (None, *range(FOLDS))],
            files=(laid.matrix, laid.rows),
            limits=self._limits(laid),
            told=told,
        )

    def _limits(self, laid: LaidOut) -> Limits:
        """A trial's, as many times over as there are more rows."""
        before = max(1, min(self.snapshot.window(Window.TRAIN).rows, self.training.max_rows))
        more = max(1.0, int(laid.is_fitted_on.sum()) / before)
        return Limits(
            seconds=self.training.trial_minutes * 60.0 * more,
            memory_bytes=int(self.training.trial_memory_gb * 2**30 * more),
        )

    def _fitted(self, trial: Trial, laid: LaidOut, answers: Sequence[bytes]) -> Refit:
        model, *folds = answers
        margins = _in_order(laid.roles, folds)
        if not answers_vary(margins):
            return Refit(sentence="the refit's answers are not finite, or all the same", failed=True)
        fitted_on = laid.is_fitted_on
        rows, bads = int(fitted_on.sum()), int(laid.roles["bad"][fitted_on].sum())
        return Refit(
            sentence=f"refitted on {rows:,} loans, {bads:,} of them bad",
            model=self.vault.put_bytes(model),
            margins=self.vault.put_bytes(_npy(margins)),
            rounds=trial.rounds,
            rows=rows,
            bads=bads,
            until=laid.until,
        )


def _in_order(roles: NDArray[np.void], folds: Sequence[bytes]) -> NDArray[np.float64]:
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
