"""A learner that keeps a journal of its fits; named in declarations as `tests.journeys.journal:JournalLearner`."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.scorecard import ScorecardLearner
from kingmaker.learners.scorecard_model import ScorecardFitted
from kingmaker.ports.learner import FitTask, Pruner, Suggest

PLACE = "KINGMAKER_TEST_JOURNAL"
PLACE_OF_REFITS = "KINGMAKER_TEST_JOURNAL_OF_REFITS"
FITS_A_TRIAL = 4
"""A trial fits so often: the book is small, and a kill should have a chance to meet a trial under way."""


def line_of(hyperparameters: Mapping[str, object]) -> str:
    """What the journal says about a fit with these hyperparameters; no two trials draw the same."""
    return json.dumps(dict(sorted(hyperparameters.items())))


class JournalLearner(ScorecardLearner):
    """A scorecard that writes a line before each fit, in one write that no other process can tear.

    A refit, which holds nobody out, is not a trial, and told only where somebody asks for it.
    """

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        return {**self.default(), "strength": suggest.suggest_float("strength", 1e-6, 1e-2, log=True)}

    def fit(self, task: FitTask, prune: Pruner) -> ScorecardFitted:
        place = os.environ.get(PLACE if len(task.holdout.bad) else PLACE_OF_REFITS)
        if place is not None:
            descriptor = os.open(Path(place), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, f"{line_of(task.hyperparameters)}\n".encode())
            os.close(descriptor)
        return [super(JournalLearner, self).fit(task, prune) for _ in range(FITS_A_TRIAL)][-1]
