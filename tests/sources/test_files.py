"""The file source: strict about what it reads, exact about where it fails."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from kingmaker.adapters.sources.files import FileSource
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Extracted, Reading

Read = Callable[..., tuple[pl.DataFrame, Extracted]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write `body` to a file and read it through the source."""

    def reading(
        body: str | bytes | None = None, file: str = "loans.csv", **declared: object
    ) -> tuple[pl.DataFrame, Extracted]:
        if body is not None:
            (tmp_path / file).write_bytes(body.encode() if isinstance(body, str) else body)
        declaration = SourceDeclaration.model_validate({"file": file, **declared})
        extracted = FileSource().extract(reading_of(declaration, tmp_path), tmp_path, lambda _: None)
        return pl.read_parquet(list(extracted.parts)), extracted

    return reading


def reading_of(declaration: SourceDeclaration, folder: Path) -> Reading:
    return Reading(declaration=declaration, folder=folder, as_of=date(2026, 1, 1))


def refusal(read: Read, *arguments: object, **declared: object) -> str:
    with pytest.raises(SourceError) as raised:
        read(*arguments, **declared)
    return str(raised.value)


def book(odd: str = "7", rows: int = 40) -> str:
    """A CSV of 40 loans; row 15, on line 17, has `odd` employees."""
    lines = [f"{row},{odd if row == 15 else row},2020-01-{row % 28 + 1:02}" for row in range(rows)]
    return "\n".join(["id,NoEmp,day", *lines]) + "\n"


def test_rows_come_in_the_order_of_the_file_with_their_types(read: Read) -> None:
    rows, extracted = read(book())
    assert rows.schema == {"id": pl.Int64, "NoEmp": pl.Int64, "day": pl.Date}
    assert rows["id"].to_list() == list(range(40))
    assert extracted.rows == 40


def test_a_word_among_numbers_is_an_error_with_line_column_and_text(read: Read) -> None:
    assert refusal(read, book("abc")).startswith(
        "loans.csv, line 17, column NoEmp: 'abc' is not a number. Correct the cells"
    )


def test_several_words_are_counted_and_the_first_five_named(read: Read) -> None:
    lines = [f"{row},{'x' + str(row) if row % 15 == 3 else row}" for row in range(100)]
    message = refusal(read, "id,NoEmp\n" + "\n".join(lines) + "\n")
    assert message.startswith("loans.csv, line 5, column NoEmp: 'x3' is not a number; line 20: 'x18'")
    assert "; 7 such cells in all." in message
    assert "x78" not in message


def test_the_line_is_right_after_a_cell_with_a_line_break(read: Read) -> None:
    body = (
        'id,note,NoEmp\n0,"two\nlines",1\n' + "".join(f"{row},plain,{row}\n" for row in range(1, 40)) + "40,plain,abc\n"
    )
    assert refusal(read, body).startswith("loans.csv, line 43, column NoEmp")


def test_a_text_that_means_missing_is_no_word_among_numbers(read: Read) -> None:
    rows, _ = read(book("N/A"))
    assert rows["NoEmp"].null_count() == 1
    rows, _ = read(book("unknown"), missing=["unknown"])
    assert rows["NoEmp"].dtype == pl.Int64


def test_a_column_may_be_declared_text(read: Read) -> None:
    rows, _ = read(book("abc"), text=["NoEmp"])
    assert rows["NoEmp"].dtype == pl.String
    rows, _ = read("zip,x\n00123,1\n00456,2\n", text=["zip"])
    assert rows["zip"].to_list() == ["00123", "00456"]


def test_a_text_column_that_does_not_exist_is_named(read: Read) -> None:
    assert "`source.text` names `zap`, which is not a column. The columns are id, NoEmp, day." in refusal(
        read, book(), text=["zap"]
    )


def test_a_truly_mixed_column_stays_text(read: Read) -> None:
    body = "grade\n" + "\n".join(str(row % 5) if row % 2 else "ABCDE"[row % 5] for row in range(40)) + "\n"
    rows, _ = read(body)
    assert rows["grade"].dtype == pl.String


def test_codes_with_a_few_letters_stay_text(read: Read) -> None:
    body = "grade\n" + "\n".join("A" if row % 20 == 0 else str(row % 5) for row in range(100)) + "\n"
    rows, _ = read(body)
    assert rows["grade"].dtype == pl.String


