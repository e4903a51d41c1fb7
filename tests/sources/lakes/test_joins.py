"""Point in time: an application sees what was known on its day, and nothing that was restated afterwards."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.object_storage import ObjectStorage
from tests.sources.lakes.books import as_bytes, in_bucket, on_disk
from tests.sources.lakes.conftest import Read, reading_of

from kingmaker.adapters.sources.files import FileSource
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask

BUREAU = {"table": "bureau.parquet", "on": ["customer"], "available_at": "known"}
DAY = date(2010, 3, 1)


def loans(*rows: tuple[int, str | None, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["loan", "customer", "applied"], orient="row")


def bureau(*rows: tuple[str | None, object, int], name: str = "score") -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["customer", "known", name], orient="row")


def write(folder: Path, left: pl.DataFrame, right: pl.DataFrame, suffix: str = ".parquet") -> None:
    on_disk(folder, {f"loans{suffix}": as_bytes(left, suffix), f"bureau{suffix}": as_bytes(right, suffix)})


def refusal(read: Read, join: dict[str, object], file: str = "loans.parquet", **asked: object) -> str:
    with pytest.raises(SourceError) as raised:
        read(file, joins=[join], **asked)
    return str(raised.value)


def test_a_row_that_was_restated_after_the_application_is_seen_as_it_was_before(
    tmp_path: Path, read: Read, told: list[str]
) -> None:
    restated = bureau(
        ("ada", DAY - timedelta(60), 500), ("ada", DAY - timedelta(1), 510), ("ada", DAY + timedelta(1), 900)
    )
    write(tmp_path, loans((1, "ada", DAY), (2, "ada", DAY + timedelta(30)), (3, "bob", DAY)), restated)
    rows, _ = read("loans.parquet", joins=[BUREAU])
    assert rows.columns == ["loan", "customer", "applied", "score"]
    assert rows["score"].to_list() == [510, 900, None]
    assert "joined bureau.parquet: 2 of 3 applications have a row that was known on their day" in told


def test_a_replay_of_an_earlier_day_sees_the_same_values(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 500), ("ada", DAY + timedelta(9), 900)))
    answers = [read("loans.parquet", joins=[BUREAU], as_of=day)[0] for day in (DAY, DAY + timedelta(900))]
    assert answers[0].equals(answers[1])
    assert answers[0]["score"].to_list() == [500]


def test_of_rows_of_one_day_the_last_is_taken_and_no_loan_is_doubled(tmp_path: Path, read: Read) -> None:
    same = [("ada", DAY, score) for score in (1, 3, 2)]
    write(tmp_path, loans((9, "ada", DAY), (9, "ada", DAY), (1, "ada", DAY)), bureau(*same))
    rows, _ = read("loans.parquet", joins=[BUREAU])
    assert rows["loan"].to_list() == [9, 9, 1]
    assert rows["score"].to_list() == [2, 2, 2]


def test_a_row_of_which_nobody_knows_when_it_was_known_never_joins(tmp_path: Path, read: Read) -> None:
    write(
        tmp_path,
        loans((1, "ada", DAY), (2, None, DAY)),
        bureau(("ada", None, 1), (None, DAY, 2)).cast({"known": pl.Date}),
    )
    assert read("loans.parquet", joins=[BUREAU])[0]["score"].to_list() == [None, None]


def test_a_loan_without_a_day_stays_and_sees_nothing(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", None), (2, "ada", DAY)), bureau(("ada", DAY, 7)))
    assert read("loans.parquet", joins=[BUREAU])[0].select("loan", "score").rows() == [(1, None), (2, 7)]


def test_within_a_day_the_hour_counts(tmp_path: Path, read: Read) -> None:
    noon = datetime(2010, 3, 1, 12)
    write(
        tmp_path,
        loans((1, "ada", noon)),
        bureau(("ada", noon - timedelta(hours=1), 1), ("ada", noon + timedelta(hours=1), 2)),
    )
    assert read("loans.parquet", joins=[BUREAU])[0]["score"].to_list() == [1]


def test_dates_that_are_text_are_read_in_the_declared_format(tmp_path: Path, read: Read) -> None:
    left, right = loans((1, "ada", "05/03/2010")), bureau(("ada", "04/03/2010", 1), ("ada", "01/04/2010", 2))
    write(tmp_path, left, right)
    assert read("loans.parquet", joins=[BUREAU], date_format="%d/%m/%Y")[0]["score"].to_list() == [1]
    said = refusal(read, BUREAU)
    assert "table `bureau.parquet`: `known` must hold dates, but 2 of its values are none" in said


def test_files_of_csv_join_and_codes_stay_text(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "007", DAY), (2, "7", DAY)), bureau(("007", DAY, 70), ("7", DAY, 7)), ".csv")
    rows, _ = read("loans.csv", joins=[BUREAU | {"table": "bureau.csv"}], text=["customer"])
    assert rows["score"].to_list() == [70, 7]


def test_several_tables_join_under_their_prefixes(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 5)))
    joins = [BUREAU | {"prefix": "one_"}, BUREAU | {"prefix": "two_"}]
    assert read("loans.parquet", joins=joins)[0].columns == ["loan", "customer", "applied", "one_score", "two_score"]


def test_a_table_that_a_task_made_joins(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", DAY), (2, "ada", DAY + timedelta(1))), bureau(("ada", DAY, 5)))
    earlier = "CREATE TABLE earlier AS SELECT customer, applied AS known, loan AS last_loan FROM source; "
    task = {"name": "t", "sql": earlier + "CREATE TABLE loans AS SELECT * FROM source ORDER BY loan DESC"}
    rows, _ = read("loans.parquet", tasks=[task], joins=[BUREAU | {"table": "earlier"}, BUREAU])
    assert rows.rows() == [(2, "ada", DAY + timedelta(1), 2, 5), (1, "ada", DAY, 1, 5)]


@pytest.mark.parametrize("pii", [Pii(), Pii(pseudonymise=("customer",))])
def test_a_table_of_the_same_database_joins(tmp_path: Path, read: Read, pii: Pii) -> None:
    left, right = loans((1, "ada", DAY)), bureau(("ada", DAY, 5))
    with duckdb.connect(str(tmp_path / "bank.duckdb")) as connection:
        connection.register("l", left.to_arrow())
        connection.register("r", right.to_arrow())
        connection.execute("CREATE TABLE loans AS FROM l; CREATE TABLE bureau AS FROM r")
    rows, _ = read("bank.duckdb", joins=[BUREAU | {"table": "bureau"}], mask=Mask(pii, lambda: b"k" * 32))
    assert rows["score"].to_list() == [5]


def test_pseudonyms_join_as_the_customers_would(tmp_path: Path, read: Read) -> None:
    right = bureau(("ada", DAY, 5), ("bob", DAY, 6)).with_columns(pl.lit("0138").alias("phone"))
    write(tmp_path, loans((1, "bob", DAY), (2, "ada", DAY)).with_columns(pl.lit("0138").alias("phone")), right)
    mask = Mask(Pii(pseudonymise=("customer",), drop=("phone",)), lambda: b"k" * 32)
    rows, _ = read("loans.parquet", joins=[BUREAU], mask=mask)
    assert rows["score"].to_list() == [6, 5]
    assert rows.columns == ["loan", "customer", "applied", "score"]
    assert rows["customer"][0] == mask.pseudonym("bob")


def test_lakes_of_a_bucket_join(bucket: ObjectStorage, read: Read) -> None:
    files = {
        f"bank/history/year={year}/a.parquet": as_bytes(bureau(("ada", date(year, 1, 1), year)))
        for year in (2009, 2011)
    }
    in_bucket(bucket, files | {"bank/loans/a.csv": as_bytes(loans((1, "ada", DAY)), ".csv")})
    rows, _ = read(f"{bucket.bucket}/bank/loans/", joins=[BUREAU | {"table": "./history"}])
    assert rows.select("loan", "score", "year").rows() == [(1, 2009, 2009)]


def test_a_joined_file_that_changed_changes_the_fingerprint(tmp_path: Path) -> None:
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 5)))
    asked = reading_of(tmp_path, "loans.parquet", joins=[BUREAU])
    first = FileSource().fingerprint(asked)
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 6)))
    assert FileSource().fingerprint(asked) != first


def test_columns_and_tables_that_are_not_there_are_told_with_the_nearest(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 5)))
    assert refusal(read, BUREAU | {"on": ["custommer"]}).endswith(
        "`custommer` is no column of the loans. The nearest column is `customer`."
    )
    assert refusal(read, BUREAU | {"available_at": "knwon"}).endswith(
        "table `bureau.parquet`: `knwon` is no column of `bureau.parquet`. The nearest column is `known`."
    )
    assert "there is no table `buro`" in refusal(read, BUREAU | {"table": "buro"})
    assert "The nearest name beside it is `bureau.parquet`" in refusal(read, BUREAU | {"table": "burau.parquet"})


def test_a_name_that_both_have_needs_a_prefix(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 5), name="Loan"))
    assert refusal(read, BUREAU).endswith("the loans have a column `Loan` already. Say another `prefix`.")


def test_keys_that_can_never_be_equal_are_told(tmp_path: Path, read: Read) -> None:
    write(tmp_path, loans((1, "ada", DAY)), bureau(("ada", DAY, 5)).with_columns(pl.lit(7).alias("customer")))
    assert "`customer` is VARCHAR in the loans and INTEGER in `bureau.parquet`" in refusal(read, BUREAU)


key = st.sampled_from(["a", "b", None])
number_of_day = st.none() | st.integers(0, 6)
application = st.tuples(key, number_of_day)
row = st.tuples(key, number_of_day, st.integers(0, 99))


@settings(max_examples=8, deadline=None)
@given(
    applied=st.lists(application, min_size=1, max_size=8),
    known=st.lists(row, min_size=1, max_size=12),
)
def test_the_join_is_what_a_person_would_look_up(
    tmp_path_factory: pytest.TempPathFactory,
    applied: list[tuple[str | None, int | None]],
    known: list[tuple[str | None, int | None, int]],
) -> None:
    folder = tmp_path_factory.mktemp("law")
    left = loans(*((number, key, _day(at)) for number, (key, at) in enumerate(applied)))
    types = {"customer": pl.String}
    right = bureau(*((key, _day(at), value) for key, at, value in known)).cast(types | {"known": pl.Date})
    write(folder, left.cast(types | {"applied": pl.Date}), right)
    made = FileSource().extract(reading_of(folder, "loans.parquet", joins=[BUREAU]), folder, lambda _: None)
    rows = pl.read_parquet(list(made.parts))
    assert rows["loan"].to_list() == list(range(len(applied)))
    assert rows["score"].to_list() == [_looked_up(key, at, known) for key, at in applied]


def _looked_up(key: str | None, at: int | None, known: list[tuple[str | None, int | None, int]]) -> int | None:
    fitting = [
        (when, place, value)
        for place, (whose, when, value) in enumerate(known)
        if key is not None and whose == key and when is not None and at is not None and when <= at
    ]
    return max(fitting)[2] if fitting else None


def _day(number: int | None) -> date | None:
    return None if number is None else DAY + timedelta(number)
