"""The same measures month by month, so that a committee sees what one number over a window hides."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.evidence import MonthRow
from kingmaker.domain.snapshot import Window
from kingmaker.loop.judging.answered import AnsweredWindow
from kingmaker.statistics.discrimination import auc
from kingmaker.statistics.stability import population_stability

SMALLEST_JUDGED_CLASS = 20
"""Fewer bads, or goods, in a month say nothing about ranking."""
SMALLEST_JUDGED_MONTH = 100
"""Fewer applicants in a month say nothing about their distribution."""


def month_rows(windows: Sequence[AnsweredWindow], *, approve_from: int) -> tuple[MonthRow, ...]:
    """Each month of each window, oldest first; a month that two windows share has two rows. Rows without a date are in none.

    `psi` is of the score against the calibration window, less what sampling alone would give (never below nought), and
    None for months of fewer than 100 rows or without a calibration window.
    """
    reference = next((window.score for window in windows if window.window is Window.CALIBRATION), None)
    found = [
        _month_row(window, month, reference, approve_from)
        for window in windows
        for month in np.unique(window.month[window.month >= 0])
    ]
    order = list(Window)
    return tuple(sorted(found, key=lambda row: (row.month, order.index(Window(row.window)))))


def _month_row(window: AnsweredWindow, month: int, reference: NDArray[np.int64] | None, approve_from: int) -> MonthRow:
    chosen = window.month == month
    bad, score = window.bad[chosen], window.score[chosen]
    known = ~np.isnan(bad)
    return MonthRow(
        month=date(int(month) // 12, int(month) % 12 + 1, 1),
        window=window.window.value,
        rows=bad.size,
        bads=int(bad[known].sum()),
        bad_rate=float(bad[known].mean()) if known.any() else None,
        approval_rate=float((score >= approve_from).mean()),
        auc=_auc(bad[known], window.pd[chosen][known]),
        psi=_psi(reference, score),
    )


def _auc(bad: NDArray[np.float64], pd: NDArray[np.float64]) -> float | None:
    smaller = min(bad.sum(), bad.size - bad.sum())
    return auc(bad, pd) if smaller >= SMALLEST_JUDGED_CLASS else None


def _psi(reference: NDArray[np.int64] | None, score: NDArray[np.int64]) -> float | None:
    if reference is None or reference.size == 0 or score.size < SMALLEST_JUDGED_MONTH:
        return None
    return max(0.0, population_stability(reference, score).corrected)
