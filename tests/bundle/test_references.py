import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kingmaker.bundle.references import category_field, number_field


def test_a_column_without_ties_is_cut_into_tenths() -> None:
    field = number_field("amount", np.arange(1000.0))
    assert (field.lowest, field.highest, field.missing) == (0.0, 999.0, 0.0)
    assert len(field.edges) == 9
    np.testing.assert_allclose(field.shares, 0.1, atol=2e-3)


def test_a_column_that_is_all_missing_has_no_bins() -> None:
    field = number_field("amount", np.full(3, np.nan))
    assert (field.missing, field.lowest, field.edges, field.shares) == (1.0, None, (), ())


def test_a_constant_column_is_one_bin() -> None:
    field = number_field("amount", np.ones(50))
    assert (field.edges, field.shares) == ((), (1.0,))


def test_levels_come_by_falling_share_and_then_by_name() -> None:
    field = category_field("purpose", {"b": 2, "": 4, "a": 2, "c": 4})
    assert [(level.level, level.share) for level in field.levels] == [("c", 0.5), ("a", 0.25), ("b", 0.25)]
    assert field.missing == 1 - 8 / 12


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=True, allow_infinity=False)))
def test_shares_add_up_and_fit_their_edges(values: np.ndarray) -> None:
    field = number_field("amount", values)
    assert list(field.edges) == sorted(set(field.edges))
    if not np.isnan(values).all():
        assert len(field.shares) == len(field.edges) + 1
        assert abs(sum(field.shares) - 1) < 1e-9
