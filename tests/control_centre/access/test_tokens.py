"""Tokens: made once, shown once, checked cheaply, over when they are revoked or expired."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kingmaker.control.access.bearing import TOKEN_TEXT, digest_of, id_in, redacted
from kingmaker.control.access.first import first_token
from kingmaker.domain.access import Role

from .conftest import Front


def test_the_first_token_is_an_administrators_and_made_once(front: Front):
    made = first_token(front.house)
    assert made is not None
    assert (made.token.role, made.token.pipelines) == (Role.ADMIN, None)
    assert first_token(front.house) is None
    assert front.bearing(made.secret).get("/me").json() == {
        "name": "first administrator",
        "roles": ["admin"],
        "pipelines": None,
    }


def test_no_first_token_is_made_where_somebody_is_known(front: Front):
    front.person()
    assert first_token(front.house) is None


def test_a_token_is_shown_when_it_is_made_and_never_again(front: Front, first: str):
    admin = front.bearing(first)
    answer = admin.post(
        "/tokens", json={"name": "nightly", "role": "operator", "pipelines": ["loans"], "lifetime": "P7D"}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert id_in(made["secret"]) == made["token"]["id"]
    assert made["token"]["expires_at"] == "2026-03-08T12:00:00Z"
    assert front.bearing(made["secret"]).get("/me").json()["pipelines"] == ["loans"]
    assert made["secret"] not in admin.get("/tokens").text
    assert digest_of(made["secret"]) not in admin.get("/tokens").text
    assert {token["name"] for token in admin.get("/tokens").json()} == {"nightly", "first administrator"}


def test_a_token_lives_for_ninety_days_where_nothing_is_said_and_without_end_where_null_is(front: Front, first: str):
    admin = front.bearing(first)
    usual, endless = (
        admin.post("/tokens", json={"name": "x", "role": "viewer", **said}).json()["token"]["expires_at"]
        for said in ({}, {"lifetime": None})
    )
    assert usual == "2026-05-30T12:00:00Z"
    assert endless is None


def test_the_ledger_keeps_no_secret(front: Front, first: str):
    secret = first.split("_")[2]
    kept = b"".join(path.read_bytes() for path in front.house.home.glob("ledger.db*"))
    assert secret.encode() not in kept
    assert digest_of(first).encode() in kept


def test_an_expired_token_is_unknown(front: Front):
    caller = front.with_role(Role.VIEWER)
    assert caller.get("/me").status_code == 200
    front.clock.advance(days=90)
    assert caller.get("/me").json()["code"] == "not_logged_in"


def test_a_revoked_token_is_unknown_within_five_seconds(front: Front, first: str):
    caller = front.with_role(Role.VIEWER)
    assert caller.get("/me").status_code == 200
    identity = next(token.id for token in front.office().tokens() if token.role is Role.VIEWER)
    answer = front.bearing(first).post(f"/tokens/{identity[:6]}/revoke", json={"why": "it leaked"})
    assert answer.json()["revoked_at"] == "2026-03-01T12:00:00Z"
    front.clock.advance(seconds=5)
    assert caller.get("/me").status_code == 401


def test_a_clock_set_back_keeps_no_revoked_token_alive(front: Front):
    caller = front.with_role(Role.VIEWER)
    assert caller.get("/me").status_code == 200
    made = next(token.id for token in front.office().tokens() if token.role is Role.VIEWER)
    front.office().revoke_token(made, why="it leaked")
    front.clock.advance(hours=-1)
    assert caller.get("/me").status_code == 401


def test_a_busy_token_asks_the_ledger_every_five_seconds_and_writes_once_a_minute(front: Front):
    caller = front.with_role(Role.VIEWER)
    with statements(front) as said:
        for _ in range(50):
            assert caller.get("/me").status_code == 200
        front.clock.advance(seconds=6)
        caller.get("/me")
    asked = [text for text in said if text.startswith("SELECT access_token")]
    written = [text for text in said if text.startswith("UPDATE access_token")]
    assert (len(asked), len(written)) == (2, 1)
    front.clock.advance(seconds=60)
    caller.get("/me")
    assert front.office().tokens()[0].last_used_at == front.clock()


def test_looking_works_on_a_ledger_that_cannot_be_written(front: Front):
    caller = front.with_role(Role.VIEWER)
    engine = front.house.ledger.engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _full(_connection, _cursor, statement, *_more):
        if statement.startswith("UPDATE access_token"):
            raise OSError(28, "No space left on device")

    assert caller.get("/me").status_code == 200


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer km_",
        f"Bearer km_{'0' * 12}_{'0' * 64}",
        f"Bearer km_{'0' * 12}_{'0' * 64}x",
        "Basic YW5uOnB3",
        "Bearer \xe4",
        "Bearer " + "x" * 8000,
        "km_x",
    ],
)
def test_whatever_is_no_known_token_is_refused_in_the_same_way(front: Front, shown: str):
    answer = front.nobody().get("/me", headers={"Authorization": shown.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_counts_before_a_session_and_a_wrong_one_is_not_made_good_by_it(front: Front, first: str):
    front.person()
    caller = front.logged_in()
    assert caller.get("/me", headers={"Authorization": f"Bearer {first}"}).json()["name"] == "first administrator"
    assert caller.get("/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_scheme_is_read_in_any_case(front: Front, first: str):
    assert front.nobody().get("/me", headers={"Authorization": f"bEARER  {first}"}).status_code == 200


def test_a_pasted_token_is_revoked_by_its_id(front: Front, first: str):
    secret = front.secret_of(Role.VIEWER)
    assert front.office().revoke_token(secret, why="pasted").revoked_at == front.clock()
    assert secret not in repr(front.house.ledger.audit())


def test_tokens_are_of_one_form_and_all_different(front: Front):
    secrets = {front.secret_of(Role.VIEWER) for _ in range(5)}
    assert len(secrets) == 5
    assert all(TOKEN_TEXT.fullmatch(secret) for secret in secrets)


def test_a_redacted_text_says_which_token_and_not_its_secret():
    text = f"GET /x?a=km_{'a' * 12}_{'b' * 64}&b=km_{'c' * 12}_{'d' * 3}"
    assert redacted(text) == f"GET /x?a=km_{'a' * 12}_…&b=km_{'c' * 12}_…"
    assert re.search("bbb|ddd", redacted(text)) is None


@pytest.mark.parametrize("lifetime", ["PT0S", "-P1D", "P4000D", "for ever", 1e300])
def test_a_token_lives_for_some_time_up_to_ten_years(front: Front, first: str, lifetime: object):
    told = {"name": "x", "role": "viewer", "lifetime": lifetime}
    assert front.bearing(first).post("/tokens", json=told).status_code == 422


def test_the_office_gives_no_token_a_life_beyond_reason(front: Front):
    for lifetime in (timedelta(0), timedelta(days=9999)):
        with pytest.raises(Exception, match="a token lives for up to 3660 days"):
            front.office().make_token("x", Role.VIEWER, lifetime=lifetime)


@contextmanager
def statements(front: Front) -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_connection, _cursor, statement, *_more):
        said.append(statement)

    engine = front.house.ledger.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    yield said
    sa.event.remove(engine, "before_cursor_execute", listen)
