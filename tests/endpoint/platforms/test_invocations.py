"""/ping and /invocations: what SageMaker and MLflow's tools send, by plain HTTP."""

import csv
from io import StringIO

import pytest
from tests.endpoint.hosting import Reply, Running, deployed, running, standing_of
from tests.endpoint.platforms.models import contents_of

from kingmaker.serving.fields import Accepting

ROWS = [
    {"amount": 5.0, "term": 12.0, "purpose": "car"},
    {"amount": None, "term": 24.0, "purpose": "1"},
    {"amount": 80.5, "term": None, "purpose": None},
    {"amount": 1e9, "term": 6.0, "purpose": "never, seen"},
]
PLAIN = '5.0,12.0,car\n,24,1\n80.5,NA,\n1e9,6,"never, seen"\n'
SHUFFLED = 'purpose,loan,amount,colour,term\ncar,a,5.0,red,12.0\n1,b,,red,24\n,c,80.5,red,\n"never, seen",d,1e9,red,6\n'


def invoke(endpoint: Running, body: object, **headers: str) -> Reply:
    return endpoint.post("/invocations", body, **headers)


def scored(endpoint: Running, rows: object) -> list[dict[str, object]]:
    answer = endpoint.post("/score", rows)
    assert answer.status == 200, answer.body
    return answer.json


def of_csv(reply: Reply) -> list[dict[str, object]]:
    """The answers of a CSV text, as `/score` would write them."""
    assert reply.status == 200, reply.body
    assert reply.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(reply.body.decode(), newline="")))
    return [
        {name: value for name, value in row.items() if value} | {"pd": float(row["pd"]), "score": int(row["score"])}
        for row in rows
    ]


def test_ping_answers_when_there_is_a_model(endpoint: Running, empty: Running) -> None:
    assert endpoint.send("GET", "/ping").status == 200
    assert empty.send("GET", "/ping").status == 503
    assert invoke(empty, {"amount": 5}).status == 503


def test_an_object_and_an_array_are_answered_as_by_score(endpoint: Running) -> None:
    assert invoke(endpoint, ROWS[0]).json == scored(endpoint, ROWS[0])
    assert invoke(endpoint, ROWS).json == scored(endpoint, ROWS)
    assert invoke(endpoint, ROWS * 100, content_type="application/json; charset=utf-8").json == scored(
        endpoint, ROWS * 100
    )


@pytest.mark.parametrize(
    "form",
    [
        {"dataframe_records": ROWS},
        {"instances": ROWS},
        {"inputs": ROWS, "params": {"anything": 1}},
        {"dataframe_split": {"columns": ["amount", "term", "purpose"], "data": [list(row.values()) for row in ROWS]}},
        {"dataframe_split": {"data": [list(row.values()) for row in ROWS], "index": [7, 8, 9, 10]}},
        {"instances": [list(row.values()) for row in ROWS]},
        {"inputs": {name: [row[name] for row in ROWS] for name in ROWS[0]}},
        {"inputs": {"other": [1, 2, 3, 4], **{name: [row[name] for row in ROWS] for name in ROWS[0]}}},
    ],
)
def test_each_of_mlflows_forms_gets_predictions(endpoint: Running, form: object) -> None:
    assert invoke(endpoint, form).json == {"predictions": scored(endpoint, ROWS)}


def test_large_bodies_are_answered_as_small_ones(endpoint: Running) -> None:
    rows = ROWS * 2_000
    expected = scored(endpoint, rows)
    assert invoke(endpoint, {"dataframe_records": rows}).json == {"predictions": expected}
    assert of_csv(invoke(endpoint, PLAIN.encode() * 2_000, content_type="text/csv")) == expected


def test_no_rows_get_no_predictions(endpoint: Running) -> None:
    assert invoke(endpoint, {"instances": []}).json == {"predictions": []}


def test_csv_without_a_header_is_in_the_models_order(endpoint: Running) -> None:
    answer = invoke(endpoint, PLAIN.encode(), content_type="text/csv")
    assert of_csv(answer) == scored(endpoint, ROWS)


def test_csv_with_a_header_is_in_any_order(endpoint: Running) -> None:
    answer = invoke(endpoint, SHUFFLED.encode(), content_type="text/csv", accept="text/csv")
    assert of_csv(answer) == scored(endpoint, [row | {"loan": name} for row, name in zip(ROWS, "abcd", strict=True)])


def test_csv_may_begin_with_a_byte_order_mark_and_end_lines_either_way(endpoint: Running) -> None:
    body = b"\xef\xbb\xbf" + SHUFFLED.replace("\n", "\r\n").encode()
    assert len(of_csv(invoke(endpoint, body, content_type="text/csv; charset=utf-8"))) == 4


