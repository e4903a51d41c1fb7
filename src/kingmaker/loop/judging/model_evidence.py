"""How one model did: its answers on every window in, the numbers a committee looks at out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from kingmaker.domain.evidence import ApprovalPoint, ModelEvidence
from kingmaker.domain.snapshot import Window
from kingmaker.domain.thresholds import Thresholds
from kingmaker.loop.judging.answered import AnsweredWindow
from kingmaker.loop.judging.month_evidence import month_rows
from kingmaker.statistics.approval import approval_curve, approval_point, approved_at, rejected_good_amount
from kingmaker.statistics.calibration import brier, calibration_bands
from kingmaker.statistics.discrimination import auc, gini, h_measure, ks, roc_curve_points
from kingmaker.statistics.grades import grade_rows
from kingmaker.statistics.paired_tests import auc_standard_error


@dataclass(frozen=True, slots=True)
class Worth:
    """What a loan is worth as a share of its amount: the return on a good one and the loss on a bad one."""

    return_on_good: float
    loss_given_default: float


def model_evidence(
    *,
    version: str | None,
    learner: str,
    thresholds: Thresholds,
    approval_rate: float,
    worth: Worth,
    windows: Sequence[AnsweredWindow],
    judged: Window = Window.TEST,
) -> ModelEvidence:
    """Everything a report says about one model on the window `judged`, and about its months on all windows.

    Both models of a comparison are cut at the same `approval_rate`; grades and monthly approval follow the model's own
    `thresholds`; `worth` turns amounts into profit. Rows are ranked by pd. Raises ValueError when the judged window is
    absent, has an unknown outcome, or has fewer than two goods or two bads: such a window judges nothing.
    """
    answered = next((window for window in windows if window.window is judged), None)
    if answered is None:
        raise ValueError(f"there are no answers on the {judged.value} window")
    bad, pd = answered.bad, answered.pd
    money = _money(answered, approval_rate, worth)
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
        at_cut=_at_cut(answered, approval_rate, money),
        **money,
        roc=roc_curve_points(bad, pd),
        approval=_curve(answered, worth),
        calibration=calibration_bands(pd, bad),
        grades=grade_rows(thresholds, answered.score, bad, pd),
        months=month_rows(windows, approve_from=thresholds.approve_from),
    )


class _Money(TypedDict):
    false_kill_amount: float | None
    false_kill_profit: float | None
    profit_at_cut: float | None


def _at_cut(answered: AnsweredWindow, approval_rate: float, money: "_Money") -> ApprovalPoint:
    point = approval_point(answered.bad, answered.pd, approval_rate)
    return replace(point, false_kill_amount=money["false_kill_amount"], profit=money["profit_at_cut"])


def _curve(answered: AnsweredWindow, worth: Worth) -> tuple[ApprovalPoint, ...]:
    """Every full percent, with what its cut turns away and earns: whole applicants, least risky first, ties in row order."""
    points = approval_curve(answered.bad, answered.pd)
    if answered.amount is None:
        return points
    order = np.argsort(answered.pd, kind="stable")
    amount, is_bad = np.nan_to_num(answered.amount)[order], answered.bad[order] == 1.0
    good, bad = (np.append(0.0, np.cumsum(np.where(chosen, amount, 0.0))) for chosen in (~is_bad, is_bad))
    places = [round(point.approval_rate * order.size) for point in points]
    return tuple(
        replace(
            point,
            false_kill_amount=float(good[-1] - good[place]),
            profit=float(good[place] * worth.return_on_good - bad[place] * worth.loss_given_default),
        )
        for point, place in zip(points, places, strict=True)
    )


def _money(answered: AnsweredWindow, approval_rate: float, worth: Worth) -> _Money:
    if answered.amount is None:
        return {"false_kill_amount": None, "false_kill_profit": None, "profit_at_cut": None}
    amount = np.nan_to_num(answered.amount)
    approved = approved_at(answered.pd, approval_rate)
    rejected = rejected_good_amount(answered.bad, approved, amount)
    good, bad = (float(amount[approved & (answered.bad == outcome)].sum()) for outcome in (0.0, 1.0))
    return {
        "false_kill_amount": rejected,
        "false_kill_profit": rejected * worth.return_on_good,
        "profit_at_cut": good * worth.return_on_good - bad * worth.loss_given_default,
    }
