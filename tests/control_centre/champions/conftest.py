"""A lender with three published versions: one in force, one held in a run that Sam asked for, one in a schedule's run."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.contracts.ledger_examples import verdict
from tests.contracts.ledger_process import REQUEST
from tests.control_centre.doorkeeper import Door, somebody
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Principal, Role, owner
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import VerdictReason
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.loop.announce import announce
from kingmaker.loop.selection import Selection, selection_to_json
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

DECLARATION = f"""\
pipeline: {PIPELINE}
source: {{file: loans.csv}}
id: loan
applied_at: applied_on
outcome: {{observed_at: went_bad_on, horizon: 12 months}}
"""
ELSEWHERE = frozenset({"cars"})
KNOWN = {
    "vera": somebody(Role.VIEWER, name="vera"),
    "olga": somebody(Role.OPERATOR, name="olga"),
    "ada": somebody(Role.APPROVER, name="ada"),
    "bea": somebody(Role.APPROVER, name="bea", pipelines=frozenset({PIPELINE})),
    "sam": somebody(Role.OPERATOR, Role.APPROVER, name="sam"),
    "eve": somebody(Role.ENDPOINT, name="eve"),
    "cora": somebody(Role.APPROVER, Role.VIEWER, name="cora", pipelines=ELSEWHERE),
    "root": somebody(Role.ADMIN, name="root"),
}
"""By their bearer text. Sam asked for run 2."""
HELD, BY_SCHEDULE = 2, 3


@dataclass(frozen=True, slots=True)
class Committee:
    house: House
    versions: tuple[str, ...]

    def asked_as(self, name: str) -> TestClient:
        app = build_app(Centre(house=self.house, doorkeeper=Door(KNOWN)))
        headers = {"Authorization": f"Bearer {name}"}
        return TestClient(app, base_url="http://test/api/v1", headers=headers, raise_server_exceptions=False)

    def office_of(self, who: Principal) -> Office:
        return Office(self.house, who)

    @property
    def owner(self) -> Office:
        """Sam at the machine's own command line."""
        return self.office_of(owner("sam"))


def held_run(lender: Lender, key: str, version: str, *, by: str) -> None:
    """A run that published nothing new and whose verdict waits, with this version as its candidate."""
    ledger, vault = lender.house.ledger, lender.house.vault
    _, lease = ledger.open_run(replace(REQUEST, pipeline=PIPELINE, key=key, requested_by=by), lender.house.holder)
    waits = replace(verdict(VerdictReason.AWAITING_APPROVAL), comparisons=())
    selection = Selection(verdict=waits, evidence=None, finalist=None, ranking=(), champion_turn=1)
    evidence = vault.put_bytes(selection_to_json(selection))
    ledger.record_verdict(lease, waits, evidence=evidence, candidate_version=version)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)


@pytest.fixture(scope="session")
def _sitting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    home = tmp_path_factory.mktemp("committee") / "home"
    lender = Lender.in_home(home)
    lender.crown(lender.versions[0])
    announce(lender.house, PIPELINE)
    held_run(lender, "april", lender.versions[1], by="sam")
    held_run(lender, "may", lender.versions[2], by="schedule")
    lender.house.ledger.declare(PIPELINE, DECLARATION, digest="d" * 64, declared_in="/data/loans.yaml", by="ann")
    lender.house.close()
    return home, lender.versions


@pytest.fixture
def committee(_sitting: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Committee]:
    home, versions = _sitting
    shutil.copytree(home, tmp_path / "home")
    house = open_house(Settings(home=tmp_path / "home"))
    yield Committee(house, versions)
    house.close()
