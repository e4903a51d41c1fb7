"""Runs of a replay, each done once: found where they ended, taken up again where they stopped, and else begun."""

from datetime import date
from pathlib import Path

from kingmaker.domain.errors import (
    BundleRefused,
    DataRefused,
    GraphUnsupported,
    KingmakerError,
    LeakFound,
    ParityBroken,
)
from kingmaker.domain.run import Run, RunReason, RunState, Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.loop.conductor import Errand, conduct
from kingmaker.loop.request import request_of
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.loop.train import NothingFitted
from kingmaker.ports.house import House
from kingmaker.ports.progress import Silence

BY = "replay"
MOST_RUNS = 10_000
REFUSALS: tuple[type[KingmakerError], ...] = (DataRefused, NothingFitted, BundleRefused, GraphUnsupported)
"""What leaves the champion as it is on a night when nobody watches. Anything else stops the replay."""
REFUSED_CODES = frozenset(
    error.code for error in (DataRefused, LeakFound, NothingFitted, BundleRefused, ParityBroken, GraphUnsupported)
)


def run_at(house: House, pipeline: str, as_of: date) -> Run | None:
    """The pipeline's newest run as of that day."""
    return next((run for run in house.ledger.runs(pipeline, limit=MOST_RUNS) if run.request.as_of == as_of), None)


def is_settled(house: House, run: Run) -> bool:
    """Whether the run ended, or was refused for a reason that would refuse it again."""
    if run.state is RunState.FINISHED or run.reason is RunReason.DATA_REFUSED:
        return True
    return run.reason is RunReason.STAGE_FAILED and refusal_of(house, run) in REFUSED_CODES


def refusal_of(house: House, run: Run) -> str:
    """The code of the error that ended the run; empty when none did."""
    kinds = [fault.kind for fault in house.ledger.faults(run.number) if fault.stage == "run"]
    return kinds[-1] if kinds and run.state is RunState.FAILED else ""


def go_through(house: House, run: Run | None, *, text: str, file: Path, as_of: date, errand: Errand) -> Run:
    """Take the run up where it stopped, or begin one for the declaration in `text`; answers with it at its end.

    A run that is refused ends too. Raises what else stopped it.
    """
    if run is not None and run.state is RunState.RUNNING:
        opened, lease = house.ledger.resume_run(run.number, house.holder)
    else:
        opened, lease = house.ledger.open_run(request_of(text, file, as_of=as_of, by=BY), house.holder)
    try:
        return conduct(house, opened, lease, Silence(), errand)
    except REFUSALS:
        return house.ledger.run(opened.number)


def snapshot_before(house: House, pipeline: str, as_of: date) -> Snapshot | None:
    """The pipeline's snapshot as of the newest day before this one, None when there is none."""
    earlier = [run for run in house.ledger.runs(pipeline, limit=MOST_RUNS) if run.request.as_of < as_of]
    for run in sorted(earlier, key=lambda run: (run.request.as_of, run.number), reverse=True):
        if run.state is RunState.FINISHED:
            records = [record for record in house.ledger.stages(run.number) if record.stage is Stage.EXTRACT]
            if records:
                return snapshot_from_json(house.vault.read(records[0].output))
    return None
