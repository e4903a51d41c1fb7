"""Champions that answer in a way a test needs: plain arrays, as a published graph would give them."""

from collections.abc import Callable

import numpy as np

from kingmaker.domain.thresholds import Grade, ScoreScale, Thresholds
from kingmaker.loop.judging.bench import Bench, Candidate, Incumbent
from kingmaker.loop.judging.judged import Floats, JudgedRows
from kingmaker.statistics.grades import rounded_score

THRESHOLDS = Thresholds(
    scale=ScoreScale(),
    grades=(
        Grade(name="A", lowest_score=540, share=0.5, bad_rate=0.1),
        Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.3),
    ),
    approve_from=520,
    approval_rate=0.7,
    method="optimal",
)


def champion_answering(bench: Bench, pd_of: Callable[[JudgedRows], Floats]) -> Incumbent:
    """A champion whose pd on the rows of each window is what the function says."""
    pds = {window: np.asarray(pd_of(rows)) for window, rows in bench.rows.items()}
    return Incumbent(
        version="v" * 64,
        learner="scorecard",
        trial=None,
        thresholds=THRESHOLDS,
        pds=pds,
        scores={window: rounded_score(THRESHOLDS.scale, pd) for window, pd in pds.items()},
    )


def champion_like(bench: Bench, candidate: Candidate) -> Incumbent:
    """A champion that answers as the candidate does, on the windows that candidates are judged on."""
    pds = {window: candidate.pd(window) for window in candidate.margins}
    return Incumbent(
        version="v" * 64,
        learner="scorecard",
        trial=candidate.trial,
        thresholds=THRESHOLDS,
        pds=pds,
        scores={window: rounded_score(THRESHOLDS.scale, pd) for window, pd in pds.items()},
    )
