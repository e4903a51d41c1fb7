"""A made-up lender's book of any length: sixty columns, written a million rows at a time."""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow.parquet as pq

ROWS_AT_ONCE: Final = 1_000_000
NUMBERS: Final = 34
COUNTS: Final = 10
TEXTS: Final = 10
COLUMNS: Final = 6 + NUMBERS + COUNTS + TEXTS
FIRST_DAY: Final = np.datetime64("2015-01-01")
DAYS: Final = 2_900
"""Days on which somebody applied; the last of them some two years before the day as of which the loop runs."""
AS_OF: Final = "2025-01-31"
BAD_RATE: Final = 0.08
PIPELINE: Final = """
pipeline: book
source: {{file: {path}}}
id: id
customer: customer
applied_at: applied_at
amount: amount
outcome: {{observed_at: bad_on, horizon: 12 months}}
policy: {{approval_rate: 0.7}}
training: {{learners: [scorecard, lightgbm], trials: 4, minutes: 240, trial_minutes: 60, trial_memory_gb: 6}}
"""


def write_book(rows: int, path: Path) -> None:
    """One Parquet file, in the order of the applications."""
    writer: pq.ParquetWriter | None = None
    made = path.with_suffix(".part")
    for first in range(0, rows, ROWS_AT_ONCE):
        table = _rows(first, min(ROWS_AT_ONCE, rows - first), rows).to_arrow()
        writer = writer or pq.ParquetWriter(made, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=131_072)
    assert writer is not None
    writer.close()
    made.rename(path)


def _rows(first: int, count: int, rows: int) -> pl.DataFrame:
    chance = np.random.default_rng([20, first])
    number = np.arange(first, first + count)
    applied = FIRST_DAY + (number * DAYS // rows).astype("timedelta64[D]")
    facts = chance.standard_normal((count, NUMBERS))
    counts = chance.poisson(2.0, (count, COUNTS))
    texts = chance.integers(0, 6 + np.arange(TEXTS), (count, TEXTS))
    risk = facts[:, :12] @ np.linspace(0.5, 0.05, 12) + 0.1 * counts[:, 0] + 0.15 * (texts[:, 0] == 1)
    is_bad = chance.random(count) < 1.0 / (1.0 + np.exp(-(risk - 3.3)))
    bad_on = np.where(is_bad, applied + chance.integers(30, 360, count).astype("timedelta64[D]"), np.datetime64("NaT"))
    missing = chance.random(count) < 0.1
    return pl.DataFrame(
        {
            "id": number,
            "customer": number * 7919 % (rows * 9 // 10 + 1),
            "applied_at": applied,
            "bad_on": bad_on,
            "amount": np.round(chance.lognormal(9.0, 0.6, count), 2),
            "branch": pl.Series(number % 40).cast(pl.String),
            **{f"fact_{place}": pl.Series(facts[:, place]).set(pl.Series(missing), None) for place in range(NUMBERS)},
            **{f"count_{place}": counts[:, place] for place in range(COUNTS)},
            **{f"text_{place}": "level " + pl.Series(texts[:, place]).cast(pl.String) for place in range(TEXTS)},
        }
    )
