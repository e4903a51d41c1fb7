"""A small lender to judge models on: five windows of loans, real fitted trials, and a home with a ledger and a vault."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from kingmaker.adapters.engines.local import LocalEngine
from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.sources.files import FileSource
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.bundle.keys import SigningKey
from kingmaker.cohort.windows import count_windows
from kingmaker.domain.run import Lease, Request, Run
from kingmaker.domain.snapshot import ColumnKind, Feature, Snapshot, Window, WindowBasis
from kingmaker.domain.trial import Denoising, Imbalance, Trial, TrialSpec
from kingmaker.learners.registry import learner
from kingmaker.loop.prepare import prepare
from kingmaker.loop.prepared import Prepared
from kingmaker.loop.refitting.again import BEFORE_THE_TEST, Fitter, Procedure
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.replaying.engine import StandingEngine
from kingmaker.loop.select import SelectTask, select
from kingmaker.loop.selection import Selection
from kingmaker.loop.training.fit_order import FitOrder, report_from_bytes
from kingmaker.loop.training.fit_trial import fit_trial
from kingmaker.loop.turn import Turn
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.engine import Outcome
from kingmaker.ports.house import House
from kingmaker.ports.progress import Silence

FEATURES = (
    Feature(name="income", kind=ColumnKind.NUMBER, monotone=-1),
    Feature(name="debt", kind=ColumnKind.NUMBER),
    Feature(name="region", kind=ColumnKind.CATEGORY),
    Feature(name="branch", kind=ColumnKind.CATEGORY),
)
FIRST = date(2020, 1, 1)
ENGINE = StandingEngine(lambda: LocalEngine(1))
"""One for all tests: its libraries are loaded once. The session ends it."""
REHEARSED: dict[str, tuple[Refit, FolderVault]] = {}
"""What was fitted again for one test serves the others."""
FAILED: list[str] = []
"""How fits again failed."""
NOBODYS = Lease(run=0, holder="nobody", token=0, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
"""Enough for a selection that takes no look from an error budget."""
SHARES = {
    Window.TRAIN: 0.45,
    Window.CALIBRATION: 0.10,
    Window.SELECTION: 0.20,
    Window.TEST: 0.20,
    Window.RECENT: 0.05,
}
OPEN_GATES = {
    "max_volume_change": 5.0,
    "max_bad_rate_sigma": 50.0,
    "max_overfit": 0.5,
    "max_train_gap": 0.5,
    "max_psi": 1.0,
    "max_psi_hold": 2.0,
    "max_auc_jump": 0.5,
    "calibration_slope": (0.4, 2.5),
    "max_calibration_error": 0.8,
    "max_brier_loss": 0.05,
    "max_month_loss": 0.3,
}
"""Limits that a sound model on a small book meets whatever the dice say: a test closes the one it is about."""


def loans(rows: int = 12_000, seed: int = 1, *, debt: float = 0.9, customers: int | None = None) -> pl.DataFrame:
    """Loans of all five windows, oldest first; about one in five bad, the recent ones unlabelled. `debt` is its effect."""
    random = np.random.default_rng(seed)
    income, owed = random.lognormal(8, 0.5, rows), random.normal(0, 1, rows)
    region = random.choice(["north", "south", "east", ""], rows)
    margin = -1.7 - 1.2 * (np.log(income) - 8) + debt * owed + 0.7 * (region == "south")
    label = (random.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    window = np.repeat([value.value for value in SHARES], [round(share * rows) for share in SHARES.values()])
    labelled = window != Window.RECENT.value
    customer = random.integers(0, customers, rows) if customers else np.arange(rows)
    return pl.DataFrame(
        {
            "income": np.where(random.random(rows) < 0.1, np.nan, income),
            "debt": owed,
            "region": region,
            "branch": random.integers(1, 5, rows),
            "sex": random.choice(["f", "m"], rows),
            "_label": pl.Series(label).set(pl.Series(~labelled), None),
            "_window": window,
            "_applied_at": [FIRST + timedelta(days=day * 700 // rows) for day in range(rows)],
            "_customer": [f"c{number}" for number in customer],
            "_id": [f"{number:06d}" for number in range(rows)],
            "_amount": random.uniform(1e3, 1e4, rows),
        }
    )


def in_window(window: Window) -> pl.Expr:
    return pl.col("_window") == window.value


def pipeline_of(*, gates: dict[str, object] | None = None, **policy: object) -> Pipeline:
    return Pipeline.model_validate(
        {
            "pipeline": "loans",
            "source": {"file": "loans.csv"},
            "id": "id",
            "applied_at": "applied",
            "amount": "amount",
            "outcome": {"label": "bad"},
            "features": {"protected": ("sex",)},
            "policy": {"min_bads": 100, "gates": OPEN_GATES | (gates or {}), **policy},
            "training": {"learners": ("scorecard", "lightgbm"), "trials": 2},
        }
    )


def snapshot_of(
    frame: pl.DataFrame, vault: FolderVault, folder: Path, features: tuple[Feature, ...] = FEATURES
) -> Snapshot:
    path = folder / "loans.parquet"
    frame.write_parquet(path)
    digest = vault.put(path)
    return Snapshot(
        digest=digest,
        parts=(digest,),
        as_of=date(2023, 1, 1),
        rows=frame.height,
        basis=WindowBasis.DATE,
        windows=count_windows(frame),
        exclusions=(),
        features=features,
        left_out=(),
        findings=(),
    )


@dataclass(frozen=True)
class World:
    """A home with one prepared snapshot and its fitted trials."""

    house: House
    vault: FolderVault
    pipeline: Pipeline
    snapshot: Snapshot
    prepared: Prepared
    trials: tuple[Trial, ...]
    lease: Lease = NOBODYS

    @classmethod
    def make(
        cls,
        folder: Path,
        frame: pl.DataFrame | None = None,
        *,
        learners: tuple[str, ...] = ("scorecard",),
        features: tuple[Feature, ...] = FEATURES,
    ) -> "World":
        house = house_in(folder)
        vault = FolderVault(folder / "vault")
        pipeline = pipeline_of()
        snapshot = snapshot_of(loans() if frame is None else frame, vault, folder, features)
        prepared = prepare(pipeline, snapshot, vault=vault, workspace=folder, progress=Silence())
        world = cls(house, vault, pipeline, snapshot, prepared, ())
        return replace(world, trials=tuple(world.fitted(name, number) for number, name in enumerate(learners, 1)))

    def fitted(self, name: str, number: int, **hyperparameters: object) -> Trial:
        """A trial as training records it, fitted here and now."""
        family = learner(name)
        spec = TrialSpec(
            number=number,
            learner=name,
            recipe=family.recipe,
            hyperparameters={**family.default(), **hyperparameters},
            imbalance=Imbalance.NONE,
            denoising=Denoising.NONE,
            seed=7,
        )
        variant = self.prepared.variant(family.recipe)
        order = FitOrder(
            trial=spec,
            prepared=self.prepared.digest,
            outputs=variant.outputs,
            monotone=variant.monotone,
            approval_rate=0.7,
            prune_below=(),
            libraries={},
        )
        files = [self.vault.fetch(variant.matrix), self.vault.fetch(self.prepared.rows)]
        report, model = report_from_bytes(fit_trial(order.to_bytes(), files))
        return Trial(
            key=order.key(),
            spec=spec,
            end=report.end,
            seconds=0.1,
            auc_train=report.auc_train,
            auc_holdout=report.auc_holdout,
            auc_selection=report.auc_selection,
            utility=report.utility,
            rounds=report.rounds,
            features=report.features,
            model=self.vault.put_bytes(model),
        )

    def seen_as(self, frame: pl.DataFrame) -> "World":
        """The same trials judged on other rows."""
        return replace(self, snapshot=snapshot_of(frame, self.vault, self.house.workspace))

    def some_months_later(self) -> "World":
        """A new run on the same loans, when the error budget of the champion's pipeline allows a look."""
        _, lease = self.open_run(f"run after {len(self.house.ledger.runs('loans'))}")
        return replace(self, lease=lease, snapshot=replace(self.snapshot, as_of=date(2023, 6, 1)))

    def task(self, *, pipeline: Pipeline | None = None, trials: tuple[Trial, ...] | None = None) -> SelectTask:
        return SelectTask(
            house=self.house,
            pipeline=pipeline or self.pipeline,
            snapshot=self.snapshot,
            prepared=self.prepared,
            trials=self.trials if trials is None else trials,
            turn=self.house.ledger.champion("loans"),
            lease=self.lease,
            rehearse=self.rehearse,
            threads=1,
            progress=Silence(),
        )

    def rehearse(self, trial: Trial, recipe: str) -> Refit:
        """As the loop does, but for the ledger, which a selection in a test may have no run in."""

        def failed(trial: Trial, outcome: Outcome) -> None:
            FAILED.append(f"{trial.spec.learner}: {outcome.message}")

        fitter = Fitter(
            training=self.pipeline.training,
            snapshot=self.snapshot,
            vault=self.vault,
            workspace=self.house.workspace,
            engine=ENGINE,
            progress=Silence(),
            failed=failed,
        )
        procedure = Procedure(trial=trial, recipe=recipe)
        key = fitter.key(procedure, BEFORE_THE_TEST)
        if key not in REHEARSED:
            REHEARSED[key] = (fitter.fit(procedure, BEFORE_THE_TEST), self.vault)
        found, vault = REHEARSED[key]
        for digest in found.files:
            self.vault.put(vault.fetch(digest))
        return found

    def select(self, *, pipeline: Pipeline | None = None, trials: tuple[Trial, ...] | None = None) -> Selection:
        return select(self.task(pipeline=pipeline, trials=trials))

    def open_run(self, key: str, declaration: str = "", *, as_of: date = date(2023, 1, 1)) -> tuple[Run, Lease]:
        request = Request(
            key=key,
            pipeline="loans",
            declaration=declaration,
            declaration_digest="d" * 64,
            declared_in="loans.yaml",
            as_of=as_of,
            requested_by="test",
        )
        return self.house.ledger.open_run(request, self.house.holder)

    def turn(self, run: Run, lease: Lease, pipeline: Pipeline | None = None) -> Turn:
        for trial in self.trials:
            self.house.ledger.record_trial(lease, trial)
        return Turn(
            house=self.house,
            engine=ENGINE,
            run=run,
            lease=lease,
            pipeline=pipeline or self.pipeline,
            folder=self.house.home,
            workspace=self.house.workspace,
            progress=Silence(),
        )


def house_in(folder: Path) -> House:
    folder.mkdir(parents=True, exist_ok=True)
    key = SigningKey.create(folder / "signing.key")
    return House(
        home=folder,
        workspace=folder,
        data=folder,
        ledger=SqlLedger.open(folder / "ledger.db", clock=now),
        vault=FolderVault(folder / "vault"),
        source=FileSource(),
        holder=this_process_as_holder(),
        open_engine=lambda: ENGINE,
        signing_key=lambda: key,
        trusted=lambda: (key.public,),
        pseudonym_key=bytes,
        clock=now,
    )


def now() -> datetime:
    return datetime.now(tz=UTC)
