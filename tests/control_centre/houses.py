"""A house on an empty ledger whose clock goes when it is told to, and a declaration for it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOANS = """\
pipeline: loans
source:
  file: loans.csv
id: loan
applied_at: day
outcome:
  label: bad
"""


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@contextmanager
def house_at(folder: Path, clock: Clock, *, empty: Path | None = None) -> Iterator[House]:
    """Its home and its data folder lie in `folder`. Copying an `empty` home takes less time than making its tables."""
    (folder / "data").mkdir(exist_ok=True)
    if empty is not None:
        shutil.copytree(empty, folder / "home")
    opened = open_house(Settings(home=folder / "home", data=folder / "data"))
    opened.ledger.close()
    house = replace(opened, clock=clock, ledger=SqlLedger.open(opened.home / "ledger.db", clock=clock))
    try:
        yield house
    finally:
        house.close()


def declaring(pipeline: str = "loans", **said: str) -> str:
    """The smallest declaration, with `file` or `learners` said otherwise."""
    text = LOANS.replace("pipeline: loans", f"pipeline: {pipeline}")
    text = text.replace("file: loans.csv", f"file: {said.get('file', 'loans.csv')}")
    return text + (f"training:\n  learners: [{said['learners']}]\n" if "learners" in said else "")
