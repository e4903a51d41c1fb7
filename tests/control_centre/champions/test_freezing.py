"""A frozen champion over HTTP."""

from tests.loop.announcing.lender import PIPELINE

from .conftest import HELD, Committee

PLACE = f"/pipelines/{PIPELINE}"
WHY = {"why": "the bureau changed its score"}


def test_a_frozen_champion_is_shown_with_who_froze_it(committee: Committee) -> None:
    freeze = committee.asked_as("ada").post(f"{PLACE}/freeze", json=WHY).json()
    assert (freeze["number"], freeze["by"], freeze["why"]) == (1, "ada", WHY["why"])
    assert committee.asked_as("bea").post(f"{PLACE}/freeze", json={"why": "me too"}).json() == freeze
    assert committee.asked_as("vera").get(f"{PLACE}/champion").json()["frozen"] == freeze
    assert committee.asked_as("vera").get(f"{PLACE}/freezes").json() == [freeze]


def test_nothing_is_approved_or_promoted_until_it_is_lifted(committee: Committee) -> None:
    ada = committee.asked_as("ada")
    ada.post(f"{PLACE}/freeze", json=WHY)
    said = {"version": committee.versions[2], "expected_turn": 1, "why": "now"}
    for path, body in ((f"/runs/{HELD}/approve", WHY), (f"{PLACE}/promote", said)):
        refused = ada.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "champion_frozen")
        assert "the bureau changed its score" in refused.json()["detail"]
    assert ada.get(f"/runs/{HELD}/verdict").json()["settlement"] is None
    lifted = ada.post(f"{PLACE}/lift-freeze", json={"why": "all is well"}).json()
    assert (lifted["lifted_by"], lifted["lifted_why"]) == ("ada", "all is well")
    assert ada.post(f"/runs/{HELD}/approve", json=WHY).json()["turn"] == 2
    assert ada.post(f"{PLACE}/lift-freeze", json=WHY).status_code == 404


def test_the_way_back_stays_open(committee: Committee) -> None:
    ada = committee.asked_as("ada")
    ada.post(f"/runs/{HELD}/approve", json=WHY)
    ada.post(f"{PLACE}/freeze", json=WHY)
    turn = ada.post(f"{PLACE}/rollback", json={"why": "complaints"}).json()
    assert (turn["turn"], turn["version"], turn["reason"]) == (3, committee.versions[0], "rolled_back")
