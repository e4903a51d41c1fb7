"""Rows as they are sent: what `kingmaker score` takes from a row of raw values, the endpoint takes, with the same meaning."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.rows import RowUnreadable, arrays_of
from kingmaker.serving.fields import Accepting, Fields
from kingmaker.serving.refusals import RowsRefused

SCHEMA = InputSchema(
    fields=(
        number_field("amount", np.arange(100.0)),
        category_field("purpose", {"car": 5, "1": 3, "true": 1, "2.0": 1, "": 2}),
        number_field("term in months", np.arange(9.0)),
        category_field("class", {"9223372036854775807": 3, "None": 1, "-0": 1}),
    ),
    id="loan",
)
FIELDS = Fields(SCHEMA)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["car", "1", "1.0", "01", " 1 ", "True", "TRUE", "2", "2.0", "", "None", "nan", "NaN", "inf", "1_0"]
    ),
    st.text(max_size=5),
)
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=2), scalars, max_size=2)
names = st.sampled_from(["amount", "purpose", "term in months", "class", "other"])
tidy = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**80), 2**80),
        "term in months": st.none() | st.integers(0, 9),
        "purpose": st.none() | st.sampled_from(["car", "1", "True", "01", "NaN", "boat"]) | st.text(max_size=3),
        "class": st.none() | st.text(max_size=3),
        "other": values,
    },
)


def refusal_of(body: bytes, fields: Fields = FIELDS) -> RowsRefused:
    with pytest.raises(RowsRefused) as refused:
        fields.read(body)
    return refused.value


def raw_values(rows: list[dict[str, object]]) -> tuple[np.ndarray | None, np.ndarray | None] | RowUnreadable:
    try:
        return arrays_of(rows, SCHEMA)
    except RowUnreadable as unreadable:
        return unreadable


def same(left: np.ndarray | None, right: np.ndarray | None) -> bool:
    assert left is not None
    assert right is not None
    if left.dtype == object:
        return left.shape == right.shape and bool((left == right).all())
    return left.shape == right.shape and left.tobytes() == right.tobytes()


@settings(deadline=None, max_examples=400)
@example(rows=[{"class": 2**63}, {"class": -0.0, "amount": -0.0}])
@example(rows=[{"amount": 10**400}])
@example(rows=[{"amount": 2**1024 - 2**970}, {"amount": 2**1024 - 2**970 - 1}])
@given(st.lists(tidy | st.dictionaries(names, values, max_size=4), min_size=1, max_size=4))
def test_the_same_rows_are_accepted_and_mean_the_same(rows: list[dict[str, object]]) -> None:
    body = json.dumps(rows).encode()
    wanted = raw_values(json.loads(body))
    if isinstance(wanted, RowUnreadable):
        refused = refusal_of(body)
        assert refused.code in {"field_invalid", "number_out_of_range"}
        assert refused.code == "number_out_of_range" or wanted.field in refused.where
        return
    num, cat = FIELDS.matrices([FIELDS.read(body)])
    assert same(num, wanted[0])
    assert same(cat, wanted[1])


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(tidy | st.dictionaries(names, scalars, max_size=4), min_size=1, max_size=3), max_size=4))
def test_requests_scored_together_are_the_rows_of_each(requests: list[list[dict[str, object]]]) -> None:
    read = []
    for rows in requests:
        try:
            read.append(FIELDS.read(json.dumps(rows).encode()))
        except RowsRefused:
            continue
    if not read:
        return
    together = FIELDS.matrices(read)
    alone = [FIELDS.matrices([one]) for one in read]
    for matrix, parts in zip(together, zip(*alone, strict=True), strict=True):
        assert same(matrix, np.concatenate(parts))


def test_one_object_is_one_row_and_an_array_is_an_array() -> None:
    assert FIELDS.read(b'{"amount": 1}').single
    assert not FIELDS.read(b'[{"amount": 1}]').single
    assert FIELDS.read(b"[]").count == 0
    assert FIELDS.read(b' {"amount": "1"} ').single


@pytest.mark.parametrize(
    ("body", "id_"),
    [
        (b'{"loan": "A1"}', "A1"),
        (b'{"loan": 17}', 17),
        (b'{"loan": 1.5}', 1.5),
        (b'{"id": "x"}', "x"),
        (b'{"loan": "own", "id": "generic"}', "own"),
        (b'{"loan": null, "id": "generic"}', "generic"),
        (b'{"loan": 99999999999999999999999}', 99999999999999999999999),
        (b'{"amount": "1", "id": "said loosely"}', "said loosely"),
        (b"{}", None),
    ],
)
def test_an_application_is_named_by_the_pipeline_s_column_or_by_id(body: bytes, id_: object) -> None:
    assert FIELDS.read(body).ids[0] == id_


def test_an_id_that_is_also_an_input_is_only_an_input() -> None:
    schema = InputSchema(fields=(number_field("id", np.arange(3.0)),), id="id")
    fields = Fields(schema)
    rows = fields.read(b'{"id": 2}')
    assert rows.ids[0] is None
    assert fields.matrices([rows])[0] == [[2.0]]


@pytest.mark.parametrize(
    ("body", "code", "where", "told"),
    [
        (b'{"amount": "ten"}', "field_invalid", "`amount`", "'ten', which is not a number"),
        (b'[{}, {"amount": "ten"}]', "field_invalid", "row 2, `amount`", "not a number"),
        (b'{"amount": [1]}', "field_invalid", "`amount`", "not a number"),
        (b'{"purpose": {"a": 1}}', "field_invalid", "`purpose`", "not a category"),
        (b'{"loan": true}', "field_invalid", "`loan`", "true or false, which names no application"),
        (b'[{}, {"id": []}]', "field_invalid", "row 2, `id`", "an array"),
        (b'{"amount": 1e999}', "number_out_of_range", "`amount`", "out of range"),
        (b'[{}, {"amount": -1e999}]', "number_out_of_range", "row 2, `amount`", "out of range"),
        (b'{"amount": 1' + b"0" * 400 + b"}", "field_invalid", "`amount`", "beyond the largest double"),
        (b'{"amount": 1' + b"0" * 5000 + b"}", "number_out_of_range", "`amount`", "out of range"),
        (b'{"amount": NaN}', "body_malformed", "", "not JSON"),
        (b'{"amount": Infinity}', "body_malformed", "", "not JSON"),
        (b"", "body_malformed", "", "empty"),
        (b"  \n", "body_malformed", "", "empty"),
        (b"\xef\xbb\xbf{}", "body_malformed", "", "byte order mark"),
        (b'{"purpose": "\xff"}', "body_malformed", "", "not UTF-8"),
        (b'{"purpose": "\\ud800"}', "body_malformed", "", "not JSON"),
        (b'{"amount": 1', "body_malformed", "", "not JSON"),
        (b"{} {}", "body_malformed", "", "trailing"),
        (b"[" * 100_000, "body_malformed", "", "nested too deeply"),
        (b'{"a":' * 100_000, "body_malformed", "", "nested too deeply"),
        (b"[1]", "rows_expected", "row 1", "a number, not an object"),
        (b"[{}, null]", "rows_expected", "row 2", "null, not an object"),
        (b'"row"', "rows_expected", "", "text, not rows"),
        (b"null", "rows_expected", "", "null, not rows"),
    ],
)
def test_a_refusal_names_row_and_field_and_what_was_expected(body: bytes, code: str, where: str, told: str) -> None:
    refused = refusal_of(body)
    assert (refused.code, refused.where) == (code, where)
    assert told in refused.what
    assert refused.remedy
    assert len(refused.what) < 300


def test_of_a_field_given_twice_the_last_counts() -> None:
    num, _ = FIELDS.matrices([FIELDS.read(b'{"amount": 1, "amount": 2}')])
    loosely, _ = FIELDS.matrices([FIELDS.read(b'{"amount": true, "amount": "2"}')])
    assert num is not None
    assert loosely is not None
    assert num[0, 0] == loosely[0, 0] == 2.0


def test_more_rows_than_allowed_are_refused_however_they_are_sent() -> None:
    fields = Fields(SCHEMA, Accepting(most_rows=2))
    assert fields.read(b"[{},{}]").count == 2
    for body in (b"[{},{},{}]", b'[{"amount":"1"},{},{}]'):
        assert refusal_of(body, fields).code == "rows_too_many"


def test_an_unknown_field_is_left_aside_or_refused_with_the_nearest_known_one() -> None:
    assert FIELDS.read(b'{"amuont": 1}').count == 1
    strict = Fields(SCHEMA, Accepting(refuse_unknown=True))
    assert strict.read(b'{"amount": 1, "loan": 1, "id": 2}').count == 1
    refused = refusal_of(b'[{"amount": 1}, {"amuont": 1}]', strict)
    assert (refused.code, refused.where, refused.remedy) == ("field_unknown", "row 2, `amuont`", "Is it `amount`?")
    assert "GET /schema" in refusal_of(b'{"qqqq": 1}', strict).remedy


@pytest.mark.parametrize(
    "name", ["class", "1st", "loan amount", "tab\there", 'quo"te', "back\\slash", "金额", "a.b[0]", ""]
)
def test_an_input_may_have_any_name(name: str) -> None:
    fields = Fields(InputSchema(fields=(number_field(name, np.arange(3.0)),)))
    num, _ = fields.matrices([fields.read(json.dumps([{name: 2.5}, {name: "3"}]).encode())])
    assert num is not None
    assert num.tolist() == [[2.5], [3.0]]
    assert refusal_of(json.dumps({name: "x"}).encode(), fields).where == f"`{name}`"


def test_rows_mean_the_same_only_to_models_of_the_same_inputs_and_levels() -> None:
    assert FIELDS.reads_like(SCHEMA)
    other = InputSchema(fields=(*SCHEMA.fields[:3], category_field("class", {"a": 1})), id="loan")
    assert not FIELDS.reads_like(other)
    assert not FIELDS.reads_like(InputSchema(fields=SCHEMA.fields))
