"""Files are masked while they are loaded: tasks see pseudonyms, dropped columns are not there, errors quote no cell."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from kingmaker.adapters.sources.files import FileSource
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.pipeline.privacy import Pii
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask

KEY = bytes(range(32))
HIDDEN = Mask(Pii(drop=("phone",), pseudonymise=("customer",)), lambda: KEY)
BOOK = pl.DataFrame(
    {
        "loan": range(40),
        "customer": [f"MARK-C{row}" for row in range(40)],
        "phone": [f"MARK-P{row}" for row in range(40)],
        "employees": range(40),
        "applied": [date(2026, 1, 1 + row % 28) for row in range(40)],
    }
)
KINDS = ("csv", "parquet", "duckdb")
Read = Callable[..., pl.DataFrame]


def written(folder: Path, kind: str, frame: pl.DataFrame = BOOK) -> Path:
    path = folder / f"loans.{kind}"
    if kind == "csv":
        frame.write_csv(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    else:
        with duckdb.connect(str(path)) as connection:
            connection.register("frame", frame.to_arrow())
            connection.execute("CREATE TABLE loans AS SELECT * FROM frame")
    return path


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(file: Path, mask: Mask = HIDDEN, **declared: object) -> pl.DataFrame:
        declaration = SourceDeclaration.model_validate({"file": file.name, **declared})
        asked = Reading(declaration=declaration, folder=file.parent, as_of=date(2026, 2, 1), mask=mask)
        made = tmp_path / "made"
        made.mkdir(exist_ok=True)
        return pl.read_parquet(list(FileSource().extract(asked, made, lambda _: None).parts), memory_map=False)

    return reading


def refusal(read: Read, *arguments: object, **declared: object) -> str:
    with pytest.raises(SourceError) as refused:
        read(*arguments, **declared)
    error = refused.value
    assert "MARK" not in " ".join((repr(error), str(error), repr(error.__cause__)))
    assert error.__cause__ is None or error.__suppress_context__
    return str(error)


def task(sql: str) -> list[dict[str, str]]:
    return [{"name": "one", "sql": sql}]


@pytest.mark.parametrize("kind", KINDS)
def test_dropped_columns_are_gone_and_others_have_pseudonyms_in_the_files_order(
    read: Read, tmp_path: Path, kind: str
) -> None:
    rows = read(written(tmp_path, kind))
    assert rows.columns == ["loan", "customer", "employees", "applied"]
    assert rows["customer"].to_list() == [HIDDEN.pseudonym(value) for value in BOOK["customer"]]
    assert rows.drop("customer").equals(BOOK.drop("customer", "phone"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_customer_has_one_pseudonym_in_every_kind_of_file(read: Read, tmp_path: Path, kind: str) -> None:
    numbered = BOOK.with_columns(customer=pl.col("loan").cast(pl.Float64 if kind == "parquet" else pl.Int32))
    assert read(written(tmp_path, kind, numbered))["customer"][12] == HIDDEN.pseudonym("12")


def test_leading_zeros_of_a_csv_file_are_kept_for_the_pseudonym(read: Read, tmp_path: Path) -> None:
    numbered = BOOK.with_columns(customer=pl.col("loan").cast(pl.String).str.zfill(6))
    assert read(written(tmp_path, "csv", numbered))["customer"][12] == HIDDEN.pseudonym("000012")


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_work_with_pseudonyms_and_cannot_name_what_was_dropped(read: Read, tmp_path: Path, kind: str) -> None:
    file = written(tmp_path, kind)
    counted = task("CREATE TABLE loans AS SELECT customer, count(*) AS times FROM source GROUP BY ALL")
    assert read(file, tasks=counted)["times"].sum() == 40
    assert '"phone" not found' in refusal(read, file, tasks=task("CREATE TABLE loans AS SELECT phone FROM source"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_task_reaches_the_file_behind_the_mask(read: Read, tmp_path: Path, kind: str) -> None:
    file = written(tmp_path, kind)
    reader = {"csv": f"read_csv('{file}')", "parquet": f"read_parquet('{file}')", "duckdb": "kingmaker_raw.loans"}[kind]
    assert refusal(read, file, tasks=task(f"CREATE TABLE loans AS SELECT * FROM {reader}")).startswith("task `one`: ")
    attached = task(f"ATTACH '{file}' AS again")
    assert refusal(read, file, tasks=attached).startswith("task `one`: ")
    guessing = task("CREATE TABLE loans AS SELECT kingmaker_pseudonym_0(customer) AS found FROM source")
    assert "does not exist" in refusal(read, file, tasks=guessing)


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_fails_on_a_masked_value_tells_a_pseudonym_at_most(read: Read, tmp_path: Path, kind: str) -> None:
    cast = task("CREATE TABLE loans AS SELECT CAST(customer AS DATE) AS day FROM source")
    assert "the SQL failed" in refusal(read, written(tmp_path, kind), tasks=cast)


def test_of_a_database_with_several_tables_those_are_masked_that_the_tasks_read(read: Read, tmp_path: Path) -> None:
    file = written(tmp_path, "duckdb")
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE SCHEMA old; CREATE TABLE old.calls AS SELECT customer, phone AS dialled, phone FROM loans"
        )
        connection.execute("CREATE TABLE never_named AS SELECT * FROM loans")
    joined = task(
        "CREATE TABLE loans AS SELECT a.*, b.* EXCLUDE (customer) FROM file.loans a JOIN file.old.calls b USING (customer)"
    )
    rows = read(file, Mask(Pii(drop=("phone", "dialled"), pseudonymise=("customer",)), lambda: KEY), tasks=joined)
    assert rows.columns == ["loan", "customer", "employees", "applied"]
    assert rows.height == 40
    unread = task("CREATE TABLE loans AS SELECT a.loan FROM file.loans a, file.never_nam a")
    assert "does not exist" in refusal(read, file, tasks=unread)


@pytest.mark.parametrize("kind", KINDS)
def test_a_masked_column_that_is_not_there_is_told_with_the_nearest_name(read: Read, tmp_path: Path, kind: str) -> None:
    misspelt = Mask(Pii(drop=("Phones",)), lambda: KEY)
    assert (
        "`pii.drop` names `Phones`, which is not a column of the source. The nearest column to `Phones` is `phone`."
        in (refusal(read, written(tmp_path, kind), misspelt))
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("loan,customer,phone,employees\n0,MARK1,MARK2\n", "line 2: the line has 3 cells, the header 4"),
        ("loan,customer,phone,employees\n0,MARK1,MARK2,MARK3,4\n", "line 2: the line has 5 cells, the header 4"),
        ('loan,customer,phone,employees\n0,MARK1,"MARK2,4\n', "the line cannot be read (unexpected end of data)"),
        ('loan,customer,phone,employees\n0,MA"RK1,"MARK2"x,4\n', "line 2"),
        ("13800000000,MARK1,MARK2,4\n1,MARK4,MARK5,5\n", "`pii.drop` names `phone`, which is not a column"),
        ("MARK,MARK,MARK,MARK\n1,2,3,4\n", "`pii.drop` names `phone`, which is not a column"),
    ],
)
def test_a_broken_line_is_named_and_not_quoted(read: Read, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "loans.csv"
    file.write_text(text, encoding="utf-8")
    assert told in refusal(read, file)


def test_bytes_that_are_no_text_are_not_quoted(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "loans.csv"
    file.write_bytes(b"loan,customer,phone\n1,MARK1,MARK2 \xff\xfe\n")
    assert "the file is not UTF-8 text" in refusal(read, file)


def test_where_something_is_masked_no_cell_of_any_column_is_quoted(read: Read, tmp_path: Path) -> None:
    """Two cells of line 22 stand in each other's place."""
    shifted = BOOK.with_columns(
        employees=pl.when(pl.col("loan") == 20).then(pl.col("phone")).otherwise(pl.col("employees").cast(pl.String))
    )
    message = refusal(read, written(tmp_path, "csv", shifted))
    assert message.startswith("loans.csv, line 22, column employees: the cell is not a number. Correct the cells")
    wrong_day = BOOK.with_columns(
        applied=pl.when(pl.col("loan") == 3).then(pl.lit("MARK")).otherwise(pl.col("applied").cast(pl.String))
    )
    message = refusal(read, written(tmp_path, "csv", wrong_day))
    assert message.startswith("loans.csv, line 5, column applied: the cell is not a date (%Y-%m-%d).")


def test_a_masked_column_may_hold_anything(read: Read, tmp_path: Path) -> None:
    odd = BOOK.with_columns(
        phone=pl.when(pl.col("loan") == 20).then(pl.lit("MARK")).otherwise(pl.col("employees").cast(pl.String)),
        customer=pl.when(pl.col("loan") == 7).then(pl.lit("MARK")).otherwise(pl.col("employees").cast(pl.String)),
    )
    assert read(written(tmp_path, "csv", odd)).height == 40


@pytest.mark.parametrize("damage", [slice(0, -40), slice(60, None)])
def test_a_damaged_parquet_file_is_told_without_its_bytes(read: Read, tmp_path: Path, damage: slice) -> None:
    file = written(tmp_path, "parquet")
    file.write_bytes(file.read_bytes()[damage])
    assert "this is not readable Parquet" in refusal(read, file)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_masked_is_read_as_ever(read: Read, tmp_path: Path, kind: str) -> None:
    assert read(written(tmp_path, kind), Mask()).equals(BOOK)
