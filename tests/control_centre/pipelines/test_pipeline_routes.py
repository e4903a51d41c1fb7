"""Pipelines over HTTP: declared, listed, scheduled."""

from typing import Any

import pytest
from tests.control_centre.houses import Clock, declaring
from tests.control_centre.pipelines.conftest import Caller

from kingmaker.control.office.office import Office

YAML = {"Content-Type": "application/yaml"}


def put(calling: Caller, text: str | bytes, name: str = "loans", **headers: str):
    return calling("operator").put(f"/pipelines/{name}", content=text, headers=YAML | headers)


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_declaration_is_handed_in_as_its_text_and_read_back(calling: Caller) -> None:
    answer = put(calling, "# 误杀率\n" + declaring())
    assert answer.headers["ETag"] == '"1"'
    kept = told(answer)
    assert (kept["pipeline"], kept["number"], kept["by"]) == ("loans", 1, "ann")
    assert kept["text"].startswith("# 误杀率")
    viewer = calling("viewer")
    newest = viewer.get("/pipelines/loans/declarations/newest")
    assert newest.headers["ETag"] == '"1"'
    assert told(newest) == told(viewer.get("/pipelines/loans/declarations/1")) == kept
    assert told(viewer.get("/pipelines/loans/declarations")) == [kept]


def test_a_byte_order_mark_is_no_part_of_the_text(calling: Caller) -> None:
    assert told(put(calling, b"\xef\xbb\xbf" + declaring().encode()))["text"] == declaring()


def test_what_is_wrong_with_it_is_a_problem_with_line_and_column(calling: Caller) -> None:
    problem = told(put(calling, declaring().replace("id: loan", "idd: loan")), 422)
    assert problem["code"] == "declaration_invalid"
    assert "declaration:4:1" in problem["where"] + problem["detail"]
    assert told(put(calling, b"\xff\xfe"), 422)["detail"] == "the text is not UTF-8"
    assert told(put(calling, declaring(file="/etc/passwd.csv")), 422)["code"] == "declaration_invalid"
    assert told(put(calling, declaring(), name="cards"), 422)["code"] == "declaration_invalid"


def test_it_is_changed_only_from_what_the_caller_read(calling: Caller) -> None:
    told(put(calling, declaring(), **{"If-Match": '"0"'}))
    other = declaring(file="other.csv")
    assert told(put(calling, other, **{"If-Match": '"0"'}), 409)["code"] == "conflict"
    assert told(put(calling, other, **{"If-Match": '"1"'}))["number"] == 2
    for odd in ("1", "*", '"x"', '"-1"', '"99999999999999999999"', 'W/"1"'):
        assert told(put(calling, other, **{"If-Match": odd}), 422)["code"] == "request_malformed"


def test_pipelines_are_listed_with_how_they_stand(calling: Caller, office: Office) -> None:
    assert told(calling("viewer").get("/pipelines")) == []
    office.declare(declaring())
    office.declare(declaring("cards"))
    office.set_schedule("loans", "0 2 * * *", zone="Europe/Berlin")
    cards, loans = told(calling("viewer").get("/pipelines"))
    assert (cards["pipeline"], cards["declaration"], cards["schedule"], cards["champion"]) == ("cards", 1, None, None)
    assert (loans["schedule"]["zone"], loans["waiting"], loans["newest_run"]) == ("Europe/Berlin", 0, None)
    assert told(calling("viewer").get("/pipelines/loans")) == loans
    assert told(calling("of cards").get("/pipelines")) == [cards]
    assert told(calling("of cards").get("/pipelines/loans"), 404)["code"] == "not_found"


