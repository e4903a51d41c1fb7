"""A trial: one learner with one set of hyperparameters fitted on one snapshot; and the fault of one that failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Hyperparameters = Mapping[str, int | float | str | bool]


class Imbalance(StrEnum):
    """How a trial treats the rarity of bads. Every choice is judged on untouched rows, and its intercept is corrected."""

    NONE = "none"
    WEIGHT = "weight"
    UNDERSAMPLE = "undersample"
    OVERSAMPLE = "oversample"
    SMOTE = "smote"
    FOCAL = "focal"


class Denoising(StrEnum):
    """Which training rows a trial leaves out."""

    NONE = "none"
    DUPLICATES = "duplicates"
    LABEL_NOISE = "label_noise"


class TrialEnd(StrEnum):
    """How a trial ended."""

    FITTED = "fitted"
    PRUNED = "pruned"
    RAISED = "raised"
    OUT_OF_TIME = "out_of_time"
    OUT_OF_MEMORY = "out_of_memory"
    LOST = "lost"

    def is_fault(self) -> bool:
        return self not in {TrialEnd.FITTED, TrialEnd.PRUNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSpec:
    """What a trial fits: everything that, with the prepared data, decides its model bit for bit."""

    number: int
    learner: str
    recipe: str
    """Name of the recipe variant the learner is fed with: `plain` or `woe`."""
    hyperparameters: Hyperparameters
    imbalance: Imbalance
    denoising: Denoising
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A finished trial as the ledger keeps it.

    `auc_train`, `auc_holdout` and `auc_selection` are areas under the ROC curve in [0, 1] of the raw model output on the
    rows it was fitted on, on the customers of the train window it was stopped on, and on the selection window; each is
    the mean over application years, weighted by bads.
    `utility` (higher is better) is what the search maximises: the weighted false kill around the approval rate, negated.
    They are None where the trial did not get so far. `model` is the vault digest of the fitted model.
    """

    key: str
    spec: TrialSpec
    end: TrialEnd
    seconds: float
    auc_train: float | None = None
    auc_holdout: float | None = None
    auc_selection: float | None = None
    utility: float | None = None
    rounds: int | None = None
    features: int | None = None
    """Number of recipe outputs the model really uses."""
    model: str | None = None
    curve: tuple[tuple[int, float], ...] = field(default=())
    """(rounds, holdout AUC) at each rung."""
    started_at: datetime | None = None
    """When its process began; None where that is not known. With `seconds` it says when a trial was being fitted, and nothing
    that is proven, signed or compared depends on it."""
    margin_shift: float = 0.0
    """What to add to the model's margin to undo the imbalance option: minus the log of how it multiplied the odds of bad."""

    @property
    def overfit(self) -> float | None:
        """The area under the curve that was lost from the held-out customers to the newer loans; None where not known."""
        if self.auc_holdout is None or self.auc_selection is None:
            return None
        return self.auc_holdout - self.auc_selection


class TrialOrder(StrEnum):
    """What trials are listed by. `overfit` is the area under the curve lost from the holdout to the selection window."""

    NUMBER = "number"
    LEARNER = "learner"
    END = "end"
    UTILITY = "utility"
    AUC_TRAIN = "auc_train"
    AUC_HOLDOUT = "auc_holdout"
    AUC_SELECTION = "auc_selection"
    OVERFIT = "overfit"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage:
    """Some trials of a run, in the order asked for. `learners` and `ends` count all of the run's, not only those listed."""

    run: int
    learners: tuple[tuple[str, int], ...]
    ends: tuple[tuple[TrialEnd, int], ...]
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that failed while the run went on: a row a person can query, not a line in a file."""

    run: int
    stage: str
    trial: int | None
    node: str
    attempt: int
    kind: str
    message: str
    traceback: str
    happened_at: datetime
