"""The table of who may do what is what the application does, and what nobody outside a scope sees."""

import pytest
from docs.generate_access import PAGE, asked, filled, furnish, operations, page
from fastapi.testclient import TestClient

from kingmaker.domain.access import Role

from .conftest import Front

ELSEWHERE = "cards"
Table = dict[str, dict[str, dict[str, bool]]]


@pytest.fixture(scope="module")
def table() -> Table:
    return asked()


@pytest.mark.slow
def test_the_page_tells_what_the_application_does(table: Table):
    assert PAGE.read_text(encoding="utf-8") == page(table), "run: python docs/generate_access.py"


@pytest.mark.slow
def test_only_the_door_itself_and_health_are_open_to_nobody(table: Table):
    open_to_nobody = {what for rows in table.values() for what, through in rows.items() if through["nobody"]}
    assert open_to_nobody == {
        "`POST /api/v1/login`",
        "`POST /api/v1/logout`",
        "`GET /api/v1/login/oidc`",
        "`GET /health/live`",
        "`GET /health/ready`",
        "`GET /metrics`",
    }


@pytest.mark.parametrize("role", Role)
def test_nothing_of_a_pipeline_is_told_or_changed_outside_its_scope(whole: Front, role: Role):
    """Every route, as every role of another pipeline: it is as if the pipeline did not exist."""
    furnish(whole.house)
    client = TestClient(whole.app, raise_server_exceptions=False, follow_redirects=False)
    shown = {"Authorization": f"Bearer {whole.secret_of(role, ELSEWHERE)}"}
    before = standing(whole)
    for _, method, path, sent in operations(whole.app.openapi()):
        answer = client.request(method, filled(path), **sent | {"headers": shown | sent.get("headers", {})})
        assert answer.status_code < 500, (method, path, answer.text)
        if path.startswith(("/health", "/metrics")) or path.endswith("/login"):
            continue
        if "{pipeline}" in path or "{run}" in path or "{number}" in path:
            assert answer.status_code in {403, 404}, (method, path, answer.text)
        assert not answer.is_success or "loans" not in answer.text, (method, path, answer.text)
    assert standing(whole) == before


def test_what_is_outside_a_scope_and_what_is_not_at_all_is_told_in_the_same_words(whole: Front):
    """Or else numbers and names could be tried until one is answered otherwise."""
    furnish(whole.house)
    caller = whole.with_role(Role.VIEWER, ELSEWHERE)
    for there, nowhere in (
        ("/runs/1", "/runs/7"),
        ("/requests/1", "/requests/7"),
        ("/pipelines/loans", "/pipelines/loanz"),
    ):
        told = [caller.get(path) for path in (there, nowhere)]
        assert [answer.status_code for answer in told] == [404, 404]
        first, second = (without_name(answer.text) for answer in told)
        assert first == second


def without_name(text: str) -> str:
    return text.replace("loanz", "loans").replace("7", "1")


def standing(whole: Front) -> tuple[object, ...]:
    """What callers of another pipeline must not have changed."""
    ledger = whole.house.ledger
    return ledger.queue("loans"), ledger.run(1).reason, ledger.schedule("loans"), ledger.declared("loans")
