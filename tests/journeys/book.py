"""A small lender: dated loans with a real signal that shifts in 2016, so that a later model can be proven better."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

FIRST_DAY = date(2015, 1, 1)
DAYS = 5 * 365
SHIFT = date(2016, 7, 1)
"""From here on `inquiries` tells good from bad, and `savings` hardly does any more."""
BEFORE_THE_SHIFT = "2016-12-31"
AFTER_THE_SHIFT = "2019-12-31"
REGIONS = ("north", "south", "east", "west", "")


def loans(rows: int = 24_000, seed: int = 3) -> pl.DataFrame:
    """`rows` applications in order of date, one in six bad within a year, 2,000 customers fewer than loans."""
    random = np.random.default_rng(seed)
    day = np.sort(random.integers(0, DAYS, rows))
    savings = random.lognormal(8.0, 0.7, rows)
    debt = random.normal(0.0, 1.0, rows)
    inquiries = random.poisson(2.0, rows).astype(float)
    region = random.choice(REGIONS, rows, p=[0.3, 0.25, 0.25, 0.15, 0.05])
    shifted = day >= (SHIFT - FIRST_DAY).days
    margin = -2.1 + 0.9 * debt + 0.6 * (region == "south")
    margin = margin + np.where(shifted, 0.9 * (inquiries - 2.0), -1.3 * (np.log(savings) - 8.0))
    bad = random.random(rows) < 1.0 / (1.0 + np.exp(-margin))
    bad_after = random.integers(20, 170, rows)
    applied = np.datetime64(FIRST_DAY) + day
    return pl.DataFrame(
        {
            "loan": [f"L{number:06d}" for number in range(rows)],
            "customer": [f"C{number}" for number in random.integers(0, 20 * rows, rows)],
            "applied": applied.astype("datetime64[D]"),
            "went_bad": pl.Series(np.where(bad, applied + bad_after, np.datetime64("NaT"))).cast(pl.Date),
            "savings": np.where(random.random(rows) < 0.08, np.nan, savings.round(2)),
            "debt": debt.round(4),
            "inquiries": inquiries,
            "region": region,
            "amount": random.uniform(1_000.0, 20_000.0, rows).round(2),
        }
    )


PIPELINE = """\
pipeline: {name}
source:
  file: {file}
id: loan
customer: customer
applied_at: applied
amount: amount
outcome:
  observed_at: went_bad
  horizon: 6 months
training:
  learners: [{learners}]
  trials: {trials}
  imbalance: [none]
policy:
  promote: {promote}
  min_bads: {min_bads}
  looks_to_pass: {looks_to_pass}
  gates:
    max_auc_jump: 0.5
    max_bad_rate_sigma: 9.0
    max_overfit: 0.2
    max_psi: 1.0
    max_psi_hold: 1.0
    max_volume_change: 1.0
    calibration_slope: [0.5, 2.0]
    max_calibration_error: 0.5
    max_brier_loss: 1.0
    max_month_loss: 1.0
"""
"""Gates are wide open: on a small synthetic book the journeys are about the turn, not about how well it judges.

One look is enough, except where a journey is about the second one."""


def write_book(folder: Path, frame: pl.DataFrame | None = None, *, file: str = "loans.csv") -> Path:
    """Write the loans as CSV or Parquet into the folder."""
    path = folder / file
    frame = loans() if frame is None else frame
    if path.suffix == ".csv":
        frame.fill_nan(None).write_csv(path)
    else:
        frame.write_parquet(path)
    return path


def write_pipeline(
    folder: Path,
    *,
    name: str = "book",
    file: str = "loans.csv",
    learners: str = "scorecard, lightgbm",
    trials: int = 3,
    promote: str = "proven",
    min_bads: int = 100,
    looks_to_pass: int = 1,
) -> Path:
    path = folder / f"{name}.yaml"
    text = PIPELINE.format(
        name=name,
        file=file,
        learners=learners,
        trials=trials,
        promote=promote,
        min_bads=min_bads,
        looks_to_pass=looks_to_pass,
    )
    path.write_text(text, encoding="utf-8")
    return path
