"""A feature with a day of its own: what became known after the application is missing, and somebody is told."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from kingmaker.cohort.judgement import judge
from kingmaker.cohort.loans import judged_loans
from kingmaker.cohort.raw import LoanColumns, RawRows
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import Finding
from kingmaker.pipeline.declaration import Pipeline

AS_OF = date(2018, 12, 31)


def book(rows: int = 1200) -> pl.DataFrame:
    """Every tenth score became known a day late, every hundredth nobody knows when."""
    generator = np.random.default_rng(1)
    applied = [date(2015, 1, 1) + timedelta(days=row // 2) for row in range(rows)]
    bad = generator.random(rows) < 0.2
    return pl.DataFrame(
        {
            "loan": list(range(rows)),
            "applied": applied,
            "gone": [day + timedelta(90) if one else None for day, one in zip(applied, bad, strict=True)],
            "income": generator.normal(0, 1, rows),
            "score": generator.integers(300, 900, rows),
            "scored": [
                None if row % 100 == 5 else day + timedelta(days=int(row % 10 == 0)) for row, day in enumerate(applied)
            ],
        }
    )


def declare(**features: object) -> Pipeline:
    return Pipeline.model_validate(
        {
            "pipeline": "book",
            "source": {"file": "loans.parquet"},
            "id": "loan",
            "applied_at": "applied",
            "outcome": {"observed_at": "gone"},
            "policy": {"min_bads": 30},
            "features": {"available_at": {"score": "scored"}} | features,
        }
    )


def found(rows: pl.DataFrame, pipeline: Pipeline) -> list[Finding]:
    return [finding for finding in judge(rows, pipeline, AS_OF)[1].findings if finding.check == "known_later"]


def test_values_that_became_known_later_are_missing_and_the_others_are_as_they_were() -> None:
    loans, columns, _ = judge(book(), declare(), AS_OF)
    values = LoanColumns(RawRows(book()), declare(), loans.order)
    rows = values.read(["loan", "score"]).join(book().select("loan", raw="score"), on="loan")
    late = (pl.col("loan") % 10 == 0) | (pl.col("loan") % 100 == 5)
    assert rows.filter(late)["score"].null_count() == rows.filter(late).height > 0
    kept = rows.filter(~late)
    assert kept["score"].to_list() == kept["raw"].to_list()
    assert [feature.name for feature in columns.features] == ["income", "score"]


def test_a_finding_says_how_many() -> None:
    (finding,) = found(book(), declare())
    assert finding.sentence == (
        "`score` became known after the application, or nobody knows when, in 132 of 1,200 rows: it is missing there"
    )
    assert found(book().with_columns(scored="applied"), declare()) == []


def test_loans_that_are_judged_afterwards_see_the_same() -> None:
    rows = judged_loans(book(), declare(), AS_OF)
    assert rows.filter(pl.col("loan") % 10 == 0)["score"].null_count() == 120


def test_the_column_with_the_days_is_no_feature_and_must_hold_days() -> None:
    columns = judge(book(), declare(), AS_OF)[1]
    assert ("scored", "it says when another column became known") in [
        (left.column, left.reason) for left in columns.left_out
    ]
    with pytest.raises(DataRefused, match="`income` must hold dates"):
        judge(book(), declare(available_at={"score": "income"}), AS_OF)
    with pytest.raises(DataRefused, match=r"`features.available_at` names `scoerd`, .* The nearest column is `scored`"):
        judge(book(), declare(available_at={"score": "scoerd"}), AS_OF)


@pytest.mark.parametrize(
    "part",
    [
        {"features": {"available_at": {"score": "scored"}}},
        {"source": {"file": "loans", "partitioned_by": ["month"]}},
        {"source": {"file": "loans", "joins": [{"table": "bureau.csv", "on": ["loan"], "available_at": "day"}]}},
    ],
)
def test_what_is_held_against_the_application_date_needs_one(part: dict[str, object]) -> None:
    plain = {"pipeline": "book", "source": {"file": "loans"}, "id": "loan", "outcome": {"label": "bad"}}
    with pytest.raises(ValueError, match="needs `applied_at`: it is held against the application date"):
        Pipeline.model_validate(plain | part)
