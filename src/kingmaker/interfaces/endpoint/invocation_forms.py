"""The JSON that MLflow's tools send, as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from kingmaker.interfaces.endpoint.columns import Column, check_names, column_of, rows_of
from kingmaker.serving.fields import Fields, Rows
from kingmaker.serving.generous import shortened
from kingmaker.serving.refusals import RowsRefused

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_PARAMETERS = "params"
_REMEDY = f"Send an object, an array of objects, or one of MLflow's forms: {', '.join(FORMS)}."

_NAMES = tuple(f'"{form}"'.encode() for form in FORMS)


def read_form(body: bytes, fields: Fields) -> Rows | None:
    """The rows of one of the forms; None when the body is something else. Raises RowsRefused naming row and field.

    A form is an object whose only member, but for `params`, is called like it, unless the model has an input of that name.
    """
    form, value = _form_of(body, fields)
    if form == FORMS[0]:
        return _of_split(value, fields)
    if isinstance(value, dict):
        return _of_columns(value, form, fields)
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        return _of_lists(list(fields.schema.names), value, form, fields)
    if isinstance(value, list):
        return fields.read(msgspec.json.encode(value))
    if form:
        raise _malformed("it is neither an array nor an object", form)
    return None


def _form_of(body: bytes, fields: Fields) -> tuple[str, Any]:
    """The name of the form and what it holds; no name for another body. Raises RowsRefused for what may be one, broken."""
    if not any(name in body for name in _NAMES):
        return "", None
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # what is unreadable within a form must not pass for one row without any field of the model's
        raise RowsRefused(f"the body is not JSON: {str(error)[:200]}", code="body_malformed", remedy=_REMEDY) from None
    names = set(found) - {_PARAMETERS} if isinstance(found, dict) else set()
    form = next((form for form in FORMS if names == {form} and form not in fields.columns), "")
    return form, found[form] if form else None


def _of_split(value: object, fields: Fields) -> Rows:
    form = FORMS[0]
    names, rows = (value.get("columns"), value.get("data")) if isinstance(value, dict) else (None, None)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise _malformed("`data` is not an array of rows", form)
    if names is None:
        names = list(fields.schema.names)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _malformed("`columns` is not an array of names", form)
    if len(set(names)) < len(names):
        raise _malformed("`columns` names a column twice", form)
    return _of_lists(names, rows, form, fields)


def _of_lists(names: Sequence[str], rows: list[list[Any]], form: str, fields: Fields) -> Rows:
    fields.check_count(len(rows))
    check_names(names, fields, "column")
    for place, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise _malformed(f"it has {len(row)} values, and {len(names)} are expected", f"{form}, row {place}")
    columns = {name: column_of([row[place] for row in rows]) for place, name in enumerate(names)}
    return rows_of(_known(columns, fields), len(rows), fields)


def _of_columns(value: Mapping[str, Any], form: str, fields: Fields) -> Rows:
    check_names(list(value), fields, "column")
    counts = {len(values) for values in value.values() if isinstance(values, list)}
    for name, values in value.items():
        if not isinstance(values, list) or len(counts) > 1:
            told = "its columns differ in length" if isinstance(values, list) else "it is not an array of values"
            raise _malformed(told, f"{form}, `{shortened(name)}`")
    return rows_of(_known({name: column_of(values) for name, values in value.items()}, fields), counts.pop(), fields)


def _known(columns: Mapping[str, Column], fields: Fields) -> dict[str, Column]:
    wanted = {*fields.columns, *fields.id_columns}
    return {name: column for name, column in columns.items() if name in wanted}


def _malformed(detail: str, where: str) -> RowsRefused:
    return RowsRefused(detail, code="body_malformed", where=where, remedy=_REMEDY)
