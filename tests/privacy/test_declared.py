"""Masked columns in the declaration: what contradicts itself is told at check time with its line."""

import polars as pl
import pytest

from kingmaker.cohort.declared_check import check_declared
from kingmaker.cohort.features import choose_columns
from kingmaker.domain.errors import DeclarationError
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.pipeline.reading import parse_pipeline

TEXT = """\
pipeline: loans
source: {{file: loans.csv{source}}}
pii:
  {treatment}: [note, {column}]
id: loan
customer: customer
applied_at: applied
amount: amount
outcome: {{observed_at: went_bad, horizon: 6 months}}
features: {{include: [savings, debt], monotone: {{debt: up}}, protected: [sex]}}
cleaning: {{columns: {{debt: {{missing: median}}}}}}
"""
JOINS = ", joins: [{table: b.csv, on: [person], available_at: known}]"


def declared(treatment: str, column: str) -> str:
    return TEXT.format(treatment=treatment, column=column, source=JOINS)


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("loan", "`id`"),
        ("customer", "`customer`"),
        ("applied", "`applied_at`"),
        ("went_bad", "`outcome.observed_at`"),
        ("amount", "`amount`"),
        ("savings", "`features.include`"),
        ("debt", "`features.include` and `features.monotone` and `cleaning.columns`"),
        ("sex", "`features.protected`"),
        ("person", "`source.joins.on`"),
        ("known", "`source.joins.available_at`"),
    ],
)
def test_a_column_that_is_dropped_and_needed_is_refused_at_its_place(column: str, place: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        parse_pipeline(declared("drop", column), "loans.yaml")
    assert str(refused.value).startswith(f"loans.yaml:4:16: `{column}` is dropped, but {place} needs it")


@pytest.mark.parametrize("column", ["applied", "went_bad", "amount", "savings", "debt", "known"])
def test_a_pseudonym_is_no_date_no_amount_and_no_feature(column: str) -> None:
    with pytest.raises(DeclarationError, match=f"loans.yaml:4:24: `{column}` is pseudonymised, but "):
        parse_pipeline(declared("pseudonymise", column), "loans.yaml")


@pytest.mark.parametrize("column", ["loan", "customer", "person", "sex", "elsewhere"])
def test_a_pseudonym_may_name_applications_customers_and_groups(column: str) -> None:
    assert column in parse_pipeline(declared("pseudonymise", column), "loans.yaml").pii.pseudonymise


def test_a_column_that_is_forbidden_may_be_dropped_too() -> None:
    text = declared("drop", "phone").replace("features: {", "features: {forbid: [phone], ")
    assert parse_pipeline(text, "loans.yaml").pii.drop == ("note", "phone")


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = declared("drop", "loan").replace("note", "customer")
    with pytest.raises(DeclarationError) as refused:
        parse_pipeline(text, "loans.yaml")
    assert [line.partition(" is ")[0] for line in str(refused.value).splitlines()] == [
        "loans.yaml:4:10: `customer`",
        "loans.yaml:4:20: `loan`",
    ]


def test_a_pseudonymised_column_is_no_feature_and_the_reason_is_told() -> None:
    text = declared("pseudonymise", "branch").replace("include: [savings, debt], ", "")
    rows = pl.DataFrame({"savings": [1.0, 2.0], "branch": ["0a", "1b"], "customer": ["2c", "3d"]})
    chosen = choose_columns(rows, parse_pipeline(text, "loans.yaml"))
    assert [feature.name for feature in chosen.features] == ["savings"]
    assert {left.column: left.reason for left in chosen.left_out} == {
        "branch": "it is pseudonymised (`pii.pseudonymise`): a name, not a fact",
        "customer": "it names the customer",
    }


def test_a_feature_of_the_last_run_that_is_dropped_now_is_not_missed() -> None:
    pipeline = parse_pipeline(declared("drop", "phone").replace("include: [savings, debt], ", ""), "loans.yaml")
    last = [Feature(name=name, kind=ColumnKind.CATEGORY) for name in ("phone", "hobby")]
    missed = [finding.column for finding in check_declared([], pipeline, last) if finding.check == "missing_column"]
    assert missed == ["hobby"]


def test_one_column_is_not_treated_in_two_ways() -> None:
    text = declared("drop", "phone").replace("pii:\n", "pii:\n  pseudonymise: [phone]\n")
    with pytest.raises(DeclarationError, match="`phone` is to be dropped and to be pseudonymised: choose one"):
        parse_pipeline(text, "loans.yaml")
