"""The page of a verdict: everything a sceptic asks for, and the decision of whoever may decide."""

import re

import pytest
from playwright.sync_api import expect
from tests.journeys.console import Console
from tests.report.runs import facts, verdict

from kingmaker.control.office.office import Office
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import Comparison
from kingmaker.interfaces.web_ui.verdict_parts.proof import Interval, interval_of, luck_of, picture_of
from kingmaker.pipeline.policy import Policy

from .browser import Viewer
from .conftest import Look
from .site import Site

FIRST, PROMOTED, HELD = 1, 2, 3


def page_of(viewer: Viewer, run: int):
    return viewer.opens(f"/runs/{run}/verdict")


def decides(viewer: Viewer, word: str, why: str) -> None:
    """Press the button, then say why in the dialog."""
    viewer.page.get_by_role("button", name=word).click()
    dialog = viewer.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(why)
    dialog.get_by_role("button", name=word).click()


def test_a_viewer_reads_the_decision_and_every_number_behind_it(look: Look):
    viewer = look("vera", scheme="dark")
    page = page_of(viewer, PROMOTED)
    viewer.sees("The challenger replaced the champion")
    viewer.sees("Proven better. Better by")
    viewer.sees("Decided by the rule, no person needed. Asked for by ada")
    for title in ("Key figures", "Gates", "Proof", "Swap set", "Calibration", "Grades", "Error budget", "Publication"):
        assert page.get_by_role("heading", name=title, exact=True).count() == 1, title
    assert page.locator(".paper svg").count() >= 9
    assert page.locator(".paper .swap .cell").count() == 4
    assert page.locator(".paper .cards .card").count() == 9
    viewer.sees("In years: luck would do this less than once in")
    viewer.sees("This run's look is number 1")
    viewer.finds_no_barrier()


def test_gates_are_shown_by_group_and_each_says_its_sentence_when_it_is_asked(look: Look):
    viewer = look("vera")
    page = page_of(viewer, HELD)
    parity = page.locator(".km-verdict-gates tr", has_text="parity")
    expect(parity.locator("p")).to_be_hidden()
    parity.locator("summary").click()
    expect(parity.locator("p")).to_be_visible()
    page.get_by_role("button", name="Not passed").click()
    expect(parity).to_be_hidden()
    expect(page.get_by_text("G1 Artefact")).to_be_hidden()
    expect(page.locator(".km-verdict-gates tr", has_text="false kill")).to_be_visible()
    page.get_by_role("button", name=re.compile("^All")).click()
    expect(parity).to_be_visible()


def test_the_page_fits_a_phone_and_speaks_chinese(look: Look):
    viewer = look("vera", width=390, language="zh-CN")
    page = page_of(viewer, HELD)
    viewer.sees("暂缓：等待人工决定")
    viewer.sees("该挑战者模型等待审批人在此批准或拒绝")
    assert page.get_by_role("button", name="批准").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_a_first_champion_has_nobody_to_be_better_than(look: Look):
    viewer = look("vera")
    page = page_of(viewer, FIRST)
    viewer.sees("The challenger became the first champion")
    viewer.sees("Nobody was in force, so there was nothing to be better than")
    viewer.sees("a first champion spends nothing of the error budget")
    assert page.locator("#at-swap").count() == 0


def test_whoever_may_not_decide_sees_who_is_waited_for_and_no_button(look: Look):
    viewer = look("oleg")
    page = page_of(viewer, HELD)
    viewer.sees("waits for an approver")
    assert page.get_by_role("button", name="Approve").count() == 0
    assert page.get_by_role("button", name="Reject").count() == 0


def test_whoever_asked_for_the_run_is_told_beforehand_that_another_must_approve(look: Look):
    viewer = look("ada")
    page = page_of(viewer, HELD)
    viewer.sees("You asked for run 3 yourself")
    assert page.get_by_role("button", name="Approve").count() == 0
    assert page.get_by_role("button", name="Reject").count() == 1


def test_an_approver_is_asked_for_a_reason_that_is_not_empty(look: Look):
    viewer = look("piet")
    decides_without = page_of(viewer, HELD)
    viewer.finds_no_barrier()
    for word in ("Reject", "Approve"):
        decides(viewer, word, "  ")
        expect(decides_without.get_by_role("alert").filter(has_text="Say why")).to_be_visible()
        decides_without.get_by_role("button", name="Leave it").click()
        expect(decides_without.get_by_role("dialog")).to_have_count(0)


def test_the_report_for_the_committee_is_one_click_away(look: Look):
    viewer = look("vera")
    page = page_of(viewer, PROMOTED)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it").click()
    assert download.value.suggested_filename == "run-2.html"
    assert "The challenger replaces the champion" in download.value.path().read_text(encoding="utf-8")