def test_a_schedule_is_set_paused_resumed_and_dropped(calling: Caller, office: Office, clock: Clock) -> None:
    office.declare(declaring())
    operator = calling("operator")
    said = {"cron": "30  2 * * *", "zone": "Europe/Berlin", "grace": "PT3H", "priority": 7}
    put = told(operator.put("/pipelines/loans/schedule", json=said))
    assert (put["cron"], put["zone"], put["priority"], put["set_by"]) == ("30 2 * * *", "Europe/Berlin", 7, "ann")
    assert put["next_at"] == "2026-03-02T01:30:00Z"
    assert told(operator.get("/pipelines/loans/schedule")) == put
    assert told(operator.get("/schedules")) == [put]
    assert told(operator.get("/pipelines/loans/schedule/next", params={"count": 2})) == [
        "2026-03-02T02:30:00+01:00",
        "2026-03-03T02:30:00+01:00",
    ]
    paused = told(operator.post("/pipelines/loans/schedule/pause"))
    assert (paused["paused_by"], paused["next_at"]) == ("ann", None)
    assert told(operator.get("/pipelines/loans/schedule/next")) == []
    clock.advance(days=1)
    assert told(operator.post("/pipelines/loans/schedule/resume"))["next_at"] == "2026-03-03T01:30:00Z"
    assert operator.delete("/pipelines/loans/schedule").status_code == 204
    assert told(operator.get("/pipelines/loans/schedule"), 404)["code"] == "not_found"
    assert told(operator.delete("/pipelines/loans/schedule"), 404)["code"] == "not_found"


def test_a_schedule_may_say_its_fields_alone(calling: Caller, office: Office) -> None:
    office.declare(declaring())
    put = told(calling("operator").put("/pipelines/loans/schedule", json={"cron": "0 2 * * *"}))
    assert (put["zone"], put["grace"], put["priority"]) == ("UTC", "PT21600S", 0)
    again = {name: put[name] for name in ("cron", "zone", "grace", "priority")}
    assert told(calling("operator").put("/pipelines/loans/schedule", json=again))["grace"] == "PT21600S"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"cron": "99 2 * * *"}, 400),
        ({"cron": "0 2 * * *", "zone": "Mars/Olympus"}, 400),
        ({"cron": "0 2 31 2 *"}, 400),
        ({"cron": "x"}, 422),
        ({"cron": "0 2 * * *", "grace": "P32D"}, 422),
        ({"cron": "0 2 * * *", "grace": "-PT1S"}, 422),
        ({"cron": "0 2 * * *", "priority": 1001}, 422),
        ({"cron": "0 2 * * *", "priority": 10**30}, 422),
        ({"cron": "0 2 * * *", "unknown": 1}, 422),
        ({"cron": ["0 2 * * *"]}, 422),
        ({}, 422),
    ],
)
def test_a_schedule_that_means_nothing_is_a_problem(
    calling: Caller, office: Office, said: dict[str, Any], status: int
) -> None:
    office.declare(declaring())
    problem = told(calling("operator").put("/pipelines/loans/schedule", json=said), status)
    assert problem["code"] == ("schedule_invalid" if status == 400 else "request_malformed")
    assert office.schedules() == []


def test_only_what_is_declared_here_can_be_scheduled(calling: Caller) -> None:
    answer = calling("operator").put("/pipelines/loans/schedule", json={"cron": "0 2 * * *"})
    assert told(answer, 404)["code"] == "not_found"


@pytest.mark.parametrize("name", ["no such", "'; DROP TABLE declared; --", "..%2Fsecret", "%00", "LOANS", "x" * 201])
def test_odd_names_are_no_pipelines(calling: Caller, office: Office, name: str) -> None:
    office.declare(declaring())
    for path in (f"/pipelines/{name}", f"/pipelines/{name}/declarations", f"/pipelines/{name}/schedule"):
        assert calling("viewer").get(path).status_code in {404, 422}


def test_the_description_tells_the_body_that_a_declaration_has(calling: Caller) -> None:
    described = told(calling("viewer").get("/openapi.json"))["paths"]["/api/v1/pipelines/{pipeline}"]["put"]
    assert list(described["requestBody"]["content"]) == ["application/yaml"]
