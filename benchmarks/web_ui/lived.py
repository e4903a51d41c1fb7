"""A small lender's home that was really lived in: three runs of the journeys' book, the last of which waits for a person."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_book, write_pipeline

PIPELINE: Final = "book"
FIRST, PROMOTED, HELD = 1, 2, 3
"""Runs, by what became of them."""


def live(folder: Path) -> Path:
    """The home: every page has something real to show, of a model, a verdict, a recipe."""
    home = folder / "home"
    write_book(folder)
    write_pipeline(folder)
    _does(folder, home, "run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    _does(folder, home, "run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    write_pipeline(folder, promote="manual", learners="scorecard", trials=1)
    _does(folder, home, "run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    write_pipeline(folder)
    _does(folder, home, "declare", "book.yaml")
    return home


def _does(folder: Path, home: Path, *words: str) -> None:
    command = [sys.executable, "-m", "kingmaker", "--home", str(home), *words]
    log = folder / "lived.log"
    with log.open("ab") as told:
        done = subprocess.run(
            command, cwd=folder, env=os.environ | {"KINGMAKER_DATA": str(folder)}, stdout=told, stderr=told, check=False
        )
    if done.returncode:
        raise SystemExit(f"kingmaker {' '.join(words)} failed; {log} says why.")
