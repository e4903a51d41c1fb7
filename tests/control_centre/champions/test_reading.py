"""Champions over HTTP as people read them."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from tests.loop.announcing.lender import PIPELINE

from kingmaker.control.records import Reign
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.records import Accompanied, Budget, RunAccount

from .conftest import HELD, KNOWN, Committee

PLACE = f"/pipelines/{PIPELINE}"
WHY = {"why": "try it"}


def read(committee: Committee, path: str, kind: object, **query: str) -> object:
    answer = committee.asked_as("vera").get(path, params=query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


def test_what_is_told_reads_back_as_the_office_says_it(committee: Committee) -> None:
    office = committee.office_of(KNOWN["vera"])
    assert read(committee, f"{PLACE}/champion", Reign) == office.champion(PIPELINE)
    assert read(committee, f"{PLACE}/history", list[ChampionTurn]) == office.history(PIPELINE)
    assert read(committee, f"{PLACE}/versions", list[ModelVersion]) == office.versions(PIPELINE)
    first = committee.versions[0]
    assert read(committee, f"{PLACE}/versions/{first[:8]}", ModelVersion) == office.version(PIPELINE, first)
    assert read(committee, f"/runs/{HELD}/verdict", RecordedVerdict) == office.verdict(HELD)
    assert read(committee, f"/runs/{HELD}/account", RunAccount) == office.account(HELD)
    quick = read(committee, f"/runs/{HELD}/account", RunAccount, trials="false")
    assert quick == replace(office.account(HELD), trials=()) == office.account(HELD, trials=False)
    assert read(committee, f"{PLACE}/budget", Budget) == office.budget(PIPELINE)


def test_who_was_in_force_is_told_with_the_companions_of_that_moment(committee: Committee) -> None:
    ada = committee.asked_as("ada")
    ada.post(f"{PLACE}/shadows", json={"version": committee.versions[2], **WHY})
    then = committee.house.clock()
    ada.post(f"/runs/{HELD}/approve", json=WHY)
    ada.post(f"{PLACE}/shadows/stop", json={"version": committee.versions[2], **WHY})
    before = read(committee, f"{PLACE}/champion", Reign, at=then.isoformat())
    assert isinstance(before, Reign)
    assert (before.turn.turn, before.turn.version) == (1, committee.versions[0])
    assert before.companions is not None
    assert before.companions.shadows == (committee.versions[2],)
    now = read(committee, f"{PLACE}/champion", Reign)
    assert isinstance(now, Reign)
    assert (now.turn.turn, now.companions.shadows if now.companions else None) == (2, ())
    long_ago = (then - timedelta(days=4000)).replace(tzinfo=None)
    assert read(committee, f"{PLACE}/champion", Reign | None, at=long_ago.isoformat()) is None


def test_a_canary_comes_and_goes(committee: Committee) -> None:
    ada = committee.asked_as("ada")
    came = ada.post(f"{PLACE}/canary", json={"version": committee.versions[1], "share": 0.05, **WHY})
    told = msgspec.json.decode(came.content, type=Accompanied)
    assert told.pointer.canary is not None
    assert (told.version, told.pointer.canary.share) == (committee.versions[1], 0.05)
    went = msgspec.json.decode(ada.post(f"{PLACE}/canary/stop", json=WHY).content, type=Accompanied)
    assert went.pointer.canary is None
    none = ada.post(f"{PLACE}/canary/stop", json=WHY)
    assert (none.status_code, none.json()["code"]) == (409, "companion_refused")


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, "half"])
def test_a_canary_answers_for_some_and_not_for_all(committee: Committee, share: object) -> None:
    answer = committee.asked_as("ada").post(
        f"{PLACE}/canary", json={"version": committee.versions[1], "share": share, **WHY}
    )
    assert answer.status_code == 422


def test_the_spent_error_budget_is_written_off(committee: Committee) -> None:
    answer = committee.asked_as("ada").post(f"{PLACE}/budget/reset", json={"as_of": "2026-02-28", **WHY})
    budget = msgspec.json.decode(answer.content, type=Budget)
    assert budget.accrues_from.isoformat() == "2026-02-28"
    assert [(one.by, one.why) for one in budget.resets] == [("ada", WHY["why"])]


def test_what_is_not_spent_yet_is_not_written_off(committee: Committee) -> None:
    for day in ("2026-03-02", "9999-12-31"):
        answer = committee.asked_as("ada").post(f"{PLACE}/budget/reset", json={"as_of": day, **WHY})
        assert (answer.status_code, "2026-03-01" in answer.json()["remedy"]) == (400, True)


def test_the_ends_of_the_calendar_are_days_and_moments_like_others(committee: Committee) -> None:
    vera = committee.asked_as("vera")
    for day in ("0001-01-01", "9999-12-31"):
        assert vera.get(f"{PLACE}/budget", params={"today": day}).status_code == 200
        assert vera.get(f"{PLACE}/champion", params={"at": f"{day}T12:00:00"}).status_code == 200
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert vera.get(f"{PLACE}/champion", params={"at": moment}).status_code == 400


@pytest.mark.parametrize("name", ["a%00b", "%2e%2e", "A", "a" * 64, "'%20OR%201=1"])
def test_what_can_name_no_pipeline_is_refused(committee: Committee, name: str) -> None:
    assert committee.asked_as("vera").get(f"/pipelines/{name}/champion").status_code == 422


def test_the_report_is_one_page_that_fetches_and_executes_nothing(committee: Committee) -> None:
    answer = committee.asked_as("vera").get(f"/runs/{HELD}/report")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.text.lstrip().startswith("<!doctype html>")
    for word in ("<script", "src=", "@import", 'http-equiv="refresh"'):
        assert word not in answer.text


def test_trials_and_lineage_are_told_apart(committee: Committee) -> None:
    vera = committee.asked_as("vera")
    assert vera.get(f"/runs/{HELD}/trials").json() == {"run": HELD, "learners": [], "ends": [], "trials": []}
    assert vera.get(f"/runs/{HELD}/lineage").json()[0]["name"] == "declaration"
