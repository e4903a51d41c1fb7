"""The report is one page that says everything, fetches nothing, and lets nothing of the data become markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kingmaker.domain.run import RunReason
from kingmaker.domain.snapshot import LeftOut
from kingmaker.domain.verdict import Gate, GateOutcome, VerdictReason
from kingmaker.interfaces.report.facts import ReportFacts
from kingmaker.interfaces.report.page import render_report
from kingmaker.interfaces.report.sections import sections_of

from .books import evidence
from .runs import facts, run, snapshot

SECTIONS = (
    "decision", "figures", "gates", "windows", "discrimination", "calibration", "grades", "months", "features", "swap",
    "groups", "trials", "findings", "lineage",
)  # fmt: skip
VOID = {"meta", "br", "wbr", "hr", "img", "link", "input"}


class WellFormed(HTMLParser):
    """Every element that opens closes, in order, and no id is given twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, *_):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> at line {self.getpos()[0]} closes another element"


def well_formed(page: str) -> WellFormed:
    reader = WellFormed()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    return reader


def refused() -> ReportFacts:
    stopped = replace(
        run(), reason=RunReason.DATA_REFUSED, detail="loans.csv: no loan is matured. Wait, or shorten it."
    )
    return ReportFacts(
        run=stopped, snapshot=None, stages=(), trials=(), faults=(), verdict=None, evidence=None, thresholds=None,
        calibration=None,
    )  # fmt: skip


def no_candidate() -> ReportFacts:
    """No trial survived: the champion's evidence alone."""
    whole = facts()
    verdict = replace(
        whole.verdict,
        reason=VerdictReason.NO_CANDIDATE,
        challenger_trial=None,
        comparisons=(),
        swap_set=(),
        swap_stress=(),
    )
    alone = replace(evidence(), challenger=None, features=(), groups=(), window="selection")
    return replace(whole, verdict=verdict, evidence=alone, thresholds=None, calibration=None)


KINDS = {
    "promoted": facts,
    "first champion": lambda: facts(champion=False),
    "without dates": lambda: facts(dated=False),
    "refused": refused,
    "no candidate": no_candidate,
}


@pytest.fixture(scope="module", params=KINDS)
def any_page(request) -> str:
    return render_report(KINDS[request.param]())


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(facts())


def test_every_report_is_well_formed_and_has_every_section_in_order(any_page):
    ids = well_formed(any_page).ids
    assert [name for name in ids if name in SECTIONS] == list(SECTIONS)


def test_a_report_fetches_nothing_and_runs_nothing(any_page):
    tags = set(well_formed(any_page).tags)
    assert not tags & {"script", "link", "img", "iframe", "object", "embed"}
    assert "http://" not in any_page
    assert "https://" not in any_page
    assert "url(" not in any_page
    assert "@import" not in any_page


def test_a_report_is_small_enough_to_mail(any_page):
    assert len(any_page.encode()) < 1_500_000


def test_no_number_is_written_as_nan_or_none(any_page):
    words = re.sub(r"<[^>]*>", " ", any_page.split("</style>")[1])
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b", words)


def test_the_same_facts_give_the_same_page():
    assert render_report(facts()) == render_report(facts())


def test_what_was_published_and_how_far_it_agrees_is_told():
    whole = facts()
    gate = Gate(code="G7.rank", value=0.98, limit=0.9, outcome=GateOutcome.PASSED, sentence="Ranks as tested.")
    verdict = replace(
        whole.verdict, published="refit", publication="Published: refitted on 212,378 loans.", agreement=(gate,)
    )
    served = replace(whole.thresholds, approve_from=whole.thresholds.approve_from + 7)
    page = render_report(replace(whole, verdict=verdict, published_thresholds=served))
    assert "Published: refitted on 212,378 loans." in page
    assert "<b>G7</b> rank" in page
    assert f"Its refit, which is published, approves from score {served.approve_from}." in page


