"""Whoever asked for a run does not put its version in force; everybody else who may decide, may."""

import pytest
from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.errors import Forbidden
from kingmaker.loop.announce import announced_pointer

from .conftest import BY_SCHEDULE, HELD, KNOWN, Committee

WHY = {"why": "the committee has met"}


@pytest.mark.parametrize("name", ["ada", "bea", "root"])
def test_another_approver_puts_a_held_version_in_force(committee: Committee, name: str) -> None:
    answer = committee.asked_as(name).post(f"/runs/{HELD}/approve", json=WHY)
    turn = answer.json()
    assert answer.status_code == 200, turn
    assert (turn["turn"], turn["version"], turn["reason"]) == (2, committee.versions[1], "approved")
    assert (turn["by"], turn["why"]) == (name, WHY["why"])
    pointer = announced_pointer(committee.house, PIPELINE)
    assert pointer is not None
    assert pointer.champion.version == committee.versions[1]
    assert committee.asked_as(name).post(f"/runs/{HELD}/approve", json=WHY).json() == turn


def test_the_one_who_asked_is_refused_with_a_reason_and_nothing_is_settled(committee: Committee) -> None:
    answer = committee.asked_as("sam").post(f"/runs/{HELD}/approve", json=WHY)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert answer.json()["detail"] == f"sam asked for run {HELD}, and whoever asked does not decide"
    assert "another approver" in answer.json()["remedy"]
    assert committee.asked_as("vera").get(f"/runs/{HELD}/verdict").json()["settlement"] is None
    assert len(committee.house.ledger.history(PIPELINE)) == 1


def test_who_owns_the_house_may_approve_what_they_asked_for(committee: Committee) -> None:
    assert committee.owner.approve(HELD, why="I own it").by == "sam"


def test_what_a_schedule_asked_for_any_approver_approves(committee: Committee) -> None:
    answer = committee.asked_as("sam").post(f"/runs/{BY_SCHEDULE}/approve", json=WHY)
    assert (answer.status_code, answer.json()["version"]) == (200, committee.versions[2])


def test_promoting_by_hand_is_no_way_around_it(committee: Committee) -> None:
    own = committee.house.ledger.run(1).request.requested_by
    office = committee.office_of(KNOWN["ada"].__class__(name=own, roles=KNOWN["ada"].roles))
    with pytest.raises(Forbidden, match="whoever asked does not decide"):
        office.promote(PIPELINE, committee.versions[1], expected_turn=1, why="it is mine")


def test_one_may_refuse_what_one_asked_for(committee: Committee) -> None:
    answer = committee.asked_as("sam").post(f"/runs/{HELD}/reject", json={"why": "I was wrong"})
    assert answer.json()["settlement"]["approved"] is False
    again = committee.asked_as("ada").post(f"/runs/{HELD}/approve", json=WHY)
    assert (again.status_code, again.json()["code"]) == (409, "run_refused")


@pytest.mark.parametrize("why", ["", "   ", None, 7, "x" * 2001])
def test_a_decision_needs_a_reason(committee: Committee, why: object) -> None:
    answer = committee.asked_as("ada").post(f"/runs/{HELD}/approve", json={} if why is None else {"why": why})
    assert answer.status_code in {400, 422}
    assert committee.house.ledger.champion(PIPELINE).turn == 1
