"""A file is scored as the source has it: tasks, columns and mistakes as a person meets them."""

from pathlib import Path

import polars as pl

from .conftest import Terminal


def test_the_raw_file_is_scored_without_a_step_in_between(crowned: Terminal) -> None:
    out, err = crowned.says("score", "loans.csv", "scored.parquet")
    assert "Scored 24,000 rows" in out
    assert "task areas" in err
    scored = pl.read_parquet("scored.parquet")
    assert scored["loan"].to_list() == pl.read_csv("loans.csv")["loan"].to_list()


def test_a_file_that_holds_what_the_tasks_make_is_scored_as_it_is_when_asked(crowned: Terminal) -> None:
    made = pl.read_csv("loans.csv").with_columns(pl.col("region").str.to_uppercase().alias("area")).drop("region")
    made.write_parquet("made.parquet")
    assert "`--no-tasks`" in crowned.refuses("score", "made.parquet", "scored.parquet")
    crowned.shows("score", "made.parquet", "as-it-is.parquet", "--no-tasks")
    crowned.shows("score", "loans.csv", "raw.parquet")
    assert pl.read_parquet("as-it-is.parquet").equals(pl.read_parquet("raw.parquet"))


def test_a_missing_column_names_the_option_that_does_without(crowned: Terminal) -> None:
    pl.read_csv("loans.csv").drop("inquiries").write_csv("less.csv")
    refused = crowned.refuses("score", "less.csv", "scored.csv")
    assert "less.csv, after the tasks: the file lacks 1 of the columns needed: `inquiries`" in refused
    assert "`--allow-missing`" in refused
    assert not Path("scored.csv").exists()
    assert "`inquiries`" in crowned.shows("score", "less.csv", "scored.csv", "--allow-missing")


def test_the_scores_never_take_the_place_of_the_rows(crowned: Terminal) -> None:
    assert "would take the place of the rows" in crowned.refuses("score", "loans.csv", "loans.csv")
    assert "savings" in pl.read_csv("loans.csv").columns