def test_markup_in_the_data_stays_text():
    evil = "<script>alert(1)</script>"
    whole = facts()
    shown = whole.evidence
    told = replace(
        whole,
        snapshot=replace(snapshot(), left_out=(LeftOut(column=evil, reason=evil),)),
        evidence=replace(
            shown,
            features=tuple(
                replace(feature, name=evil, effect=tuple(replace(point, label=evil) for point in feature.effect))
                for feature in shown.features
            ),
            groups=tuple(replace(group, group=evil) for group in shown.groups),
        ),
        faults=tuple(replace(fault, message=evil) for fault in whole.faults),
        amount_column=evil,
        run=replace(whole.run, request=replace(whole.run.request, declaration=evil, requested_by=evil)),
    )
    page = render_report(told)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    well_formed(page)


def test_the_decision_comes_first_with_its_reason(page):
    body = page.split("<main>")[1]
    assert body.index("The challenger replaces the champion") < body.index("both differences are proven")
    assert body.index("both differences are proven") < body.index("Key figures</h2>")


def test_what_must_be_known_about_the_verdict_stands_with_the_decision_and_as_text():
    header = render_report(facts()).partition("</header>")[0]
    assert "<li>Outcomes are known only for loans that were approved (70 % of applicants).</li>" in header
    told = replace(facts(), verdict=replace(facts().verdict, notes=("<b>loud</b>",)))
    assert "<b>loud</b>" not in render_report(told)
    quiet = replace(facts(), verdict=replace(facts().verdict, notes=()))
    assert 'class="notes"' not in render_report(quiet)


def test_expected_profit_is_told_as_a_share_of_the_money_asked_for(page):
    (row,) = [line for line in page.splitlines() if ">expected profit<" in line]
    assert "1.56\u202f%" in row
    assert "+0.33\u202f±\u202f0.08\u202fpp" in row


def test_key_figures_stand_champion_beside_challenger_with_their_standard_errors(page):
    cards = page.split('class="cards ')[1].split("</section>")[0]
    assert ".710" in cards
    assert ".719" in cards
    assert "+.010\u202f±\u202f.003" in cards
    assert cards.count('class="card"') == 9
    assert "+0.33\u202f±\u202f0.08\u202fpp" in cards.split("Profit of each unit asked for")[1]


def test_a_first_champion_has_no_cards_of_what_only_a_comparison_tells():
    cards = render_report(facts(champion=False)).split('class="cards ')[1].split("</section>")[0]
    assert "Approval at one bad rate" not in cards
    assert "Brier score" in cards


@pytest.mark.parametrize(
    "name", ["key_figures", "discrimination", "calibration", "grades", "months", "swap_set", "groups"]
)
def test_a_section_alone_says_what_it_says_in_the_report_without_its_heading(name):
    alone = sections_of(facts(), [name])[name]
    well_formed(alone)
    assert "<h2>" not in alone
    body = alone.split("\n", 2)[2].strip()
    assert body in render_report(facts())


def test_figures_that_are_no_longer_kept_are_told_as_forgotten():
    whole = replace(facts(), evidence=None, forgotten="What run 184 measured is no longer in the vault.")
    assert "What run 184 measured is no longer" in sections_of(whole, ["key_figures"])["key_figures"]


@pytest.mark.parametrize(("error", "word", "mark"), [(0.001, "better", "✓"), (0.02, "within chance", "")])
def test_a_difference_is_marked_as_better_only_beyond_chance(error, word, mark):
    whole = facts()
    auc = next(comparison for comparison in whole.verdict.comparisons if comparison.measure == "auc")
    doubtful = replace(whole.verdict, comparisons=(replace(auc, standard_error=error),))
    card = render_report(replace(whole, verdict=doubtful)).split("<h3>AUC</h3>")[1].split('class="card"')[0]
    assert word in card
    assert (("✓" in card) or ("✕" in card)) is bool(mark)


def test_a_first_champion_is_reported_without_a_comparison():
    page = render_report(facts(champion=False))
    assert "The challenger becomes the first champion" in page
    assert "no champion to compare with" in page
    assert "it takes a champion and a challenger on the same loans" in page
    assert "Nobody has been champion yet" in page