def test_a_day_that_does_not_exist_is_an_error_with_its_line(read: Read) -> None:
    message = refusal(read, book().replace("2020-01-16", "2020-13-16", 1))
    assert message.startswith("loans.csv, line 17, column day: '2020-13-16' is not a date (%Y-%m-%d).")


def test_a_declared_date_format_is_used_and_no_other_is_guessed(read: Read) -> None:
    body = "id,day\n1,03/04/2020\n2,05/04/2020\n"
    assert read(body, date_format="%d/%m/%Y")[0]["day"].to_list()[0].isoformat() == "2020-04-03"
    assert read(body)[0]["day"].dtype == pl.String


def test_a_line_with_too_few_cells_is_named(read: Read) -> None:
    assert refusal(read, "a,b\n1,2\n3\n").startswith("loans.csv, line 3: the line has 1 cells, the header 2.")


def test_a_quote_never_closed_is_named(read: Read) -> None:
    assert "the line cannot be read (unexpected end of data)" in refusal(read, 'a,b\n1,2\n"3,4\n')


def test_an_empty_file_is_refused(read: Read) -> None:
    assert refusal(read, "") == "loans.csv: the file is empty. The first line must name the columns."


def test_a_header_without_rows_is_refused(read: Read) -> None:
    assert refusal(read, "a,b\n").startswith("loans.csv: the source holds no rows.")


def test_a_file_without_header_is_refused(read: Read) -> None:
    assert "the first line should name the columns, but '1' is a number" in refusal(read, "1,2\n3,4\n")


def test_a_column_name_that_stands_twice_is_refused(read: Read) -> None:
    assert "the column name `a` stands in the header twice" in refusal(read, "a,b,a\n1,2,3\n")


def test_another_encoding_is_refused(read: Read) -> None:
    assert "the file is not UTF-8 text. Save it as CSV in UTF-8." in refusal(read, "名称,b\n贷款,1\n".encode("gbk"))


def test_semicolons_and_a_byte_order_mark_are_understood(read: Read) -> None:
    rows, _ = read("\ufeffa;b\n1;2\n")
    assert rows.columns == ["a", "b"]


def test_a_missing_file_names_the_nearest_beside_it(read: Read) -> None:
    read(book())
    message = refusal(read, file="loan.csv")
    assert message.endswith("there is no such file. The nearest name beside it is `loans.csv`.")


def test_an_unknown_kind_of_file_is_refused(read: Read) -> None:
    assert "the source must be a file that ends in .csv, .parquet, .duckdb" in refusal(read, "x", "loans.xlsx")


def test_parquet_that_is_none_is_refused(read: Read) -> None:
    assert refusal(read, "no parquet", "loans.parquet").startswith("loans.parquet: this is not readable Parquet")


def test_parts_of_a_glob_are_read_by_name(read: Read, tmp_path: Path) -> None:
    for part in (2, 1):
        pl.DataFrame({"id": [part]}).write_parquet(tmp_path / f"part-{part}.parquet")
    rows, _ = read(file="part-*.parquet")
    assert rows["id"].to_list() == [1, 2]


def test_tasks_run_in_order_and_are_reported(read: Read) -> None:
    tasks = [
        {"name": "double", "sql": "CREATE TABLE doubled AS SELECT *, 2 * NoEmp AS twice FROM source"},
        {"name": "few", "sql": "CREATE TABLE loans AS SELECT * FROM doubled WHERE id < 3"},
    ]
    rows, extracted = read(book(), tasks=tasks)
    assert rows["twice"].to_list() == [0, 2, 4]
    assert [task[:2] for task in extracted.tasks] == [("double", 40), ("few", 3)]


def test_a_failing_task_is_named_with_what_the_database_says(read: Read) -> None:
    message = refusal(read, book(), tasks=[{"name": "sectors", "sql": "CREATE TABLE loans AS SELECT nope FROM source"}])
    assert message.startswith('task `sectors`: the SQL failed (Binder Error: Referenced column "nope" not found')
    assert "The file is the table `source`" in message


def test_tasks_that_never_make_the_result_are_told_what_they_made(read: Read) -> None:
    message = refusal(read, book(), tasks=[{"name": "one", "sql": "CREATE TABLE loan AS SELECT * FROM source"}])
    assert "there is no table `loans`; there is `loan`. Name one of them in `source.table`." in message