def test_the_header_parameter_decides_where_it_is_given(endpoint: Running) -> None:
    assert invoke(endpoint, b"5,6,amount\n", content_type="text/csv; header=absent").status == 200
    refused = invoke(endpoint, PLAIN.encode(), content_type="text/csv;header=present")
    assert refused.status == 422
    assert "no column is an input" in refused.json["detail"]
    bare = invoke(endpoint, PLAIN.encode(), content_type="text/csv", accept="text/csv; header=absent")
    assert len(bare.body.splitlines()) == 4


def test_json_lines_are_answered_line_by_line(endpoint: Running) -> None:
    body = b'{"amount":5,"term":12,"purpose":"car"}\n\n{"term":24,"purpose":"1"}\n'
    answer = invoke(endpoint, body, content_type="application/jsonlines")
    assert answer.headers["content-type"] == "application/jsonlines"
    assert b"[" + b",".join(answer.body.splitlines()) + b"]" == endpoint.post("/score", ROWS[:2]).body
    assert invoke(endpoint, b'{"term":1},{"term":2}\n', content_type="application/jsonlines").status == 400


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", "text/csv"),
        ("application/json", "application/json"),
        ("*/*", "text/csv"),
        ("text/html, application/json;q=0.5", "application/json"),
        ("text/csv;q=0.1, application/json;q=0.9", "application/json"),
    ],
)
def test_the_answer_comes_as_it_is_accepted(endpoint: Running, accept: str, expected: str) -> None:
    answer = invoke(endpoint, PLAIN.encode(), content_type="text/csv", accept=accept)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(expected)


def test_what_is_not_offered_is_refused(endpoint: Running) -> None:
    assert invoke(endpoint, ROWS, accept="text/html").status == 406
    assert invoke(endpoint, b"<a/>", content_type="application/xml").status == 415


@pytest.mark.parametrize(
    ("body", "told", "where"),
    [
        (b"5,six,car\n", "`term` is 'six', which is not a number", "row 1, `term`"),
        (b"amount\n5\n1_000\n", "`amount` is '1_000', which is not a number", "row 2, `amount`"),
        (b"5,6\n", "it has 2 values, and 3 are expected", "row 1"),
        (b"amount,term\n5,6\n5\n", "it has 1 values, and 2 are expected", "row 2"),
        (b"amount,amount\n5,6\n", "there are two columns of this name", "column `amount`"),
        (b'"5,6,car\n', "the body is not CSV", ""),
        (b"5,6,\xff\n", "the body is not UTF-8", ""),
        (b"", "the body is empty", ""),
        (b"," * 2**21, "it is longer than 1,048,576 characters", "line 1"),
        (b"5,6,car\n" * 10_001, "10,001 rows, and 10,000 are allowed", ""),
    ],
)
def test_csv_that_cannot_be_answered_is_told_why(endpoint: Running, body: bytes, told: str, where: str) -> None:
    answer = invoke(endpoint, body, content_type="text/csv")
    assert 400 <= answer.status < 500
    assert told in answer.json["detail"]
    assert answer.json.get("where", "") == where


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"instances": 5}, "instances"),
        ({"instances": [[1, 2]]}, "instances, row 1"),
        ({"instances": [[1, {}, "car"]]}, "row 1, `term`"),
        ({"instances": [1, 2]}, "row 1"),
        ({"inputs": {"amount": [1], "term": [1, 2]}}, "inputs, `amount`"),
        ({"inputs": {"amount": 5}}, "inputs, `amount`"),
        ({"dataframe_split": [1]}, "dataframe_split"),
        ({"dataframe_split": {"columns": [1], "data": [[1]]}}, "dataframe_split"),
        ({"dataframe_split": {"columns": ["amount", "amount"], "data": [[1, 2]]}}, "dataframe_split"),
        ({"dataframe_records": [{"amount": "x"}]}, "row 1, `amount`"),
    ],
)
def test_a_form_that_cannot_be_answered_is_told_where(endpoint: Running, body: object, where: str) -> None:
    answer = invoke(endpoint, body)
    assert 400 <= answer.status < 500, answer.body
    assert answer.json["where"] == where


@pytest.mark.parametrize("value", [b"9" * 5_000, b"[" * 100_000, b'"\xff"', b"1,"])
def test_a_form_that_cannot_be_read_does_not_pass_for_a_row_without_values(endpoint: Running, value: bytes) -> None:
    assert invoke(endpoint, b'{"instances":[{"amount":%b}]}' % value).status == 400


def test_an_input_called_like_a_form_is_an_input(endpoint: Running) -> None:
    assert invoke(endpoint, {"amount": 5, "instances": []}).json == scored(endpoint, {"amount": 5})


def test_unknown_columns_are_refused_where_the_endpoint_says_so(key, folder) -> None:
    standing = standing_of(deployed(contents_of(), key, folder))
    with running(standing, Accepting(refuse_unknown=True)) as strict:
        answer = invoke(strict, SHUFFLED.encode(), content_type="text/csv")
    assert answer.status == 422
    assert answer.json["where"] == "column `colour`"
