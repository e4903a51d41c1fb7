"""The application over a house of one's own, behind the real door, and callers of every kind."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.control_centre.houses import Clock, house_at

from kingmaker.control.access.first import first_token
from kingmaker.control.access.passwords import PasswordCheck
from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.interfaces.control_centre.app import API, Centre, build_app
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.control_centre.rates import Limits, Pace
from kingmaker.ports.house import House

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""As argon2id as any, in no time; tests that are about the real parameters say so."""
LIMITS = Limits(failures=Pace(1000, 1000))
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Front:
    """The application as callers of several kinds meet it."""

    house: House
    app: FastAPI
    clock: Clock

    def nobody(self) -> TestClient:
        return TestClient(self.app, base_url=f"http://testserver{API}", raise_server_exceptions=False)

    def bearing(self, secret: str) -> TestClient:
        client = self.nobody()
        client.headers["Authorization"] = f"Bearer {secret}"
        return client

    def with_role(self, role: Role, *pipelines: str, name: str = "") -> TestClient:
        """Without pipelines: for all of them."""
        return self.bearing(self.secret_of(role, *pipelines, name=name))

    def secret_of(self, role: Role, *pipelines: str, name: str = "") -> str:
        return self.office().make_token(name or role.value, role, pipelines=pipelines or None).secret

    def person(self, name: str = "ann", *roles: Role, pipelines: tuple[str, ...] | None = None) -> None:
        kept = CHEAP.hash(PASSWORD)
        given = roles or (Role.OPERATOR,)
        self.house.ledger.put_person(name, roles=given, pipelines=pipelines, password_hash=kept, by="root")

    def logged_in(self, name: str = "ann", password: str = PASSWORD) -> TestClient:
        client = self.nobody()
        assert client.post("/login", json={"name": name, "password": password}).status_code == 200
        client.headers["X-Kingmaker"] = "1"
        return client

    def office(self) -> Office:
        return Office(self.house, owner("root"))


@pytest.fixture(scope="session")
def _app(empty_home: Path) -> FastAPI:
    """Its first request takes longer than all that a test asks of it: one is shared, over each test's own house and door."""
    with house_at(empty_home.parent, Clock()) as house:
        return build_app(Centre(house=house, doorkeeper=door_of(house, LIMITS), limits=LIMITS))


@pytest.fixture
def front(_app: FastAPI, house: House, clock: Clock) -> Front:
    """For what stands at the door; other routes may know another house."""
    _app.state.house, _app.state.company_login = house, None
    _app.state.doorkeeper = door_of(house, LIMITS)
    return Front(house, _app, clock)


@pytest.fixture
def whole(house: House, clock: Clock) -> Front:
    """For what is asked of every route."""
    return front_of(house, clock)


def front_of(house: House, clock: Clock, **limits: Pace | int) -> Front:
    """An application of its own, with these limits."""
    bounds = replace(LIMITS, **limits)
    centre = Centre(house=house, doorkeeper=door_of(house, bounds), limits=bounds)
    return Front(house, build_app(centre), clock)


def door_of(house: House, limits: Limits) -> FrontDoor:
    return FrontDoor(house, limits=limits, passwords=PasswordCheck(CHEAP))


@pytest.fixture
def first(front: Front) -> str:
    made = first_token(front.house)
    assert made is not None
    return made.secret
