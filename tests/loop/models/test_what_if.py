"""Applicants who are made up, scored by the version's own bundle."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.bundle.rows import RowUnreadable
from kingmaker.domain.errors import KingmakerError
from kingmaker.loop.models.opened import OpenedModel
from kingmaker.loop.models.what_if import MOST_APPLICANTS, judge

APPLICANTS = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.none() | st.floats(-1e6, 1e6),
        "term": st.none() | st.integers(0, 480),
        "purpose": st.sampled_from(["car", "1", "true", "", "never seen"]),
    },
)


@given(st.lists(APPLICANTS, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_points_lead_from_one_start_to_each_applicants_score(opened: OpenedModel, applicants: list[dict]) -> None:
    judged = judge(opened, applicants)
    starts = [one.start for one in judged]
    assert starts == pytest.approx([starts[0]] * len(starts), abs=1e-6)
    for one in judged:
        assert one.start - sum(part.points for part in one.parts) == pytest.approx(one.exact_score)
        assert abs(one.exact_score - one.score) <= 0.5 + 1e-9
        assert one.approved == (one.score >= opened.bundle.cut_offs.thresholds.approve_from)


def test_a_golden_row_is_answered_as_it_was_when_it_was_published(opened: OpenedModel) -> None:
    schema = opened.bundle.schema
    for row in opened.bundle.golden.rows:
        applicant = {
            **dict(zip((one.name for one in schema.numbers), row.numbers, strict=True)),
            **dict(zip((one.name for one in schema.categories), row.categories, strict=True)),
        }
        (judged,) = judge(opened, [applicant])
        assert (judged.score, judged.grade, judged.approved) == (row.score, row.grade, row.approved)
        assert judged.pd == pytest.approx(row.pd, rel=1e-9)


def test_what_is_left_out_is_missing_and_numbers_may_be_written_as_text(opened: OpenedModel) -> None:
    absent, empty, none = judge(opened, [{}, {"amount": "", "purpose": ""}, {"amount": None, "term": None}])
    assert absent == empty == none
    assert judge(opened, [{"amount": "12.5"}]) == judge(opened, [{"amount": 12.5}])


def test_a_slip_is_refused_naming_what_the_model_reads(opened: OpenedModel) -> None:
    with pytest.raises(KingmakerError, match="no column `amuont`"):
        judge(opened, [{"amuont": 3}])
    with pytest.raises(RowUnreadable) as refused:
        judge(opened, [{}, {"amount": "much"}])
    assert (refused.value.field, refused.value.where) == ("amount", "row 2")
    for count in (0, MOST_APPLICANTS + 1):
        with pytest.raises(KingmakerError, match=f"{count} applicants"):
            judge(opened, [{}] * count)


def test_a_model_that_tells_no_reasons_scores_and_says_so(opened: OpenedModel) -> None:
    silent = replace(opened, explainer=None, no_reasons="It tells none.")
    told, untold = judge(opened, [{}])[0], judge(silent, [{}])[0]
    assert (untold.parts, untold.start, untold.no_reasons) == ((), None, "It tells none.")
    assert (untold.pd, untold.score) == (told.pd, told.score)
