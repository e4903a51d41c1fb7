"""Models over HTTP: what a version is, what it would say, its document; for whoever may see it, and for nobody else."""

import msgspec
import pytest
from tests.loop.announcing.lender import PIPELINE

from kingmaker.bundle.contents import CutOffs, InputSchema
from kingmaker.interfaces.control_centre.routes.models import MOST_APPLICANTS
from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested

from .conftest import KNOWN, Committee

PLACE = f"/pipelines/{PIPELINE}/versions"
APPLICANT = {"amount": 20, "term": "12", "purpose": "car"}


def read(committee: Committee, path: str, kind: object) -> object:
    answer = committee.asked_as("vera").get(path)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


def test_what_is_told_reads_back_as_the_office_says_it(committee: Committee) -> None:
    office, version = committee.office_of(KNOWN["vera"]), committee.versions[1]
    told = office.model(PIPELINE, version)
    assert read(committee, f"{PLACE}/{version}/model", ModelAccount) == told
    assert read(committee, f"{PLACE}/{version[:8]}/model", ModelAccount) == told
    assert read(committee, f"{PLACE}/{version}/tested", ModelTested | None) == office.tested(PIPELINE, version)
    effect = read(committee, f"{PLACE}/{version}/effects/term", ColumnEffect)
    assert effect == office.effect(PIPELINE, version, "term")


def test_the_champion_is_a_version_too(committee: Committee) -> None:
    told = read(committee, f"{PLACE}/champion/model", ModelAccount)
    assert isinstance(told, ModelAccount)
    assert told.version.version == committee.versions[0]
    assert [one.until for one in told.in_force] == [None]


def test_an_applicant_who_is_made_up_is_scored_and_nothing_is_kept(committee: Committee) -> None:
    before = committee.house.ledger.audit(limit=1)
    vera = committee.asked_as("vera")
    answer = vera.post(f"{PLACE}/champion/what-if", json={"applicants": [APPLICANT, {}]})
    told = msgspec.json.decode(answer.content, type=list[Judged])
    assert told == committee.office_of(KNOWN["vera"]).what_if(PIPELINE, "champion", [APPLICANT, {}])
    assert committee.house.ledger.audit(limit=1) == before


@pytest.mark.parametrize(
    ("applicants", "status"),
    [
        ([], 422),
        ([{}] * (MOST_APPLICANTS + 1), 422),
        ([{"amount": [1]}], 422),
        (["x"], 422),
        ([{"amount": "much"}], 400),
        ([{"colour": 1}], 400),
    ],
)
def test_what_is_no_applicant_is_refused(committee: Committee, applicants: object, status: int) -> None:
    answer = committee.asked_as("vera").post(f"{PLACE}/champion/what-if", json={"applicants": applicants})
    assert answer.status_code == status, answer.text


def test_thresholds_and_schema_are_files_to_keep(committee: Committee) -> None:
    version = committee.versions[0]
    told = committee.office_of(KNOWN["vera"]).model(PIPELINE, version)
    for noun, kind, known in (("thresholds", CutOffs, told.cut_offs), ("schema", InputSchema, told.schema)):
        answer = committee.asked_as("vera").get(f"{PLACE}/{version}/{noun}")
        assert msgspec.json.decode(answer.content, type=kind) == known
        named = f'filename="{PIPELINE}-{version[:12]}-{noun}.json"'
        assert named in answer.headers["content-disposition"]


def test_the_document_is_one_page_that_fetches_and_executes_nothing(committee: Committee) -> None:
    answer = committee.asked_as("vera").get(f"{PLACE}/champion/document")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert committee.versions[0] in answer.text
    for word in ("<script", "src=", "@import", 'http-equiv="refresh"'):
        assert word not in answer.text


@pytest.mark.parametrize("noun", ["model", "tested", "effects/term", "thresholds", "schema", "document"])
def test_whoever_does_not_see_the_pipeline_does_not_see_its_models(committee: Committee, noun: str) -> None:
    for name, expected in (
        ("eve", (403, "forbidden")),
        ("cora", (404, "not_found")),
        ("nobody", (401, "not_logged_in")),
    ):
        answer = committee.asked_as(name).get(f"{PLACE}/champion/{noun}")
        assert (answer.status_code, answer.json()["code"]) == expected, name
        asked = committee.asked_as(name).post(f"{PLACE}/champion/what-if", json={"applicants": [{}]})
        assert (asked.status_code, asked.json()["code"]) == expected, name


def test_a_version_or_a_column_that_is_not_there_is_not_found(committee: Committee) -> None:
    vera = committee.asked_as("vera")
    for path in ("abcdef012345/model", "champion/effects/colour", "champion/effects/a/b"):
        answer = vera.get(f"{PLACE}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
