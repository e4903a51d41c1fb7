"""A small lender: a declaration and rows that a test changes where it matters."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from kingmaker.pipeline.declaration import Pipeline

Declare = Callable[..., Pipeline]
Book = Callable[..., pl.DataFrame]


@pytest.fixture
def declare() -> Declare:
    """A declaration by dates; keyword arguments replace its parts."""

    def declaring(**parts: Any) -> Pipeline:
        plain = {
            "pipeline": "book",
            "source": {"file": "loans.parquet"},
            "id": "loan",
            "applied_at": "applied",
            "outcome": {"observed_at": "gone", "horizon": "12 months"},
        }
        return Pipeline.model_validate(plain | parts)

    return declaring


@pytest.fixture
def book() -> Book:
    """`rows` loans, one a day from 2015-01-01, one in `one_bad_in` gone bad after 90 days; `income` ranks them weakly."""

    def making(rows: int = 2000, one_bad_in: int = 10, seed: int = 1) -> pl.DataFrame:
        generator = np.random.default_rng(seed)
        applied = [date(2015, 1, 1) + timedelta(days=row // 2) for row in range(rows)]
        bad = generator.random(rows) < 1 / one_bad_in
        return pl.DataFrame(
            {
                "loan": [f"L{row:05}" for row in range(rows)],
                "applied": applied,
                "gone": [
                    day + timedelta(days=90) if is_bad else None for day, is_bad in zip(applied, bad, strict=True)
                ],
                "income": np.round(generator.lognormal(10, 0.5, rows) * np.where(bad, 0.8, 1.0), 2),
                "state": generator.choice(["AK", "NY", "TX"], rows),
                "amount": np.round(generator.uniform(1e3, 1e4, rows), 2),
            }
        )

    return making
