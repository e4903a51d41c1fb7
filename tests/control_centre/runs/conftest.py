"""A house with two declared pipelines, and callers of every role and scope."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.control_centre.doorkeeper import Door, somebody

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Principal, Role
from kingmaker.domain.run import Lease, Run
from kingmaker.interfaces.control_centre.app import API, Centre, build_app
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

DECLARATION = """\
pipeline: {name}
source: {{file: loans.csv}}
id: loan
applied_at: applied_on
outcome: {{observed_at: went_bad_on, horizon: 12 months}}
training: {{learners: [scorecard]}}
"""
LOANS, CARDS = frozenset({"loans"}), frozenset({"cards"})
CALLERS = {
    "viewer": somebody(Role.VIEWER, name="vera"),
    "operator": somebody(Role.OPERATOR, name="otto"),
    "approver": somebody(Role.APPROVER, name="anna"),
    "endpoint": somebody(Role.ENDPOINT, name="branch"),
    "admin": somebody(Role.ADMIN, name="root"),
    "loans": somebody(Role.OPERATOR, name="lena", pipelines=LOANS),
    "cards": somebody(Role.OPERATOR, name="carl", pipelines=CARDS),
}


@dataclass
class World:
    """`as_` is a caller over HTTP, `office` the same caller at the house itself."""

    house: House
    app: FastAPI
    clients: ExitStack = field(default_factory=ExitStack)

    def as_(self, caller: str) -> TestClient:
        client = TestClient(
            self.app,
            base_url=f"http://testserver{API}/",
            headers={"Authorization": f"Bearer {caller}"},
            raise_server_exceptions=False,
        )
        return self.clients.enter_context(client)

    def office(self, caller: str) -> Office:
        return Office(self.house, self.who(caller))

    def who(self, caller: str) -> Principal:
        return CALLERS[caller]

    def begin(self, pipeline: str = "loans", holder: str = "elsewhere") -> tuple[Run, Lease]:
        """A run that was asked for and is conducted by somebody."""
        self.office("admin").ask(pipeline)
        claimed = self.house.ledger.claim(holder)
        assert claimed is not None
        return claimed


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    house = open_house(Settings(home=tmp_path / "home"))
    for name in ("cards", "loans"):
        house.ledger.declare(
            name,
            DECLARATION.format(name=name),
            digest="d" * 64,
            declared_in=str(tmp_path / "home" / "data" / "pipeline.yaml"),
            by="root",
        )
    app = build_app(Centre(house=house, doorkeeper=Door(CALLERS)))
    made = World(house, app)
    with made.clients:
        yield made
    house.close()
