"""A column is read as its values are read row by row, whatever they are."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.rows import RowUnreadable, arrays_of
from kingmaker.interfaces.endpoint.columns import Coded, Plain, check_names, column_of, rows_of
from kingmaker.serving.fields import Accepting, Fields
from kingmaker.serving.refusals import RowsRefused

SCHEMA = InputSchema(
    fields=(
        number_field("amount", np.linspace(0, 100, 101)),
        category_field("purpose", {"car": 5, "1": 3, "true": 1, "2.5": 1}),
    ),
    id="loan",
)
FIELDS = Fields(SCHEMA)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.sampled_from([2**53 + 1, 2**63, 2**64, 10**400, -(10**400), math.nan, math.inf, -0.0, 1.0, 2.5]),
    st.sampled_from(["", "car", "1", "1.0", "01", "True", "nan", "None", " 5 ", "1_000", "1e5", "inf", "x", "٣"]),
    st.text(max_size=3),
    st.dates(),
    st.just(dt.datetime(2026, 1, 2)),
    st.just([]),
)
COLUMNS = st.one_of(
    st.lists(VALUES, max_size=6),
    st.lists(st.floats() | st.none(), max_size=6),
    st.lists(st.integers(), max_size=6),
    st.lists(st.booleans(), max_size=6),
    st.lists(st.sampled_from(["", "1", " 2 ", "nan", "1_0", "5"]) | st.none(), max_size=6),
)


@settings(max_examples=600, deadline=None)
@given(values=COLUMNS, name=st.sampled_from(["amount", "purpose"]))
@example(values=[2**53 + 1], name="purpose")
def test_a_column_of_values_is_read_as_rows_of_them_are(values: list[object], name: str) -> None:
    refused = ""
    num = cat = None
    try:
        num, cat = arrays_of([{name: value} for value in values], SCHEMA)
    except RowUnreadable as error:
        refused = f"{error.where}, `{name}`"
    if refused:
        with pytest.raises(RowsRefused) as told:
            rows_of({name: column_of(values)}, len(values), FIELDS)
        assert told.value.where == refused
        return
    rows = rows_of({name: column_of(values)}, len(values), FIELDS)
    np.testing.assert_array_equal(rows.num, num)
    assert rows.cat.tolist() == cat.tolist()


@given(
    values=st.lists(st.none() | st.integers(-5, 5), min_size=1, max_size=6), name=st.sampled_from(["amount", "purpose"])
)
def test_arrays_with_a_mask_are_read_as_rows_are(values: list[int | None], name: str) -> None:
    filled = np.array([value or 0 for value in values], dtype=np.int16)
    column = Plain(filled, np.array([value is None for value in values]))
    num, cat = arrays_of([{name: value} for value in values], SCHEMA)
    rows = rows_of({name: column}, len(values), FIELDS)
    np.testing.assert_array_equal(rows.num, num)
    assert rows.cat.tolist() == cat.tolist()


def test_a_level_of_the_dictionary_that_no_row_has_harms_nobody() -> None:
    column = Coded(["5", "no number", "6"], np.array([2]))
    assert rows_of({"amount": column}, 1, FIELDS).num.tolist() == [[6.0]]


def test_ids_are_the_first_that_a_row_has() -> None:
    columns = {"loan": column_of(["a", None, ""]), "id": column_of([1, 2, None])}
    assert rows_of(columns, 3, FIELDS).ids == ["a", 2, None]
    with pytest.raises(RowsRefused, match="names no application"):
        rows_of({"loan": column_of([True])}, 1, FIELDS)


def test_names_must_be_the_models_and_may_have_to_be_nothing_else() -> None:
    check_names(["amount", "colour"], FIELDS, "column")
    with pytest.raises(RowsRefused, match="no column is an input of the model, which reads `amount`, `purpose`"):
        check_names(["colour"], FIELDS, "column")
    with pytest.raises(RowsRefused, match="does not read `colour`"):
        check_names(["amount", "colour"], Fields(SCHEMA, Accepting(refuse_unknown=True)), "column")
