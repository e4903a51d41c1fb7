"""Batches of answers, journals' parts with clocks that a test sets, and what comes of them."""

from pathlib import Path

import numpy as np

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.bundle.contents import InputField, InputSchema
from kingmaker.bundle.scorer import Scores
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.ports.depot import Depot
from kingmaker.serving.journal.entry import Batch, Entry
from kingmaker.serving.journal.limits import Pace, Retention, Rotation
from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.reading import read_segments
from kingmaker.serving.journal.shipping import Shipper
from kingmaker.serving.journal.tally import Tally
from kingmaker.serving.journal.writing import Writer

NOON = 1_790_000_000.0
VERSION = "5e" * 32


def number(name: str) -> InputField:
    return InputField(name=name, kind=ColumnKind.NUMBER, missing=0.1)


def category(name: str) -> InputField:
    return InputField(name=name, kind=ColumnKind.CATEGORY, missing=0.1)


SCHEMA = InputSchema(fields=(number("Amount"), category("State"), number("Term, in months")))


def scores(rows: int) -> Scores:
    return Scores(
        pd=np.linspace(0.01, 0.9, rows),
        score=np.arange(700, 700 - rows, -1),
        grade=np.array(["A"] * rows, dtype=object),
        approved=np.arange(rows) % 2 == 0,
        margin=None,
        terms=None,
    )


def batch(rows: int = 1, *, first: int = 0, at: float = NOON, version: str = VERSION, role: str = "champion") -> Batch:
    """Applications `first`, `first` + 1, …; every third amount and every second state is missing."""
    ids = range(first, first + rows)
    return Batch(
        at=at,
        role=role,
        version=version,
        schema=SCHEMA,
        ids=[f"application-{id_}" for id_ in ids],
        num=np.array([[np.nan if id_ % 3 == 2 else id_ + 0.1, 36.0] for id_ in ids]).reshape(rows, 2),
        cat=np.array([["" if id_ % 2 else "CA"] for id_ in ids], dtype=object).reshape(rows, 1),
        scores=scores(rows),
    )


class Time:
    """The time of day and the time that passes: a test sets them."""

    def __init__(self) -> None:
        self.day = NOON
        self.passed = 0.0

    def pass_by(self, seconds: float) -> None:
        self.day += seconds
        self.passed += seconds


class Desk:
    """A place with a writer, a shipper and what they count."""

    def __init__(
        self,
        folder: Path,
        depot: Depot | None = None,
        *,
        token: str = "b00t",
        rotation: Rotation | None = None,
        retention: Retention | None = None,
    ) -> None:
        self.place = Place(folder, "loans", "till-1")
        self.time = Time()
        self.tally = Tally()
        clocks = {"clock": lambda: self.time.day, "elapsed": lambda: self.time.passed}
        self.writer = Writer(self.place, token, rotation or Rotation(), self.tally, **clocks)
        self.shipper = Shipper(self.place, depot, retention or Retention(), Pace(), self.tally, **clocks)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.place.path.iterdir() if not path.name.startswith("."))


def inbox(depot_folder: Path) -> list[Path]:
    return sorted((depot_folder / "inbox").rglob("*.jsonl*"))


def answers(paths: list[Path]) -> list[Entry]:
    return list(read_segments(paths))


def ids(paths: list[Path]) -> list[str | None]:
    return [entry.id for entry in answers(paths)]


def folder_depot(folder: Path) -> FolderDepot:
    folder.mkdir(exist_ok=True)
    return FolderDepot(folder)
