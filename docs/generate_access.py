"""Writes docs/access.md by asking the real application as everybody: `python docs/generate_access.py`."""  # noqa: INP001

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from fastapi.testclient import TestClient

from kingmaker.control.office.office import Office
from kingmaker.domain.access import RIGHTS, Right, Role, owner
from kingmaker.interfaces.control_centre.app import API, Centre, build_app
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PAGE = Path(__file__).with_name("access.md")
NOBODY: Final = "nobody"
REFUSED: Final = {401, 403}
FOR_EVERYBODY: Final = {f"{API}/login", f"{API}/logout"}
"""Here 401 says that the password is wrong, and 403 that another site asks."""
Schema = Mapping[str, Any]

HEAD = """# Who may do what

Written by `python docs/generate_access.py`, which asks the control centre every one of these as every role and as nobody:
run it after adding a route, and never change this page. [How people and programs are let in](how-to/tokens-and-people.md).

A role gives rights; a right is for the pipelines in its holder's scope, or for all. Outside it a pipeline does not exist.
"""
DECLARATION = """pipeline: loans
source:
  file: loans.csv
id: loan
applied_at: day
outcome:
  label: bad
"""
EXAMPLES: Final[Mapping[str, object]] = {
    "pipeline": "loans",
    "run": 1,
    "number": 1,
    "recipe": "plain",
    "column": "amount",
    "version": "a" * 64,
    "token": "0",
    "endpoint": "shop",
    "segment": "0001.jsonl.gz",
    "shelf": "ab",
    "rest": "c" * 62,
    "name": "ann",
    "cron": "0 2 * * *",
    "from_month": "2020-01",
    "to_month": "2020-12",
    "password": "correct horse battery staple",
}
"""Values by the names of parameters and fields, where their schema alone leads to none that a route takes."""


def page(table: Mapping[str, Mapping[str, Mapping[str, bool]]]) -> str:
    """The whole page about what `asked` answers, ending with a newline."""
    told = [HEAD, *_rights()]
    for tag, rows in table.items():
        told += [f"## {tag[0].upper()}{tag[1:]}\n", _line("", *Role, NOBODY), "|---|" + "---|" * (len(Role) + 1)]
        told += [_line(what, *("yes" if through else "" for through in who.values())) for what, who in rows.items()]
        told.append("")
    return "\n".join(told)


def asked() -> dict[str, dict[str, dict[str, bool]]]:
    """By tag, by `METHOD /path`: who gets through. Nothing that is asked depends on what was asked before."""
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(Settings(home=Path(folder)))
        try:
            furnish(house)
            return _answers(house)
        finally:
            house.close()


def furnish(house: House) -> None:
    """A pipeline with a run, so that nobody is refused for want of one."""
    office = Office(house, owner("owner"))
    office.declare(DECLARATION)
    office.ask("loans", as_of=date(2026, 3, 1))
    office.ask_replay("loans", from_month="2020-01", to_month="2020-12")
    house.ledger.claim("documentation")


def _answers(house: House) -> dict[str, dict[str, dict[str, bool]]]:
    app = build_app(Centre(house=house, doorkeeper=FrontDoor(house)))
    office = Office(house, owner("owner"))
    callers = {role.value: {"Authorization": f"Bearer {office.make_token(role, role).secret}"} for role in Role}
    client = TestClient(app, follow_redirects=False)
    told: dict[str, dict[str, dict[str, bool]]] = {}
    for tag, method, path, sent in operations(app.openapi()):
        through = {}
        for name, headers in [*callers.items(), (NOBODY, {})]:
            if path not in FOR_EVERYBODY:
                answer = client.request(method, filled(path), **sent | {"headers": headers | sent.get("headers", {})})
                _refuse_senseless(f"{method} {path}", name, answer)
            through[name] = path in FOR_EVERYBODY or answer.status_code not in REFUSED
        told.setdefault(tag, {})[f"`{method} {path}`"] = through
    return {
        tag: dict(sorted(rows.items(), key=lambda row: row[0].strip("`").split()[::-1]))
        for tag, rows in sorted(told.items())
    }


def _refuse_senseless(what: str, name: str, answer: Any) -> None:
    """A request that no route understands says nothing about who may ask it."""
    is_misunderstood = answer.status_code == 422 and answer.json()["code"] == "request_malformed"
    if is_misunderstood or answer.status_code in {405, 413, 415, 429}:
        raise SystemExit(f"{what} as {name}: {answer.text}\nAdd what it takes to EXAMPLES in docs/generate_access.py.")


def operations(described: Schema) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Tag, method, path, and what to send so that a route understands it."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], method.upper(), path, _asked_for(operation) | _body(operation, described)


def filled(path: str) -> str:
    """The path of something that is there."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str(EXAMPLES[found[1]]), path)


def _asked_for(operation: Schema) -> dict[str, Any]:
    """What has to stand in the query."""
    needed = [one for one in operation.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    return {"params": {one["name"]: _example(one["name"], one["schema"], {}) for one in needed}} if needed else {}


def _body(operation: Schema, described: Schema) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/yaml" in content:
        return {"content": DECLARATION, "headers": {"Content-Type": "application/yaml"}}
    if "text/csv" in content:
        return {"content": b"", "headers": {"Content-Type": "text/csv"}}
    schema = content.get("application/json", {}).get("schema")
    return {"json": _example("", schema, described)} if schema else {}


def _example(name: str, schema: Schema, described: Schema) -> object:
    if "$ref" in schema:
        return _example(name, described["components"]["schemas"][schema["$ref"].rpartition("/")[2]], described)
    if name in EXAMPLES or "enum" in schema:
        return EXAMPLES.get(name) or schema["enum"][0]
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        return {each: _example(each, fields[each], described) for each in schema.get("required", ())}
    if schema.get("type") == "array":
        return [_example("", schema["items"], described)]
    plain = {"integer": int(schema.get("minimum", 1)), "number": 0.5, "boolean": True}
    return plain.get(schema.get("type", ""), "because")


def _rights() -> Iterator[str]:
    yield _line("right", *Role)
    yield "|---|" + "---|" * len(Role)
    for right in Right:
        yield _line(right.value, *("yes" if right in RIGHTS[role] else "" for role in Role))
    yield ""


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(asked()), encoding="utf-8")
