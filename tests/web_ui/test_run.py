"""One run: followed while it happens, cancelled for good, and looked into afterwards."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.journeys.console import Console
from tests.web_ui.browser import Viewer, viewing
from tests.web_ui.site import PASSWORD, Site, standing

from kingmaker.control.office.office import Office
from kingmaker.domain.access import owner
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look

MANY_TRIALS = 5_000
"""More than are fitted before anybody cancels them."""


@pytest.fixture
def conducting(lived_in: Console, tmp_path: Path) -> Iterator[Site]:
    """A control centre that conducts what is asked for, whose pipeline searches for a long time."""
    console = lived_in.copied_to(tmp_path)
    file = console.folder / "book.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("trials: 3", f"trials: {MANY_TRIALS}"), encoding="utf-8")
    console.does("declare", "book.yaml")
    with standing(replace(console, environment={"KINGMAKER_WORKERS": "1"}), runs=1) as stands:
        yield stands


def test_a_run_is_seen_as_it_happens_and_stopped(browser_: Browser, conducting: Site):
    with (
        viewing(browser_, conducting.url, "oleg", PASSWORD) as oleg,
        viewing(browser_, conducting.url, "vera", PASSWORD, scheme="dark") as vera,
    ):
        oleg.opens("/runs")
        oleg.page.get_by_role("button", name="Ask for a run").click()
        oleg.page.get_by_label("As of which day").fill("2017-01-31")
        oleg.page.get_by_role("button", name="Ask", exact=True).click()
        number = begun(oleg)
        oleg.page.goto(f"{conducting.url}/runs/{number}")
        vera.page.goto(f"{conducting.url}/runs/{number}")
        log = oleg.page.get_by_role("log")
        expect(log).to_contain_text("loans in windows", timeout=60_000)
        oleg.page.get_by_text(f"of {MANY_TRIALS:,}").wait_for(timeout=60_000)
        expect(row_of(oleg.page, "Extract")).to_contain_text("done")
        expect(row_of(oleg.page, "Train")).to_contain_text("under way")
        oleg.finds_no_barrier()
        vera.sees(f"of {MANY_TRIALS:,}")
        assert vera.page.locator("#content button").count() == 0
        oleg.page.get_by_role("button", name="Cancel").click()
        oleg.page.get_by_label("Reason").fill("the wrong day")
        oleg.page.get_by_role("dialog").get_by_role("button", name=f"Cancel run {number}").click()
        for one in (oleg, vera):
            one.page.get_by_role("heading", name="Cancelled").wait_for(timeout=60_000)
            one.sees("oleg asked for its end: the wrong day")
            expect(one.page.get_by_role("progressbar")).to_be_hidden()
        expect(log).to_contain_text("Cancelled")
        oleg.page.get_by_role("button", name="Ask again").wait_for()
        vera.finds_no_barrier()
    assert conducting.console.rows(f"SELECT reason FROM run WHERE number = {number}") == [("cancelled",)]
    noted = conducting.console.rows("SELECT why FROM audit WHERE action = 'run cancelled'")
    assert noted == [("Cancelled by oleg: the wrong day",)]


def row_of(page: Page, stage: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("cell", name=stage, exact=True))


def begun(viewer: Viewer) -> int:
    """The number of the run that the request becomes, which the list shows without being loaded again."""
    mark = viewer.page.get_by_role("row").filter(has_text="under way")
    mark.first.wait_for(timeout=60_000)
    return int(mark.first.get_by_role("link").first.inner_text())


@pytest.mark.parametrize("page", ["", "/data", "/recipe", "/trials"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_everything_about_a_run_is_read_without_barriers_on_desk_and_phone(
    look: Look, page: str, width: int, scheme: str
):
    viewer = look("piet", width=width, scheme=scheme)
    viewer.opens(f"/runs/2{page}")
    viewer.sees("as of 2019-12-31")
    viewer.finds_no_barrier()
    assert viewer.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_finished_run_tells_what_became_of_it_and_leads_to_its_verdict(look: Look):
    viewer = look("vera")
    page = viewer.opens("/runs/1")
    viewer.sees("A verdict was reached")
    assert page.get_by_role("link", name="The verdict, gate by gate").get_attribute("href") == "/runs/1/verdict"
    expect(row_of(page, "Publish")).to_contain_text("done")
    for name, said in (
        ("Report", b"<!doctype html>"),
        ("Everything", b'"trials"'),
        ("Trials (CSV)", b"number,learner"),
    ):
        path = page.get_by_role("link", name=name).get_attribute("href")
        assert said in page.context.request.get(viewer.base + str(path)).body()


def test_the_loans_of_a_run_are_told_with_what_was_left_out_and_why(look: Look):
    page = look("vera").opens("/runs/2/data")
    assert page.get_by_role("img", name="Application dates of each window").is_visible()
    expect(page.get_by_role("row", name="not matured")).to_contain_text("their performance window was still open")
    expect(page.get_by_role("row", name="went_bad").first).to_contain_text("the answer itself")
    page.get_by_role("img", name="Bad rate by month of application").wait_for()


def test_a_column_is_shown_before_and_after_what_the_recipe_makes_of_it(look: Look):
    viewer = look("vera")
    page = viewer.opens("/runs/1/recipe")
    page.locator("select[name=column]").select_option("region")
    page.get_by_role("heading", name="region").wait_for()
    expect(page.get_by_role("row", name="south")).to_contain_text("%")
    page.locator("select[name=recipe]").select_option("plain")
    page.locator("select[name=column]").select_option("savings")
    viewer.sees("Outliers pulled in to")
    assert page.get_by_role("img", name="Before: raw values").is_visible()
    assert page.get_by_role("img", name="After: savings").is_visible()


def test_trials_are_ordered_by_a_click_on_a_title(look: Look):
    page = look("vera").opens("/runs/2/trials")
    order = page.locator("th[aria-sort]")
    expect(order).to_have_text("Utility")
    page.get_by_role("link", name="Took").click()
    expect(order).to_have_text("Took")
    assert order.get_attribute("aria-sort") == "descending"
    page.get_by_role("link", name="Took").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Took")
    page.get_by_label("Learner").select_option("lightgbm")
    page.wait_for_url("**learner=lightgbm**")
    page.get_by_text("chosen").first.click()
    page.get_by_text("learning_rate = ").first.wait_for()


def test_a_run_that_did_not_come_far_says_so_and_what_to_do(browser_: Browser, own_site: Site):
    """An unfinished run on which nobody works, with a fault whose message is no markup."""
    house = open_house(Settings(home=own_site.console.home))
    Office(house, owner("ada")).ask("book")
    claimed = house.ledger.claim("elsewhere")
    assert claimed is not None
    run, lease = claimed
    house.ledger.release(lease)
    house.close()
    with sqlite3.connect(own_site.console.home / "ledger.db") as ledger:
        ledger.execute(
            "INSERT INTO fault (run, stage, trial, node, attempt, kind, message, traceback, happened_at)"
            " VALUES (?, 'train', 3, 'here', 1, 'raised', '<b>no</b>', 'Traceback: line 1', '2026-01-01 00:00:00.000000')",
            (run.number,),
        )
    ledger.close()
    with viewing(browser_, own_site.url, "oleg", PASSWORD) as oleg:
        page = oleg.opens(f"/runs/{run.number}/trials")
        oleg.sees("<b>no</b>")
        page.get_by_text("Traceback", exact=True).click()
        oleg.sees("Traceback: line 1")
        oleg.sees("No trial yet.")
        oleg.opens(f"/runs/{run.number}/data")
        oleg.sees("The run has not read its loans yet.")
        oleg.opens(f"/runs/{run.number}/recipe")
        oleg.sees("The run has learnt no recipe yet.")
        page.goto(f"{own_site.url}/runs/{run.number}")
        oleg.sees("Unfinished, and nobody works on it")
        oleg.sees(f"kingmaker resume {run.number}")
        oleg.finds_no_barrier()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_label("Reason").fill("nobody needs it")
        page.get_by_role("dialog").get_by_role("button", name=f"Cancel run {run.number}").click()
        page.get_by_role("heading", name="Cancelled").wait_for()
        page.get_by_role("button", name="Ask again").click()
        oleg.sees("Asked for again")
    assert own_site.console.rows("SELECT count(*) FROM queued_request WHERE state = 'waiting'") == [(1,)]


def test_a_run_that_is_not_there_is_told_so(look: Look):
    viewer = look("vera")
    viewer.opens("/runs/99")
    viewer.sees("There is no run 99")
    viewer.expects("404")
