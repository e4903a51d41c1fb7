"""A small world for preparing and training: loans with a signal, in a real vault and a real ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.domain.run import Lease, Request, Run
from kingmaker.domain.snapshot import ColumnKind, Feature, Snapshot, Window, WindowBasis, WindowCount
from kingmaker.domain.trial import Trial
from kingmaker.loop.prepare import prepare
from kingmaker.loop.prepared import Prepared
from kingmaker.loop.train import train
from kingmaker.pipeline.declaration import Pipeline, Policy, Training
from kingmaker.ports.engine import Engine
from kingmaker.ports.progress import Progress, Silence

FEATURES = (
    Feature(name="income", kind=ColumnKind.NUMBER, monotone=-1),
    Feature(name="debt", kind=ColumnKind.NUMBER),
    Feature(name="region", kind=ColumnKind.CATEGORY),
)
FIRST = date(2024, 1, 1)


def loans(rows: int, seed: int = 1, *, customers: int | None = None) -> pl.DataFrame:
    """Loans of the train, calibration and selection windows, oldest first, about one in five bad."""
    random = np.random.default_rng(seed)
    income, debt = random.lognormal(8, 0.5, rows), random.normal(0, 1, rows)
    region = random.choice(["north", "south", "east", ""], rows)
    margin = -1.6 - 1.2 * (np.log(income) - 8) + 0.8 * debt + 0.7 * (region == "south")
    customer = random.integers(0, customers, rows) if customers else np.arange(rows)
    window = np.repeat(
        [Window.TRAIN, Window.CALIBRATION, Window.SELECTION], [rows - 2 * (rows // 5), rows // 5, rows // 5]
    )
    return pl.DataFrame(
        {
            "income": np.where(random.random(rows) < 0.1, np.nan, income),
            "debt": debt,
            "region": region,
            "_label": (random.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int8),
            "_window": [str(value) for value in window],
            "_applied_at": [FIRST + timedelta(days=day * 300 // rows) for day in range(rows)],
            "_customer": [f"c{number}" for number in customer],
            "_id": [str(number) for number in range(rows)],
            "_amount": random.uniform(1e3, 1e4, rows),
        }
    )


def snapshot_of(frame: pl.DataFrame, vault: FolderVault, folder: Path, *, parts: int = 1) -> Snapshot:
    digests = []
    for part, rows in enumerate(frame.iter_slices(-(-frame.height // parts))):
        path = folder / f"part-{part}.parquet"
        rows.write_parquet(path)
        digests.append(vault.put(path))
    counts = [_count(frame.filter(pl.col("_window") == window.value), window) for window in Window]
    return Snapshot(
        digest=digests[0],
        parts=tuple(digests),
        as_of=date(2026, 1, 1),
        rows=frame.height,
        basis=WindowBasis.DATE,
        windows=tuple(counts),
        exclusions=(),
        features=FEATURES,
        left_out=(),
        findings=(),
    )


def _count(rows: pl.DataFrame, window: Window) -> WindowCount:
    return WindowCount(window=window, rows=rows.height, bads=int(rows["_label"].sum()), first=None, last=None)


def pipeline_of(**training: object) -> Pipeline:
    return Pipeline.model_validate(
        {
            "pipeline": "loans",
            "source": {"file": "loans.csv"},
            "id": "id",
            "outcome": {"label": "bad"},
            "policy": Policy(approval_rate=0.7),
            "training": Training.model_validate({"learners": ("scorecard", "lightgbm"), "trials": 8, **training}),
        }
    )


def now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass
class World:
    """One home folder with a prepared snapshot."""

    folder: Path
    vault: FolderVault
    ledger: SqlLedger
    pipeline: Pipeline
    snapshot: Snapshot
    prepared: Prepared
    lease: Lease | None = None

    @classmethod
    def make(
        cls, folder: Path, *, rows: int = 3000, clock: Callable[[], datetime] = now, **training: object
    ) -> "World":
        """Made twice in one folder, it is the same world."""
        folder.mkdir(exist_ok=True)
        vault = FolderVault(folder / "vault")
        pipeline = pipeline_of(**training)
        snapshot = snapshot_of(loans(rows), vault, folder)
        prepared = prepare(pipeline, snapshot, vault=vault, workspace=folder, progress=Silence())
        ledger = SqlLedger.open(folder / "ledger.db", clock=clock)
        return cls(folder, vault, ledger, pipeline, snapshot, prepared)

    def open_run(self, key: str = "first") -> Run:
        request = Request(
            key=key,
            pipeline="loans",
            declaration="",
            declaration_digest="",
            declared_in="loans.yaml",
            as_of=date(2026, 1, 1),
            requested_by="test",
        )
        run, self.lease = self.ledger.open_run(request, this_process_as_holder())
        return run

    def train(
        self,
        engine: Engine,
        *,
        key: str = "first",
        progress: Progress | None = None,
        clock: Callable[[], datetime] = now,
    ) -> tuple[Trial, ...]:
        run = self.open_run(key)
        lease = self.lease
        try:
            return train(
                self.pipeline,
                self.snapshot,
                self.prepared,
                run=run.number,
                lease=lease,
                ledger=self.ledger,
                vault=self.vault,
                engine=engine,
                progress=progress or Silence(),
                clock=clock,
            )
        finally:
            self.ledger.release(lease)
