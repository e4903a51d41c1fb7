"""Data that cannot honestly be trained on are refused with a sentence that says where and what to do; nothing is decided."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.journeys.book import AFTER_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console

RUN = ("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
FEW = loans(6_000, seed=4)
NO_DATE = pl.lit(None, dtype=pl.Date)
NAMED = "features:\n  include: [savings, debt, region]\n"
Change = Callable[[pl.DataFrame], pl.DataFrame]
Edit = Callable[[str], str]


def small(folder: Path, frame: pl.DataFrame = FEW) -> Console:
    write_book(folder, frame)
    write_pipeline(folder, learners="scorecard", trials=1, min_bads=30)
    return Console(folder)


def edited(path: Path, edit: Edit) -> None:
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def decided_nothing(console: Console, *, reason: str | None, sentence: str = "") -> None:
    """At most one run, failed for that reason, which told the ledger what it told the person; no version, no champion."""
    assert console.rows("SELECT reason, detail FROM run") == ([(reason, sentence)] if reason else [])
    assert console.rows("SELECT count(*) FROM model_version") == [(0,)]
    assert console.rows("SELECT count(*) FROM champion_turn") == [(0,)]
    assert not list((console.home / "work").iterdir())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.with_columns(NO_DATE.alias("went_bad")), ["are good", "`outcome`"]),
        (lambda frame: frame.with_columns(pl.col("applied").dt.strftime("%d/%m/%Y")), ["`%d/%m/%Y`", "date_format"]),
        (lambda frame: pl.concat([frame, frame.head(2)]), ["`loan`", "L000000, L000001", "unique"]),
        (lambda frame: frame.rename({"loan": "loans"}), ["`loan`", "nearest column is `loans`"]),
        (lambda frame: frame.head(0), ["no rows"]),
    ],
    ids=["one class", "another date format", "repeated ids", "a renamed column", "no rows"],
)
def test_loans_that_cannot_be_judged_are_refused(tmp_path: Path, change: Change, words: list[str]) -> None:
    console = small(tmp_path, change(FEW))
    error = console.refuses(*RUN)
    for word in words:
        assert word in error
    reason = "stage_failed" if words == ["no rows"] else "data_refused"
    decided_nothing(console, reason=reason, sentence=error)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda _: "", ["loans.csv", "empty"]),
        (lambda text: _cell(text, line=3001, column=5, value="about 3"), ["line 3001", "column debt", "'about 3'"]),
        (
            lambda text: _cell(text, line=77, column=2, value="05.05.2016"),
            ["line 77", "column applied", "'05.05.2016'"],
        ),
        (lambda text: text + "L9,only,three\n", ["line 6002", "3 cells", "9"]),
        (lambda text: text.replace("savings", "debt", 1), ["line 1", "`debt`", "twice"]),
    ],
    ids=["an empty file", "text among numbers", "one odd date", "a short line", "a name twice"],
)
def test_a_file_with_a_mistake_is_refused_with_its_line(tmp_path: Path, edit: Edit, words: list[str]) -> None:
    console = small(tmp_path)
    edited(tmp_path / "loans.csv", edit)
    error = console.refuses(*RUN)
    for word in words:
        assert word in error
    decided_nothing(console, reason="stage_failed", sentence=error)


def _cell(text: str, *, line: int, column: int, value: str) -> str:
    lines = text.splitlines(keepends=True)
    cells = lines[line - 1].split(",")
    lines[line - 1] = ",".join([*cells[:column], value, *cells[column + 1 :]])
    return "".join(lines)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    console = small(tmp_path)
    (tmp_path / "loans.csv").unlink()
    error = console.refuses(*RUN)
    assert str(tmp_path / "loans.csv") in error
    assert "folder of the pipeline file" in error
    decided_nothing(console, reason="stage_failed", sentence=error)


def test_loans_that_are_all_immature_are_refused(tmp_path: Path) -> None:
    console = small(tmp_path)
    error = console.refuses("run", "book.yaml", "--as-of", "2015-02-01")
    assert "no loan is matured" in error
    assert "later as-of" in error
    decided_nothing(console, reason="data_refused", sentence=error)


def test_a_category_with_a_hundred_thousand_levels_is_refused_when_it_was_asked_for(tmp_path: Path) -> None:
    frame = loans(110_000, seed=4)
    console = small(tmp_path, frame.with_columns(pl.Series("region", [f"r{row}" for row in range(frame.height)])))
    edited(tmp_path / "book.yaml", lambda text: text + NAMED)
    error = console.refuses(*RUN)
    assert "`region`" in error
    assert "`cleaning.max_levels`" in error
    decided_nothing(console, reason="data_refused", sentence=error)


def test_a_label_that_is_missing_is_neither_good_nor_bad(tmp_path: Path) -> None:
    labels = [1.0, 0.0, None, 0.0, 0.0] * (FEW.height // 5)
    console = small(tmp_path, FEW.with_columns(pl.Series("went_bad", labels)))
    edited(
        tmp_path / "book.yaml",
        lambda text: text.replace("observed_at: went_bad\n  horizon: 6 months", "label: went_bad"),
    )
    snapshot = console.does(*RUN)["snapshot"]
    left_out = sum(one["rows"] for one in snapshot["exclusions"])
    assert snapshot["rows"] + left_out == FEW.height
    assert left_out >= FEW.height // 5


def test_a_column_that_vanished_stops_the_run_until_its_loss_is_meant(crowned: Console) -> None:
    write_book(crowned.folder, loans().drop("savings"))
    error = crowned.refuses(*RUN)
    assert "`savings`" in error
    assert "no longer a column" in error
    assert crowned.rows("SELECT reason, detail FROM run WHERE number = 2") == [("data_refused", error)]
    edited(crowned.folder / "book.yaml", lambda text: text + "features:\n  forbid: [savings]\n")
    answer = crowned.does(*RUN)
    assert answer["recorded"]["verdict"]["reason"] == "champion_not_comparable"
    assert crowned.does("champion")["turn"] == 1
