"""The declaration for machines."""

import json

from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.pipeline.schema import declaration_digest, pipeline_schema

TEXT = "pipeline: book\nsource: {file: a.csv}\nid: loan\noutcome: {label: bad}\n"


def test_every_key_of_the_schema_has_its_description() -> None:
    schema = pipeline_schema()
    assert schema["title"] == "Kingmaker pipeline"
    assert schema["properties"]["id"]["description"].startswith("Column that names the application")
    assert json.loads(json.dumps(schema)) == schema


def test_unknown_keys_are_refused_by_the_schema_too() -> None:
    assert pipeline_schema()["additionalProperties"] is False


def test_comments_and_key_order_do_not_change_the_digest() -> None:
    other = "# ours\noutcome: {label: bad}\nid: loan  # unique\nsource: {file: a.csv}\npipeline: book\n"
    assert declaration_digest(parse_pipeline(TEXT, "a")) == declaration_digest(parse_pipeline(other, "b"))


def test_saying_a_default_aloud_does_not_change_the_digest() -> None:
    aloud = TEXT + "policy: {approval_rate: 0.7}\n"
    assert declaration_digest(parse_pipeline(TEXT, "a")) == declaration_digest(parse_pipeline(aloud, "a"))


def test_a_changed_value_changes_the_digest() -> None:
    changed = TEXT + "policy: {approval_rate: 0.6}\n"
    assert declaration_digest(parse_pipeline(TEXT, "a")) != declaration_digest(parse_pipeline(changed, "a"))
