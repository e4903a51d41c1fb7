"""Loans made for the recipe's contest: 40 numbers with gaps and outliers, 10 categories with gaps and unseen levels."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from benchmarks.stopwatch import Stopwatch

NUMBERS = 40
LEVELS = (5, 6, 8, 12, 20, 35, 60, 100, 150, 200)
"""Levels of each category."""
ONE_HOT = 2
"""The first so many categories become flags, the others places in the order of their levels."""
GAPPY = 20
"""The first so many numbers have missing values."""


def number_names() -> list[str]:
    return [f"number_{place}" for place in range(NUMBERS)]


def category_names() -> list[str]:
    return [f"category_{place}" for place in range(len(LEVELS))]


def make_columns(path: Path, rows: int) -> None:
    """Write the rows to fit on, and beside them (`unseen_`) as many to clean, one in a thousand with a new level."""
    for file, seed, unseen in ((path, 1, 0.0), (unseen_of(path), 2, 0.001)):
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _rows(np.random.default_rng(seed), rows, unseen).write_parquet(file)


def unseen_of(path: Path) -> Path:
    return path.with_name(f"unseen_{path.name}")


def _rows(draw: np.random.Generator, rows: int, unseen: float) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {}
    risk = np.zeros(rows)
    for place, name in enumerate(number_names()):
        values = draw.normal(size=rows) if place % 2 else draw.lognormal(8.0, 1.0, size=rows).round(2)
        risk += 0.2 * (values if place % 2 else np.log(values) - 8.0)
        values[draw.random(rows) < 0.0005] *= 1000.0
        if place < GAPPY:
            values[draw.random(rows) < 0.05] = np.nan
        columns[name] = pl.Series(values).fill_nan(None)
    for name, count in zip(category_names(), LEVELS, strict=True):
        places = draw.integers(count, size=rows)
        risk += 0.3 * np.sin(places)
        texts = pl.Series([*(f"level {place:03}" for place in range(count)), None, "never seen"])
        places[draw.random(rows) < 0.03] = count
        places[draw.random(rows) < unseen] = count + 1
        columns[name] = texts.gather(places)
    columns["_label"] = pl.Series((draw.logistic(size=rows) < risk - 3.0).astype(np.int8))
    return pl.DataFrame(columns)


if __name__ == "__main__":
    make_columns(Path(sys.argv[1]), int(sys.argv[2]))
    Stopwatch().tell()
