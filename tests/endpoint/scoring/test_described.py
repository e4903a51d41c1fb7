"""GET /model and GET /schema say what the endpoint then does."""

from dataclasses import replace
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.endpoint.hosting import Made, Running, running, standing_of

from kingmaker.interfaces.endpoint.described_rows import NUMBER_AS_TEXT
from kingmaker.serving.fields import Accepting


@pytest.fixture(scope="module")
def described(endpoint: Running) -> dict[str, Any]:
    return msgspec.json.decode(endpoint.send("GET", "/schema").body)


def validator(described: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**described, "$ref": f"#/components/schemas/{name}"})


def test_the_model_in_force_is_told(champion: Made, other: Made, narrow: Made) -> None:
    standing = replace(standing_of(champion, other, share=0.25), shadows=(narrow[0],))
    with running(standing) as here:
        told = msgspec.json.decode(here.send("GET", "/model").body)
    bundle = champion[0].bundle
    assert told["pipeline"] == "instalment"
    assert (told["version"], told["digest"]) == (bundle.short, bundle.version)
    assert (told["edition"], told["turn"], told["since"]) == (1, 1, "2026-11-22T00:00:00Z")
    assert told["shadows"] == [narrow[0].bundle.short]
    assert told["canary"] == {"version": other[0].bundle.short, "share": 0.25}
    assert told["signed_by"] == bundle.key
    assert told["parity"]["rows"] == 100
    assert told["thresholds"]["approve_from"] == 470
    assert [grade["name"] for grade in told["thresholds"]["grades"]] == ["A", "B"]
    assert told["lineage"]["learner"] == "scorecard"


def test_what_is_told_changes_with_the_champion(champion: Made, other: Made) -> None:
    with running(standing_of(champion)) as here:
        before = [here.send("GET", path).body for path in ("/model", "/schema")]
        assert [here.send("GET", path).body for path in ("/model", "/schema")] == before
        here.seat.take(standing_of(other))
        after = [here.send("GET", path).body for path in ("/model", "/schema")]
    assert all(other[0].bundle.short.encode() in body for body in after)
    assert all(other[0].bundle.short.encode() not in body for body in before)


def test_the_description_is_valid_and_names_the_model_s_inputs(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    for name, schema in described["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object", name
    properties = described["components"]["schemas"]["Row"]["properties"]
    assert list(properties) == ["amount", "term", "purpose", "loan", "id"]
    assert "From 0 to 100" in properties["amount"]["description"]
    assert "`car`" in properties["purpose"]["description"]
    assert {"/score", "/model", "/schema", "/health/live", "/health/ready", "/metrics", "/v2", "/invocations"} <= set(
        described["paths"]
    )


def test_the_examples_are_answered_as_they_say(endpoint: Running, described: dict[str, Any]) -> None:
    operation = described["paths"]["/score"]["post"]
    sent = operation["requestBody"]["content"]["application/json"]["examples"]
    told = operation["responses"]["200"]["content"]["application/json"]["examples"]
    for name in ("one", "several"):
        assert endpoint.post("/score", sent[name]["value"]).json == told[name]["value"]


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.from_regex(NUMBER_AS_TEXT),
    st.text(max_size=6),
    st.lists(st.none(), max_size=1),
    st.dictionaries(st.just("a"), st.none(), max_size=1),
)


@settings(deadline=None, max_examples=150)
@given(name=st.sampled_from(["amount", "purpose", "loan"]), value=scalars)
def test_a_row_is_accepted_if_and_only_if_the_description_says_so(
    endpoint: Running, described: dict[str, Any], name: str, value: object
) -> None:
    reply = endpoint.post("/score", {name: value})
    assert validator(described, "Row").is_valid({name: value}) == (reply.status == 200)
    validator(described, "Answer" if reply.status == 200 else "Problem").validate(reply.json)


def test_unknown_fields_are_described_as_they_are_treated(champion: Made) -> None:
    with running(standing_of(champion), Accepting(refuse_unknown=True)) as here:
        told = msgspec.json.decode(here.send("GET", "/schema").body)
    assert told["components"]["schemas"]["Row"]["additionalProperties"] is False
