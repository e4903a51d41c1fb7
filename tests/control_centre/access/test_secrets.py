"""Tokens and passwords stand in no log, no address, no answer, no audit entry, no record's text."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
import uvicorn
from tests.control_centre.hosting import Server

from kingmaker.control.access.first import first_token
from kingmaker.domain.access import MadeToken, Role
from kingmaker.ports.house import House

from .conftest import PASSWORD, Front


@pytest.mark.parametrize(
    "query", ["token={}", "x=1&access_token={}", "why={}", "q=%20{}%20", "ACCESS_TOKEN=x", "password=x"]
)
def test_a_secret_in_the_address_is_refused_even_where_it_is_good(front: Front, first: str, query: str):
    for caller in (front.nobody(), front.bearing(first)):
        answer = caller.get("/me?" + query.format(first))
        assert (answer.status_code, answer.json()["code"]) == (400, "secret_in_address")
        assert first not in answer.text


def test_a_secret_in_the_path_is_refused_and_not_repeated(front: Front, first: str):
    answer = front.bearing(first).post(f"/tokens/{first}/revoke", json={"why": "pasted"})
    assert (answer.status_code, answer.json()["code"]) == (400, "secret_in_address")
    assert first not in answer.text


def test_no_log_of_any_part_has_a_secret(front: Front, caplog: pytest.LogCaptureFixture):
    """With everything at its most talkative, the server's own log of accesses included."""
    made = first_token(front.house)
    assert made is not None
    front.person()
    caplog.set_level(logging.DEBUG)
    with listening(front) as client:
        shown = {"Authorization": f"Bearer {made.secret}"}
        assert client.get("/api/v1/me", headers=shown).status_code == 200
        assert client.get(f"/api/v1/me?token={made.secret}").status_code == 400
        assert client.get(f"/api/v1/tokens/{made.secret}").status_code == 400
        assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {made.secret}x"}).status_code == 401
        answer = client.post("/api/v1/login", json={"name": "ann", "password": PASSWORD})
        session = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
        assert client.post("/api/v1/login", json={"name": "ann", "password": made.secret}).status_code == 401
    told = [
        record.getMessage() for record in caplog.records if record.name.startswith(("uvicorn", "kingmaker", "fastapi"))
    ]
    assert any("GET /api/v1/me" in text for text in told), "the access log was not on"
    for secret in (made.secret, made.secret[-64:], PASSWORD, session):
        assert not [text for text in told if secret in text]


def test_no_record_tells_its_secret(front: Front):
    made = first_token(front.house)
    assert isinstance(made, MadeToken)
    assert made.secret not in repr(made)
    begun = front.app.state.doorkeeper._logins
    front.person()
    session = begun.log_in("ann", PASSWORD)
    assert session.secret not in repr(session)
    assert made.secret not in repr(front.app.state.doorkeeper.__dict__)


def test_the_audit_log_has_no_secret_and_is_proven(front: Front, house: House, first: str):
    front.person()
    secret = front.secret_of(Role.VIEWER)
    front.logged_in()
    told = repr(house.ledger.audit())
    assert not [each for each in (first, secret, PASSWORD, "argon2", secret[-64:]) if each in told]
    assert house.ledger.verify_audit() == 4


def test_no_answer_has_a_password_or_its_hash(front: Front, first: str):
    answer = front.bearing(first).put("/people/ann", json={"roles": ["viewer"], "password": PASSWORD})
    assert answer.is_success
    people = front.bearing(first).get("/people")
    for text in (answer.text, people.text):
        assert PASSWORD not in text
        assert "argon2" not in text


@contextmanager
def listening(front: Front) -> Iterator[httpx2.Client]:
    """Over a real line, with the server's log of accesses on."""
    config = uvicorn.Config(front.app, port=0, ws="none", log_config=None, access_log=True, timeout_graceful_shutdown=1)
    server = Server(config, front.app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        assert server.listens.wait(20)
        with httpx2.Client(base_url=f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}") as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
