"""From trials to candidates: each fitted model as its graph answers on the windows that selection may see."""

import io
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kingmaker.domain.snapshot import Window
from kingmaker.domain.thresholds import Calibration
from kingmaker.domain.trial import Trial, TrialEnd
from kingmaker.learners.registry import learner
from kingmaker.loop.judging.answers import UNCALIBRATED, Floats, margin_scorer, margins
from kingmaker.loop.judging.bench import Candidate
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.loop.refitting.record import Refit
from kingmaker.ports.vault import Vault
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.tables import apply_recipe
from kingmaker.statistics.calibration import apply_calibration, fit_platt

SEEN = (Window.CALIBRATION, Window.SELECTION, Window.RECENT)
"""What a candidate is judged on: never the test window."""

PARITY_ROWS = 10_000


def candidate_of(
    trial: Trial, *, recipe_digest: str, rows: Mapping[Window, JudgedRows], vault: Vault, threads: int
) -> Candidate:
    """Build the trial's graph, answer the windows, calibrate on the calibration window, and measure parity.

    `recipe_digest` names the recipe in the vault that the trial was fitted with.
    """
    if trial.end is not TrialEnd.FITTED or trial.model is None:
        message = f"trial {trial.spec.number} has no model"
        raise ValueError(message)
    recipe = recipe_from_json(vault.read(recipe_digest))
    native = learner(trial.spec.learner).from_bytes(vault.read(trial.model))
    form = native.form()
    scorer = margin_scorer(recipe, form, threads=threads)
    found = {window: margins(scorer, recipe, rows[window].frame) for window in SEEN}
    sound = all(answers_vary(found[window]) for window in (Window.CALIBRATION, Window.SELECTION))
    calibration = fit_platt(found[Window.CALIBRATION], rows[Window.CALIBRATION].bad) if sound else UNCALIBRATED
    newest = rows[Window.SELECTION].frame.tail(PARITY_ROWS)
    return Candidate(
        trial=trial,
        recipe=recipe,
        recipe_digest=recipe_digest,
        model=trial.model,
        native=native,
        form=form,
        margins=found,
        calibration=calibration,
        parity=_parity(
            calibration, found[Window.SELECTION][-newest.height :], native.margin(apply_recipe(recipe, newest))
        ),
        sound=sound and bool(np.isfinite(found[Window.RECENT]).all()),
    )


def fitted_again(
    candidate: Candidate, again: Refit, *, rows: Mapping[Window, JudgedRows], vault: Vault, threads: int
) -> Candidate:
    """The candidate's procedure as fitted again on every loan before the test window.

    Its margins on calibration and selection window are those of the fits that did not see a loan's customer. Raises ValueError
    for one that was not fitted.
    """
    if again.model is None or again.margins is None:
        raise ValueError(f"nothing was fitted again: {again.sentence}")
    native = learner(candidate.trial.spec.learner).from_bytes(vault.read(again.model))
    form = native.form()
    scorer = margin_scorer(candidate.recipe, form, threads=threads)
    unseen = np.load(io.BytesIO(vault.read(again.margins)), allow_pickle=False)
    first = rows[Window.CALIBRATION].count
    newest = rows[Window.SELECTION].frame.tail(PARITY_ROWS)
    return replace(
        candidate,
        model=again.model,
        native=native,
        form=form,
        margins={
            Window.CALIBRATION: unseen[:first],
            Window.SELECTION: unseen[first:],
            Window.RECENT: margins(scorer, candidate.recipe, rows[Window.RECENT].frame),
        },
        parity=_parity(
            candidate.calibration,
            margins(scorer, candidate.recipe, newest),
            native.margin(apply_recipe(candidate.recipe, newest)),
        ),
    )


def answers_vary(answers: Floats) -> bool:
    """Whether all answers are finite and not all equal: without that there is nothing to calibrate, rank or compare."""
    return bool(np.isfinite(answers).all() and np.ptp(answers) > 0.0)


def _parity(calibration: Calibration, graph: Floats, native: Floats) -> float:
    """Largest |pd(graph) - pd(native)| of the same rows' margins."""
    return float(np.abs(apply_calibration(calibration, graph) - apply_calibration(calibration, native)).max())