def test_a_gate_that_could_not_be_judged_says_so_and_has_a_dash_for_its_number(page):
    row = next(row for row in page.split("<tr>") if "Reason codes need declined applicants" in row)
    assert "not judged" in row
    assert row.count("–") == 2


@pytest.mark.parametrize("outcome", list(GateOutcome))
def test_an_outcome_is_told_by_word_and_symbol_as_well_as_colour(outcome):
    whole = facts()
    gate = Gate(code="G3.psi", value=0.2, limit=0.1, outcome=outcome, sentence="The one gate.")
    page = render_report(replace(whole, verdict=replace(whole.verdict, gates=(gate,))))
    row = next(row for row in page.split("<tr>") if "The one gate." in row)
    assert outcome.value.replace("_", " ") in row
    assert 'class="symbol"' in row


@pytest.mark.parametrize("reason", list(VerdictReason))
def test_every_reason_of_a_verdict_has_a_headline(reason):
    whole = facts()
    page = render_report(replace(whole, verdict=replace(whole.verdict, reason=reason)))
    heading = page.split("<h1>")[1].split("</h1>")[0]
    assert reason.to_decision().value in heading


def test_a_refused_run_says_why_and_that_nothing_changes():
    page = render_report(refused())
    assert "The run stopped before a decision: nothing changes" in page
    assert "no loan is matured" in page


def test_faults_are_listed_with_their_trial_and_message(page):
    assert "The trial asked for more than 4.0 GB" in page
    assert "out of memory" in page


def test_without_dates_stability_is_not_measured_and_the_windows_say_why():
    page = render_report(facts(dated=False))
    assert "seeded stratified split" in page
    assert "Not measured: the data have no application date" in page


def test_the_challengers_trial_is_listed_even_when_it_is_not_among_the_best():
    whole = facts()
    last = max((trial for trial in whole.trials if trial.utility is not None), key=lambda trial: -trial.utility)
    page = render_report(replace(whole, verdict=replace(whole.verdict, challenger_trial=last.spec.number)))
    assert page.count('<tr class="chosen">') == 1


def stress_rows(page: str) -> list[str]:
    table = page.split('<table class="stress">')[1].split("</table>", maxsplit=1)[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in table.split("<tr>")[1:]]


def test_the_swap_is_told_for_newly_approved_who_are_worse_than_measured(page):
    head, measured, worse, twice = stress_rows(page)
    assert head == "If those newly approved were Their bad rate Bads after the swap Profit (amount_eur)"
    assert measured == "as bad as measured 7.2 % 75 fewer +1.03 M"
    assert worse == "1.5 times as bad 10.8 % 20 fewer +452 k"
    assert twice == "2 times as bad 14.4 % 35 more \u2212125 k"


def test_without_amounts_the_stressed_swap_is_told_in_bads_alone():
    whole = facts()
    stress = tuple(replace(one, profit=None) for one in whole.verdict.swap_stress)
    head, _, worse, _ = stress_rows(render_report(replace(whole, verdict=replace(whole.verdict, swap_stress=stress))))
    assert "Profit" not in head
    assert worse == "1.5 times as bad 10.8 % 20 fewer"


def test_a_swap_that_was_not_stressed_is_told_without_a_stress():
    whole = facts()
    page = render_report(replace(whole, verdict=replace(whole.verdict, swap_stress=())))
    assert "newly approved" in page
    assert "times as bad" not in page
    assert '<table class="stress">' not in page


def test_unmeasured_fairness_is_said_to_be_unmeasured():
    whole = facts()
    page = render_report(replace(whole, evidence=replace(whole.evidence, groups=())))
    assert "Not measured: the pipeline declares no protected attribute" in page


def test_the_report_tells_how_to_repeat_the_run(page):
    assert "kingmaker run pipelines/consumer-instalment.yaml --as-of 2026-06-30" in page
    assert whole_digest() in page


def whole_digest() -> str:
    return snapshot().digest


def test_every_picture_is_described_in_words(page):
    pictures = re.findall(r"<svg [^>]*>", page)
    assert len(pictures) >= 20
    assert all('role="img"' in picture and 'aria-label="' in picture for picture in pictures)
