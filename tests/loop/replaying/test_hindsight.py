"""Loans as they turned out, and what a model's answers on them are worth."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.journeys.book import loans, write_pipeline

from kingmaker.cohort.loans import judged_loans
from kingmaker.loop.replaying.looking_back import _figures
from kingmaker.pipeline.declaration import Pipeline, Policy
from kingmaker.pipeline.reading import parse_pipeline

UNTIL = date(2018, 3, 1)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("declared")
    path = write_pipeline(folder, learners="scorecard", trials=1, promote="point", min_bads=30)
    return parse_pipeline(path.read_text(encoding="utf-8"), str(path))


def test_only_loans_whose_window_is_closed_are_judged(pipeline: Pipeline) -> None:
    judged = judged_loans(loans(2_000), pipeline, UNTIL)
    closes = judged["_applied_at"].dt.offset_by("6mo").dt.offset_by("7d")
    assert closes.max() <= UNTIL
    assert judged["_label"].null_count() == 0
    bads = judged.filter(pl.col("went_bad") <= pl.col("applied").dt.offset_by("6mo"))
    assert judged["_label"].sum() == bads.height


def test_what_is_known_later_changes_no_label_of_a_closed_window(pipeline: Pipeline) -> None:
    earlier = judged_loans(loans(2_000), pipeline, UNTIL)
    later = judged_loans(loans(2_000), pipeline, date(2019, 3, 1)).filter(pl.col("_id").is_in(earlier["_id"].implode()))
    assert earlier.sort("_id")["_label"].equals(later.sort("_id")["_label"])


def test_profit_is_what_the_approved_earn_less_what_they_lose() -> None:
    policy = Policy(approval_rate=0.5, return_on_good=0.1, loss_given_default=0.6)
    bad = np.array([0.0, 1.0, 0.0, 1.0])
    pd = np.array([0.1, 0.2, 0.3, 0.4])
    figures = _figures(bad, pd, np.array([1000.0, 500.0, 0.0, 0.0]), policy)
    assert figures.profit == pytest.approx(1000 * 0.1 - 500 * 0.6)
    assert figures.auc == pytest.approx(0.75)
    assert figures.false_kill == pytest.approx(0.5)
    assert figures.bad_rate == pytest.approx(0.5)
    assert figures.calibration_error == pytest.approx(0.5)
