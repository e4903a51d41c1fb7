"""The house over HTTP: audit log, proof, notices, doctor."""

from datetime import timedelta

import pytest
from tests.control_centre.champions.conftest import HELD, Committee
from tests.control_centre.doorkeeper import somebody
from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.access import Role
from kingmaker.domain.errors import Forbidden
from kingmaker.domain.notice import NoticeKind, Occurrence


def raised(committee: Committee, cause: str, pipeline: str = "") -> None:
    occurrence = Occurrence(cause=cause, kind=NoticeKind.ALARM, pipeline=pipeline, run=None, title=cause, text="")
    committee.house.ledger.raise_notice(occurrence, quiet=timedelta(hours=1))


def test_the_audit_log_is_told_newest_first_and_as_much_as_is_asked_for(committee: Committee) -> None:
    vera = committee.asked_as("vera")
    entries = vera.get("/audit").json()
    assert [entry["number"] for entry in entries] == list(range(len(entries), 0, -1))
    assert vera.get("/audit", params={"limit": 2}).json() == entries[:2]
    for limit in (0, 1001, "all"):
        assert vera.get("/audit", params={"limit": limit}).status_code == 422


def test_who_sees_one_pipeline_reads_what_is_about_it_and_nothing_of_the_house(committee: Committee) -> None:
    committee.house.ledger.note(by="root", action="noted", subject="house", before="", after="", why="")
    committee.house.ledger.note(by="root", action="noted", subject="schedule/cars", before="", after="", why="")
    told = {name: committee.asked_as(name).get("/audit").json() for name in ("vera", "bea", "cora")}
    assert len(told["bea"]) == len(told["vera"]) - 2
    assert all(PIPELINE in entry["subject"] or entry["subject"][:4] in {"run/", "verd"} for entry in told["bea"])
    assert [entry["subject"] for entry in told["cora"]] == ["schedule/cars"]


def test_the_proof_names_the_newest_entry(committee: Committee) -> None:
    newest = committee.house.ledger.audit(limit=1)[0]
    assert committee.asked_as("vera").get("/audit/proof").json() == {"entries": newest.number, "digest": newest.digest}


def test_a_broken_chain_is_said_to_be_broken(committee: Committee) -> None:
    with committee.house.ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE champion_turn SET why = 'luck'")
    answer = committee.asked_as("vera").get("/audit/proof")
    assert (answer.status_code, answer.json()["code"]) == (500, "tamper_found")
    assert answer.json()["where"] == f"champion_turn/{PIPELINE}/1"


def test_notices_are_told_to_who_sees_what_they_are_about(committee: Committee) -> None:
    raised(committee, "disk")
    raised(committee, "drift", PIPELINE)
    raised(committee, "late", "cars")

    def causes(name: str, **query: str) -> list[str]:
        return [one["cause"] for one in committee.asked_as(name).get("/notices", params=query).json()]

    assert causes("vera") == ["late", "drift", "disk"]
    assert causes("bea") == causes("vera", pipeline=PIPELINE) == ["drift"]
    assert causes("cora") == ["late"]
    assert causes("vera", limit="1", before="3") == causes("bea", before="3") == ["drift"]
    assert causes("bea", before="2") == []
    assert committee.asked_as("cora").get("/notices", params={"pipeline": PIPELINE}).status_code == 404


@pytest.mark.parametrize("pipelines", [None, frozenset({PIPELINE}), frozenset()])
def test_an_endpoints_token_reads_neither_log_nor_notices(
    committee: Committee, pipelines: frozenset[str] | None
) -> None:
    office = committee.office_of(somebody(Role.ENDPOINT, name="eve", pipelines=pipelines))
    for verb in (office.audit, office.notices, office.verify_audit, office.doctor, office.sweep):
        with pytest.raises(Forbidden):
            verb()


@pytest.mark.slow
def test_the_doctor_says_what_is_healthy(committee: Committee) -> None:
    checks = {one["name"]: one for one in committee.asked_as("root").get("/doctor").json()}
    assert all(checks[name]["healthy"] for name in ("home", "ledger", "vault", "keys", "champions", "pointers"))


def test_the_sweep_tells_what_would_go_before_it_goes(committee: Committee) -> None:
    root = committee.asked_as("root")
    assert root.post("/sweep", json={"dry": True}).json() == root.post("/sweep", json={}).json()
    assert root.post("/sweep", json={"dry": "perhaps"}).status_code == 422
    assert committee.asked_as("vera").get(f"/runs/{HELD}/verdict").status_code == 200
