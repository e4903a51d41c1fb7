"""Another site makes a browser ask, with the session's cookie: nothing changes."""

import pytest

from kingmaker.domain.access import Role

from .conftest import PASSWORD, Front

TOKEN = {"name": "mallory", "role": "admin"}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver", "X-Kingmaker": "1"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver"},
    {"Origin": "http://testserver.evil.example", "X-Kingmaker": "1"},
    {},
]
OWN = [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}, {"X-Kingmaker": "1"}]


@pytest.mark.parametrize("headers", FOREIGN, ids=repr)
def test_a_change_that_another_site_asks_for_is_refused(front: Front, headers: dict[str, str]):
    caller = admin(front)
    answer = caller.post("/tokens", json=TOKEN, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert front.house.ledger.tokens() == []
    assert caller.post("/logout", headers=headers).status_code == 403
    assert caller.get("/me").is_success


@pytest.mark.parametrize("headers", OWN, ids=repr)
def test_a_change_that_this_site_asks_for_is_done(front: Front, headers: dict[str, str]):
    assert admin(front).post("/tokens", json=TOKEN, headers=headers).status_code == 201


def test_looking_needs_no_such_proof(front: Front):
    assert admin(front).get("/tokens", headers={"Sec-Fetch-Site": "cross-site"}).is_success


def test_a_token_is_sent_by_nobody_unknowingly(front: Front, first: str):
    caller = front.bearing(first)
    assert caller.post("/tokens", json=TOKEN, headers={"Origin": "https://evil.example"}).status_code == 201


@pytest.mark.parametrize("headers", [each for each in FOREIGN if each], ids=repr)
def test_no_other_site_logs_anybody_in(front: Front, headers: dict[str, str]):
    front.person()
    answer = front.nobody().post("/login", json={"name": "ann", "password": PASSWORD}, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_form_of_another_site_is_no_json(front: Front):
    caller = admin(front)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        sent = {"Content-Type": kind, "X-Kingmaker": "1"}
        assert caller.post("/tokens", content=b'{"name":"x","role":"admin"}', headers=sent).status_code == 422


def test_no_other_site_is_allowed_to_read(front: Front):
    answer = admin(front).options("/tokens", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def admin(front: Front):
    front.person("ann", Role.ADMIN)
    caller = front.logged_in()
    del caller.headers["X-Kingmaker"]
    return caller
