"""The usual attacks, on every route there is: names that climb, SQL in every text, lines in headers."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from kingmaker.domain.access import Role

from .conftest import Front

CLIMBING = [
    "..",
    "..%2f..%2fledger.db",
    "%2e%2e/%2e%2e/keys/signing.key",
    "/etc/passwd",
    "..\\..\\ledger.db",
    "ledger.db%00.json",
]
SQL = [
    "' OR '1'='1' --",
    "1) UNION SELECT digest FROM access_token; DELETE FROM person; --",
    "%_\\",
    "loans\0",
    "\ud800",
]
LINES = ["x\r\nSet-Cookie: kingmaker=planted", "x\nLocation: https://evil.example", "x%0d%0aX-Planted: 1"]


def test_no_name_climbs_out_of_its_place(whole: Front):
    """Every path with every part of it climbing: nothing of the home is told, nothing is a failure of ours."""
    inside = (whole.house.home / "keys" / "signing.key", whole.house.home / "ledger.db")
    whole.house.signing_key()
    secrets = [path.read_bytes()[:16] for path in inside]
    caller = everything(whole)
    for path in paths(whole):
        for name in CLIMBING:
            answer = caller.get(filled(path, quote(name, safe="%./")))
            assert answer.status_code < 500, (path, name, answer.text)
            assert not any(secret in answer.content for secret in secrets), (path, name)


def test_no_text_is_sql(whole: Front):
    """Every text of every route, in path, query, body and header, holds SQL: nothing is told or lost, nothing fails."""
    whole.person()
    caller = everything(whole)
    before = people_and_tokens(whole)
    for method, path, parameters, body in told_texts(whole):
        for text in SQL:
            told = text.encode("utf-8", "surrogatepass") if "\ud800" in text else text
            address = filled(path, quote(told, safe=""))
            query = {name: text.replace("\ud800", "") for name in parameters}
            answer = caller.request(method, address, params=query, **sent(body, text))
            assert answer.status_code < 500, (method, path, text, answer.text)
    assert people_and_tokens(whole) == before
    assert whole.house.ledger.verify_audit() >= 1


def test_no_text_becomes_a_header(whole: Front):
    caller = everything(whole)
    for method, path, parameters, body in told_texts(whole):
        for text in LINES:
            answer = caller.request(
                method, filled(path, quote(text, safe="%")), params=dict.fromkeys(parameters, text), **sent(body, text)
            )
            assert answer.status_code < 500, (method, path, answer.text)
            assert "x-planted" not in answer.headers
            assert "planted" not in answer.headers.get("set-cookie", "")
            assert "evil.example" not in answer.headers.get("location", "")


def test_no_log_in_is_sql(whole: Front):
    whole.person("ann", Role.ADMIN)
    for text in SQL:
        told = json.dumps({"name": text, "password": text}).encode()
        answer = whole.nobody().post("/login", content=told, headers={"Content-Type": "application/json"})
        assert answer.status_code in {401, 422}, text
        caller = whole.nobody()
        shown = {"Cookie": f"kingmaker={quote(text.replace(chr(0xD800), ''))}"}
        assert caller.get("/me", headers=shown).status_code == 401
        shown = {"Authorization": b"Bearer " + text.encode("utf-8", "replace").replace(b"\0", b"")}
        assert caller.get("/me", headers=shown).status_code == 401


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PATCH", "PROPFIND", "X"])
def test_a_method_nobody_knows_is_refused(whole: Front, first: str, method: str):
    for path in ("/me", "/tokens", "/login"):
        assert whole.bearing(first).request(method, path).status_code in {404, 405}


def test_every_route_but_the_door_itself_asks_who_it_is(whole: Front):
    """Whoever adds a route that asks nobody must add it here, and say why."""
    open_to_all = {
        ("POST", "/api/v1/login"),  # to be let in
        ("POST", "/api/v1/logout"),  # to leave
        ("GET", "/api/v1/login/oidc"),  # to be let in
        ("GET", "/health/live"),  # tells whether, and nothing else
        ("GET", "/health/ready"),
        ("GET", "/metrics"),
    }
    caller = TestClient(whole.app, raise_server_exceptions=False)
    for method, path, _, body in operations(whole):
        if (method, path) not in open_to_all:
            answer = caller.request(method, filled(path, "x"), **sent(body, "x"))
            refusals = {401, 422} if path.startswith("/api/") else {401, 404}  # places of the depot that are none
            assert answer.status_code in refusals, (method, path, answer.text)


def everything(whole: Front) -> TestClient:
    """An administrator who may fail at whatever a server can fail at."""
    client = TestClient(whole.app, raise_server_exceptions=False)
    client.headers["Authorization"] = f"Bearer {whole.secret_of(Role.ADMIN)}"
    return client


def people_and_tokens(whole: Front) -> tuple[object, object]:
    return whole.house.ledger.people(), [token.id for token in whole.house.ledger.tokens()]


def paths(whole: Front) -> list[str]:
    return [path for path in whole.app.openapi()["paths"] if "{" in path]


def operations(whole: Front) -> Iterator[tuple[str, str, list[str], dict[str, Any] | None]]:
    """Method, path, names of query parameters and the schema of the body; long polls and streams are asked shortly."""
    described = whole.app.openapi()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            yield method.upper(), path, names, resolved(schema, described) if schema else None


def told_texts(whole: Front) -> Iterator[tuple[str, str, list[str], dict[str, Any] | None]]:
    """Those that can be told a text; others do their whole work each time."""
    return (each for each in operations(whole) if "{" in each[1] or each[2] or each[3])


def resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return described["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def filled(path: str, value: str) -> str:
    parts = path.split("{")
    return parts[0] + "".join(value + part.partition("}")[2] for part in parts[1:])


def sent(schema: dict[str, Any] | None, text: str) -> dict[str, Any]:
    """A body whose every field is the text, one that could be stored where the field is one."""
    if schema is None:
        return {}
    body = {name: valued(field, text) for name, field in schema.get("properties", {}).items()}
    return {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}


def valued(field: dict[str, Any], text: str) -> object:
    kinds = {field.get("type"), *(each.get("type") for each in field.get("anyOf", ()))}
    if "string" in kinds or "$ref" in field:
        return text
    return [text] if "array" in kinds else 1
