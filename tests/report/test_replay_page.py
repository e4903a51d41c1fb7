"""The page of a replay tells what the result says, in every shape a replay can have, and adds nothing of its own."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.interfaces.report.replay_events import hindsight_mark, promotions_of
from kingmaker.interfaces.report.replay_facts import replay_headline
from kingmaker.interfaces.report.replay_page import render_replay
from kingmaker.interfaces.report.wording import area, exact_rate, money, percentage_points, rate, signed
from kingmaker.loop.replaying.result import Replacement, StepEnd

from .replay_reading import ALL, SECTIONS, SHAPES, pictures, section, words
from .replays import POLICIES, replayed, version
from .test_report import well_formed


def test_every_page_is_well_formed_and_has_every_section_in_order(any_page):
    ids = well_formed(any_page).ids
    assert [name for name in ids if name in SECTIONS] == list(SECTIONS)


def test_a_page_fetches_nothing_and_runs_nothing(any_page):
    tags = set(well_formed(any_page).tags)
    assert not tags & {"script", "link", "img", "iframe", "object", "embed"}
    assert not any(word in any_page for word in ("http://", "https://", "url(", "@import"))


def test_a_page_is_small_enough_to_mail(any_page):
    assert len(any_page.encode()) < 1_500_000


def test_no_number_is_written_as_nan_or_none(any_page):
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b", words(any_page.split("</style>")[1]))


def test_every_picture_is_described_and_exists_for_wide_and_narrow_pages(any_page):
    drawn = pictures(any_page)
    assert all(picture.get("role") == "img" and picture.get("aria-label") for picture in drawn)
    assert any_page.count('<div class="wide">') == any_page.count('<div class="narrow">') == len(drawn) // 2


def test_the_same_result_gives_the_same_page(page, result):
    assert render_replay(result) == page


def test_markup_in_the_data_stays_text(result):
    evil = "<script>alert(1)</script>"
    policies = tuple(
        replace(
            policy,
            reigns=tuple(replace(reign, sentence=evil, learner=evil) for reign in policy.reigns),
            runs=tuple(replace(run, sentence=evil, reason=evil) for run in policy.runs),
        )
        for policy in result.policies
    )
    told = render_replay(replace(result, pipeline=evil, amount=evil, home=evil, policies=policies))
    assert "<script" not in told
    assert "&lt;script&gt;" in told
    well_formed(told)


def test_the_headline_counts_replacements_and_sets_the_aucs_beside_each_other(result):
    by_name = {policy.policy: policy for policy in result.policies}
    sentence = replay_headline(result).sentence
    assert sentence == (
        "From 1998-03 to 2010-12, 52 quarterly dates: the proven rule replaced the model "
        f"{by_name['proven'].promotions} times, always retraining {by_name['always'].promotions} times, "
        f"the plain rule {by_name['point'].promotions} times; its AUC was {area(by_name['proven'].by_bads.auc)}, against "
        f"{area(by_name['always'].by_bads.auc)} for always retraining, {area(by_name['point'].by_bads.auc)} for the plain "
        f"rule and {area(by_name['never'].by_bads.auc)} for never retraining."
    )
    for policy in result.policies[1:]:
        assert f"{policy.worse} of {policy.judged} under" in replay_headline(result).hindsight


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ("one date", "As of 1998-03-31 alone: the proven rule did not replace the model"),
        ("never alone", "4 quarterly dates: never retraining left the first model in force; its AUC was ."),
        ("30 fortnights", "30 dates, one every 2 weeks: the proven rule replaced the model 4 times"),
        ("no outcomes", "none of its periods could be judged."),
        ("no promotions", "always retraining not once"),
    ],
)
def test_the_headline_of_a_replay_of_another_shape(shape, sentence):
    assert sentence in replay_headline(SHAPES[shape]()).sentence


def policy_row(page: str, policy: str) -> list[str]:
    rows = section(page, "policies").split("<tbody>")[1].split("<tr>")[1:]
    row = next(row for row in rows if f"</span>{policy}<" in row or f">{policy}</span>" in row)
    return [words(cell) for cell in re.findall(r"<td.*?</td>", row)]


def test_a_policys_row_has_its_figures_and_below_them_the_difference_to_never(page, result):
    never = next(policy for policy in result.policies if policy.policy == "never")
    for policy in result.policies[1:]:
        mine, theirs = policy.by_bads, never.by_bads
        expected = [
            (area(mine.auc), signed(area(mine.auc - theirs.auc))),
            (area(policy.by_period.auc), signed(area(policy.by_period.auc - never.by_period.auc))),
            (exact_rate(mine.false_kill), signed(percentage_points(mine.false_kill - theirs.false_kill))),
            (exact_rate(mine.bad_rate), signed(percentage_points(mine.bad_rate - theirs.bad_rate))),
            (
                rate(mine.calibration_error),
                signed(percentage_points(mine.calibration_error - theirs.calibration_error)),
            ),
            (money(policy.profit), signed(money(policy.profit - never.profit))),
            (percentage_points(mine.regret), signed(percentage_points(mine.regret - theirs.regret))),
            (f"{policy.promotions}",),
            (f"{policy.worse} of {policy.judged}", f"{policy.clearly_worse or 'none'} clearly"),
            (f"{policy.holds}",),
            (f"{policy.refusals}",),
        ]
        assert policy_row(page, policy.policy) == [words(" ".join(cell)) for cell in expected]


def test_the_best_of_a_column_is_bold_and_what_reads_the_same_is_marked_the_same(page, result):
    best = area(max(policy.by_bads.auc for policy in result.policies))
    cells = re.findall(r'<td class="n" data-name="AUC">(.*?)</td>', page)
    assert [cell.startswith("<b>") for cell in cells] == [
        area(policy.by_bads.auc) == best for policy in result.policies
    ]


@pytest.mark.parametrize("shape", ["one policy", "one date", "no promotions", "no outcomes"])
def test_where_there_is_no_choice_nothing_is_best(shape):
    assert "<b>" not in section(render_replay(SHAPES[shape]()), "policies")


def test_without_never_there_are_no_differences_and_money_is_added_up_by_itself():
    page = render_replay(SHAPES["without never"]())
    assert "difference to" not in section(page, "policies")
    assert "against never" not in page
    assert "Profit (GrAppv), added up: always" in page


def test_without_amounts_nothing_is_told_in_money():
    page = render_replay(SHAPES["no amounts"]())
    assert "Profit" not in page
    assert "declares no amounts" in page


def promotion_row(page: str, run: int, since: date) -> str:
    bodies = section(page, "promotions").split("<tbody>")[1:]
    return next(body for body in bodies if f">{run}</td>" in body and f">{since}</th>" in body)


def test_a_promotion_is_told_with_both_false_kills_on_the_loans_of_its_reign(page, result):
    proven = result.policies[-1]
    reign = proven.reigns[2]
    goods = {period.number: period.rows - period.bads for period in result.periods}
    mine = [one for one in proven.periods if one.version == reign.version and one.figures]
    new = sum(one.figures.false_kill * goods[one.period] for one in mine) / reign.hindsight.goods
    row = promotion_row(page, reign.run, reign.since)
    for text in (
        proven.reigns[1].version[:12],
        reign.version[:12],
        f"{reign.hindsight.goods:,}",
        exact_rate(new),
        exact_rate(new - reign.hindsight.difference),
        signed(percentage_points(reign.hindsight.difference)),
        percentage_points(reign.hindsight.standard_error),
        reign.sentence,
    ):
        assert text in row


def test_false_kills_that_do_not_rest_on_the_same_goods_are_not_told(result):
    proven = result.policies[-1]
    odd = replace(proven.reigns[1], hindsight=replace(proven.reigns[1].hindsight, goods=1))
    told = replace(result, policies=(replace(proven, reigns=(proven.reigns[0], odd)),))
    (promotions,) = promotions_of(told)
    assert promotions.rows[0].new is promotions.rows[0].old is None
    assert promotions.rows[0].mark.word != "not judged"


@pytest.mark.parametrize(
    ("difference", "word", "kind"),
    [
        (0.02, "worse", "bad"),
        (0.005, "worse, within noise", "open"),
        (0.0, "no different", "open"),
        (-0.005, "better, within noise", "open"),
        (-0.02, "better", "good"),
    ],
)
def test_a_promotion_is_called_better_or_worse_only_beyond_one_standard_error(difference, word, kind):
    mark = hindsight_mark(Replacement(replaced="v", goods=900, difference=difference, standard_error=0.01))
    assert (mark.word, mark.kind) == (word, kind)


def test_a_promotion_whose_loans_have_not_matured_is_not_judged():
    assert hindsight_mark(None).word == "not judged"
    assert words(section(render_replay(SHAPES["no outcomes"]()), "promotions")).count("not judged") == 7 + 2 + 1


def test_a_sentence_that_all_verdicts_of_a_policy_share_is_told_once(page):
    assert page.count("Every verdict said: This pipeline replaces at every run") == 1


def test_no_promotions_are_told_as_such():
    page = render_replay(SHAPES["no promotions"]())
    assert "Nothing was promoted" in page
    assert "No policy replaced its first champion" in page


def test_a_refused_date_is_told_once_for_all_policies_with_its_reason(page, result):
    rows = (
        section(page, "standstills").split("Dates on which nothing could be done")[1].split("<h3>")[0].split("<tr>")[2:]
    )
    assert len(rows) == 2
    for row, at in zip(rows, (5, 6), strict=True):
        assert str(result.dates[at]) in row
        assert all(f">{policy}</span>" in row for policy in POLICIES)
        assert "fewer than 500 bads have matured" in row


def test_every_hold_is_told_with_its_reason_and_a_second_look_to_come_is_none(result):
    waiting = replace(result.policies[-1].runs[4], reason="awaiting_second_look", decision="hold", sentence="It waits.")
    proven = replace(result.policies[-1], runs=(*result.policies[-1].runs, waiting))
    page = render_replay(replace(result, policies=(*result.policies[:-1], proven)))
    held = section(page, "standstills").split("Held for a person</h3>")[1]
    for run in (run for policy in result.policies for run in policy.runs if run.decision == "hold"):
        assert run.sentence in held
    assert "It waits." not in held


def test_how_runs_ended_adds_up_to_all_runs(page, result):
    table = section(page, "standstills").split("<tbody>")[1].split("</tbody>")[0]
    numbers = [[int(n) for n in re.findall(r">(\d+)<", row)] for row in table.split("<tr>")[1:]]
    assert sum(map(sum, numbers)) == sum(len(policy.runs) for policy in result.policies)
    assert sum(run.end is StepEnd.LEFT_OUT for run in result.policies[0].runs) == 49
    assert "not run: never replaced" in table


def test_the_reader_is_told_what_each_replayed_policy_is_and_no_other(any_page):
    reading = words(section(any_page, "reading"))
    shown = set(re.findall(r'class="key policy-(\w+)"', section(any_page, "policies")))
    meant = {"never": "keeps its first", "always": "puts the best", "manual": "when a person approves"}
    assert {name for name, meaning in meant.items() if meaning in reading} == shown & set(meant)
    assert "picked after the fact" in reading


def test_a_version_stands_for_the_first_twelve_digits_of_its_digest(page):
    assert version("proven", 7)[:12] in page
    assert version("proven", 7)[:13] not in words(page)


@given(dates=st.integers(1, 40), days=st.integers(0, 4000), policies=st.sets(st.sampled_from(ALL), min_size=1))
@settings(deadline=None, max_examples=12)
def test_a_replay_of_any_size_is_a_well_formed_page(dates, days, policies):
    result = replayed(dates, "month", tuple(sorted(policies)), first=date(1996, 1, 31) + timedelta(days=days))
    well_formed(render_replay(result))
