"""A model's rows and answers as JSON Schema: what is accepted, what was seen when the model was fitted, and examples."""

import sys
from typing import Any

from kingmaker.bundle.contents import GoldenRow, InputField
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.serving.explaining import MOST_REASONS
from kingmaker.serving.lineup import Lineup

Document = dict[str, Any]

NUMBER_AS_TEXT = (
    r"^\s*([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?([iI][nN][fF]|[iI][nN][fF][iI][nN][iI][tT][yY])"
    r"|[+-]?[nN][aA][nN]|None)?\s*$"
)
"""A number, or what is written for a missing one."""

_LARGEST = sys.float_info.max
_LEVELS_TOLD = 20
_EXAMPLES = 3


def row_schema(lineup: Lineup) -> Document:
    """One row: the model's inputs by name, none of them required."""
    fields = lineup.champion.fields
    properties = {field.name: _field(field) for field in fields.schema.fields}
    for name in fields.id_columns:
        properties[name] = {
            "type": ["string", "number", "null"],
            "description": "Names the application: it comes back with the answer, and keeps it with one version.",
        }
    return {
        "type": "object",
        "description": "One application. What is missing may be null or left out.",
        "properties": properties,
        "additionalProperties": not fields.accepting.refuse_unknown,
    }


def answer_schema(lineup: Lineup) -> Document:
    """One answer."""
    grades = [grade.name for grade in lineup.champion.deployed.bundle.cut_offs.thresholds.grades]
    reason = {
        "type": "object",
        "required": ["column", "words", "points"],
        "properties": {
            "column": {"type": "string", "description": "The raw column."},
            "words": {"type": "string", "description": "What to call it towards applicants."},
            "points": {"type": "number", "description": "Points that it cost."},
        },
    }
    return {
        "type": "object",
        "required": ["pd", "score", "grade", "decision", "version"],
        "properties": {
            "pd": {"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "Probability of default."},
            "score": {"type": "integer", "description": "Points; higher is safer."},
            "grade": {"type": "string", "description": f"Risk grade, best first: {', '.join(grades)}."},
            "decision": {"type": "string", "enum": ["approve", "decline"]},
            "version": {"type": "string", "pattern": "^[0-9a-f]{12}$", "description": "The version that answered."},
            "id": {"type": ["string", "number"], "description": "As it was sent; absent for a row without one."},
            "reasons": {
                "type": "array",
                "maxItems": MOST_REASONS,
                "items": reason,
                "description": "Strongest first; only with `?reasons=`.",
            },
        },
    }


def examples(lineup: Lineup) -> list[tuple[Document, Document]]:
    """Rows that travel in the bundle, and their answers."""
    bundle = lineup.champion.deployed.bundle
    return [
        (
            _golden(row, lineup),
            {
                "pd": row.pd,
                "score": row.score,
                "grade": row.grade,
                "decision": "approve" if row.approved else "decline",
                "version": bundle.short,
            },
        )
        for row in bundle.golden.rows[:_EXAMPLES]
    ]


def _golden(row: GoldenRow, lineup: Lineup) -> Document:
    values = zip(lineup.champion.fields.columns, (*row.numbers, *row.categories), strict=True)
    return {name: _sent(value) for name, value in values}


def _sent(value: float | str | None) -> float | str | None:
    """What JSON has no number for is missing, or text."""
    if isinstance(value, float):
        return None if value != value else str(value) if abs(value) > _LARGEST else value  # noqa: PLR0124 - NaN
    return value or None


def _field(field: InputField) -> Document:
    missing = f"{field.missing:.1%} were missing"
    if field.kind is ColumnKind.NUMBER:
        seen = "All were missing" if field.lowest is None else f"From {field.lowest:g} to {field.highest:g}, {missing}"
        return {
            "type": ["number", "string", "boolean", "null"],
            "pattern": NUMBER_AS_TEXT,
            "description": f"A number; text that spells one will do. {seen} when the model was fitted.",
        }
    levels = ", ".join(f"`{share.level}`" for share in field.levels[:_LEVELS_TOLD])
    more = f" and {len(field.levels) - _LEVELS_TOLD} others" if len(field.levels) > _LEVELS_TOLD else ""
    return {
        "type": ["string", "number", "boolean", "null"],
        "description": f"A category. {levels or 'None'}{more}, {missing} when the model was fitted; others are unseen.",
        "examples": [share.level for share in field.levels[:_EXAMPLES]],
    }
