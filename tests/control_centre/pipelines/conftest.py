"""An office over an empty house, and callers of its application."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from tests.control_centre.doorkeeper import Door, somebody

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.interfaces.control_centre.app import API, Centre, build_app
from kingmaker.ports.house import House

Caller = Callable[[str], TestClient]
KNOWN = {
    "viewer": somebody(Role.VIEWER, name="vic"),
    "operator": somebody(Role.OPERATOR, name="ann"),
    "of cards": somebody(Role.OPERATOR, name="carl", pipelines=frozenset({"cards"})),
}


@pytest.fixture
def office(house: House) -> Office:
    return Office(house, owner("ann"))


@pytest.fixture
def calling(house: House) -> Caller:
    app = build_app(Centre(house=house, doorkeeper=Door(KNOWN)))

    def as_whom(name: str) -> TestClient:
        headers = {"Authorization": f"Bearer {name}"}
        return TestClient(app, base_url=f"http://testserver{API}", headers=headers, raise_server_exceptions=False)

    return as_whom
