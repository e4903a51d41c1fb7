"""Writes docs/declaration.md from the pipeline file's JSON schema: `python docs/generate_declaration.py`."""  # noqa: INP001

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kingmaker.pipeline.schema import pipeline_schema

PAGE = Path(__file__).with_name("declaration.md")
Schema = Mapping[str, Any]

HEAD = """# The pipeline file

Written by `python docs/generate_declaration.py` from the same schema that reads the file: change a docstring in
`src/kingmaker/pipeline/declaration.py` or `policy.py` beside it, never this page.

One YAML file declares one pipeline. Keys that are not listed here are errors, told with line and column by
`kingmaker check FILE`. `kingmaker schema` prints the JSON Schema for editors. Spans of time are written `24 months`, `30 days`,
`2 years`; dates `YYYY-MM-DD`. [gates.md](gates.md) says what each limit protects against.
"""

PLACES = {
    "SourceDeclaration": "source",
    "SqlTask": "source.tasks[]",
    "Joined": "source.joins[]",
    "MaxCompute": "source.maxcompute",
    "Pii": "pii",
    "Outcome": "outcome",
    "Acceptance": "acceptance",
    "Windows": "windows",
    "Features": "features",
    "Cleaning": "cleaning",
    "ColumnCleaning": "cleaning.columns.COLUMN",
    "Training": "training",
    "Policy": "policy",
    "Envelope": "policy.envelope",
    "Gates": "policy.gates",
    "Grades": "policy.grades",
}
"""Parts of the declaration and where they stand in the file, in the order in which the page tells them."""

LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def page() -> str:
    """The whole page, ending with a newline."""
    schema = pipeline_schema()
    parts = schema["$defs"]
    told = [HEAD, *_section("the file itself", schema, parts)]
    for name, place in PLACES.items():
        told += _section(f"`{place}`", parts[name], parts)
    return "\n".join(told) + "\n"


def _section(title: str, part: Schema, parts: Schema) -> Iterator[str]:
    yield f"## {title[0].upper()}{title[1:]}\n"
    if "description" in part:
        yield f"{part['description']}\n"
    yield "| key | what it may be | default | meaning |"
    yield "|---|---|---|---|"
    required = part.get("required", ())
    for key, field in part["properties"].items():
        default = "**required**" if key in required else _default(field)
        cells = (f"`{key}`", _kind(field, parts), default, _meaning(field, parts))
        yield "| " + " | ".join(cell.replace("|", "&#124;").replace("\n", " ") for cell in cells) + " |"
    yield ""


def _default(field: Schema) -> str:
    if "default" not in field:
        return "none"
    default = field["default"]
    if isinstance(default, dict):
        return f"`{default['count']} {default['unit']}s`" if _is_span(field) else "see below"
    return "none" if default in (None, []) else f"`{json.dumps(default, ensure_ascii=False)}`"


def _is_span(field: Schema) -> bool:
    default = field.get("default")
    return isinstance(default, dict) and set(default) == {"count", "unit"}


def _meaning(field: Schema, parts: Schema) -> str:
    """The field's own, or that of the part that it holds."""
    part = parts[field["$ref"].rsplit("/", 1)[-1]] if "$ref" in field else {}
    return " ".join(str(field.get("description") or part.get("description", "")).split())


def _kind(field: Schema, parts: Schema) -> str:
    """What a value may be, in words."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return f"`{PLACES[name]}`, see below" if name in PLACES else _kind(parts[name], parts)
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "anyOf" in field:
        return " or ".join(_kind(one, parts) for one in field["anyOf"] if one.get("type") != "null")
    return _plain(field, parts)


def _plain(field: Schema, parts: Schema) -> str:
    if _is_span(field):
        return "span of time"
    limits = ", ".join(f"{word} {field[name]:g}" for name, word in LIMITS.items() if name in field)
    kind = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(field["type"], field["type"])
    if "prefixItems" in field:
        kind = f"list of {len(field['prefixItems'])} {_kind(field['prefixItems'][0], parts)}s"
    elif kind == "array":
        kind = f"list of {_kind(field['items'], parts)}"
    elif kind == "object":
        kind = f"map of column to {_kind(field['additionalProperties'], parts)}"
    if "pattern" in field:
        limits = f"matching `{field['pattern']}`"
    return f"{kind} ({limits})" if limits else kind


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
