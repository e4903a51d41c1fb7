"""Explored loans: accepted at random, weighed by their chance, and refused where the columns cannot say so."""

import polars as pl
import pytest

from kingmaker.cohort.declared_check import check_declared
from kingmaker.cohort.exploration import check_exploration, weights_of
from kingmaker.cohort.features import choose_columns
from kingmaker.cohort.loans import ADDED, added_columns, check_roles, select_loans
from kingmaker.domain.snapshot import Severity
from kingmaker.pipeline.declaration import Acceptance

from .test_loans import AS_OF

DECLARED = {"outcomes_of": "approved", "explored": "tried", "propensity": "chance"}
ACCEPTANCE = Acceptance.model_validate(DECLARED)


def tried(values: list[object], chances: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"tried": values, "chance": chances})


@pytest.mark.parametrize(
    "values",
    [[True, False, None], ["true", "False", ""], ["1", "0", None], [1, 0, None], [1.0, 0.0, float("nan")], ["Yes", "no", ""]],
    ids=["booleans", "words", "digits as text", "integers", "doubles", "yes and no"],
)  # fmt: skip
def test_an_explored_loan_stands_for_one_over_its_chance_however_true_is_written(values: list[object]) -> None:
    rows = tried(values, [0.04, 0.5, 0.5])
    assert check_exploration(rows, ACCEPTANCE) == []
    assert weights_of(rows, ACCEPTANCE).to_list() == [25.0, 1.0, 1.0]


def test_weights_are_capped() -> None:
    rows = tried([True, True], [0.001, 0.5])
    assert weights_of(rows, ACCEPTANCE).to_list() == [50.0, 2.0]
    capped = Acceptance.model_validate(DECLARED | {"max_weight": 10})
    assert weights_of(rows, capped).to_list() == [10.0, 2.0]


def test_a_chance_of_a_loan_that_was_not_explored_says_nothing() -> None:
    rows = tried([False, None, True], [None, 7.0, 1.0])
    assert check_exploration(rows, ACCEPTANCE) == []
    assert weights_of(rows, ACCEPTANCE).to_list() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.0001, 5.0, None, float("nan"), float("inf")])
def test_an_explored_loan_without_a_chance_is_refused_with_what_to_do(chance: float | None) -> None:
    (finding,) = check_exploration(tried([True, True, False], [0.1, chance, chance]), ACCEPTANCE)
    assert (finding.severity, finding.column, finding.value) == (Severity.REFUSAL, "chance", 1.0)
    assert "a share such as 0.05" in finding.remedy


def test_a_chance_that_is_text_is_read_where_it_is_a_number() -> None:
    assert weights_of(tried(["yes", "yes"], [" 0.5", "0.25 "]), ACCEPTANCE).to_list() == [2.0, 4.0]
    (finding,) = check_exploration(tried(["yes", "no"], ["5 %", "5 %"]), ACCEPTANCE)
    assert "'5 %'" in finding.sentence


@pytest.mark.parametrize("value", ["perhaps", "2", "J"])
def test_an_explored_that_is_neither_true_nor_false_is_refused_with_an_example(value: str) -> None:
    (finding,) = check_exploration(tried(["yes", value, ""], [0.1, 0.1, 0.1]), ACCEPTANCE)
    assert (finding.severity, finding.column) == (Severity.REFUSAL, "tried")
    assert repr(value) in finding.sentence
    assert "true or false" in finding.remedy


def test_without_a_declaration_every_loan_counts_one_and_nothing_is_refused() -> None:
    rows = tried(["perhaps", None], [None, 9.0])
    assert check_exploration(rows, Acceptance()) == []
    assert weights_of(rows, Acceptance()).to_list() == [1.0, 1.0]


def with_exploration(raw: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(pl.len())
    return raw.with_columns(tried=number % 20 == 0, chance=pl.when(number % 20 == 0).then(0.05))


def test_the_weights_travel_with_the_loans_into_every_window(declare, book) -> None:
    pipeline = declare(acceptance=DECLARED, policy={"min_bads": 30})
    loans = select_loans(with_exploration(book()), pipeline, AS_OF)
    assert loans.frame.columns[-1] == "_weight"
    assert loans.frame.filter("tried")["_weight"].unique().to_list() == [pytest.approx(20.0)]
    assert loans.frame.filter(~pl.col("tried"))["_weight"].unique().to_list() == [1.0]


def test_a_pipeline_without_exploration_keeps_the_snapshots_it_had(declare, book) -> None:
    pipeline = declare(policy={"min_bads": 30}, acceptance={"outcomes_of": "approved"})
    assert added_columns(pipeline) == ADDED
    assert "_weight" not in select_loans(book(), pipeline, AS_OF).frame.columns


def test_who_was_explored_is_never_a_feature(declare, book) -> None:
    pipeline = declare(acceptance=DECLARED, features={"include": ["income", "tried", "chance"]})
    columns = choose_columns(with_exploration(book()), pipeline)
    assert [feature.name for feature in columns.features] == ["income"]
    reasons = {left.column: left.reason for left in columns.left_out}
    assert "at random" in reasons["tried"]
    assert "at random" in reasons["chance"]


def test_columns_that_are_not_there_are_told_with_where_they_were_declared(declare) -> None:
    findings = check_declared(["loan", "applied", "gone", "tries"], declare(acceptance=DECLARED))
    assert [finding.sentence.split("`")[1] for finding in findings] == ["acceptance.explored", "acceptance.propensity"]


def test_exploration_where_everyones_outcome_is_known_is_a_contradiction(declare) -> None:
    pipeline = declare(acceptance=DECLARED | {"outcomes_of": "everyone"})
    (finding,) = check_declared(["loan", "applied", "gone", "tried", "chance"], pipeline)
    assert (finding.check, finding.severity) == ("contradiction", Severity.REFUSAL)
    assert "outcomes_of: approved" in finding.remedy


def test_what_is_wrong_with_exploration_is_told_with_what_is_wrong_with_other_roles(declare, book) -> None:
    raw = with_exploration(book()).with_columns(chance=pl.lit(5.0), amount=pl.lit("much"))
    findings = check_roles(raw, declare(acceptance=DECLARED, amount="amount"))
    assert [finding.column for finding in findings] == ["amount", "chance"]
