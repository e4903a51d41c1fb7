"""The pictures of a replay: bars, lines, marks and labels tell the result, and never lie over one another."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.interfaces.report.drawing.chart import apart
from kingmaker.interfaces.report.wording import area, money

from .replay_reading import lane_picture, marked, pictures, section


def test_every_reign_is_a_bar_and_every_promotion_hold_and_refusal_a_mark(page, result):
    lanes = lane_picture(page)
    bars = [one for one in lanes.iter() if (one.get("class") or "").startswith("reign ")]
    marks = {kind: len(marked(lanes, kind)) for kind in ("promotion", "promotion worse", "hold", "refused")}
    worse = sum(policy.worse for policy in result.policies)
    assert len(bars) == sum(len(policy.reigns) for policy in result.policies)
    assert marks == {
        "promotion": sum(policy.promotions for policy in result.policies) - worse,
        "promotion worse": worse,
        "hold": sum(policy.holds for policy in result.policies),
        "refused": sum(policy.refusals for policy in result.policies),
    }


def test_learners_differ_by_more_than_colour(page):
    lanes = lane_picture(page)
    patterns = {one.get("class") for one in lanes.iter() if (one.get("class") or "").startswith("reign ")}
    assert patterns == {f"reign learner-{number}" for number in range(4)}
    assert all(f".learner-{number}" in page for number in range(1, 4))


def test_lines_have_as_many_points_as_periods_and_a_gap_where_nothing_can_be_judged(page, result):
    auc = pictures(section(page, "periods"))[0]
    for policy in result.policies:
        (line,) = marked(auc, f"line policy-{policy.policy}")
        known = sum(one.figures is not None for one in policy.periods)
        assert len(re.findall(r"[ML]", line.get("d"))) == known
        assert line.get("d").count("M") == 2, "the period without bads parts the line"


def test_every_line_is_named_at_its_end_and_no_two_names_touch(any_page):
    for picture in pictures(any_page):
        names = [one for one in picture.iter("text") if (one.get("class") or "").startswith("note policy-")]
        places = sorted(float(one.get("y")) for one in names)
        assert all(later - earlier >= 13.9 for earlier, later in pairwise(places))


def test_labels_of_the_time_axis_never_overlap(any_page):
    for picture in pictures(any_page):
        ticks = [
            one for one in picture.iter("text") if one.get("class") == "tick" and one.get("text-anchor") == "middle"
        ]
        spans = sorted((float(one.get("x")) - 3.4 * len(one.text), len(one.text) * 6.8) for one in ticks)
        assert all(start + width <= later for (start, width), (later, _) in pairwise(spans))


def test_all_pictures_of_a_page_share_one_axis_of_time(page):
    ticks = [
        {one.text: one.get("x") for one in picture.iter("text") if re.fullmatch(r"\d{4}", one.text or "")}
        for picture in pictures(page)
    ]
    assert len(ticks) == 12
    assert all(one == ticks[0] for one in ticks[::2])
    assert all(one == ticks[1] for one in ticks[1::2])


def test_resting_on_a_period_tells_the_figures_of_every_policy(page, result):
    period = result.periods[9]
    strip = marked(pictures(section(page, "periods"))[0], "strip")[9]
    told = strip.find("title").text
    assert f"{period.rows:,} applicants, {period.bads} bad" in told
    for policy in result.policies:
        assert f"{policy.policy} {area(policy.periods[9].figures.auc)}" in told


def test_the_sum_of_money_ends_at_the_difference_of_the_profits(page, result):
    profits = {policy.policy: policy.profit for policy in result.policies}
    for policy in ("always", "point", "proven"):
        assert f"{policy} +{money(profits[policy] - profits['never'])}" in section(page, "periods")


@given(st.lists(st.floats(26, 192), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_labels_moved_apart_keep_their_order_their_distance_and_the_frame(places):
    moved = apart(places, 14, 26, 192)
    order = sorted(range(len(places)), key=lambda index: places[index])
    assert all(moved[later] - moved[earlier] >= 14 - 1e-9 for earlier, later in pairwise(order))
    assert all(26 - 1e-9 <= place <= 192 + 1e-9 for place in moved)
