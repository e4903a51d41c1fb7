"""A lender's book with marked personal data, and a room in which every file that ever exists is looked at."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from tests.journeys.book import PIPELINE, loans
from tests.journeys.console import Console
from tests.privacy.watching import Watch

from kingmaker.interfaces.cli.app import run_command_line
from kingmaker.wiring import open_house

MARK = "9f3k"
PII = """\
pii:
  drop: [phone, note]
  pseudonymise: [loan, customer]
"""
TASKS = """\
  file: {file}
  tasks:
    - name: one
      sql: CREATE TABLE loans AS SELECT *, count(*) OVER (PARTITION BY customer) AS earlier FROM source
"""
FAILING = """\
  file: {file}
  tasks:
    - name: one
      sql: CREATE TABLE loans AS SELECT *, CAST(customer AS DATE) AS day FROM source
"""


def book(rows: int = 9_000) -> pl.DataFrame:
    """Marked: everything that names a person. Phone numbers begin with a run of digits that stands nowhere else."""
    frame = loans(rows)
    return frame.with_columns(
        loan=pl.lit(f"L{MARK}") + pl.col("loan"),
        customer=pl.lit(f"C{MARK}") + pl.col("customer"),
        phone=13_999_880_000 + pl.int_range(rows),
        note=pl.lit(f"write to {MARK}@example.com about ") + pl.col("loan"),
    )


MARKERS = (MARK, "1399988")


def written(folder: Path, kind: str, frame: pl.DataFrame) -> Path:
    path = folder / f"loans.{kind}"
    if kind == "csv":
        frame.fill_nan(None).write_csv(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    else:
        with duckdb.connect(str(path)) as connection:
            connection.register("frame", frame.to_arrow())
            connection.execute("CREATE TABLE raw AS SELECT * FROM frame")
    return path


def declaration(file: Path, *, source: str = TASKS, pii: str = PII) -> str:
    text = PIPELINE.format(
        name="book", file=file, learners="scorecard", trials=1, promote="proven", min_bads=40, looks_to_pass=1
    )
    return text.replace(f"  file: {file}\n", source.format(file=file)).replace("id: loan\n", f"{pii}id: loan\n")


class Room:
    """A console whose every folder is watched, but for the one in which the marked data lies."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture
        self.data = folder / "given"
        self.data.mkdir()
        (folder / "kept").mkdir()
        (folder / "work").mkdir()
        self.console = Console(folder / "work", {"HOME": str(folder / "work")})
        self.watch = Watch([folder / "work"], folder / "kept")
        self.said: list[str] = []

    def says(self, *words: str, code: int = 0) -> str:
        """In a process of its own."""
        answer = self.console.says(*words)
        return self._heard(answer.out, answer.err, answer.code == code)

    def says_here(self, *words: str, code: int = 0) -> str:
        """In this process, which spares its start."""
        self.capture.readouterr()
        ended = run_command_line(open_house, ["--home", str(self.console.home), *words])
        return self._heard(*self.capture.readouterr(), ended == code)

    def _heard(self, out: str, err: str, as_meant: bool) -> str:
        self.said += [out, err]
        assert as_meant, out + err
        return out

    def declare(self, text: str) -> Path:
        path = self.console.folder / "book.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def nowhere(self, markers: tuple[str, ...] = MARKERS) -> None:
        for marker in markers:
            assert self.watch.holds(marker) == []
            assert not [text for text in self.said if marker in text]
