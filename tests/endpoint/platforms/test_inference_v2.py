"""The Open Inference Protocol v2, asked by Triton's own client and by hand."""

from collections.abc import Iterator

import numpy as np
import pytest
from tests.endpoint.hosting import Reply, Running
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

ROWS = [
    {"amount": 5.0, "term": 12.0, "purpose": "car"},
    {"amount": None, "term": 24.0, "purpose": "1"},
    {"amount": 80.5, "term": None, "purpose": None},
    {"amount": 1e9, "term": 6.0, "purpose": "never seen"},
]
INFER = "/v2/models/instalment/infer"


@pytest.fixture
def triton(endpoint: Running) -> Iterator[InferenceServerClient]:
    with InferenceServerClient(endpoint.address) as client:
        yield client


def tensors(rows: list[dict[str, object]], *, binary: bool) -> list[InferInput]:
    made = []
    for name in ("amount", "term"):
        values = np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)
        made.append(InferInput(name, [len(rows)], "FP64").set_data_from_numpy(values, binary_data=binary))
    texts = np.array([row["purpose"] or "" for row in rows], dtype=object)
    made.append(InferInput("purpose", [len(rows)], "BYTES").set_data_from_numpy(texts, binary_data=binary))
    return made


def scored(endpoint: Running, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    answer = endpoint.post("/score", rows)
    assert answer.status == 200, answer.body
    return answer.json


def tensor(name: str, data: list[object], datatype: str = "FP64", **more: object) -> dict[str, object]:
    return {"name": name, "shape": [len(data)], "datatype": datatype, "data": data} | more


def infer(endpoint: Running, *inputs: dict[str, object], **more: object) -> Reply:
    return endpoint.post(INFER, {"inputs": inputs, **more})


def test_tritons_client_finds_server_and_model_live_and_ready(triton: InferenceServerClient) -> None:
    assert triton.is_server_live()
    assert triton.is_server_ready()
    assert triton.is_model_ready("instalment")
    assert triton.get_server_metadata()["extensions"] == ["binary_tensor_data"]


def test_the_models_metadata_names_its_inputs_outputs_and_version(
    triton: InferenceServerClient, endpoint: Running
) -> None:
    told = triton.get_model_metadata("instalment")
    assert [(one["name"], one["datatype"]) for one in told["inputs"]] == [
        ("amount", "FP64"),
        ("term", "FP64"),
        ("purpose", "BYTES"),
    ]
    assert [one["name"] for one in told["outputs"]] == ["pd", "score", "grade", "approved", "version"]
    assert told["versions"] == [endpoint.seat.standing.champion.bundle.short]
    assert triton.is_model_ready("instalment", told["versions"][0])


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("count", [1, 4, 400, 9_000])
def test_tritons_client_gets_the_answers_that_score_gives(
    triton: InferenceServerClient, endpoint: Running, binary: bool, count: int
) -> None:
    rows = (ROWS * 2_250)[:count]
    answer = triton.infer("instalment", tensors(rows, binary=binary), request_id="seven")
    expected = scored(endpoint, rows)
    assert answer.get_response()["id"] == "seven"
    assert answer.get_response()["model_version"] == expected[0]["version"]
    assert answer.as_numpy("pd").tolist() == [one["pd"] for one in expected]
    assert answer.as_numpy("score").tolist() == [one["score"] for one in expected]
    assert [text.decode() for text in answer.as_numpy("grade")] == [one["grade"] for one in expected]
    assert answer.as_numpy("approved").tolist() == [one["decision"] == "approve" for one in expected]


def test_outputs_come_as_they_were_requested(triton: InferenceServerClient, endpoint: Running) -> None:
    wanted = [InferRequestedOutput("version", binary_data=False), InferRequestedOutput("grade")]
    answer = triton.infer("instalment", tensors(ROWS, binary=True), outputs=wanted)
    expected = scored(endpoint, ROWS)
    assert answer.as_numpy("pd") is None
    assert answer.as_numpy("version").tolist() == [one["version"] for one in expected]
    assert [text.decode() for text in answer.as_numpy("grade")] == [one["grade"] for one in expected]


def test_an_error_reaches_tritons_client_as_its_own(triton: InferenceServerClient) -> None:
    unlike = InferInput("amount", [2], "FP64").set_data_from_numpy(np.zeros(2))
    with pytest.raises(InferenceServerException, match=r"input `term`: it has 1 rows, and the inputs before it have 2"):
        triton.infer("instalment", [unlike, InferInput("term", [1], "FP64").set_data_from_numpy(np.zeros(1))])
    with pytest.raises(InferenceServerException, match="there is no model `another`"):
        triton.infer("another", [unlike])


@pytest.mark.parametrize("datatype", ["FP32", "INT8", "UINT8", "INT16", "INT32", "INT64", "UINT64", "FP16", "FP64"])
def test_numbers_of_every_datatype_are_numbers(triton: InferenceServerClient, endpoint: Running, datatype: str) -> None:
    code = datatype.lower().replace("fp", "float")
    one = InferInput("amount", [2, 1], datatype).set_data_from_numpy(np.array([[5], [80]], dtype=code))
    answer = triton.infer("instalment", [one])
    assert answer.as_numpy("pd").tolist() == [row["pd"] for row in scored(endpoint, [{"amount": 5}, {"amount": 80}])]


def test_null_and_an_absent_input_are_missing(endpoint: Running) -> None:
    answer = infer(endpoint, tensor("amount", [None, 5]), tensor("purpose", ["car", None], "BYTES"))
    expected = scored(endpoint, [{"purpose": "car"}, {"amount": 5}])
    assert answer.json["outputs"][0]["data"] == [one["pd"] for one in expected]


def test_numbers_and_booleans_are_levels_as_they_are_for_score(endpoint: Running) -> None:
    for data, datatype in (([1, 0], "INT64"), ([True, False], "BOOL"), ([1.0, 2.5], "FP64")):
        answer = infer(endpoint, tensor("purpose", data, datatype))
        expected = scored(endpoint, [{"purpose": value} for value in data])
        assert answer.json["outputs"][0]["data"] == [one["pd"] for one in expected]


def test_one_tensor_of_all_numbers_will_do_for_a_model_of_numbers(numbers_only: Running) -> None:
    matrix = {"name": "input-0", "shape": [2, 2], "datatype": "FP32", "data": [[5, None], [80, 24]]}
    answer = infer(numbers_only, matrix)
    expected = scored(numbers_only, [{"amount": 5}, {"amount": 80, "term": 24}])
    assert answer.json["outputs"][0]["data"] == [one["pd"] for one in expected]
    with InferenceServerClient(numbers_only.address) as client:
        raw = np.array([[5, np.nan], [80, 24]], dtype=np.float32)
        binary = client.infer("instalment", [InferInput("x", [2, 2], "FP32").set_data_from_numpy(raw)])
    assert binary.as_numpy("pd").tolist() == [one["pd"] for one in expected]


def test_ids_are_logged_and_decide_who_is_the_canarys(canaried: Running) -> None:
    names = [f"loan {number}" for number in range(60)]
    answer = infer(
        canaried,
        tensor("amount", [5.0] * 60),
        tensor("loan", names, "BYTES"),
        outputs=[{"name": "version"}, {"name": "pd"}],
    ).json
    versions, pds = (output["data"] for output in answer["outputs"])
    assert set(answer["model_version"].split(",")) == set(versions)
    assert len(set(versions)) == 2
    expected = scored(canaried, [{"amount": 5.0, "loan": name} for name in names])
    assert versions == [one["version"] for one in expected]
    assert pds == [one["pd"] for one in expected]
    assert {name for batch in canaried.journal.batches for name in batch.ids} == set(names)


def test_a_version_that_is_named_answers_itself_or_nobody_does(canaried: Running) -> None:
    standing = canaried.seat.standing
    champion = standing.champion.version
    body = {"inputs": [tensor("amount", [5.0])]}
    asked = canaried.post(f"/v2/models/instalment/versions/{champion}/infer", body)
    assert asked.json["model_version"] == champion[:12]
    many = {"inputs": [tensor("amount", [5.0] * 60), tensor("loan", list(range(60)), "INT64")]}
    assert canaried.post(f"/v2/models/instalment/versions/{champion}/infer", many).status == 409
    unknown = canaried.post("/v2/models/instalment/versions/1/infer", body)
    assert unknown.status == 404
    assert "version 1 does not answer here" in unknown.json["error"]
    assert canaried.send("GET", f"/v2/models/instalment/versions/{standing.canary.version}").status == 200


def test_before_there_is_a_model_nothing_is_ready(empty: Running) -> None:
    assert empty.send("GET", "/v2/health/live").status == 200
    assert empty.send("GET", "/v2/health/ready").status == 503
    assert empty.send("GET", "/v2/models/instalment/ready").status == 503
    answer = infer(empty, tensor("amount", [5]))
    assert answer.status == 503
    assert "no model is in force" in answer.json["error"]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ([], "the request has no inputs"),
        ([tensor("amount", [1]), tensor("amount", [1])], "input `amount`: there are two inputs of this name"),
        ([tensor("amount", [1, 2], shape=[3])], "input `amount`: it holds 2 values, and its shape [3] says 3"),
        ([tensor("amount", [1], shape=[-1])], "its shape is [-1]"),
        ([tensor("amount", [1], shape=[1, 2])], "its shape is [1, 2]"),
        ([tensor("amount", [1, "x"])], "input `amount`, row 2: a value is no FP64"),
        (
            [tensor("amount", ["1", "x"], "BYTES")],
            "row 2, `amount`: `amount` is 'x', which is not a number. Give a number",
        ),
        ([tensor("amount", [1], "BF16")], "its datatype BF16 is not one of"),
        ([{"name": "amount", "shape": [1], "datatype": "FP64"}], "it has no data"),
        ([tensor("amount", [1], parameters={"binary_data_size": 8})], "in JSON and in binary"),
        ([{"name": "amount", "shape": [1], "datatype": "FP64", "parameters": {"binary_data_size": 8}}], "still holds"),
        ([tensor("amount", [1], parameters={"shared_memory_region": "x"})], "`shared_memory_region` is not supported"),
        ([tensor("input-0", [1])], "no input is an input of the model, which reads `amount`, `term`, `purpose`"),
        ([tensor("amount", [1] * 10_001)], "10,001 rows, and 10,000 are allowed"),
        ([tensor("amount", [10**400])], "amount"),
    ],
)
def test_a_request_that_cannot_be_answered_is_told_why(
    endpoint: Running, inputs: list[dict[str, object]], told: str
) -> None:
    answer = infer(endpoint, *inputs)
    assert 400 <= answer.status < 500, answer.body
    assert told in answer.json["error"]


@pytest.mark.parametrize("length", ["-1", "x", "99999999", "2", "9" * 30])
def test_a_wrong_length_of_the_json_is_told(endpoint: Running, length: str) -> None:
    answer = endpoint.post(INFER, {"inputs": [tensor("amount", [1])]}, inference_header_content_length=length)
    assert answer.status == 400, answer.body


def test_bytes_behind_the_last_tensor_are_refused(endpoint: Running) -> None:
    head = b'{"inputs":[{"name":"amount","shape":[1],"datatype":"FP64","parameters":{"binary_data_size":8}}]}'
    whole = endpoint.post(INFER, head + bytes(8), inference_header_content_length=str(len(head)))
    assert whole.status == 200
    longer = endpoint.post(INFER, head + bytes(9), inference_header_content_length=str(len(head)))
    assert longer.status == 400
    assert "1 bytes behind the last tensor" in longer.json["error"]
