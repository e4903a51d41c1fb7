from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.rows import RowUnreadable, arrays_of
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents
from kingmaker.domain.errors import BundleRefused

SCHEMA = InputSchema(
    fields=(
        number_field("amount", np.arange(100.0)),
        category_field("purpose", {"car": 5, "1": 3, "true": 1, "2.0": 1, "": 2}),
    )
)


def category_of(value: object) -> str:
    _, cat = arrays_of([{"purpose": value}], SCHEMA)
    assert cat is not None
    return str(cat[0, 0])


def number_of(value: object) -> float:
    num, _ = arrays_of([{"amount": value}], SCHEMA)
    assert num is not None
    return float(num[0, 0])


@pytest.mark.parametrize("value", [None, "", "None", "nan", float("nan"), np.float64("nan")])
def test_a_missing_value_is_missing_however_it_is_written(value: object) -> None:
    assert np.isnan(number_of(value))
    assert category_of(value) == ""


def test_an_absent_key_is_missing() -> None:
    num, cat = arrays_of([{}], SCHEMA)
    assert num is not None
    assert cat is not None
    assert np.isnan(num[0, 0])
    assert cat[0, 0] == ""


@pytest.mark.parametrize("value", [1, 1.0, "1", "1.0", "01", np.int64(1), np.float32(1.0)])
def test_a_whole_number_is_one_category_however_it_is_written(value: object) -> None:
    assert category_of(value) == "1"


@pytest.mark.parametrize("value", [True, "true", "True", "TRUE", np.bool_(True)])
def test_a_truth_value_is_one_category_however_it_is_written(value: object) -> None:
    assert category_of(value) == "true"


def test_a_text_that_is_itself_a_level_is_left_alone() -> None:
    assert category_of("2.0") == "2.0"


def test_a_level_that_was_never_seen_keeps_its_text() -> None:
    assert category_of("3.0") == "3.0"
    assert category_of("boat") == "boat"


def test_a_date_is_a_category_in_iso_form() -> None:
    assert category_of(date(2024, 1, 31)) == "2024-01-31"


@pytest.mark.parametrize("value", [datetime(2024, 1, 31), ["car"], {"a": 1}, b"car"])
def test_a_value_that_is_no_category_is_refused(value: object) -> None:
    with pytest.raises(RowUnreadable, match=r"row 1: `purpose` is .* which is not a category"):
        category_of(value)


@pytest.mark.parametrize(("value", "number"), [(5, 5.0), (True, 1.0), ("5", 5.0), (" 5.5 ", 5.5), (np.int32(5), 5.0)])
def test_a_number_is_read_however_it_is_written(value: object, number: float) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize("value", ["abc", "1_000", "1,000", date(2024, 1, 31), [5], b"5"])
def test_text_in_a_number_field_is_refused_by_name(value: object) -> None:
    with pytest.raises(RowUnreadable) as refused:
        arrays_of([{"amount": 1}, {"amount": value}], SCHEMA)
    assert str(refused.value).startswith(f"row 2: `amount` is {value!r}, which is not a number")


def test_a_schema_without_categories_has_no_second_matrix() -> None:
    num, cat = arrays_of([{"amount": 1}], InputSchema(fields=SCHEMA.numbers))
    assert num is not None
    assert cat is None


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(), st.sampled_from(["car", "1", "", "boat"])), min_size=1, max_size=40), st.data())
def test_a_row_s_answer_does_not_depend_on_its_neighbours(
    contents: BundleContents, rows: list[tuple[float, str]], data: st.DataObject
) -> None:
    scorer = Scorer(contents.model)
    num, cat = arrays_of(
        [{"amount": amount, "term": amount, "purpose": purpose} for amount, purpose in rows], contents.schema
    )
    assert num is not None
    assert cat is not None
    together = scorer.score(num, cat)
    one = data.draw(st.integers(0, len(rows) - 1))
    alone = scorer.score(num[[one]], cat[[one]])
    assert alone.pd.tobytes() == together.pd[[one]].tobytes()
    assert (alone.score[0], alone.grade[0], alone.approved[0]) == (
        together.score[one],
        together.grade[one],
        together.approved[one],
    )


def test_a_matrix_of_the_wrong_width_is_refused(contents: BundleContents) -> None:
    scorer = Scorer(contents.model)
    with pytest.raises(BundleRefused, match=r"input `num` is \[rows, 2\]"):
        scorer.score(np.zeros((1, 3)), np.array([["car"]], dtype=object))
    with pytest.raises(BundleRefused, match="was given None"):
        scorer.score(np.zeros((1, 2)), None)


def test_what_the_runtime_cannot_load_is_refused_in_a_sentence() -> None:
    with pytest.raises(BundleRefused, match=r"onnxruntime .* cannot load the graph"):
        Scorer(b"not a graph")
