"""What one column does: its reference bins put into every golden row, scored by the version's own graph."""

import numpy as np
import pytest

from kingmaker.domain.errors import NotFound
from kingmaker.loop.models.effects import column_effect
from kingmaker.loop.models.opened import OpenedModel


def test_an_effect_is_the_mean_answer_over_the_golden_rows_with_one_value_in_all_of_them(opened: OpenedModel) -> None:
    effect = column_effect(opened, "amount")
    num, cat = opened.golden
    for at in effect.points:
        same = num.copy()
        same[:, 0] = np.nan if at.value is None else at.value
        scores = opened.scorer.score(same, cat)
        assert at.mean_pd == pytest.approx(scores.pd.mean())
        assert at.mean_score == pytest.approx(scores.score.mean())
    assert effect.rows == len(num)


def test_the_bins_of_a_number_are_those_of_its_reference_and_cover_every_loan(opened: OpenedModel) -> None:
    field = opened.bundle.schema.fields[0]
    points = column_effect(opened, "amount").points
    assert [at.low for at in points] == [field.lowest, *field.edges]
    assert [at.high for at in points] == [*field.edges, field.highest]
    assert sum(at.share for at in points) == pytest.approx(1.0)


def test_missing_is_a_value_of_its_own_where_it_was_met(opened: OpenedModel) -> None:
    points = column_effect(opened, "term").points
    assert (points[-1].value, points[-1].share) == (None, 0.25)
    assert all(at.value is not None for at in column_effect(opened, "amount").points)


def test_a_category_has_one_point_a_level_and_one_for_missing(opened: OpenedModel) -> None:
    points = column_effect(opened, "purpose").points
    assert [at.value for at in points] == ["car", "1", "true", None]
    assert sum(at.share for at in points) == pytest.approx(1.0)


def test_a_column_that_the_model_does_not_read_has_no_effect(opened: OpenedModel) -> None:
    with pytest.raises(NotFound, match="amount, term, purpose"):
        column_effect(opened, "colour")


def test_looking_leaves_the_golden_rows_as_they_were(opened: OpenedModel) -> None:
    before = opened.golden[0].tolist()
    column_effect(opened, "amount")
    assert str(opened.golden[0].tolist()) == str(before)
