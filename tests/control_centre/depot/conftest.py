"""A publisher whose control centre endpoints follow: three published versions, the first in force."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.control_centre.doorkeeper import Door, somebody
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.domain.access import Role
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.interfaces.control_centre.depot_desk import DepotDesk
from kingmaker.loop.announce import announce
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

ELSEWHERE = "cars"
DECLARATION = f"""\
pipeline: {PIPELINE}
source: {{file: loans.csv}}
id: loan
applied_at: applied_on
outcome: {{observed_at: went_bad_on, horizon: 12 months}}
"""


@dataclass(frozen=True, slots=True)
class Publishing:
    """`door` may be told of other callers, and forget those that it knows."""

    house: House
    versions: tuple[str, ...]
    door: Door
    app: FastAPI

    def crown(self, number: int) -> str:
        version = self.versions[number]
        Lender(self.house, self.versions).crown(version)
        announce(self.house, PIPELINE)
        return version

    def archive(self, number: int) -> str:
        return self.house.ledger.version(PIPELINE, self.versions[number]).archive

    def asked_as(self, token: str) -> TestClient:
        return TestClient(self.app, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    home = tmp_path_factory.mktemp("publishing") / "home"
    lender = Lender.in_home(home)
    lender.crown(lender.versions[0])
    announce(lender.house, PIPELINE)
    lender.house.ledger.declare(PIPELINE, DECLARATION, digest="d" * 64, declared_in="/data/loans.yaml", by="ann")
    lender.house.close()
    return home, lender.versions


@pytest.fixture(scope="session")
def _app(_home: tuple[Path, tuple[str, ...]]) -> Iterator[FastAPI]:
    """Put together once, which takes longer than most tests; each test gives it a house of its own."""
    house = open_house(Settings(home=_home[0]))
    yield build_app(Centre(house=house, doorkeeper=Door({})))
    house.close()


@pytest.fixture
def publishing(_app: FastAPI, _home: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Publishing]:
    shutil.copytree(_home[0], tmp_path / "home")
    here, elsewhere = frozenset({PIPELINE}), frozenset({ELSEWHERE})
    door = Door(
        {
            "branch": somebody(Role.ENDPOINT, name="branch", pipelines=here),
            "viewer": somebody(Role.VIEWER, name="viewer"),
            "admin": somebody(Role.ADMIN, name="root"),
            "elsewhere": somebody(Role.ENDPOINT, Role.VIEWER, name="other", pipelines=elsewhere),
        }
    )
    house = open_house(Settings(home=tmp_path / "home"))
    _app.state.house, _app.state.doorkeeper, _app.state.depot = house, door, DepotDesk(house)
    yield Publishing(house, _home[1], door, _app)
    house.close()


@pytest.fixture
def branch(publishing: Publishing) -> Iterator[TestClient]:
    """An endpoint's own calls."""
    with publishing.asked_as("branch") as client:
        yield client
