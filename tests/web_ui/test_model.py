"""The page of a model version: what it rests on, what it would say, what another cut would do, what may be done."""

import csv
import re

from playwright.sync_api import Page, expect

from kingmaker.domain.evidence import ModelEvidence

from .conftest import Look
from .site import Site

CHAMPION = "/pipelines/book/models/champion"


def number_in(page: Page, place: str) -> float:
    """The first number that stands there."""
    found = re.search(r"\d+(\.\d+)?", page.locator(place).first.inner_text())
    assert found, place
    return float(found[0])


def first_of(site: Site) -> str:
    """The version that was the first champion."""
    with site.office() as office:
        return office.history("book")[0].version


def evidence_of_the_champion(site: Site) -> ModelEvidence:
    with site.office() as office:
        newest = office.history("book")[-1]
        selection = office.account(office.version("book", newest.version).run, trials=False).selection
    assert selection is not None
    assert selection.evidence is not None
    assert selection.evidence.challenger is not None
    return selection.evidence.challenger


def test_a_viewer_sees_where_the_version_comes_from_and_may_take_it_along(look: Look, site: Site):
    viewer = look("vera")
    page = viewer.opens(CHAMPION)
    with site.office() as office:
        reign = office.champion("book")
    assert reign is not None
    expect(page.get_by_text(reign.turn.version, exact=True)).to_be_visible()
    expect(page.get_by_text("in force now")).to_be_visible()
    expect(page.get_by_role("button", name="Freeze the champion")).to_have_count(0)
    for name in ("Thresholds", "Schema", "Model-risk document", "Report of its run", "Bundle"):
        address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        answer = page.request.get(viewer.base + str(address))
        assert answer.ok, name
        if name == "Thresholds":
            assert answer.json()["thresholds"]["approve_from"] > 0
    viewer.finds_no_barrier()


def test_the_first_digits_of_a_version_lead_to_the_whole_of_it(look: Look, site: Site):
    viewer = look("vera")
    oldest = first_of(site)
    page = viewer.opens(f"/pipelines/book/models/{oldest[:7]}")
    assert page.url == f"{viewer.base}/pipelines/book/models/{oldest}"
    viewer.sees("was in force")
    viewer.opens("/pipelines/book/models/abcdef0")
    viewer.sees("Back to the overview")
    viewer.expects("404")


def test_one_column_at_a_time_shows_what_it_does(look: Look):
    viewer = look("vera")
    page = viewer.opens(CHAMPION)
    chosen = page.locator("#features [aria-pressed='true']")
    first = chosen.inner_text()
    page.locator("#features").get_by_role("button", name="region", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^region: mean pd from"))).to_be_visible()
    expect(chosen).to_have_text("region")
    assert first != "region"
    page.get_by_text("The same as a table").click()
    expect(page.locator("#features details").get_by_role("cell", name="south", exact=True)).to_be_visible()
    expect(page.locator("#features details").get_by_role("cell", name="missing", exact=True)).to_be_visible()


def test_an_applicant_who_is_made_up_is_scored_anew_with_every_change_as_the_command_line_scores_them(
    look: Look, site: Site
):
    viewer = look("vera")
    page = viewer.opens(CHAMPION)
    score = page.locator("#what_if .km-model-score")
    before = score.inner_text()
    fields = {"savings": "", "debt": "3.5", "inquiries": "9", "region": "south"}
    read = [label.inner_text() for label in page.locator("#what_if form label").all()]
    for name in (name for name in read if name in fields):
        field = page.get_by_label(name, exact=True)
        if name == "region":
            field.select_option(fields[name])
        else:
            field.fill(fields[name])
            field.press("Tab")
    expect(page.locator("#what_if").get_by_text("decline", exact=True)).to_be_visible()
    file = site.console.folder / "made-up.csv"
    amount = page.get_by_label("amount", exact=True)
    row = {"loan": "L", "amount": amount.input_value() if amount.count() else "", **fields}
    file.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    site.console.does("score", "made-up.csv", "scored.csv", "--reasons", "2", "--allow-missing")
    (told,) = csv.DictReader((site.console.folder / "scored.csv").read_text(encoding="utf-8").splitlines())
    expect(score).to_have_text(told["score"])
    expect(page.locator("#what_if .km-model-reasons li").first).to_contain_text(f"{told['reason_1']}: cost")
    assert before != told["score"]


def test_two_applicants_stand_side_by_side(look: Look):
    viewer = look("vera")
    page = viewer.opens(CHAMPION)
    page.get_by_role("button", name="Compare with a second applicant").click()
    viewer.sees("Both are the same so far")
    second = page.locator("#what_if form").nth(1)
    second.get_by_label("debt").fill("4")
    second.get_by_label("debt").press("Enter")
    expect(page.locator("#what_if").get_by_role("row", name=re.compile("^debt .* 4 "))).to_be_visible()
    scores = [int(one.inner_text()) for one in page.locator("#what_if .km-model-score").all()]
    assert scores[1] < scores[0]
    viewer.finds_no_barrier()


def test_another_cut_is_tried_with_the_keyboard_and_its_figures_are_the_evidences(look: Look, site: Site):
    viewer = look("vera")
    page = viewer.opens(CHAMPION)
    figures = page.locator(".km-model-number")
    expect(figures.first).to_have_text(re.compile("70.0"))
    slider = page.get_by_label("Approve of 100 applicants")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(figures.first).to_have_text(re.compile("75.0"))
    expect(page.get_by_text("approval_rate: 0.75")).to_be_visible()
    evidence = evidence_of_the_champion(site)
    at = next(point for point in evidence.approval if round(point.approval_rate, 4) == 0.75)
    shown = [number_in(page, f".km-model-figures > :nth-child({place}) .km-model-number") for place in (2, 3, 4)]
    assert shown == [round(100 * rate, 1) for rate in (at.bad_rate, at.false_kill, at.caught)]
    expect(page.get_by_text("Good lending turned away (amount)")).to_be_visible()
    assert at.false_kill_amount < evidence.at_cut.false_kill_amount


def test_on_a_phone_in_the_dark_and_in_chinese_nothing_is_cut_off(look: Look):
    viewer = look("piet", width=390, scheme="dark", language="zh-CN")
    page = viewer.opens(CHAMPION)
    viewer.sees("误杀率")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_an_approver_freezes_the_champion_and_goes_back_to_the_one_before(act: Look, own_site: Site):
    piet = act("piet")
    page = piet.opens(CHAMPION)
    page.get_by_role("button", name="Freeze the champion").click()
    page.get_by_label("Reason, kept in the audit log").fill("audit week")
    page.get_by_role("dialog").get_by_role("button", name="Freeze the champion").click()
    piet.sees("Frozen by piet: audit week")
    first = first_of(own_site)
    page = piet.opens(f"/pipelines/book/models/{first}")
    page.get_by_role("button", name="Roll back to this version").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back to this version").click()
    piet.sees("Say why")
    page.get_by_label("Reason, kept in the audit log").fill("complaints")
    page.get_by_role("dialog").get_by_role("button", name="Roll back to this version").click()
    piet.sees("in force now")
    with own_site.office() as office:
        turn = office.history("book")[-1]
        assert (turn.version, turn.by, turn.why) == (first, "piet", "complaints")
        assert "champion rolled back" in {entry.action for entry in office.audit(limit=3)}
