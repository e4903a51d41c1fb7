"""One marked home a session, copied for each test that erases from it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.erasure.lender import make, opened
from tests.journeys.homes import made_once

from kingmaker.control.office.housekeeping import HouseOffice
from kingmaker.domain.access import owner
from kingmaker.ports.house import House


@pytest.fixture(scope="session")
def _marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "marked", make)


@pytest.fixture
def folder(_marked: Path, tmp_path: Path) -> Path:
    """The book, its pipeline file and its home."""
    shutil.copytree(_marked, tmp_path / "lender")
    return tmp_path / "lender"


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    house = opened(folder)
    yield house
    house.close()


@pytest.fixture
def office(house: House) -> HouseOffice:
    return HouseOffice(house, owner("ada"))
