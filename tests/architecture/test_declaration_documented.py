"""docs/declaration.md is what the schema says, no more and no less."""

from pathlib import Path

from docs.generate_declaration import PAGE, PLACES, page

from kingmaker.pipeline.schema import pipeline_schema

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_its_generator_writes():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python docs/generate_declaration.py"


def test_every_part_of_the_declaration_has_its_place_on_the_page():
    parts = {name for name, part in pipeline_schema()["$defs"].items() if "properties" in part}
    assert set(PLACES) == parts - {"Span"}


def test_every_key_has_a_meaning():
    parts = {"": pipeline_schema(), **pipeline_schema()["$defs"]}
    fields = {(name, key): field for name, part in parts.items() for key, field in part.get("properties", {}).items()}
    told = {place for place, field in fields.items() if "$ref" in field or field.get("description")}
    assert {place for place in fields if place[0] != "Span"} - told == set()
