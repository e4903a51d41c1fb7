"""The API does not change unnoticed: what callers rely on stands in docs/openapi.json."""

import copy
import json
from typing import Any

import pytest
from docs.generate_openapi import PAGE, changes, described, written

REGENERATE = "python docs/generate_openapi.py writes docs/openapi.json anew"


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(PAGE.read_text(encoding="utf-8"))
    return told


@pytest.mark.slow
def test_nothing_that_callers_rely_on_was_removed_or_changed_and_what_is_new_is_told(stored: dict[str, Any]) -> None:
    now = described()
    broken, added = changes(stored, now)
    assert broken == [], f"this breaks whoever calls it. If it is meant, say so in CHANGELOG.md; {REGENERATE}"
    assert added == [], f"this is new, and nobody is told of it yet: {REGENERATE}"
    assert written(stored) == written(now), f"only words have changed: {REGENERATE}"


def test_a_path_that_goes_a_field_that_changes_and_one_that_is_demanded_break_callers(stored: dict[str, Any]) -> None:
    now = copy.deepcopy(stored)
    del now["paths"]["/api/v1/me"]
    now["components"]["schemas"]["Freeze"]["properties"]["number"]["type"] = "string"
    now["components"]["schemas"]["Promotion"]["required"].append("mood")
    broken, added = changes(stored, now)
    assert any(".paths./api/v1/me.get" in fact for fact in broken)
    assert ".components.schemas.Freeze.properties.number.type = integer" in broken
    assert ".components.schemas.Promotion.required[mood] = mood" in broken
    assert added == [".components.schemas.Freeze.properties.number.type = string"]


def test_a_new_field_is_new_and_another_description_is_nothing(stored: dict[str, Any]) -> None:
    now = copy.deepcopy(stored)
    now["paths"]["/api/v1/me"]["get"]["description"] = "Who are you?"
    assert changes(stored, now) == ([], [])
    now["components"]["schemas"]["Freeze"]["properties"]["title"] = {"type": "string"}
    assert changes(stored, now)[0] == []
    assert ".components.schemas.Freeze.properties.title.type = string" in changes(stored, now)[1]


def test_every_refusal_is_a_problem_and_every_answer_of_the_verbs_has_its_shape(stored: dict[str, Any]) -> None:
    shapeless = [
        f"{method} {path}"
        for path, operations in stored["paths"].items()
        if path.startswith("/api/v1/")
        for method, told in operations.items()
        if not any(code in told["responses"] for code in ("200", "201", "202", "204", "303", "307"))
    ]
    assert shapeless == []
