"""Dates of the run in SQL: bound where they stand as dates, told where they would be text, refused where nobody knows them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kingmaker.adapters.sources.files import FileSource
from kingmaker.domain.errors import DeclarationError, SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.pipeline.sql_text import pieces, with_placeholders
from kingmaker.ports.source import Reading

MARKS = {"as_of": "A", "window.start": "S", "window.end": "E"}
SQL = st.text(alphabet="a;'\"`$-/*#\\\n{} ", max_size=40)


def extracted(folder: Path, *tasks: str) -> pl.DataFrame:
    pl.DataFrame({"day": [date(2020, 1, 1), date(2021, 1, 1)]}).write_parquet(folder / "loans.parquet")
    declared = {
        "file": "loans.parquet",
        "tasks": [{"name": f"task {place}", "sql": sql} for place, sql in enumerate(tasks)],
    }
    reading = Reading(
        declaration=SourceDeclaration.model_validate(declared),
        folder=folder,
        as_of=date(2022, 2, 2),
        start=date(2020, 6, 1),
        end=date(2021, 12, 31),
    )
    return pl.read_parquet(list(FileSource().extract(reading, folder, lambda _: None).parts))


def test_tasks_over_files_know_the_dates_as_dates(tmp_path: Path) -> None:
    rows = extracted(
        tmp_path,
        "CREATE VIEW within AS SELECT * FROM source WHERE day BETWEEN {{ window.start }} AND {{window.end}}",
        "CREATE TABLE loans AS SELECT day, {{ as_of }} AS today, {{ as_of }} - day AS days FROM within -- on {{ as_of }}",
    )
    assert rows.to_dicts() == [{"day": date(2021, 1, 1), "today": date(2022, 2, 2), "days": 397}]


def test_a_date_in_quotes_is_told_with_its_task(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"task `task 0`: `\{\{ as_of \}\}` stands in quotes"):
        extracted(tmp_path, "CREATE TABLE loans AS SELECT * FROM source WHERE day < '{{ as_of }}'")


def test_an_unknown_placeholder_is_a_mistake_with_its_place() -> None:
    text = "pipeline: p\nsource:\n  database: env:URL\n  query: SELECT * FROM a WHERE b < {{ today }}\nid: a\n"
    with pytest.raises(
        DeclarationError, match=r"p\.yaml:4.*`\{\{ today \}\}` stands for nothing; there are `\{\{ as_of \}\}`"
    ):
        parse_pipeline(text, "p.yaml")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"database": "env:URL"}, "needs `table`"),
        ({"database": "env:URL", "table": "a", "query": "SELECT 1"}, "not both"),
        ({"database": "postgresql://u:p@h/d", "table": "a"}, "a secret is named, never written here"),
        ({"file": "a.csv", "query": "SELECT 1"}, "`query` is for a `database`"),
    ],
)
def test_a_database_is_declared_by_one_table_or_one_query(declared: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SourceDeclaration.model_validate(declared)


@given(SQL, st.booleans())
@settings(max_examples=200, deadline=None)
def test_pieces_joined_are_the_sql(sql: str, escapes: bool) -> None:
    assert "".join(text for _, text in pieces(sql, escapes=escapes)) == sql


@given(SQL.filter(lambda sql: "{{" not in sql))
@settings(max_examples=100, deadline=None)
def test_sql_without_placeholders_is_left_as_it_is(sql: str) -> None:
    assert with_placeholders(sql, MARKS) == sql


@given(st.text(alphabet="a:\\ '%=", max_size=20))
@settings(max_examples=200, deadline=None)
def test_colons_of_a_query_are_no_parameters_of_sqlalchemy(text: str) -> None:
    assert str(sa.text(text.replace(":", "\\:")).compile()) == text


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("SELECT 'a;''b' -- c\n;", ["code", "quoted", "code", "comment", "code"]),
        ("$q$ ; $q$ /* ; */", ["quoted", "code", "comment"]),
        ("'never closed ;", ["quoted"]),
    ],
)
def test_texts_and_comments_are_told_from_code(sql: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in pieces(sql)] == kinds
