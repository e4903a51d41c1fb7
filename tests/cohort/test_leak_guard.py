"""The leak guard finds what was filled in after the decision, and lets honest columns pass."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from kingmaker.cohort.features import Columns
from kingmaker.cohort.leak_guard import guard, late_dates, leaks_of
from kingmaker.cohort.readings import Reading, read_columns
from kingmaker.domain.snapshot import ColumnKind, Feature, LeftOut, Severity
from kingmaker.pipeline.declaration import Features

ROWS = 8000
LIMIT = 0.85


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(3)


def train(bad: np.ndarray, **columns: object) -> pl.DataFrame:
    """Rows over four years with a label and the given columns."""
    applied = [date(2015, 1, 1) + timedelta(days=row * 1460 // len(bad)) for row in range(len(bad))]
    plain = {"_label": bad.astype(np.int8), "_applied_at": applied, "_customer": [f"c{row}" for row in range(len(bad))]}
    return pl.DataFrame(plain | columns)


def reading_of(frame: pl.DataFrame, kind: ColumnKind = ColumnKind.NUMBER) -> Reading:
    (reading,) = read_columns(frame, [Feature(name="x", kind=kind)])
    return reading


def test_a_column_that_says_nothing_reads_one_half(generator) -> None:
    reading = reading_of(train(generator.random(ROWS) < 0.1, x=generator.random(ROWS)))
    assert reading.highest == pytest.approx(0.5, abs=0.05)
    assert not reading.leaks(LIMIT)


def test_an_honest_strong_column_passes(generator) -> None:
    bad = generator.random(ROWS) < 0.1
    assert not reading_of(train(bad, x=generator.normal(0, 1, ROWS) + 0.9 * bad)).leaks(LIMIT)


def test_a_column_that_orders_bads_after_goods_leaks_in_either_direction(generator) -> None:
    bad = generator.random(ROWS) < 0.1
    for sign in (1, -1):
        assert reading_of(train(bad, x=sign * (generator.normal(0, 1, ROWS) + 3 * bad))).rank > LIMIT


def test_a_rewritten_column_leaks_although_its_order_says_little(generator) -> None:
    bad = generator.random(ROWS) < 0.1
    term = np.where(bad, generator.integers(1, 120, ROWS), generator.choice([36, 60, 84, 120], ROWS)).astype(float)
    reading = reading_of(train(bad, x=term))
    assert reading.rank < 0.80
    assert reading.grouped > 0.95
    assert reading.leaks(LIMIT)


def test_a_category_is_judged_by_the_bad_rates_of_other_customers(generator) -> None:
    bad = generator.random(ROWS) < 0.1
    names = pl.Series([f"name {row}" for row in range(ROWS)])
    assert reading_of(train(bad, x=names), ColumnKind.CATEGORY).grouped == pytest.approx(0.5, abs=0.02)
    status = np.where(bad, "closed", generator.choice(["open", "closed"], ROWS, p=[0.9, 0.1]))
    assert reading_of(train(bad, x=status), ColumnKind.CATEGORY).leaks(LIMIT)


def test_whether_a_value_is_there_can_leak(generator) -> None:
    bad = generator.random(ROWS) < 0.1
    recovered = pl.Series(generator.random(ROWS)).set(pl.Series(~bad), None)
    assert reading_of(train(bad, x=recovered)).filled == 1.0


def test_an_amount_that_only_some_bads_have_leaks_at_any_area_under_the_curve(generator) -> None:
    bad = generator.random(ROWS) < 0.1
    recovered = np.where(bad & (generator.random(ROWS) < 0.2), generator.uniform(100, 200, ROWS), 0.0)
    reading = reading_of(train(bad, x=recovered))
    assert reading.highest < LIMIT
    assert reading.leaks(LIMIT)


def test_drift_alone_does_not_make_a_leak(generator) -> None:
    year = np.arange(ROWS) * 4 // ROWS
    bad = generator.random(ROWS) < np.array([0.001, 0.01, 0.1, 0.6])[year]
    x = year + generator.random(ROWS) * 0.5
    pooled = pl.DataFrame({"x": x, "bad": bad}).with_columns(pl.col("x").rank())
    goods, bads = (~bad).sum(), bad.sum()
    assert (pooled.filter("bad")["x"].sum() - bads * (bads + 1) / 2) / (goods * bads) > LIMIT
    assert not reading_of(train(bad, x=x)).leaks(LIMIT)


def test_drift_does_not_hide_a_leak(generator) -> None:
    year = np.arange(ROWS) * 4 // ROWS
    bad = generator.random(ROWS) < np.array([0.3, 0.2, 0.1, 0.05])[year]
    assert reading_of(train(bad, x=generator.normal(0, 1, ROWS) + 3 * bad + 4.0 * year)).rank > 0.95


def test_readings_do_not_depend_on_chance(generator) -> None:
    frame = train(generator.random(ROWS) < 0.1, x=generator.random(ROWS))
    assert reading_of(frame) == reading_of(frame)


LEAK = Reading(column="x", rank=0.6, grouped=0.96, filled=0.5, only_bad=0.0)
FAIR = Reading(column="x", rank=0.6, grouped=0.7, filled=0.5, only_bad=0.0)
COLUMNS = Columns(features=(Feature(name="x", kind=ColumnKind.NUMBER),), left_out=(), findings=())


def test_a_leak_is_refused_by_default_with_both_ways_out() -> None:
    (finding,) = guard(COLUMNS, [LEAK], Features(), LIMIT).findings
    assert finding.severity is Severity.REFUSAL
    assert finding.sentence == (
        "`x` knows the outcome: the bad rate of its values alone ranks bads from goods "
        "with an AUC of 0.96 within application years (limit 0.85)"
    )
    assert finding.remedy == "Add `x` to `features.forbid`, or to `features.allow` if it was known at application."


def test_a_leak_to_forbid_is_left_out_loudly() -> None:
    columns = guard(COLUMNS, [LEAK], Features.model_validate({"leaks": "forbid"}), LIMIT)
    assert columns.features == ()
    assert columns.findings[0].severity is Severity.WARNING
    assert columns.left_out[0].reason.startswith("a leak: the bad rate of its values")


def test_a_column_that_a_person_cleared_stays_with_a_note() -> None:
    columns = guard(COLUMNS, [LEAK], Features.model_validate({"leaks": "forbid", "allow": ["x"]}), LIMIT)
    assert columns.features == COLUMNS.features
    assert columns.findings[0].severity is Severity.NOTE


def test_a_leak_of_the_last_run_does_not_slip_in_when_it_reads_below_the_limit() -> None:
    columns = guard(COLUMNS, [FAIR], Features.model_validate({"leaks": "forbid"}), LIMIT, known={"x"})
    assert columns.features == ()
    assert "the last run found it" in columns.left_out[0].reason


def test_no_run_before_means_no_known_leaks() -> None:
    assert leaks_of(None) == frozenset()


@pytest.mark.parametrize("kind", [pl.Date(), pl.Datetime("us"), pl.Datetime("ms", "UTC")])
def test_a_date_after_the_application_is_told_with_its_share(kind: pl.DataType) -> None:
    days = [date(2020, 1, day) for day in range(1, 11)]
    frame = pl.DataFrame(
        {"_applied_at": days, "paid_out": [day + timedelta(days=3) for day in days], "born": [date(1980, 1, 1)] * 10}
    ).with_columns(pl.col("paid_out").cast(kind))
    ((left, finding),) = list(late_dates(frame, ["paid_out", "born"], None))
    assert left == LeftOut(
        column="paid_out",
        reason="a date that lies after the application on 100% of the rows: known only after the decision",
    )
    assert finding.severity is Severity.NOTE


def test_a_large_window_is_thinned_and_reads_the_same(generator) -> None:
    bad = generator.random(250_000) < 0.1
    reading = reading_of(train(bad, x=generator.normal(0, 1, len(bad)) + bad))
    assert reading.rank == pytest.approx(0.76, abs=0.01)


def test_an_empty_window_has_no_readings() -> None:
    frame = train(np.array([True, False]), x=[1.0, 2.0]).clear()
    assert read_columns(frame, [Feature(name="x", kind=ColumnKind.NUMBER)]) == []
