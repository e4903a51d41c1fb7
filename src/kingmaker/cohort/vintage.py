"""The vintage curve: how many of the loans had gone bad by each age."""

import polars as pl

from kingmaker.pipeline.declaration import Outcome
from kingmaker.pipeline.parts import Span

LONGEST_MONTHS = 60


def whole_months(horizon: Span) -> int:
    """Whole months within a horizon, a month of days being 30 of them."""
    months = {
        "day": horizon.count // 30,
        "week": horizon.count * 7 // 30,
        "month": horizon.count,
        "year": horizon.count * 12,
    }
    return min(LONGEST_MONTHS, months[horizon.unit])


def vintage_of(judged: pl.DataFrame, outcome: Outcome) -> tuple[float, ...]:
    """Share of judged loans that were bad by the end of each whole month after application, until the horizon.

    `judged` has `_label`, `_applied_at` and `_observed_at`. Empty where the outcome is a label without a date.
    """
    known = judged.filter(pl.col("_label").is_not_null())
    if outcome.observed_at is None or known.is_empty():
        return ()
    applied, is_bad = pl.col("_applied_at"), pl.col("_label") == 1
    by_age = [
        (is_bad & (pl.col("_observed_at") <= applied.dt.offset_by(f"{age}mo")))
        .fill_null(value=False)
        .mean()
        .alias(f"{age}")
        for age in range(1, whole_months(outcome.horizon) + 1)
    ]
    return known.select(by_age).row(0) if by_age else ()
