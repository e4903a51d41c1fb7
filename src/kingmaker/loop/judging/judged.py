"""Rows as models are judged on them: raw columns, outcomes, months and customers of one window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.loop.snapshots import ADDED_COLUMNS, load_snapshot
from kingmaker.ports.vault import Vault

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MATURED = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRows:
    """`bad` [rows] 0/1 (NaN for unlabelled), `amount` [rows] or None, `month` [rows] year * 12 + month - 1 (-1 undated),
    `customer` [rows] codes from 0; `weight` [rows] how many applicants each stands for, None when all stand for themselves.
    """

    frame: pl.DataFrame
    bad: Floats
    amount: Floats | None
    month: Integers
    customer: Integers
    weight: Floats | None = None

    @property
    def count(self) -> int:
        return self.frame.height

    @property
    def year(self) -> Integers:
        """Application years [rows], -1 undated: AUCs of windows of different length are compared within years."""
        return self.month // 12

    @property
    def bads(self) -> int:
        return int(np.nansum(self.bad))

    @property
    def explored(self) -> int:
        """Loans that stand for more than one applicant: would-be rejects who were accepted at random."""
        return 0 if self.weight is None else int((self.weight > 1.0).sum())

    @property
    def explored_bads(self) -> int:
        return 0 if self.weight is None else int(np.nansum(self.bad[self.weight > 1.0]))

    @property
    def scarcer_customers(self) -> int:
        """Customers with a good loan, or with a bad one, whichever are fewer: what every comparison rests on."""
        return min(np.unique(self.customer[self.bad == outcome]).size for outcome in (0.0, 1.0))


def rows_of_windows(vault: Vault, snapshot: Snapshot, windows: Sequence[Window]) -> dict[Window, JudgedRows]:
    """Each window's rows. Of the train window, which answers nothing, no more than what it adds: outcomes and days."""
    return {
        window: judged_rows(
            load_snapshot(vault, snapshot, [window], ADDED_COLUMNS if window is Window.TRAIN else None), (window,)
        )
        for window in windows
    }


def applied_on(vault: Vault, snapshot: Snapshot) -> Integers:
    """The application days (ordinals) of all matured loans."""
    days = load_snapshot(vault, snapshot, MATURED, ["_applied_at"])["_applied_at"].drop_nulls()
    return days.to_physical().cast(pl.Int64).to_numpy()


def judged_rows(frame: pl.DataFrame, windows: Sequence[Window]) -> JudgedRows:
    """The rows of these windows of a loaded snapshot, in snapshot order."""
    rows = frame.filter(pl.col("_window").is_in([window.value for window in windows]))
    month = (pl.col("_applied_at").dt.year().cast(pl.Int64) * 12 + pl.col("_applied_at").dt.month() - 1).fill_null(-1)
    amount = rows["_amount"].cast(pl.Float64)
    return JudgedRows(
        frame=rows,
        bad=rows["_label"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        amount=None if amount.null_count() == rows.height else amount.fill_null(0.0).to_numpy(),
        month=rows.select(month).to_series().to_numpy(),
        customer=rows["_customer"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1,
        weight=_weight(rows),
    )


def _weight(rows: pl.DataFrame) -> Floats | None:
    """Snapshots without explored loans have no weights."""
    if "_weight" not in rows.columns:
        return None
    weight = rows["_weight"].cast(pl.Float64).to_numpy()
    return None if (weight == 1.0).all() else weight


def month_label(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
