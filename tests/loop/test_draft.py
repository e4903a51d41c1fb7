"""The draft that a newcomer gets from a bare file: it runs without a change and gives a reason for every guess."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from kingmaker.adapters.sources.files import FileSource
from kingmaker.cohort.guesses import guess_id
from kingmaker.domain.errors import DeclarationError, SourceError
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.loop.draft import draft_pipeline
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.reading import parse_pipeline

SBA = Path(__file__).parents[2] / "examples" / "sba" / "sba_loans.parquet"


def drafted(file: Path, **answers: str) -> tuple[str, Pipeline]:
    text = draft_pipeline(file, source=FileSource(), **answers)
    return text, parse_pipeline(text, "draft.yaml")


def applicants(rows: int = 1000) -> pl.DataFrame:
    """A table as banks publish them: words, no dates, no id."""
    generator = np.random.default_rng(5)
    bad = generator.random(rows) < 0.3
    return pl.DataFrame(
        {
            "checking account": generator.choice(["... < 0 DM", "no account"], rows),
            "credit.amount": generator.integers(250, 18_000, rows),
            "age": generator.integers(19, 75, rows),
            "zip code": generator.integers(1, 9, rows),
            "creditability": np.where(bad, "bad", "good"),
        }
    )


def test_a_table_without_dates_gets_a_random_split_and_the_row_as_id(tmp_path: Path) -> None:
    applicants().write_csv(tmp_path / "German Credit.csv")
    text, pipeline = drafted(tmp_path / "German Credit.csv")
    assert pipeline.pipeline == "german-credit"
    assert pipeline.id == "row number"
    assert pipeline.applied_at is None
    assert (pipeline.outcome.label, pipeline.outcome.bad) == ("creditability", "bad")
    assert pipeline.amount == "credit.amount"
    assert pipeline.features.kinds == {"zip code": ColumnKind.CATEGORY}
    assert "windows are a random split, drift cannot be judged" in text


def dated(rows: int = 1200) -> pl.DataFrame:
    generator = np.random.default_rng(6)
    bad = generator.random(rows) < 0.2
    days = [date(2018, 1, 1) + timedelta(days=row) for row in range(rows)]
    return pl.DataFrame(
        {
            "loan_id": range(rows),
            "customer_id": [row // 2 for row in range(rows)],
            "application_date": [day.strftime("%d/%m/%Y") for day in days],
            "loan_amount": generator.integers(1000, 9000, rows),
            "recovered": np.where(bad, generator.uniform(1, 9, rows), 0.0),
            "default_flag": bad.astype(int),
        }
    )


def test_dates_customers_and_leaks_are_recognised(tmp_path: Path) -> None:
    dated().write_csv(tmp_path / "loans.csv")
    text, pipeline = drafted(tmp_path / "loans.csv")
    assert pipeline.source.date_format == "%d/%m/%Y"
    assert (pipeline.id, pipeline.customer, pipeline.applied_at) == ("loan_id", "customer_id", "application_date")
    assert (pipeline.outcome.label, pipeline.outcome.bad) == ("default_flag", "1")
    assert pipeline.amount == "loan_amount"
    assert pipeline.features.forbid == ("recovered",)
    assert "- recovered  # a leak: " in text


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"serial": range(9), "application": range(9)}, "application"),
        ({"application_no": [1] * 9, "reference": [f"R{row}" for row in range(9)]}, "reference"),
        ({"income": [row / 3 for row in range(9)], "folder": [f"F{row}" for row in range(9)]}, "folder"),
        ({"customer_id": range(9), "loan_amount": range(9), "case": range(9)}, "case"),
        ({"day": [date(2020, 1, 1 + row) for row in range(9)], "loan": [None, *range(8)]}, None),
    ],
)
def test_an_id_is_a_column_without_gaps_or_repeats_best_named_like_one(
    columns: dict[str, list[object]], expected: str | None
) -> None:
    assert guess_id(pl.DataFrame({name: list(values) for name, values in columns.items()}), ()) == expected


def test_a_date_as_text_that_never_repeats_is_no_id(tmp_path: Path) -> None:
    dated().drop("loan_id", "customer_id").write_csv(tmp_path / "loans.csv")
    _, pipeline = drafted(tmp_path / "loans.csv")
    assert (pipeline.id, pipeline.applied_at) == ("row number", "application_date")


def test_a_table_of_several_is_named_by_a_person(tmp_path: Path) -> None:
    frame = dated().to_arrow()  # noqa: F841 - DuckDB finds it by its name
    with duckdb.connect(str(tmp_path / "bank.duckdb")) as bank:
        bank.execute("CREATE TABLE loans AS SELECT * FROM frame; CREATE TABLE branches AS SELECT 1 AS branch")
    with pytest.raises(SourceError, match="Name one of them with `--table`"):
        drafted(tmp_path / "bank.duckdb")
    _, pipeline = drafted(tmp_path / "bank.duckdb", table="loans")
    assert (pipeline.source.table, pipeline.id) == ("loans", "loan_id")


def test_id_and_customer_are_taken_from_a_person(tmp_path: Path) -> None:
    frame = dated().with_columns((pl.col("loan_id") * 2).alias("folder"), (pl.col("loan_id") // 3).alias("house"))
    frame.write_csv(tmp_path / "loans.csv")
    _, pipeline = drafted(tmp_path / "loans.csv", identity="folder", customer="house")
    assert (pipeline.id, pipeline.customer) == ("folder", "house")


def test_what_laws_protect_is_kept_for_fairness_reporting(tmp_path: Path) -> None:
    applicants().with_columns(pl.Series("personal_status_and_sex", ["f", "m"] * 500)).write_csv(tmp_path / "loans.csv")
    _, pipeline = drafted(tmp_path / "loans.csv")
    assert pipeline.features.protected == ("personal_status_and_sex",)


def test_what_a_person_says_is_not_guessed(tmp_path: Path) -> None:
    dated().with_columns(pl.col("default_flag").alias("bad_ever")).write_csv(tmp_path / "loans.csv")
    _, pipeline = drafted(tmp_path / "loans.csv", name="mine", target="bad_ever", horizon="6 months")
    assert pipeline.pipeline == "mine"
    assert pipeline.outcome.label == "bad_ever"
    assert str(pipeline.outcome.horizon) == "6 months"
    assert "default_flag" in pipeline.features.forbid


def test_the_file_is_named_from_where_the_draft_will_stand(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    applicants().write_csv(tmp_path / "data" / "loans.csv")
    text = draft_pipeline(tmp_path / "data" / "loans.csv", source=FileSource(), folder=tmp_path)
    assert parse_pipeline(text, "draft.yaml").source.file == "data/loans.csv"


def test_an_answer_that_is_no_column_is_refused(tmp_path: Path) -> None:
    dated().write_csv(tmp_path / "loans.csv")
    with pytest.raises(DeclarationError, match=r"`bda` is not a column of the file. It has loan_id, customer_id"):
        drafted(tmp_path / "loans.csv", target="bda")


def test_a_file_without_any_outcome_says_how_to_name_one(tmp_path: Path) -> None:
    dated().drop("default_flag", "recovered").write_csv(tmp_path / "loans.csv")
    with pytest.raises(
        DeclarationError, match=r"no column could be recognised as the outcome. Say which it is: `--target COLUMN`"
    ):
        drafted(tmp_path / "loans.csv")


def test_what_the_data_check_refuses_stands_in_the_draft_as_a_remark(tmp_path: Path) -> None:
    dated().head(200).write_csv(tmp_path / "loans.csv")
    text, _ = drafted(tmp_path / "loans.csv")
    assert "# Seen in the data: no loan is matured" in text


def test_odd_names_are_quoted_so_that_they_read_as_themselves(tmp_path: Path) -> None:
    frame = applicants().rename({"age": "2019: age #1", "zip code": "yes code", "creditability": "default"})
    frame.write_parquet(tmp_path / "1.parquet")
    _, pipeline = drafted(tmp_path / "1.parquet")
    assert pipeline.pipeline == "pipeline-1"
    assert pipeline.features.kinds == {"yes code": ColumnKind.CATEGORY}


@pytest.mark.slow
def test_the_sba_loans_need_no_hand_edit() -> None:
    text, pipeline = drafted(SBA)
    assert (pipeline.id, pipeline.applied_at, pipeline.amount) == ("loan_id", "ApprovalDate", "GrAppv")
    assert pipeline.outcome.observed_at == "ChgOffDate"
    assert {"Term", "MIS_Status", "ChgOffPrinGr", "DisbursementGross"} <= set(pipeline.features.forbid)
    assert "- Term  # a leak: " in text
