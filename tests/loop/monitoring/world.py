"""A lender whose endpoints log what they answer, by the real journal, into the inbox of a real home."""

import shutil
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from tests.bundle.conftest import schema_of
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.bundle.scorer import Scores
from kingmaker.loop.announce import announce
from kingmaker.ports.house import House
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.journal.limits import Pace, Retention, Rotation
from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.shipping import Shipper
from kingmaker.serving.journal.tally import Tally
from kingmaker.serving.journal.writing import Writer
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

NOON: Final = datetime(2046, 9, 21, 12, tzinfo=UTC)
"""Later than the home is made: a champion never begins before the one before it."""
SCHEMA: Final = schema_of()
COLUMNS: Final = ("amount", "term", "purpose")
DECLARATION: Final = f"""\
pipeline: {PIPELINE}
source: {{file: loans.csv}}
id: loan
applied_at: applied_on
outcome: {{observed_at: went_bad_on, horizon: 6 months}}
"""


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Applicants:
    """What applicants look like: as in the reference, but for the columns that are `shifted`, or that a feed is `without`."""

    seed: int = 1
    shifted: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    approved: float = 0.7
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    def rows(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        amount = self.random.uniform(0, 100, count)
        term = self.random.choice([6.0, 12.0, 24.0, np.nan], count)
        purpose = self.random.choice(["car", "1", "true", ""], count, p=[0.5, 0.3, 0.1, 0.1])
        if "term" in self.without:
            term = np.full(count, np.nan)
        if "amount" in self.shifted:
            amount = amount * 0.5
        if "term" in self.shifted:
            term = np.where(self.random.random(count) < 0.6, np.nan, term)
        if "purpose" in self.shifted:
            purpose = np.where(self.random.random(count) < 0.5, "boat", purpose)
        return np.column_stack([amount, term]), purpose.astype(object).reshape(-1, 1)

    def scores(self, count: int) -> Scores:
        """Half of them grade A. The score and the decision are drawn: what is tried is how they are counted."""
        score = np.where(self.random.random(count) < 0.5, 500, 460)
        return Scores(
            pd=np.where(score == 500, 0.02, 0.2),
            score=score,
            grade=np.where(score == 500, "A", "B").astype(object),
            approved=self.random.random(count) < self.approved,
            margin=None,
            terms=None,
        )


@dataclass
class World:
    """`house` goes by `clock`; `versions` are published, and the first is in force."""

    house: House
    clock: Clock
    versions: tuple[str, ...]
    tokens: int = 0

    def log(
        self,
        applicants: Applicants,
        *,
        at: datetime,
        rows: int = 600,
        version: str | None = None,
        role: str = "champion",
        endpoint: str = "till-1",
        ids: list[str | None] | None = None,
    ) -> None:
        """One segment of an endpoint's own journal, shipped."""
        num, cat = applicants.rows(rows)
        batch = Batch(
            at=at.timestamp(),
            role=role,
            version=version or self.versions[0],
            schema=SCHEMA,
            ids=ids or [None] * rows,
            num=num,
            cat=cat,
            scores=applicants.scores(rows),
        )
        self.ship([batch], at=at, endpoint=endpoint)

    def ship(self, batches: list[Batch], *, at: datetime, endpoint: str = "till-1") -> None:
        self.tokens += 1
        place = Place(self.house.home.parent / "journals", PIPELINE, endpoint)
        tally, clocks = Tally(), {"clock": at.timestamp, "elapsed": lambda: 0.0}
        writer = Writer(place, f"{self.tokens:012x}", Rotation(), tally, **clocks)
        writer.drain(deque(batches))
        writer.close()
        shipper = Shipper(place, FolderDepot(self.house.home), Retention(), Pace(), tally, **clocks)
        shipper.look(now_or_never=True)
        shipper.close()
        assert not tally.shipping_failure

    def log_days(self, applicants: Applicants, *, days: int, until: datetime = NOON, rows: int = 600) -> None:
        for back in reversed(range(days)):
            self.log(applicants, at=until - timedelta(days=back, hours=2), rows=rows)


def made_home(folder: Path) -> tuple[Path, tuple[str, ...]]:
    home = folder / "home"
    lender = Lender.in_home(home)
    lender.crown(lender.versions[0])
    announce(lender.house, PIPELINE)
    lender.house.ledger.declare(PIPELINE, DECLARATION, digest="d" * 64, declared_in="/data/loans.yaml", by="ann")
    lender.house.close()
    return home, lender.versions


def world_at(folder: Path, home: Path, versions: tuple[str, ...]) -> World:
    shutil.copytree(home, folder / "home")
    clock = Clock()
    opened = open_house(Settings(home=folder / "home"))
    opened.ledger.close()
    ledger = SqlLedger.open(folder / "home" / "ledger.db", clock=clock)
    return World(replace(opened, clock=clock, ledger=ledger), clock, versions)
