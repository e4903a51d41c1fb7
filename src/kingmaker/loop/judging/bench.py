"""The bench on which candidates are judged: the same rows and the same champion for every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.domain.trial import Trial
from kingmaker.graph.forms import ModelForm
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.learner import Fitted
from kingmaker.recipe.spec import Recipe
from kingmaker.statistics.calibration import apply_calibration

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A fitted trial as its graph answers: `margins` by window, calibrated on the calibration window alone.

    `model` is the vault digest of what is fitted: the trial's own, or its procedure fitted again. No margin of a
    labelled window is of a fit that saw the loan's customer.

    `sound` is False for answers that are not finite or all equal: nothing else about such a candidate means anything.
    """

    trial: Trial
    recipe: Recipe
    recipe_digest: str
    model: str
    native: Fitted
    form: ModelForm
    margins: Mapping[Window, Floats]
    calibration: Calibration
    parity: float
    sound: bool

    def pd(self, window: Window) -> Floats:
        return apply_calibration(self.calibration, self.margins[window])


@dataclass(frozen=True, slots=True, kw_only=True)
class Incumbent:
    """The champion on the same rows, answered by the graph that was tested. `trial` is None when its ledger row is gone.

    `columns` are the raw ones it reads. `has_twin`: what is in force is a refit of what answers here, with thresholds of its
    own and these pds on the recent applicants (None without any).
    """

    version: str
    learner: str
    trial: Trial | None
    thresholds: Thresholds
    pds: Mapping[Window, Floats]
    scores: Mapping[Window, NDArray[np.int64]]
    columns: frozenset[str] = frozenset()
    served_thresholds: Thresholds | None = None
    served_recent: Floats | None = None
    has_twin: bool = False

    @property
    def thresholds_in_force(self) -> Thresholds:
        return self.served_thresholds or self.thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`rows` are of every window but the test window. `incumbent` is None without a champion that can be scored on them.

    `applied_on` are the application days (ordinals) of all matured loans, of the test window too. `best_before` is the highest
    AUC on its selection window of any trial of the run before, None without one. `holdout_bads` are those of the held-out
    customers of the train window, None where nothing was prepared.
    """

    pipeline: Pipeline
    snapshot: Snapshot
    rows: Mapping[Window, JudgedRows]
    incumbent: Incumbent | None
    applied_on: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    best_before: float | None = None
    holdout_bads: int | None = None
