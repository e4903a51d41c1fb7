"""A home as a control centre finds it after some months: runs that ended, and a champion that is announced."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from kingmaker.bundle.pointers import pointer_name, sealed_pointer
from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.pointer import Placed, Pointer
from kingmaker.domain.run import Request, RunReason, Stage, StageRecord
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PIPELINE = "loans"
ENDPOINTS_A_TOKEN = 10
_REQUEST = Request(
    key="",
    pipeline=PIPELINE,
    declaration="pipeline: loans\n" + "# as long as a declaration is\n" * 60,
    declaration_digest="d" * 64,
    declared_in="/data/loans.yaml",
    as_of=date(2026, 1, 1),
    requested_by="nightly",
)
_POINTER = Pointer(
    pipeline=PIPELINE,
    edition=1,
    turn=1,
    champion=Placed(version="a" * 64, archive="b" * 64, size=1_300_000),
    since=datetime(2026, 1, 1, tzinfo=UTC),
    reason=TurnReason.PROMOTED,
    why="AUC .741 against .733 and a lower false kill at the same approval rate",
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """`endpoints` are tokens of branches, `viewer` is that of whoever lists the runs."""

    house: House
    endpoints: tuple[str, ...]
    viewer: str

    def announce(self, edition: int) -> None:
        """Another pointer, as another process than the server announces it: nobody nudges the server."""
        pointer = replace(_POINTER, edition=edition, turn=edition)
        self.house.vault.name(pointer_name(PIPELINE), sealed_pointer(pointer, self.house.signing_key()))


def prepare(home: Path, *, runs: int, endpoints: int) -> Prepared:
    house = open_house(Settings(home=home))
    for number in range(runs):
        run, lease = house.ledger.open_run(replace(_REQUEST, key=f"night {number}"), house.holder)
        for stage in Stage:
            record = StageRecord(
                run=run.number, stage=stage, key=f"{number}/{stage}", output="e" * 64, seconds=1.0,
                finished_at=house.clock(), reused=False,
            )  # fmt: skip
            house.ledger.record_stage(lease, record)
        house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    office = Office(house, owner("benchmark"))
    branches = [
        office.make_token(f"branch {number}", Role.ENDPOINT, pipelines=[PIPELINE]).secret
        for number in range(-(-endpoints // ENDPOINTS_A_TOKEN))
    ]
    prepared = Prepared(house, tuple(branches), office.make_token("lister", Role.VIEWER).secret)
    prepared.announce(1)
    return prepared
