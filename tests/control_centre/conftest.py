"""A house of one's own for every test, on a clock that goes when it is told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.control_centre.houses import Clock, house_at

from kingmaker.ports.house import House


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    with house_at(folder, Clock()):
        pass
    return folder / "home"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(empty_home: Path, tmp_path: Path, clock: Clock) -> Iterator[House]:
    with house_at(tmp_path, clock, empty=empty_home) as opened:
        yield opened
