"""Promoting by hand: any published version, proven, at the turn that is believed to be in force."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from tests.control_centre.doorkeeper import Door
from tests.control_centre.hosting import hosted
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.interfaces.control_centre.app import Centre, build_app

from .conftest import KNOWN, Committee

PROMOTE = f"/pipelines/{PIPELINE}/promote"
AT_ONCE = 20


def said(version: str, turn: int, why: str = "we want it") -> dict[str, object]:
    return {"version": version, "expected_turn": turn, "why": why}


def test_any_published_version_is_put_in_force_and_saying_it_again_is_harmless(committee: Committee) -> None:
    ada = committee.asked_as("ada")
    turn = ada.post(PROMOTE, json=said(committee.versions[2][:12], 1)).json()
    assert (turn["turn"], turn["version"], turn["reason"]) == (2, committee.versions[2], "approved")
    assert ada.post(PROMOTE, json=said(committee.versions[2], 1)).json() == turn
    entry = ada.get("/audit").json()[0]
    assert (entry["action"], entry["by"]) == ("champion approved", "ada")


@pytest.mark.parametrize("turn", [0, 2, 2**31 - 1])
def test_whoever_believes_another_turn_in_force_is_told_so(committee: Committee, turn: int) -> None:
    answer = committee.asked_as("ada").post(PROMOTE, json=said(committee.versions[1], turn))
    assert (answer.status_code, answer.json()["code"]) == (409, "champion_moved")
    assert len(committee.house.ledger.history(PIPELINE)) == 1


def test_a_version_that_was_in_force_comes_back_by_a_roll_back_only(committee: Committee) -> None:
    ada = committee.asked_as("ada")
    again = ada.post(PROMOTE, json=said(committee.versions[0], 1))
    assert (again.status_code, again.json()["code"]) == (409, "run_refused")
    ada.post(PROMOTE, json=said(committee.versions[1], 1))
    back = ada.post(PROMOTE, json=said(committee.versions[0], 2))
    assert (back.status_code, back.json()["code"]) == (409, "run_refused")
    assert "rollback" in back.json()["remedy"]


def test_a_bundle_that_no_longer_proves_is_not_put_in_force(committee: Committee) -> None:
    archive = Lender(committee.house, committee.versions).archive(committee.versions[1])
    archive.chmod(0o644)
    archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    answer = committee.asked_as("ada").post(PROMOTE, json=said(committee.versions[1], 1))
    assert (answer.status_code, answer.json()["code"]) == (409, "bundle_refused")


@pytest.mark.parametrize(
    "body",
    [
        {"version": "a" * 64, "expected_turn": "1", "why": "x"},
        {"version": "a" * 64, "expected_turn": -1, "why": "x"},
        {"version": "a" * 64, "expected_turn": 2**31, "why": "x"},
        {"version": "' OR 1=1", "expected_turn": 1, "why": "x"},
        {"version": "a" * 64, "why": "x"},
        {"version": "a" * 64, "expected_turn": 1, "why": "x", "by": "root"},
    ],
)
def test_what_is_not_said_as_it_must_be_is_refused(committee: Committee, body: dict[str, object]) -> None:
    assert committee.asked_as("ada").post(PROMOTE, json=body).status_code == 422


def test_a_version_that_nobody_published_is_not_found(committee: Committee) -> None:
    answer = committee.asked_as("ada").post(PROMOTE, json=said("a" * 64, 1))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_of_twenty_that_promote_over_http_at_once_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    lender = Lender.in_home(tmp_path / "home", versions=AT_ONCE + 1)
    first, *others = lender.versions
    lender.crown(first)
    app = build_app(Centre(house=lender.house, doorkeeper=Door(KNOWN)))
    with hosted(app) as url, ThreadPoolExecutor(AT_ONCE) as crowd:

        def promote(version: str) -> httpx2.Response:
            headers = {"Authorization": "Bearer ada"}
            return httpx2.post(f"{url}/api/v1{PROMOTE}", json=said(version, 1), headers=headers, timeout=60)

        answers = list(crowd.map(promote, others))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(won) == 1
    assert [one["code"] for one in lost] == ["champion_moved"] * (AT_ONCE - 1)
    assert [turn.version for turn in lender.house.ledger.history(PIPELINE)] == [first, won[0]["version"]]
    lender.house.ledger.verify_audit()
    lender.house.close()
