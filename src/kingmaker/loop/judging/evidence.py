"""The evidence of one examination: both models on the test window, and what the challenger looks at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.scorer import Scores
from kingmaker.domain.evidence import Evidence, FeatureEvidence, GroupRow, ModelEvidence
from kingmaker.domain.snapshot import Window
from kingmaker.loop.judging.answered import AnsweredWindow
from kingmaker.loop.judging.answers import Floats
from kingmaker.loop.judging.bench import Bench, Incumbent
from kingmaker.loop.judging.feature_evidence import feature_evidence
from kingmaker.loop.judging.final import Final
from kingmaker.loop.judging.group_evidence import group_rows
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.loop.judging.model_evidence import Worth, model_evidence
from kingmaker.recipe.tables import apply_recipe
from kingmaker.statistics.approval import approved_at

EXPLAINED_ROWS = 2_000
"""Exact Shapley values cost some hundred times a prediction: evenly spread rows are enough for importance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Evenly spread rows of a window, at `places` of it: `contributions` [rows, outputs] on the log-odds, against the
    average applicant's; `approved` and `pd` [rows] as the graph answers.
    """

    places: NDArray[np.int64]
    contributions: Floats
    approved: NDArray[np.bool_]
    pd: Floats


def explained_on(final: Final, rows: JudgedRows, answered: Scores) -> Explained:
    """What pushed each applicant, relative to the average one. `answered` are the graph's answers on all the rows."""
    places = np.unique(np.linspace(0, rows.count - 1, min(EXPLAINED_ROWS, rows.count)).astype(np.int64))
    frame = rows.frame[places.tolist()]
    contributions = final.candidate.native.contributions(apply_recipe(final.candidate.recipe, frame))[:, :-1]
    return Explained(
        places=places, contributions=contributions, approved=answered.approved[places], pd=answered.pd[places]
    )


def groups_of(
    bench: Bench, rows: JudgedRows, answered: Scores, incumbent: Incumbent | None
) -> tuple[tuple[GroupRow, ...], tuple[GroupRow, ...]]:
    """Groups of the protected attributes under challenger and champion, both at the declared approval rate."""
    attributes, rate = bench.pipeline.features.protected, bench.pipeline.policy.approval_rate
    mine = group_rows(attributes=attributes, frame=rows.frame, approved=approved_at(answered.pd, rate), bad=rows.bad)
    if incumbent is None:
        return mine, ()
    theirs = approved_at(incumbent.pds[Window.TEST], rate)
    return mine, group_rows(attributes=attributes, frame=rows.frame, approved=theirs, bad=rows.bad)


def evidence_of(
    bench: Bench,
    final: Final,
    rows: JudgedRows,
    on_test: Incumbent | None,
    *,
    answered: Scores,
    explained: Explained,
    groups: tuple[GroupRow, ...],
) -> Evidence:
    """Both models cut at the same approval rate; the champion is None where it could not be scored."""
    return Evidence(
        window=Window.TEST.value,
        challenger=model_evidence(
            version=None,
            learner=final.candidate.trial.spec.learner,
            thresholds=final.thresholds,
            approval_rate=bench.pipeline.policy.approval_rate,
            worth=_worth(bench),
            windows=_windows_of_challenger(bench, final, rows, answered),
        ),
        champion=_champion(bench, on_test, rows),
        features=_features(bench, final, rows, explained),
        groups=groups,
    )


def _champion(bench: Bench, on_test: Incumbent | None, rows: JudgedRows) -> ModelEvidence | None:
    if on_test is None or bench.incumbent is None:
        return None
    return model_evidence(
        version=on_test.version,
        learner=on_test.learner,
        thresholds=on_test.thresholds,
        approval_rate=bench.pipeline.policy.approval_rate,
        worth=_worth(bench),
        windows=_windows_of_champion(bench, bench.incumbent, on_test, rows),
    )


def _features(bench: Bench, final: Final, rows: JudgedRows, explained: Explained) -> tuple[FeatureEvidence, ...]:
    origins = final.candidate.recipe.origins()
    return feature_evidence(
        features=[feature for feature in bench.snapshot.features if feature.name in origins],
        frame=rows.frame[explained.places.tolist()],
        origins=origins,
        contributions=explained.contributions,
        pd=explained.pd,
        bad=rows.bad[explained.places],
    )


def _worth(bench: Bench) -> Worth:
    policy = bench.pipeline.policy
    return Worth(return_on_good=policy.return_on_good, loss_given_default=policy.loss_given_default)


def _windows_of_challenger(bench: Bench, final: Final, rows: JudgedRows, answered: Scores) -> Sequence[AnsweredWindow]:
    before = [
        (window, bench.rows[window], *final.before_the_test(window))
        for window in (Window.CALIBRATION, Window.SELECTION, Window.RECENT)
        if bench.rows[window].count
    ]
    return [_answered(window, judged, pd, score) for window, judged, pd, score in before] + [
        _answered(Window.TEST, rows, answered.pd, answered.score)
    ]


def _windows_of_champion(
    bench: Bench, incumbent: Incumbent, on_test: Incumbent, rows: JudgedRows
) -> Sequence[AnsweredWindow]:
    before = [
        _answered(window, bench.rows[window], incumbent.pds[window], incumbent.scores[window])
        for window in (Window.CALIBRATION, Window.SELECTION, Window.RECENT)
        if window in incumbent.pds
    ]
    return [*before, _answered(Window.TEST, rows, on_test.pds[Window.TEST], on_test.scores[Window.TEST])]


def _answered(window: Window, rows: JudgedRows, pd: Floats, score: NDArray[np.int64]) -> AnsweredWindow:
    return AnsweredWindow(
        window=window, bad=rows.bad, pd=pd, score=score, month=rows.month, amount=rows.amount, customer=rows.customer
    )