def test_a_database_needs_its_table_named_when_it_has_several(read: Read, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "bank.duckdb")) as connection:
        connection.execute("CREATE TABLE loans AS SELECT 1 AS id")
        connection.execute("CREATE TABLE people AS SELECT 2 AS id")
    assert "the database holds `loans`, `people`" in refusal(read, file="bank.duckdb")
    assert "there is no table `lons`; there is `loans`, `people`" in refusal(read, file="bank.duckdb", table="lons")
    assert read(file="bank.duckdb", table="people")[0]["id"].to_list() == [2]
    union = "CREATE TABLE loans AS SELECT id FROM file.loans UNION ALL SELECT id FROM file.people ORDER BY id"
    assert read(file="bank.duckdb", tasks=[{"name": "both", "sql": union}])[0]["id"].to_list() == [1, 2]


def test_the_same_rows_give_the_same_bytes(read: Read, tmp_path: Path) -> None:
    read(book())
    first = (tmp_path / "raw.parquet").read_bytes()
    read(book())
    assert (tmp_path / "raw.parquet").read_bytes() == first


def test_the_fingerprint_changes_with_the_bytes_and_with_the_tasks(tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_text(book())
    plain = SourceDeclaration(file="loans.csv")
    tasks = SourceDeclaration.model_validate({"file": "loans.csv", "tasks": [{"name": "one", "sql": "SELECT 1"}]})
    first = FileSource().fingerprint(reading_of(plain, tmp_path))
    assert FileSource().fingerprint(reading_of(plain, tmp_path)) == first
    assert FileSource().fingerprint(reading_of(tasks, tmp_path)) != first
    (tmp_path / "loans.csv").write_text(book("8"))
    assert FileSource().fingerprint(reading_of(plain, tmp_path)) != first


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE loans AS SELECT * FROM read_text('/etc/hostname')",
        "CREATE TABLE loans AS SELECT * FROM read_csv('{folder}/other.csv')",
        "CREATE TABLE loans AS SELECT * FROM '{folder}/../other.csv'",
        "CREATE VIEW loans AS SELECT * FROM glob('/etc/*')",
        "ATTACH '{folder}/other.duckdb' AS other",
        "INSTALL httpfs",
    ],
)
def test_a_task_reaches_no_file_but_the_source(read: Read, tmp_path: Path, sql: str) -> None:
    (tmp_path / "other.csv").write_text("secret\n1\n")
    told = refusal(read, book(), tasks=[{"name": "reach", "sql": sql.format(folder=tmp_path)}])
    assert "beyond the source's own file" in told or "could not be read" in told


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{folder}/loans.csv' (USE_TMP_FILE false)",
        "CREATE TABLE loans AS SELECT * FROM source; COPY loans TO '{folder}/loans.csv'",
        "EXPORT DATABASE '{folder}/out'",
    ],
)
def test_a_task_writes_no_file_not_even_the_source(read: Read, tmp_path: Path, sql: str) -> None:
    told = refusal(read, book(), tasks=[{"name": "write", "sql": sql.format(folder=tmp_path)}])
    assert "task `write`: the SQL writes files, which no task may" in told
    assert (tmp_path / "loans.csv").read_text() == book()


def test_a_task_unlocks_nothing(read: Read) -> None:
    assert "locked" in refusal(read, book(), tasks=[{"name": "set", "sql": "SET enable_external_access = true"}])


def test_a_database_whose_views_read_other_files_is_refused(read: Read, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("secret\n1\n")
    database = duckdb.connect(str(tmp_path / "loans.duckdb"))
    database.execute(f"CREATE VIEW loans AS SELECT * FROM read_csv('{tmp_path / 'other.csv'}')")
    database.close()
    assert "file system operations are disabled" in refusal(read, file="loans.duckdb")


def test_rows_that_do_not_fit_into_memory_spill_although_tasks_are_locked_in(tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_text("id\n" + "\n".join(map(str, range(1000))) + "\n")
    sql = "CREATE TABLE loans AS SELECT s.id, r.range AS n, md5(r.range::text) AS h FROM source s, range(1500) r ORDER BY h"
    declaration = SourceDeclaration.model_validate({"file": "loans.csv", "tasks": [{"name": "big", "sql": sql}]})
    source = FileSource(memory="48MB")
    assert source.extract(reading_of(declaration, tmp_path), tmp_path, lambda _: None).rows == 1_500_000
