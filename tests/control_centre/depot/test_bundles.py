"""Bundles by digest: whole, in part, once, and nothing else of the vault."""

import pytest
from fastapi.testclient import TestClient
from tests.control_centre.depot.conftest import Publishing
from tests.loop.announcing.lender import PIPELINE


@pytest.fixture
def digest(publishing: Publishing) -> str:
    return publishing.archive(0)


@pytest.fixture
def stored(publishing: Publishing, digest: str) -> bytes:
    return publishing.house.vault.read(digest)


def place(digest: str) -> str:
    return f"/{digest[:2]}/{digest[2:]}"


def test_a_bundle_comes_whole_with_its_digest_as_its_tag(branch: TestClient, digest: str, stored: bytes) -> None:
    answer = branch.get(place(digest))
    assert (answer.status_code, answer.content) == (200, stored)
    assert answer.headers["etag"] == f'"{digest}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("asked", "first", "behind_last"), [("bytes=10-19", 10, 20), ("bytes=10-", 10, None), ("bytes=-7", -7, None)]
)
def test_a_range_is_answered_with_those_bytes_alone(
    branch: TestClient, digest: str, stored: bytes, asked: str, first: int, behind_last: int | None
) -> None:
    answer = branch.get(place(digest), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, stored[first:behind_last])
    start = first % len(stored)
    assert answer.headers["content-range"] == f"bytes {start}-{start + len(answer.content) - 1}/{len(stored)}"


def test_a_range_behind_the_end_cannot_be_had(branch: TestClient, digest: str, stored: bytes) -> None:
    answer = branch.get(place(digest), headers={"Range": f"bytes={len(stored)}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(stored)}")


def test_a_range_of_something_else_is_answered_with_the_whole(branch: TestClient, digest: str, stored: bytes) -> None:
    mine = branch.get(place(digest), headers={"Range": "bytes=5-", "If-Range": f'"{digest}"'})
    other = branch.get(place(digest), headers={"Range": "bytes=5-", "If-Range": f'"{"0" * 64}"'})
    assert (mine.status_code, mine.content) == (206, stored[5:])
    assert (other.status_code, other.content) == (200, stored)


def test_its_length_is_told_without_its_bytes(branch: TestClient, digest: str, stored: bytes) -> None:
    answer = branch.head(place(digest))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(stored))


def test_who_has_it_is_not_sent_it_again(branch: TestClient, digest: str) -> None:
    answer = branch.get(place(digest), headers={"If-None-Match": f'"{digest}"'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_other_files_of_the_vault_are_nobodys_to_fetch(publishing: Publishing) -> None:
    """A snapshot holds loans; only bundles of published versions go out, whoever asks."""
    snapshot = publishing.house.vault.put_bytes(b"every loan of every customer")
    for token in ("branch", "viewer", "admin"):
        answer = publishing.asked_as(token).get(place(snapshot))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_bundle_of_a_pipeline_that_one_does_not_see_is_not_there(publishing: Publishing, digest: str) -> None:
    assert publishing.asked_as("elsewhere").get(place(digest)).status_code == 404
    assert publishing.asked_as("branch").get(place(digest)).status_code == 200
    assert publishing.asked_as("elsewhere").get(place(digest)).status_code == 404


def test_without_a_token_nothing_is_told(publishing: Publishing, digest: str) -> None:
    answer = publishing.asked_as("nobody").get(place(digest))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")


def test_viewers_may_fetch_too(publishing: Publishing, digest: str, stored: bytes) -> None:
    assert publishing.asked_as("viewer").get(place(digest)).content == stored


@pytest.mark.parametrize(
    "path", ["/ab/cd", "/champions/..%2f..%2fkeys", "/..%2f/keys", f"/{'AB'}/{'AB' * 31}", "/api/v1"]
)
def test_what_is_no_digest_is_no_bundle(publishing: Publishing, path: str) -> None:
    """Also for callers without a token: such a path belongs to nobody here, and says nothing of what is stored."""
    assert publishing.asked_as("nobody").get(path).status_code == 404
    assert publishing.asked_as("nobody").get("/health/live").status_code == 200


def test_a_bundle_that_changed_in_the_vault_is_not_sent(
    publishing: Publishing, branch: TestClient, digest: str
) -> None:
    path = publishing.house.home / "vault" / digest[:2] / digest[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[::-1])
    answer = branch.get(place(digest))
    assert (answer.status_code, answer.json()["code"]) == (500, "tamper_found")


def test_a_version_is_downloaded_proven_under_a_name(publishing: Publishing, branch: TestClient, stored: bytes) -> None:
    version = publishing.versions[0]
    for named in (version, version[:8], "champion"):
        answer = branch.get(f"/api/v1/pipelines/{PIPELINE}/versions/{named}/bundle")
        assert (answer.status_code, answer.content) == (200, stored)
        assert answer.headers["content-disposition"] == f'attachment; filename="{PIPELINE}-{version[:12]}.kingmaker"'
    assert branch.get(f"/api/v1/pipelines/{PIPELINE}/versions/{'f' * 12}/bundle").status_code == 404
    part = branch.get(f"/api/v1/pipelines/{PIPELINE}/versions/{version}/bundle", headers={"Range": "bytes=7-"})
    assert (part.status_code, part.content) == (206, stored[7:])
