"""Outcomes that are handed in: three forms, proven against the declaration, each file once."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient
from tests.control_centre.depot.conftest import DECLARATION, Publishing
from tests.loop.announcing.lender import PIPELINE

from kingmaker.control.office.office import Office
from kingmaker.control.outcomes import MAX_OUTCOME_BYTES, OutcomeForm, OutcomesRefused, read_outcomes
from kingmaker.pipeline.reading import parse_pipeline

PLACE = f"/api/v1/pipelines/{PIPELINE}/outcomes"
ROWS = [{"loan": "L1", "went_bad_on": "2026-03-04"}, {"loan": "L2", "went_bad_on": None}]
CSV = b"loan,branch,went_bad_on\nL1,north,2026-03-04\nL2,south,\n"
LABELLED = DECLARATION.replace(
    "{observed_at: went_bad_on, horizon: 12 months}", "{label: status, bad: late, good: [paid], indeterminate: [sold]}"
)
PARQUET = "application/vnd.apache.parquet"


def parquet(rows: pl.DataFrame) -> bytes:
    written = BytesIO()
    rows.write_parquet(written)
    return written.getvalue()


def rows_as_dates() -> pl.DataFrame:
    return pl.DataFrame({"loan": ["L1", "L2"], "went_bad_on": [date(2026, 3, 4), None]})


FORMS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "csv": ("text/csv; charset=utf-8", lambda: CSV, "csv"),
    "csv with semicolons": ("text/csv", lambda: CSV.replace(b",", b";"), "csv"),
    "csv with a mark and Windows' line ends": (
        "text/csv",
        lambda: b"\xef\xbb\xbf" + CSV.replace(b"\n", b"\r\n"),
        "csv",
    ),
    "array": ("application/json", lambda: json.dumps(ROWS).encode(), "json"),
    "lines": ("application/x-ndjson", lambda: "\n".join(map(json.dumps, ROWS)).encode(), "json"),
    "dates in parquet": (PARQUET, lambda: parquet(rows_as_dates()), "parquet"),
    "texts in parquet": (PARQUET, lambda: parquet(pl.DataFrame(ROWS)), "parquet"),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_taken_and_kept_as_it_came(publishing: Publishing, branch: TestClient, name: str) -> None:
    content_type, made, form = FORMS[name]
    data = made()
    answer = branch.post(PLACE, content=data, headers={"Content-Type": content_type})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["pipeline"], told["number"], told["form"], told["rows"]) == (PIPELINE, 1, form, 2)
    assert told["by"] == "branch"
    assert publishing.house.vault.read(told["file"]) == data
    assert publishing.house.ledger.audit(limit=1)[0].action == "outcomes handed in"
    read = pl.concat(read_outcomes(publishing.house.vault.fetch(told["file"]), OutcomeForm(form), declared()))
    assert read.to_dict(as_series=False) == {"id": ["L1", "L2"], "outcome": [date(2026, 3, 4), None]}


def test_a_file_of_a_form_is_known_by_its_type_or_its_name(branch: TestClient) -> None:
    by_name = branch.post(PLACE, files={"file": ("outcomes.CSV", CSV, "application/octet-stream")})
    by_type = branch.post(PLACE, files={"file": ("outcomes", json.dumps(ROWS).encode(), "application/json")})
    assert (by_name.status_code, by_name.json()["form"]) == (201, "csv")
    assert (by_type.status_code, by_type.json()["form"]) == (201, "json")


def test_the_same_bytes_are_one_file(branch: TestClient) -> None:
    first = branch.post(PLACE, content=CSV, headers={"Content-Type": "text/csv"}).json()
    again = branch.post(PLACE, files={"file": ("o.csv", CSV, "text/csv")}).json()
    other = branch.post(PLACE, content=CSV + b"L3,west,\n", headers={"Content-Type": "text/csv"}).json()
    assert (again, other["number"], other["rows"]) == (first, 2, 3)


def test_they_are_listed_to_viewers_newest_first(publishing: Publishing, branch: TestClient) -> None:
    for row in (b"", b"L3,west,\n"):
        branch.post(PLACE, content=CSV + row, headers={"Content-Type": "text/csv"})
    viewer = publishing.asked_as("viewer")
    assert [one["number"] for one in viewer.get(PLACE).json()] == [2, 1]
    assert [one["number"] for one in viewer.get(PLACE, params={"limit": 1}).json()] == [2]
    assert viewer.get(PLACE, params={"limit": 0}).status_code == 422


@pytest.mark.parametrize(
    ("content_type", "data", "what", "where"),
    [
        ("text/csv", b"loan,went_bad_on\nL1,2026-03-04\nL2,last year\n", "'last year'", "row 2, column `went_bad_on`"),
        ("text/csv", b"loan,went_bad_on\nL1,2026-03-04\n,2026-03-04\n", "the id is missing", "row 2, column `loan`"),
        (
            "text/csv",
            b"loan,bad_on\nL1,2026-03-04\n",
            "`went_bad_on` is missing; there are `loan`, `bad_on`",
            "columns",
        ),
        ("text/csv", b"loan,loan,went_bad_on\n1,2,\n", "`loan` stands there twice", "columns"),
        ("text/csv", b"loan,went_bad_on\nL1,2026-03-04,more\n", "Expected 2 columns, got 3", ""),
        ("text/csv", b"loan,went_bad_on\n", "no rows", ""),
        ("text/csv", b"", "is missing", ""),
        ("text/csv", b"\xff\xfe\x00", "cannot be read as csv", ""),
        ("text/csv", b"loan,went_bad_on\nL\xff,\n", "cannot be read as csv", ""),
        ("application/json", b'[{"loan": "L1"}]', "`went_bad_on` is missing", "row 1"),
        ("application/json", b'[{"loan": [1], "went_bad_on": null}]', "a text, a number", "row 1, column `loan`"),
        ("application/json", b'{"loan": "L1", "went_bad_on": null}\n{"loan"', "not JSON", "line 2"),
        ("application/json", b"[1]", "not JSON of objects", ""),
        ("application/json", b"[" * 100_000, "not JSON of objects", ""),
        (PARQUET, b"PAR1 and nothing more", "cannot be read as parquet", ""),
        (PARQUET, parquet(pl.DataFrame({"loan": [1.5], "went_bad_on": ["2026-03-04"]})), "Float64", "`loan`"),
        (PARQUET, parquet(pl.DataFrame({"loan": [1], "went_bad_on": [5]})), "dates are meant", "`went_bad_on`"),
    ],
)
def test_what_cannot_be_outcomes_is_refused_by_row_and_column_and_not_kept(
    publishing: Publishing, branch: TestClient, content_type: str, data: bytes, what: str, where: str
) -> None:
    answer = branch.post(PLACE, content=data, headers={"Content-Type": content_type})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "outcomes_refused")
    assert what in told["detail"]
    assert where in told["where"]
    assert publishing.house.ledger.outcomes(PIPELINE) == []


def declared(text: str = DECLARATION):
    return parse_pipeline(text, "loans.yaml")


def read(path: Path, rows: list[dict[str, object]], text: str = LABELLED) -> pl.DataFrame:
    path.write_text(json.dumps(rows))
    return pl.concat(read_outcomes(path, OutcomeForm.JSON, declared(text)))


def test_labels_are_those_that_were_declared(tmp_path: Path) -> None:
    found = read(tmp_path / "o", [{"loan": 1, "status": "late"}, {"loan": 2, "status": "sold"}])
    assert found.to_dict(as_series=False) == {"id": ["1", "2"], "outcome": ["late", "sold"]}
    with pytest.raises(OutcomesRefused, match=r"row 2, column `status`: 'gone' is neither good nor bad"):
        read(tmp_path / "o", [{"loan": 1, "status": "late"}, {"loan": 2, "status": "gone"}])
    with pytest.raises(OutcomesRefused, match=r"row 1, column `status`: the label is missing"):
        read(tmp_path / "o", [{"loan": 1, "status": None}])


def test_rows_are_counted_on_through_every_batch(tmp_path: Path) -> None:
    (tmp_path / "o").write_text("loan,went_bad_on\n" + "L1,2026-03-04\n" * 200_000 + "L2,never\n")
    with pytest.raises(OutcomesRefused, match=r"row 200001, column `went_bad_on`"):
        list(read_outcomes(tmp_path / "o", OutcomeForm.CSV, declared()))


def test_loans_without_an_id_have_no_outcomes_to_hand_in(tmp_path: Path) -> None:
    with pytest.raises(OutcomesRefused, match="have no id"):
        read(tmp_path / "o", [], DECLARATION.replace("id: loan", "id: row number"))


def test_a_form_that_is_none_is_refused_with_those_there_are(publishing: Publishing, branch: TestClient) -> None:
    answer = branch.post(PLACE, content=CSV, headers={"Content-Type": "application/vnd.ms-excel"})
    assert (answer.status_code, answer.json()["code"]) == (400, "form_unknown")
    with pytest.raises(OutcomesRefused, match="'xlsx' is no form"):
        Office(publishing.house, publishing.door.known["branch"]).hand_in(PIPELINE, CSV, form="xlsx")


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n\r\n", b'--x\r\nContent-Disposition: form-data; name="why"\r\n\r\nno file\r\n--x--\r\n']
)
def test_a_form_without_a_file_is_refused(branch: TestClient, body: bytes) -> None:
    answer = branch.post(PLACE, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "form_unknown")


def test_a_file_beyond_the_bound_is_refused_before_it_is_read(publishing: Publishing, branch: TestClient) -> None:
    for content_type in ("text/csv", "multipart/form-data; boundary=x"):
        headers = {"Content-Type": content_type, "Content-Length": str(MAX_OUTCOME_BYTES + 1)}
        assert branch.post(PLACE, content=b"", headers=headers).status_code == 413
    assert list((publishing.house.workspace / "arriving").glob("*")) == []


@pytest.mark.parametrize(("token", "status"), [("viewer", 403), ("elsewhere", 404), ("nobody", 401)])
def test_only_who_serves_the_pipeline_hands_outcomes_in(publishing: Publishing, token: str, status: int) -> None:
    answer = publishing.asked_as(token).post(PLACE, content=CSV, headers={"Content-Type": "text/csv"})
    assert answer.status_code == status
    assert publishing.house.ledger.outcomes(PIPELINE) == []
