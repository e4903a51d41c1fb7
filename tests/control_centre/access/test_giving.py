"""Nobody gives more than they have, nor touches whoever has more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.control.access.giving import may_give, proper_name
from kingmaker.control.office.room import PIPELINE_NAME
from kingmaker.domain.access import RIGHTS, Principal, Right, Role
from kingmaker.domain.errors import Forbidden, KingmakerError
from kingmaker.pipeline.declaration import Pipeline

from .conftest import PASSWORD, Front

PIPELINES = st.one_of(st.none(), st.frozensets(st.sampled_from(["cards", "loans", "cars"])))
ROLES = st.frozensets(st.sampled_from(Role))
CHANGES = {
    "token": ("POST", "/tokens", {"name": "mine", "role": "admin"}),
    "person": ("PUT", "/people/mallory", {"roles": ["admin"], "password": PASSWORD}),
}


@given(have=ROLES, scope=PIPELINES, roles=ROLES, pipelines=PIPELINES)
@settings(deadline=None, max_examples=200)
def test_what_is_given_is_never_more_than_the_giver_has(have, scope, roles, pipelines):
    giver = Principal(name="ann", roles=have, pipelines=scope)
    try:
        may_give(giver, tuple(roles), pipelines)
    except Forbidden:
        return
    taker = Principal(name="bob", roles=roles, pipelines=pipelines)
    assert Role.ADMIN in have
    for right in Right:
        for pipeline in (None, "cards", "loans", "cars", "new"):
            assert giver.may(right, pipeline) or not taker.may(right, pipeline)


@pytest.mark.parametrize("role", [role for role in Role if Right.ADMINISTER not in RIGHTS[role]])
@pytest.mark.parametrize("change", CHANGES)
def test_nobody_but_an_administrator_lets_anybody_in(front: Front, role: Role, change: str):
    method, path, body = CHANGES[change]
    answer = front.with_role(role).request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert front.house.ledger.people() == []
    assert len(front.house.ledger.tokens()) == 1


@pytest.mark.parametrize("pipelines", [None, ["cards"], ["cards", "loans"]])
@pytest.mark.parametrize("change", CHANGES)
def test_an_administrator_of_some_pipelines_gives_nothing_beyond_them(front: Front, change: str, pipelines: object):
    method, path, body = CHANGES[change]
    scoped = front.with_role(Role.ADMIN, "loans")
    assert scoped.request(method, path, json=body | {"pipelines": pipelines}).status_code == 403
    assert scoped.request(method, path, json=body | {"pipelines": ["loans"]}).is_success


def test_an_administrator_of_some_pipelines_sees_and_touches_only_what_is_within_them(front: Front):
    front.person("ann", Role.VIEWER)
    front.person("bob", Role.VIEWER, pipelines=("loans",))
    outside = front.office().make_token("everywhere", Role.VIEWER).token.id
    inside = front.office().make_token("inside", Role.VIEWER, pipelines=["loans"]).token.id
    scoped = front.with_role(Role.ADMIN, "loans")
    assert [person["name"] for person in scoped.get("/people").json()] == ["bob"]
    assert {token["name"] for token in scoped.get("/tokens").json()} == {"inside", "admin"}
    why = {"why": "I can"}
    assert scoped.post(f"/tokens/{outside}/revoke", json=why).status_code == 404
    assert scoped.post("/people/ann/disable", json=why).status_code == 404
    taken = scoped.put("/people/ann", json={"roles": ["admin"], "pipelines": ["loans"], "password": PASSWORD})
    assert (taken.status_code, taken.json()["code"]) == (403, "forbidden")
    assert scoped.post(f"/tokens/{inside}/revoke", json=why).is_success
    assert scoped.post("/people/bob/disable", json=why).is_success


def test_nobody_raises_themselves(front: Front):
    front.person("ann", Role.OPERATOR, Role.APPROVER)
    ann = front.logged_in()
    assert ann.put("/people/ann", json={"roles": ["admin"]}).status_code == 403
    assert front.house.ledger.person("ann").roles == (Role.APPROVER, Role.OPERATOR)


@pytest.mark.parametrize(
    "name",
    ["", " ann", "ann ", "-ann", "a/b", "a\nb", "a\rSet-Cookie: x", "a\0b", "ann\u202e", "<b>", "x" * 101, "ﬁne"],
)
def test_a_name_is_one_that_nobody_mistakes(front: Front, first: str, name: str):
    with pytest.raises(KingmakerError, match="a name has 1 to 100"):
        proper_name(name)
    assert front.bearing(first).post("/tokens", json={"name": name, "role": "viewer"}).status_code in {400, 422}


@pytest.mark.parametrize("name", ["ann", "Ann Lee", "ann.lee+risk@bank.example", "王芳", "7th-floor_bot"])
def test_ordinary_names_are_good(name: str):
    assert proper_name(name) == name


@pytest.mark.parametrize("pipelines", [["Loans"], ["../x"], [""], ["a" * 64], "loans"])
def test_a_scope_names_pipelines(front: Front, first: str, pipelines: object):
    told = {"name": "x", "role": "viewer", "pipelines": pipelines}
    assert front.bearing(first).post("/tokens", json=told).status_code == 422


def test_a_scope_may_be_empty_and_then_gives_nothing(front: Front, first: str):
    made = front.bearing(first).post("/tokens", json={"name": "x", "role": "admin", "pipelines": []}).json()
    nothing = front.bearing(made["secret"])
    assert [token["id"] for token in nothing.get("/tokens").json()] == [made["token"]["id"]]
    assert nothing.post("/tokens", json={"name": "y", "role": "viewer"}).status_code == 403


@pytest.mark.parametrize("extra", [{"made_by": "root"}, {"id": "0"}, {"expires_at": None}, {"roles": ["admin"]}])
def test_nothing_is_taken_that_was_not_asked_for(front: Front, first: str, extra: dict[str, object]):
    assert front.bearing(first).post("/tokens", json={"name": "x", "role": "viewer"} | extra).status_code == 422


@pytest.mark.parametrize(
    ("password", "told"), [("short", "12 to 256"), ("a" * 20, "easy"), ("annannannannann", "easy"), ("x" * 257, "")]
)
def test_a_password_is_not_easy_to_guess(front: Front, first: str, password: str, told: str):
    answer = front.bearing(first).put("/people/ann", json={"roles": ["viewer"], "password": password})
    assert answer.status_code in {400, 422}
    assert told in answer.json()["detail"]
    assert password not in answer.text
    assert front.house.ledger.person("ann") is None


def test_a_pipeline_is_named_as_in_its_declaration():
    declared = Pipeline.model_fields["pipeline"].metadata[0].pattern
    assert declared == f"^{PIPELINE_NAME.pattern}$"
