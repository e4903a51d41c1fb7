"""How one model did: its answers on every window in, the numbers a committee looks at out."""

from collections.abc import Sequence

from kingmaker.domain.evidence import ModelEvidence
from kingmaker.domain.snapshot import Window
from kingmaker.domain.thresholds import Thresholds
from kingmaker.loop.evidence_months import month_rows
from kingmaker.loop.evidence_windows import AnsweredWindow
from kingmaker.statistics.approval import approval_curve, approval_point, approved_at, rejected_good_amount
from kingmaker.statistics.calibration import brier, calibration_bands
from kingmaker.statistics.discrimination import auc, gini, h_measure, ks, roc_curve_points
from kingmaker.statistics.grades import grade_rows
from kingmaker.statistics.paired_tests import auc_standard_error


def model_evidence(
    *,
    version: str | None,
    learner: str,
    thresholds: Thresholds,
    approval_rate: float,
    windows: Sequence[AnsweredWindow],
    judged: Window = Window.TEST,
) -> ModelEvidence:
    """Everything a report says about one model on the window `judged`, and about its months on all windows.

    Both models of a comparison are cut at the same `approval_rate`; grades and monthly approval follow the model's own
    `thresholds`. Rows are ranked by pd. Raises ValueError when the judged window is absent, has an unknown outcome, or
    has fewer than two goods or two bads: such a window judges nothing.
    """
    answered = next((window for window in windows if window.window is judged), None)
    if answered is None:
        raise ValueError(f"there are no answers on the {judged.value} window")
    bad, pd = answered.bad, answered.pd
    return ModelEvidence(
        version=version,
        learner=learner,
        rows=bad.size,
        bads=int(bad.sum()),
        auc=auc(bad, pd),
        auc_standard_error=auc_standard_error(bad, pd, customers=answered.customer),
        gini=gini(bad, pd),
        ks=ks(bad, pd),
        brier=brier(pd, bad),
        h_measure=h_measure(bad, pd),
        mean_pd=float(pd.mean()),
        bad_rate=float(bad.mean()),
        at_cut=approval_point(bad, pd, approval_rate),
        false_kill_amount=_false_kill_amount(answered, approval_rate),
        roc=roc_curve_points(bad, pd),
        approval=approval_curve(bad, pd),
        calibration=calibration_bands(pd, bad),
        grades=grade_rows(thresholds, answered.score, bad, pd),
        months=month_rows(windows, approve_from=thresholds.approve_from),
    )


def _false_kill_amount(answered: AnsweredWindow, approval_rate: float) -> float | None:
    if answered.amount is None:
        return None
    return rejected_good_amount(answered.bad, approved_at(answered.pd, approval_rate), answered.amount)
