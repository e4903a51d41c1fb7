"""The what-if form of one applicant: a field for each column of the bundle's schema, in one piece of plain HTML."""

from collections.abc import Mapping
from html import escape
from math import isnan

from kingmaker.bundle.contents import GoldenRow, InputField, InputSchema
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.interfaces.report.wording import number
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

Values = Mapping[str, str]
"""What stands in the fields, as text; empty: missing."""


def values_of(row: GoldenRow, schema: InputSchema) -> dict[str, str]:
    """A golden row as a person would type it."""
    numbers = zip(schema.numbers, row.numbers, strict=True)
    categories = zip(schema.categories, row.categories, strict=True)
    return {
        **{field.name: "" if value is None or isnan(value) else _typed(value) for field, value in numbers},
        **{field.name: level for field, level in categories},
    }


def beyond(values: Values, schema: InputSchema) -> list[str]:
    """Columns whose value lies outside of everything that the model was fitted on."""
    return [field.name for field in schema.fields if _is_beyond(field, values.get(field.name, ""))]


def fields_html(t: Texts, schema: InputSchema, values: Values, letter: str) -> str:
    """Labels and inputs, escaped. Each input's name is the column's; `letter` keeps two applicants' apart."""
    return "".join(
        _field(t, field, values.get(field.name, ""), f"applicant-{letter}-{index}")
        for index, field in enumerate(schema.fields)
    )


def _typed(value: float) -> str:
    """As short as it can be and still the same number."""
    short = f"{value:.15g}"
    return short if float(short) == value else repr(value)


def _field(t: Texts, field: InputField, value: str, name: str) -> str:
    made = _number(t, field, value, name) if field.kind is ColumnKind.NUMBER else _category(t, field, value, name)
    return f'<p><label for="{name}">{escape(field.name)}</label>{made}</p>'


def _number(t: Texts, field: InputField, value: str, name: str) -> str:
    seen = ""
    if field.lowest is not None and field.highest is not None:
        told = t("model.seen_between", low=number(field.lowest), high=number(field.highest))
        seen = f'<small id="{name}-seen">{escape(told)}</small>'
    described = f' aria-describedby="{name}-seen"' if seen else ""
    return (
        f'<input class="km-field" type="number" step="any" id="{name}" name="{escape(field.name)}" '
        f'value="{escape(value)}" placeholder="{escape(t("model.missing"))}"{described}>{seen}'
    )


def _category(t: Texts, field: InputField, value: str, name: str) -> str:
    levels = [one.level for one in field.levels]
    offered = [("", t("model.missing")), *((level, level) for level in levels)]
    if value and value not in levels:
        offered.append((value, t("model.never_seen", level=value)))
    options = "".join(
        f'<option value="{escape(level)}"{" selected" if level == value else ""}>{escape(told)}</option>'
        for level, told in offered
    )
    told = escape(t("model.levels", count=len(levels)))
    return (
        f'<select class="km-field" id="{name}" name="{escape(field.name)}" aria-describedby="{name}-seen">{options}</select>'
        f'<small id="{name}-seen">{told}</small>'
    )


def _is_beyond(field: InputField, value: str) -> bool:
    if not value:
        return False
    if field.kind is ColumnKind.CATEGORY:
        return value not in {one.level for one in field.levels}
    if field.lowest is None or field.highest is None:
        return True
    return not field.lowest <= float(value) <= field.highest
