"""A lender whose endpoints log, a control centre over it, and callers of several roles."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.control_centre.doorkeeper import Door, somebody
from tests.loop.monitoring.world import World, made_home, world_at

from kingmaker.domain.access import Role
from kingmaker.interfaces.control_centre.app import Centre, build_app

CALLERS = {
    "viewer": somebody(Role.VIEWER, name="viewer"),
    "operator": somebody(Role.OPERATOR, name="oleg"),
    "branch": somebody(Role.ENDPOINT, name="branch"),
    "elsewhere": somebody(Role.ADMIN, name="other", pipelines=frozenset({"cars"})),
}
Caller = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    return made_home(tmp_path_factory.mktemp("monitored"))


@pytest.fixture
def world(_home: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[World]:
    made = world_at(tmp_path, *_home)
    yield made
    made.house.close()


@pytest.fixture
def caller(world: World) -> Caller:
    app = build_app(Centre(house=world.house, doorkeeper=Door(CALLERS)))
    return lambda name: TestClient(app, headers={"Authorization": f"Bearer {name}"})
