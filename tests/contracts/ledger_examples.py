"""Records to try ledgers with, a clock that goes when it is told to, and how a ledger is opened for a test."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import ModelVersion
from kingmaker.domain.run import Lease, Request, Stage, StageRecord
from kingmaker.domain.trial import Denoising, Fault, Imbalance, Trial, TrialEnd, TrialSpec
from kingmaker.domain.verdict import Comparison, Gate, GateOutcome, SwapCell, Verdict, VerdictReason

from .ledger_process import REQUEST

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


class LedgerContract:
    """Subclass with an `address`, and the ledger there must keep the contract."""

    def address(self, folder: Path) -> str:
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def ledger(self, tmp_path: Path, clock: Clock) -> Iterator[SqlLedger]:
        ledger = SqlLedger.open(self.address(tmp_path), clock=clock)
        yield ledger
        ledger.close()


def request(pipeline: str = "loans", key: str = "march") -> Request:
    return replace(REQUEST, pipeline=pipeline, key=key)


def version(run: int, digest: str = "a" * 64, pipeline: str = "loans") -> ModelVersion:
    return ModelVersion(
        version=digest, pipeline=pipeline, run=run, archive="f" * 64, learner="xgboost", published_at=NOON
    )


def stage(run: int, stage: Stage = Stage.EXTRACT, key: str = "inputs", output: str = "0" * 64) -> StageRecord:
    return StageRecord(run=run, stage=stage, key=key, output=output, seconds=1.5, finished_at=NOON, reused=False)


def trial(key: str = "t1", number: int = 1) -> Trial:
    spec = TrialSpec(
        number=number,
        learner="xgboost",
        recipe="plain",
        hyperparameters={"depth": 3, "rate": 1.0, "grow": "loss", "dart": True},
        imbalance=Imbalance.WEIGHT,
        denoising=Denoising.NONE,
        seed=7,
    )
    return Trial(
        key=key,
        spec=spec,
        end=TrialEnd.FITTED,
        seconds=0.1 + 0.2,
        auc_holdout=0.71,
        utility=-0.125,
        curve=((10, 0.7), (20, 0.71)),
        started_at=NOON,
    )


def fault(run: int, message: str = "out of luck") -> Fault:
    return Fault(
        run=run,
        stage="train",
        trial=None,
        node="here",
        attempt=1,
        kind="raised",
        message=message,
        traceback="Traceback",
        happened_at=NOON,
    )


def verdict(reason: VerdictReason = VerdictReason.AWAITING_APPROVAL) -> Verdict:
    comparison = Comparison(
        measure="auc",
        window="test",
        champion=None,
        challenger=float("inf"),
        difference=None,
        standard_error=1e-300,
        p_value=0.1,
    )
    return Verdict(
        reason=reason,
        sentence="The challenger waits.",
        rule="proven",
        challenger_trial=4,
        champion_version=None,
        gates=(Gate(code="G0.rows", value=1.0, limit=None, outcome=GateOutcome.PASSED, sentence="Enough."),),
        comparisons=(comparison,),
        swap_set=(SwapCell(cell="swap_in", rows=2, share=0.5, bad_rate=None, amount=None, bad_amount=None),),
    )


def open_run(ledger: SqlLedger, holder: str = "one") -> Lease:
    return ledger.open_run(request(), holder)[1]


def with_versions(ledger: SqlLedger, *digests: str) -> Lease:
    lease = open_run(ledger)
    for digest in digests:
        ledger.add_version(lease, replace(version(lease.run), version=digest, published_at=ledger.now()))
    return lease