def test_a_run_that_is_not_there_is_refused_with_a_way_back(look: Look):
    viewer = look("vera")
    page_of(viewer, 77)
    viewer.sees("There is no run 77")
    viewer.expects("404")


def test_an_approval_puts_the_held_challenger_in_force_once_no_freeze_hinders_it(act: Look, own_site: Site):
    viewer = act("piet")
    with own_site.office() as office:
        office.freeze("book", why="an audit is under way")
    page_of(viewer, HELD)
    viewer.sees("ada froze the champion (an audit is under way). Lift the freeze first")
    assert viewer.page.get_by_role("button", name="Approve").count() == 0
    with own_site.office() as office:
        office.lift_freeze("book", why="it is over")
    page_of(viewer, HELD)
    decides(viewer, "Approve", "the committee agreed on 3 May")
    viewer.sees("Held, then approved by a person")
    viewer.sees("Approved by piet: the committee agreed on 3 May")
    viewer.sees("In force now")
    assert viewer.page.get_by_role("button", name="Approve").count() == 0
    (newest,) = own_site.console.rows("select turn, reason, by, why from champion_turn order by turn desc limit 1")
    assert newest == (3, "approved", "piet", "the committee agreed on 3 May")


def test_a_rejection_keeps_the_champion_and_leaves_promotion_by_hand(act: Look, own_site: Site):
    viewer = act("ada")
    page_of(viewer, HELD)
    decides(viewer, "Reject", "too little gained")
    viewer.sees("Held, then rejected by a person")
    viewer.sees("promote it by hand")
    assert own_site.console.rows("select max(turn) from champion_turn") == [(2,)]
    assert own_site.console.rows("select settled_by, settled_why from verdict where run = 3") == [
        ("ada", "too little gained")
    ]


def test_runs_without_a_verdict_forgotten_ones_and_those_overtaken_say_so(act: Look, own_site: Site):
    with own_site.office() as office:
        failed = fails(office)
        office.roll_back("book", why="a complaint")
    forget(own_site.console, PROMOTED)
    viewer = act("vera")
    page = page_of(viewer, failed)
    viewer.sees("The run ended without a verdict: nothing changed")
    viewer.sees("None of its loans is matured.")
    page.get_by_role("link", name=f"Run {failed} itself").wait_for()
    page = page_of(viewer, PROMOTED)
    viewer.sees("What it decided stays")
    viewer.sees("The challenger replaced the champion")
    assert page.locator(".km-verdict-gates tr").count() > 20
    assert page.locator("#at-swap .cell").count() == 4
    assert page.locator("#at-calibration").count() == 0
    viewer.finds_no_barrier()
    page_of(viewer, HELD)
    viewer.sees("Held, and overtaken: the champion has changed since")


def fails(office: Office) -> int:
    """The number of a run whose data are refused."""
    office.ask("book")
    claimed = office.house.ledger.claim("elsewhere")
    assert claimed is not None
    run, lease = claimed
    office.house.ledger.finish_run(lease, RunReason.DATA_REFUSED, detail="None of its loans is matured.")
    return run.number


def forget(console: Console, run: int) -> None:
    """What housekeeping does to the files of old runs."""
    digests = {one for (one,) in console.rows(f"select output from stage where run = {run}")}
    digests |= {one for (one,) in console.rows(f"select evidence from verdict where run = {run}")}
    for path in (console.home / "vault").glob("*/*"):
        if path.parent.name + path.name in digests:
            path.unlink()


def compared(measure: str, difference: float, error: float | None) -> Comparison:
    return Comparison(
        measure=measure, window="test", champion=0.3, challenger=0.3 + difference, difference=difference,
        standard_error=error, p_value=0.001,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "difference", "better"),
    [("auc", 0.01, 1), ("auc", -0.01, -1), ("auc", 0.001, 0), ("false_kill", -0.01, 1), ("brier", 0.01, -1)],
)
def test_an_interval_that_leaves_nought_out_is_better_or_worse(measure: str, difference: float, better: int):
    found = interval_of(compared(measure, difference, 0.002))
    assert found is not None
    assert found.better == better
    assert found.low < difference < found.high


def test_without_a_standard_error_there_is_no_interval():
    assert interval_of(compared("auc", 0.01, None)) is None


def test_an_interval_of_nothing_is_drawn_at_nought():
    assert 'cx="70.0"' in picture_of(Interval(0.0, 0.0, 0))


def test_luck_is_told_of_the_test_that_is_harder_to_deceive():
    both = verdict().comparisons
    assert luck_of(both, Policy()) != luck_of(both, Policy(proof="both"))
    assert luck_of(both, None) == ""
    assert luck_of(facts(champion=False).verdict.comparisons, Policy()) == ""
