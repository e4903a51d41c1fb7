"""What endpoints leave: reports and segments, bounded, whole or not at all, and never rewritten."""

import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.control_centre.depot.conftest import ELSEWHERE, Publishing
from tests.control_centre.hosting import hosted
from tests.loop.announcing.lender import PIPELINE

from kingmaker.control.office.depot import MAX_REPORT_BYTES, MAX_SEGMENT_BYTES
from kingmaker.loop.endpoints import endpoint_reports

REPORT = f"/endpoints/{PIPELINE}/branch-7.json"
SEGMENT = f"/inbox/{PIPELINE}/branch-7/20260921T141320Z-000001.jsonl.gz"


def inbox(publishing: Publishing) -> dict[str, bytes]:
    found = {name: publishing.house.vault.named(name) for name in publishing.house.vault.names("inbox/")}
    return {name: data for name, data in found.items() if data is not None}


def arriving(publishing: Publishing) -> list[Path]:
    return list((publishing.house.workspace / "arriving").glob("*"))


def test_a_report_is_kept_and_the_next_replaces_it(publishing: Publishing, branch: TestClient) -> None:
    for edition in (1, 2):
        assert branch.put(REPORT, json={"edition": edition, "state": "serving"}).status_code == 204
    (report,) = endpoint_reports(publishing.house, PIPELINE)
    assert (report.endpoint, report.edition, report.state) == ("branch-7", 2, "serving")


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 5000])
def test_a_report_that_is_no_json_object_is_refused(publishing: Publishing, branch: TestClient, told: bytes) -> None:
    answer = branch.put(REPORT, content=told)
    assert (answer.status_code, answer.json()["code"]) == (400, "report_malformed")
    assert endpoint_reports(publishing.house, PIPELINE) == []


def test_a_report_beyond_its_bound_is_refused(branch: TestClient) -> None:
    answer = branch.put(REPORT, content=b'{"why": "' + b"x" * MAX_REPORT_BYTES + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_segment_is_kept_where_readers_of_the_inbox_find_it(publishing: Publishing, branch: TestClient) -> None:
    for _ in range(2):
        assert branch.put(SEGMENT, content=b"rows" * 1000).status_code == 204
    assert inbox(publishing) == {SEGMENT.removeprefix("/"): b"rows" * 1000}
    assert arriving(publishing) == []


def test_what_was_logged_is_never_rewritten(publishing: Publishing, branch: TestClient) -> None:
    branch.put(SEGMENT, content=b"declined")
    answer = branch.put(SEGMENT, content=b"approved")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert inbox(publishing) == {SEGMENT.removeprefix("/"): b"declined"}


def test_a_segment_that_says_it_is_too_large_is_refused_before_it_is_read(
    publishing: Publishing, branch: TestClient
) -> None:
    answer = branch.put(SEGMENT, content=b"", headers={"Content-Length": str(MAX_SEGMENT_BYTES + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (inbox(publishing), arriving(publishing)) == ({}, [])


def test_a_segment_that_does_not_say_and_is_too_large_is_refused_and_gone(
    publishing: Publishing, branch: TestClient
) -> None:
    piece = b"x" * (1 << 20)
    answer = branch.put(SEGMENT, content=(piece for _ in range((MAX_SEGMENT_BYTES >> 20) + 1)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (inbox(publishing), arriving(publishing)) == ({}, [])


def test_a_segment_that_breaks_off_leaves_nothing(publishing: Publishing) -> None:
    head = f"PUT {SEGMENT} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer branch\r\nContent-Length: 100\r\n\r\n"
    with hosted(publishing.app) as url:
        address = urlsplit(url)
        with closing(socket.create_connection((address.hostname or "", address.port or 0))) as sender:
            sender.sendall(head.encode() + b"half of it")
    assert (inbox(publishing), arriving(publishing)) == ({}, [])


@pytest.mark.parametrize(
    "path",
    [
        f"/inbox/{PIPELINE}/branch-7/..%2f..%2f..%2fkeys",
        f"/inbox/{PIPELINE}/../../keys/signing.key",
        f"/inbox/{PIPELINE}/.hidden/1",
        f"/inbox/{PIPELINE}/branch/{'x' * 101}",
        f"/inbox/{PIPELINE}/branch/a%00b",
        f"/endpoints/{PIPELINE}/a b.json",
        "/inbox/nobody-declared-this/branch/1",
        f"/inbox/{ELSEWHERE}/branch/1",
        "/endpoints/..%2f/x.json",
    ],
)
def test_no_name_leads_elsewhere(publishing: Publishing, path: str) -> None:
    before = sorted(publishing.house.home.rglob("*.key"))
    assert publishing.asked_as("admin").put(path, content=b"{}").status_code in {404, 405}
    assert (inbox(publishing), endpoint_reports(publishing.house, PIPELINE)) == ({}, [])
    assert sorted(publishing.house.home.rglob("*.key")) == before


@pytest.mark.parametrize(("token", "status"), [("viewer", 403), ("elsewhere", 404), ("nobody", 401)])
def test_only_endpoints_of_the_pipeline_leave_something(publishing: Publishing, token: str, status: int) -> None:
    client = publishing.asked_as(token)
    assert client.put(REPORT, json={}).status_code == status
    assert client.put(SEGMENT, content=b"rows").status_code == status
    assert (inbox(publishing), endpoint_reports(publishing.house, PIPELINE)) == ({}, [])
