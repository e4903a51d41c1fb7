from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kingmaker.bundle.reading import Bundle
from kingmaker.domain.errors import DataRefused, NotFound, SourceError, StorageFailed
from kingmaker.loop.score import ScoreOptions, score_file

People = Callable[[int], pl.DataFrame]


class Told:
    """Progress that remembers what it was told."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []

    def stage(self, name: str, sentence: str) -> None: ...

    def advance(self, done: int, total: int, note: str = "") -> None:
        assert note
        self.steps.append((done, total))

    def say(self, sentence: str) -> None: ...


def scored(bundle: Bundle, frame: pl.DataFrame, folder: Path, **how: object) -> pl.DataFrame:
    frame.write_parquet(folder / "rows.parquet")
    score_file(bundle, folder / "rows.parquet", folder / "scores.parquet", **how)
    return pl.read_parquet(folder / "scores.parquet")


def test_every_row_is_scored_in_order_with_its_id_and_the_version(
    trees: Bundle, people: People, tmp_path: Path
) -> None:
    frame = people(500)
    frame.write_parquet(tmp_path / "rows.parquet")
    summary = score_file(trees, tmp_path / "rows.parquet", tmp_path / "scores.parquet")
    scores = pl.read_parquet(tmp_path / "scores.parquet")
    assert scores.columns == ["loan", "pd", "score", "grade", "decision", "model_version"]
    assert scores["loan"].equals(frame["loan"])
    assert scores["model_version"].unique().to_list() == [trees.version[:12]]
    assert set(scores["decision"]) == {"approve", "decline"}
    assert (summary.rows, summary.approved) == (500, int((scores["decision"] == "approve").sum()))
    assert summary.mean_pd == pytest.approx(scores["pd"].mean())
    assert dict(summary.grades) == dict(scores["grade"].value_counts().iter_rows())
    assert summary.distinct_scores == scores["score"].n_unique()
    assert summary.findings == ()


def test_csv_and_parquet_give_equal_scores(trees: Bundle, people: People, tmp_path: Path) -> None:
    frame = people(300)
    from_parquet = scored(trees, frame, tmp_path)
    frame.write_csv(tmp_path / "rows.csv")
    score_file(trees, tmp_path / "rows.csv", tmp_path / "from_csv.parquet")
    score_file(trees, tmp_path / "rows.csv", tmp_path / "scores.csv")
    assert_frame_equal(pl.read_parquet(tmp_path / "from_csv.parquet"), from_parquet, check_exact=True)
    assert_frame_equal(pl.read_csv(tmp_path / "scores.csv"), from_parquet, check_exact=True)


@pytest.mark.parametrize(("rows_at_once", "threads"), [(1, 1), (7, 2), (64, 3), (299, 1)])
def test_neither_batches_nor_threads_change_a_bit(
    rows_at_once: int, threads: int, trees: Bundle, people: People, tmp_path: Path
) -> None:
    frame = people(300)
    whole = scored(trees, frame, tmp_path)
    options = ScoreOptions(batch_rows=rows_at_once, threads=threads)
    assert_frame_equal(scored(trees, frame, tmp_path, options=options), whole, check_exact=True)


@pytest.mark.parametrize(
    "purpose",
    [
        pl.Series([1, 2, None, 1]),
        pl.Series([1.0, 2.0, None, 1.0]),
        pl.Series([1.0, 2.0, float("nan"), 1.0]),
        pl.Series(["1.0", "2.0", "None", "01"]),
        pl.Series(["1", "2", "nan", "1"]),
        pl.Series(["1", "2", "", "1"]),
        pl.Series(["1", "2", None, "1"], dtype=pl.Categorical),
        pl.Series([1, 2, None, 1], dtype=pl.UInt8),
    ],
)
def test_a_category_is_one_whatever_its_type_in_the_file(purpose: pl.Series, trees: Bundle, tmp_path: Path) -> None:
    frame = pl.DataFrame({"amount": [0.5] * 4, "income": [0.5] * 4})
    expected = scored(trees, frame.with_columns(purpose=pl.Series(["1", "2", None, "1"])), tmp_path)
    assert expected["pd"].n_unique() == 3
    assert scored(trees, frame.with_columns(purpose=purpose), tmp_path)["pd"].to_list() == expected["pd"].to_list()


def test_truth_values_are_the_level_true(trees: Bundle, tmp_path: Path) -> None:
    frame = pl.DataFrame({"amount": [0.5] * 2, "income": [0.5] * 2})
    as_text = scored(trees, frame.with_columns(purpose=pl.Series(["true", "True"])), tmp_path)
    as_truth = scored(trees, frame.with_columns(purpose=pl.Series([True, True])), tmp_path)
    assert as_truth["pd"].to_list() == as_text["pd"].to_list()


@pytest.mark.parametrize(
    "amount",
    [
        pl.Series([1, 0, None]),
        pl.Series([1.0, 0.0, float("nan")]),
        pl.Series([True, False, None]),
        pl.Series(["1", " 0.0 ", ""]),
        pl.Series(["1e0", "0", "nan"]),
        pl.Series(["1", "0", None], dtype=pl.Categorical),
        pl.Series(["1", "0", None]).cast(pl.Decimal(10, 2)),
    ],
)
def test_a_number_is_one_whatever_its_type_in_the_file(amount: pl.Series, trees: Bundle, tmp_path: Path) -> None:
    frame = pl.DataFrame({"income": [0.5] * 3, "purpose": ["1"] * 3})
    expected = scored(trees, frame.with_columns(amount=pl.Series([1.0, 0.0, None])), tmp_path)
    assert scored(trees, frame.with_columns(amount=amount), tmp_path)["pd"].to_list() == expected["pd"].to_list()


def test_the_types_of_a_csv_file_do_not_depend_on_its_first_rows(trees: Bundle, tmp_path: Path) -> None:
    rows = ["1,1,1"] * 200_000 + ["0.5,-0.25,true"]
    (tmp_path / "rows.csv").write_text("\n".join(["amount,income,purpose", *rows]) + "\n")
    summary = score_file(trees, tmp_path / "rows.csv", tmp_path / "scores.parquet")
    assert summary.rows == 200_001
    assert summary.distinct_scores == 2


def test_texts_that_mean_missing_in_the_pipeline_s_files_do_so_in_scoring(trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("amount,income,purpose\nNA,1,N/A\n,1,\n")
    score_file(trees, tmp_path / "rows.csv", tmp_path / "scores.parquet")
    assert pl.read_parquet(tmp_path / "scores.parquet")["pd"].n_unique() == 1


def test_kept_columns_come_first_and_as_they_were(trees: Bundle, people: People, tmp_path: Path) -> None:
    frame = people(10)
    scores = scored(trees, frame, tmp_path, keep=["note", "amount"])
    assert scores.columns[:2] == ["note", "amount"]
    assert_frame_equal(scores.select("note", "amount"), frame.select("note", "amount"))


def test_a_file_without_the_id_column_is_scored_without_it(trees: Bundle, people: People, tmp_path: Path) -> None:
    assert scored(trees, people(10).drop("loan"), tmp_path).columns[0] == "pd"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_without_rows_gives_a_file_without_rows(
    suffix: str, trees: Bundle, people: People, tmp_path: Path
) -> None:
    empty = people(1).head(0)
    (empty.write_csv if suffix == "csv" else empty.write_parquet)(tmp_path / f"rows.{suffix}")
    summary = score_file(trees, tmp_path / f"rows.{suffix}", tmp_path / "scores.parquet", reasons=1)
    scores = pl.read_parquet(tmp_path / "scores.parquet")
    assert summary.rows == scores.height == 0
    assert scores.columns == [
        *("loan", "pd", "score", "grade", "decision", "model_version"),
        *("reason_1", "reason_1_points"),
    ]


def test_progress_hears_of_the_rows_done_and_in_all(trees: Bundle, people: People, tmp_path: Path) -> None:
    told = Told()
    scored(trees, people(100), tmp_path, progress=told, options=ScoreOptions(batch_rows=40))
    assert told.steps == [(40, 100), (80, 100), (100, 100)]


def refused(bundle: Bundle, folder: Path, kind: type[Exception], source: str = "rows.csv", **how: object) -> str:
    before = sorted(folder.iterdir())
    with pytest.raises(kind) as error:
        score_file(bundle, folder / source, folder / "scores.parquet", **how)
    assert sorted(folder.iterdir()) == before
    return str(error.value)


def test_missing_columns_are_named_all_at_once(trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("income,other\n1,2\n")
    sentence = refused(trees, tmp_path, DataRefused, keep=["branch"])
    assert "lacks 3 of the columns needed: `amount`, `purpose`, `branch`" in sentence


def test_missing_columns_can_be_allowed_and_are_then_reported(trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("amount,income\n1,2\n")
    options = ScoreOptions(allow_missing=True)
    summary = score_file(trees, tmp_path / "rows.csv", tmp_path / "scores.parquet", options=options)
    assert [(found.check, found.column) for found in summary.findings] == [("column_absent", "purpose")]


@pytest.mark.parametrize("rows_at_once", [2, 100])
def test_text_in_a_number_is_told_with_row_column_and_text(rows_at_once: int, trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("amount,income,purpose\n1,1,1\n,2,1\nNA,3,1\nabout 5,4,1\n")
    sentence = refused(trees, tmp_path, SourceError, options=ScoreOptions(batch_rows=rows_at_once))
    assert "rows.csv, row 4, column `amount`: `amount` is 'about 5', which is not a number" in sentence


def test_text_in_a_number_of_a_parquet_file_is_told_alike(trees: Bundle, tmp_path: Path) -> None:
    pl.DataFrame({"amount": ["1", "x"], "income": [1.0, 1.0], "purpose": ["1", "1"]}).write_parquet(
        tmp_path / "rows.parquet"
    )
    assert "row 2, column `amount`: `amount` is 'x'" in refused(trees, tmp_path, SourceError, "rows.parquet")


def test_dates_are_no_numbers(trees: Bundle, tmp_path: Path) -> None:
    frame = pl.DataFrame({"amount": ["2024-01-31"], "income": [1.0], "purpose": ["1"]})
    frame.with_columns(pl.col("amount").str.to_date()).write_parquet(tmp_path / "rows.parquet")
    assert "`amount` holds date32[day] values, and the model needs numbers" in refused(
        trees, tmp_path, SourceError, "rows.parquet"
    )


def test_times_are_no_categories(trees: Bundle, tmp_path: Path) -> None:
    frame = pl.DataFrame({"amount": [1.0], "income": [1.0], "purpose": ["2024-01-31 10:00:00"]})
    frame.with_columns(pl.col("purpose").str.to_datetime()).write_parquet(tmp_path / "rows.parquet")
    assert "`purpose` holds timestamp[us] values" in refused(trees, tmp_path, SourceError, "rows.parquet")


def test_a_broken_csv_line_leaves_no_output(trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("amount,income,purpose\n1,1,1\n1,1\n")
    assert "the file could not be read" in refused(trees, tmp_path, SourceError)


def test_a_cut_parquet_file_leaves_no_output(trees: Bundle, people: People, tmp_path: Path) -> None:
    people(100).write_parquet(tmp_path / "whole.parquet")
    (tmp_path / "rows.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:-50])
    assert "the file could not be read" in refused(trees, tmp_path, SourceError, "rows.parquet")


@pytest.mark.parametrize("text", ["", "a,a\n1,2\n"])
def test_a_csv_file_needs_a_header_with_one_name_a_column(text: str, trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(text)
    assert "Give every column one name" in refused(trees, tmp_path, SourceError)


def test_a_missing_file_is_not_found(trees: Bundle, tmp_path: Path) -> None:
    assert "there is no file to score" in refused(trees, tmp_path, NotFound)


def test_only_csv_and_parquet_are_read_and_written(trees: Bundle, people: People, tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_bytes(b"")
    assert "`.xlsx` is not a kind of file that can be scored" in refused(trees, tmp_path, SourceError, "rows.xlsx")
    people(3).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(SourceError, match="not a kind of file that can be written"):
        score_file(trees, tmp_path / "rows.parquet", tmp_path / "scores.xlsx")


def test_scores_never_take_the_place_of_their_rows(trees: Bundle, people: People, tmp_path: Path) -> None:
    people(3).write_parquet(tmp_path / "scores.parquet")
    assert "would take the place of the rows" in refused(trees, tmp_path, DataRefused, "scores.parquet")


def test_a_kept_column_must_not_have_an_answer_s_name(trees: Bundle, people: People, tmp_path: Path) -> None:
    people(3).with_columns(score=pl.lit(1)).write_parquet(tmp_path / "rows.parquet")
    assert "have the names of answers: `score`" in refused(trees, tmp_path, DataRefused, "rows.parquet", keep=["score"])


def test_a_folder_that_does_not_exist_is_a_sentence(trees: Bundle, people: People, tmp_path: Path) -> None:
    people(3).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(StorageFailed, match="the scores could not be written"):
        score_file(trees, tmp_path / "rows.parquet", tmp_path / "nowhere" / "scores.parquet")


def test_older_scores_stay_when_scoring_fails(trees: Bundle, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("amount,income,purpose\nx,1,1\n")
    (tmp_path / "scores.parquet").write_bytes(b"yesterday")
    refused(trees, tmp_path, SourceError)
    assert (tmp_path / "scores.parquet").read_bytes() == b"yesterday"


def checks_of(bundle: Bundle, frame: pl.DataFrame, folder: Path) -> list[tuple[str, str | None]]:
    frame.write_parquet(folder / "rows.parquet")
    summary = score_file(bundle, folder / "rows.parquet", folder / "scores.parquet")
    return [(found.check, found.column) for found in summary.findings]


def test_identical_scores_of_many_rows_are_a_finding(trees: Bundle, people: People, tmp_path: Path) -> None:
    same = pl.concat([people(1)] * 1001)
    assert ("score_collapse", None) in checks_of(trees, same, tmp_path)
    assert checks_of(trees, same.head(1000), tmp_path) == []


def test_a_column_that_went_empty_is_a_finding(trees: Bundle, people: People, tmp_path: Path) -> None:
    emptied = people(1001).with_columns(income=pl.lit(None))
    assert checks_of(trees, emptied, tmp_path) == [("column_emptied", "income")]


def test_levels_nobody_has_seen_are_a_finding(trees: Bundle, people: People, tmp_path: Path) -> None:
    renamed = people(1001).with_columns(purpose=pl.lit("purpose one"))
    assert checks_of(trees, renamed, tmp_path) == [("levels_unknown", "purpose")]
