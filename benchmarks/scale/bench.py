"""The loop on ten million loans of sixty columns: time and memory of each stage, and how they grow from one million."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.contest import DATA
from benchmarks.findings import Chapter, Finding
from benchmarks.scale.book import AS_OF, COLUMNS, PIPELINE, write_book
from benchmarks.scale.watch import watch

FOLDER: Final = DATA / "scale"
SIZES: Final = (1_000_000, 3_000_000, 10_000_000)
QUICK_SIZES: Final = (100_000, 300_000)
MOST_GB: Final = 8.0
STEEPEST: Final = 1.25
"""Ten times the rows may take so many times ten times the time: what is fixed weighs less, caches and disks weigh more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One turn of the loop. `stages` are (name, seconds, peak GB)."""

    rows: int
    seconds: float
    peak_gb: float
    stages: tuple[tuple[str, float, float], ...]


def bench(*, quick: bool) -> Chapter:
    FOLDER.mkdir(parents=True, exist_ok=True)
    turns = [turn(rows) for rows in (QUICK_SIZES if quick else SIZES)]
    return Chapter(
        title="Ten million loans",
        about=(
            f"`kingmaker run` on a Parquet file of {COLUMNS} columns: extract, clean, four trials (scorecard, LightGBM),"
            " select, rehearse, refit and publish. The memory is that of all processes at one moment; shared pages count once."
        ),
        findings=tuple(_findings(turns)),
        notes=(
            "The peer is Kingmaker itself on the smallest of the books.",
            (
                "`training.max_rows` is at its default: of more than a million loans of the train window all bads and a part of"
                " the goods are fitted on, these with weights; recipes, windows, thresholds and proofs rest on every loan."
            ),
        ),
    )


def turn(rows: int) -> Turned:
    """Raises CalledProcessError when the run fails."""
    book = FOLDER / f"book-{rows}.parquet"
    if not book.exists():
        write_book(rows, book)
    home, file = FOLDER / "home", FOLDER / "book.yaml"
    shutil.rmtree(home, ignore_errors=True)
    file.write_text(PIPELINE.format(path=book), encoding="utf-8")
    command = [sys.executable, "-m", "kingmaker", "run", str(file), "--as-of", AS_OF]
    watched = watch(command, environment={**os.environ, "KINGMAKER_HOME": str(home)}, log=FOLDER / f"{rows}.log")
    return Turned(
        rows=rows,
        seconds=watched.seconds,
        peak_gb=watched.peak_gb,
        stages=tuple(
            (name, seconds, watched.peak_between(ended - seconds, ended)) for name, seconds, ended in _stages(home)
        ),
    )


def _stages(home: Path) -> list[tuple[str, float, float]]:
    """Name, seconds and time of the end of each stage of the only run."""
    ledger = sqlite3.connect(home / "ledger.db")
    found = ledger.execute("SELECT stage, seconds, finished_at FROM stage ORDER BY number").fetchall()
    ledger.close()
    return [(name, seconds, datetime.fromisoformat(f"{at}+00:00").timestamp()) for name, seconds, at in found]


def _findings(turns: list[Turned]) -> Iterator[Finding]:
    """The smallest book is what the others are measured against; the largest is told stage by stage."""
    least, most = turns[0], turns[-1]
    for one in turns:
        yield Finding(
            what=f"{one.rows:,} loans",
            ours=_told(one.seconds, one.peak_gb),
            peer=_told(least.seconds, least.peak_gb),
            ratio=f"{one.seconds / least.seconds:.1f} times the time, {one.peak_gb / least.peak_gb:.1f} times the memory",
        )
    times = most.rows / least.rows
    yield Finding(
        what=f"memory at {most.rows:,} loans",
        ours=f"{most.peak_gb:.2f} GB",
        peer="",
        ratio="",
        goal=f"below {MOST_GB:g} GB",
        met=most.peak_gb < MOST_GB,
    )
    yield Finding(
        what=f"time of {times:g} times the loans",
        ours=_told(most.seconds, most.peak_gb),
        peer=_told(least.seconds, least.peak_gb),
        ratio=f"{most.seconds / least.seconds:.1f}",
        goal=f"at most {times * STEEPEST:g}",
        met=most.seconds <= times * STEEPEST * least.seconds,
    )
    before = {name: (seconds, peak) for name, seconds, peak in least.stages}
    for name, seconds, peak in most.stages:
        yield Finding(
            what=f"{name}, {most.rows:,} loans",
            ours=_told(seconds, peak),
            peer=_told(*before[name]),
            ratio=f"{seconds / before[name][0]:.1f}",
        )


def _told(seconds: float, peak_gb: float) -> str:
    return f"{seconds:,.0f} s, {peak_gb:.2f} GB"
