"""What is said of endpoints: reports with their lag, the announced edition, keys, and bundles for whoever scores elsewhere."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.control_centre.depot.conftest import Publishing
from tests.loop.announcing.lender import PIPELINE

from kingmaker.bundle.reading import open_bundle
from kingmaker.control.office.office import Office
from kingmaker.domain.errors import Forbidden, NotFound

PLACE = f"/api/v1/pipelines/{PIPELINE}"


def office_of(publishing: Publishing, who: str, *, hours: float = 0.0) -> Office:
    """As it is so many hours later."""
    clock = publishing.house.clock
    return Office(replace(publishing.house, clock=lambda: clock() + timedelta(hours=hours)), publishing.door.known[who])


def report(branch: TestClient, publishing: Publishing, edition: int) -> None:
    told = {"edition": edition, "state": "serving", "at": publishing.house.clock().isoformat()}
    assert branch.put(f"/endpoints/{PIPELINE}/branch-7.json", json=told).status_code == 204


def test_an_endpoint_that_is_behind_says_by_how_many_editions(publishing: Publishing, branch: TestClient) -> None:
    report(branch, publishing, 1)
    publishing.crown(1)
    (told,) = publishing.asked_as("viewer").get(f"{PLACE}/endpoints").json()
    assert (told["endpoint"], told["edition"], told["behind"], told["is_silent"]) == ("branch-7", 1, 1, False)


def test_an_endpoint_that_has_not_reported_for_long_has_fallen_silent(
    publishing: Publishing, branch: TestClient
) -> None:
    report(branch, publishing, 1)
    (soon,) = office_of(publishing, "viewer").endpoints(PIPELINE)
    (late,) = office_of(publishing, "viewer", hours=1).endpoints(PIPELINE)
    assert (soon.is_silent, late.is_silent) == (False, True)
    assert late.age_seconds == pytest.approx(3600, abs=60)


def test_the_edition_is_told_and_null_before_there_is_one(publishing: Publishing) -> None:
    viewer = publishing.asked_as("viewer")
    publishing.crown(1)
    assert viewer.get(f"{PLACE}/edition").json() == 2
    assert viewer.get("/api/v1/pipelines/cars/edition").json() is None


def test_the_public_keys_are_told_with_the_houses_own_first(publishing: Publishing, branch: TestClient) -> None:
    own = publishing.house.signing_key().public
    assert branch.get("/api/v1/keys").json() == [{"id": own.id, "text": own.text}]
    assert publishing.asked_as("nobody").get("/api/v1/keys").status_code == 401


def test_a_bundle_is_written_where_it_is_wanted_once_it_is_proven(publishing: Publishing, tmp_path: Path) -> None:
    office = office_of(publishing, "branch")
    for named in ("champion", publishing.versions[0][:8]):
        out = tmp_path / f"{named}.kingmaker"
        exported = office.export(PIPELINE, named, out)
        assert (exported.path, exported.version) == (out, publishing.versions[0])
        assert open_bundle(out, trusted=publishing.house.trusted()).version == publishing.versions[0]


def test_the_vaults_own_file_is_what_is_sent(publishing: Publishing) -> None:
    proven = office_of(publishing, "viewer").bundle(PIPELINE, "champion")
    assert proven.path == publishing.house.vault.fetch(proven.digest)
    assert proven.bytes == proven.path.stat().st_size


def test_who_may_not_see_is_told_so_and_who_is_elsewhere_finds_nothing(publishing: Publishing, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        office_of(publishing, "branch").endpoints(PIPELINE)
    with pytest.raises(Forbidden):
        office_of(publishing, "viewer").hand_in(PIPELINE, b"", form="csv")
    for ask in ("endpoints", "announced_edition", "outcomes"):
        with pytest.raises(NotFound):
            getattr(office_of(publishing, "elsewhere"), ask)(PIPELINE)
    with pytest.raises(NotFound):
        office_of(publishing, "elsewhere").export(PIPELINE, "champion", tmp_path / "out")
    assert not (tmp_path / "out").exists()
