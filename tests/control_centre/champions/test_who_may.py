"""Paths of champions, accounts and the house by every role and scope: what is not allowed is refused and changes nothing."""

from dataclasses import dataclass

import pytest
from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.access import Right

from .conftest import BY_SCHEDULE, KNOWN, Committee

PLACE = f"/pipelines/{PIPELINE}"
UNKNOWN = "a" * 64
WHY = {"why": "because"}


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    right: Right
    body: dict[str, object] | None = None


OF_A_PIPELINE = [
    *(
        Asked("GET", f"{PLACE}/{noun}", Right.SEE)
        for noun in ("champion", "history", "versions", "freezes", "budget", f"versions/{UNKNOWN}")
    ),
    *(
        Asked("GET", f"/runs/{BY_SCHEDULE}/{noun}", Right.SEE)
        for noun in ("verdict", "account", "report", "trials", "lineage")
    ),
    Asked("POST", f"/runs/{BY_SCHEDULE}/approve", Right.DECIDE, WHY),
    Asked("POST", f"/runs/{BY_SCHEDULE}/reject", Right.DECIDE, WHY),
    Asked("POST", f"{PLACE}/promote", Right.DECIDE, {"version": UNKNOWN, "expected_turn": 1, **WHY}),
    Asked("POST", f"{PLACE}/rollback", Right.DECIDE, WHY),
    Asked("POST", f"{PLACE}/freeze", Right.DECIDE, WHY),
    Asked("POST", f"{PLACE}/lift-freeze", Right.DECIDE, WHY),
    Asked("POST", f"{PLACE}/shadows", Right.DECIDE, {"version": UNKNOWN, **WHY}),
    Asked("POST", f"{PLACE}/shadows/stop", Right.DECIDE, {"version": UNKNOWN, **WHY}),
    Asked("POST", f"{PLACE}/canary", Right.DECIDE, {"version": UNKNOWN, "share": 0.1, **WHY}),
    Asked("POST", f"{PLACE}/canary/stop", Right.DECIDE, WHY),
    Asked("POST", f"{PLACE}/budget/reset", Right.DECIDE, WHY),
]
OF_THE_HOUSE = [
    Asked("GET", "/audit/proof", Right.SEE),
    Asked("GET", "/doctor", Right.ADMINISTER),
    Asked("POST", "/sweep", Right.ADMINISTER, {"dry": True}),
]
ALL = OF_A_PIPELINE + OF_THE_HOUSE


def test_whoever_lacks_the_right_is_refused_and_nothing_changes(committee: Committee) -> None:
    before = committee.house.ledger.audit(limit=1)
    for name, who in KNOWN.items():
        client = committee.asked_as(name)
        for asked in ALL:
            wanted = PIPELINE if asked in OF_A_PIPELINE else None
            if who.may(asked.right, wanted):
                continue
            answer = client.request(asked.method, asked.path, json=asked.body)
            out_of_scope = wanted is not None and not who.sees(wanted)
            expected = (404, "not_found") if out_of_scope else (403, "forbidden")
            assert (answer.status_code, answer.json()["code"]) == expected, (name, asked)
    assert committee.house.ledger.audit(limit=1) == before


def test_nobody_known_is_sent_to_log_in(committee: Committee) -> None:
    client = committee.asked_as("nobody")
    for asked in ALL:
        answer = client.request(asked.method, asked.path, json=asked.body)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in"), asked


def test_out_of_scope_looks_as_if_it_were_not_there(committee: Committee) -> None:
    """The same answer, but for the name that was asked for."""
    cora = committee.asked_as("cora")
    for there, not_there in ((PLACE, "/pipelines/nothing"), (f"/runs/{BY_SCHEDULE}", "/runs/999")):
        noun = "verdict" if "runs" in there else "history"
        answers = [cora.get(f"{path}/{noun}") for path in (there, not_there)]
        told = [(answer.status_code, answer.text) for answer in answers]
        names = (PIPELINE, "nothing") if noun == "history" else (f"run {BY_SCHEDULE}", "run 999")
        assert told[0] == (told[1][0], told[1][1].replace(names[1], names[0]))


@pytest.mark.parametrize("noun", ["champion", "history", "versions", "freezes", "budget"])
def test_a_pipeline_that_nobody_knows_is_not_found(committee: Committee, noun: str) -> None:
    answer = committee.asked_as("root").get(f"/pipelines/nothing/{noun}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_number_beyond_all_runs_is_refused_before_it_reaches_the_ledger(committee: Committee) -> None:
    for number in (0, -1, 2**31, "one", "1e3"):
        assert committee.asked_as("root").get(f"/runs/{number}/verdict").status_code == 422
