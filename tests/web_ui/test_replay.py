"""Replays: listed, asked for, followed to their end or cancelled, and what each policy would have done compared."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import msgspec
import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.book import loans
from tests.journeys.console import Console
from tests.journeys.test_replay import book_in
from tests.report.replays import replayed
from tests.web_ui.browser import Viewer, viewing
from tests.web_ui.site import PASSWORD, Site, standing

from kingmaker.control.office.office import Office
from kingmaker.domain.access import owner
from kingmaker.interfaces.report.replay_page import render_replay
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look

ROWS = 3_000
TO_THE_END = 600_000
"""Milliseconds that a real replay may take on a machine that has other things to do."""
COMPARED, FAILED = 1, 2
OLD = 53
"""Replays that were cancelled long ago, to fill more than a page."""
WHY_FAILED = "file loans.parquet is not there. Put it back."


@pytest.fixture(scope="module")
def replaying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A centre that does replays, with a long one that is finished, one that failed and many that were cancelled."""
    console = replace(
        book_in(tmp_path_factory.mktemp("replaying"), loans(ROWS)), environment={"KINGMAKER_WORKERS": "1"}
    )
    house = open_house(Settings(home=console.home, data=console.folder))
    furnish(house, console)
    house.close()
    with standing(console, runs=1) as stands:
        yield stands


def furnish(house: House, console: Console) -> None:
    office = Office(house, owner("root"))
    office.declare((console.folder / "book.yaml").read_text(encoding="utf-8").replace("trials: 2", "trials: 1"))
    for number in range(1, OLD + 3):
        asked = office.ask_replay("book", from_month="2016-12", to_month="2018-12").number
        assert asked == number
        if number > FAILED:
            office.cancel_replay(number, why="long ago")
            continue
        claimed = house.ledger.claim_replay("long ago")
        assert claimed is not None
        if number == FAILED:
            house.ledger.fail_replay(claimed[1], detail=WHY_FAILED)
            continue
        result = replayed(dates=24, refused=(3,), without_bads=(5,))
        kept = house.vault.put_bytes(msgspec.json.encode(result))
        house.ledger.finish_replay(claimed[1], result=kept, page=house.vault.put_bytes(render_replay(result).encode()))


@pytest.fixture
def visit(browser_: Browser, replaying: Site) -> Iterator[Look]:
    with ExitStack() as stack:

        def looked(name: str, *, width: int = 1280, scheme: str = "light", language: str = "en-GB") -> Viewer:
            made = viewing(browser_, replaying.url, name, PASSWORD, width=width, scheme=scheme, language=language)
            return stack.enter_context(made)

        yield looked


def asks(viewer: Viewer, first: str, last: str) -> None:
    """Fills the dialog in, which is open then."""
    page = viewer.page
    page.get_by_role("button", name="Ask for a replay").click()
    viewer.sees("dates from 20")
    page.get_by_label("To: no date is later").fill(last)
    page.get_by_label("From: the first date").fill(first)
    page.get_by_label("One date every").select_option("6 months")
    for policy in ("point", "proven"):
        page.get_by_role("checkbox", name=policy).click()


def test_a_viewer_sees_every_replay_in_pages_and_may_ask_for_none(visit: Look):
    vera = visit("vera")
    page = vera.opens("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Replays").click()
    vera.sees("What each policy would have done")
    expect(page.locator("#content tbody tr")).to_have_count(50)
    assert page.locator("#content button").count() == 0
    vera.finds_no_barrier()
    page.get_by_role("link", name="Older").click()
    row = page.locator("tbody tr", has=page.get_by_role("link", name="1", exact=True))
    for said in (
        "2016-12-31 to 2018-12-31",
        "9 dates, one every quarter",
        "never, always, point, proven",
        "Finished",
        "root",
    ):
        expect(row).to_contain_text(said)
    row.get_by_role("link", name="1", exact=True).click()
    vera.sees("Replay 1 of book")
    assert page.get_by_role("button", name="Cancel").count() == 0
    page.locator("#content").get_by_role("link", name="book", exact=True).click()
    page.locator("#content").get_by_role("link", name="Replay", exact=True).click()
    page.wait_for_url(f"{vera.base}/replays?pipeline=book")


def test_policies_are_compared_measure_by_measure_and_over_time(visit: Look):
    vera = visit("vera")
    page = vera.opens(f"/replays/{COMPARED}")
    rows = page.locator("table.policies tbody tr")
    assert [row.split()[0] for row in rows.all_inner_texts()] == ["never", "always", "point", "proven"]
    head = page.locator("table.policies thead")
    for measure in (
        "AUC",
        "False kill",
        "Bad rate of the 70\u202f% approved",
        "Error of the mean pd",
        "Profit (GrAppv)",
    ):
        expect(head).to_contain_text(measure)
    for measure in ("Promotions", "Worse in hindsight", "Regret of false kill"):
        expect(head).to_contain_text(measure)
    told = replayed(dates=24, refused=(3,), without_bads=(5,))
    always = next(policy for policy in told.policies if policy.policy == "always")
    expect(rows.nth(1)).to_contain_text(f"{always.worse} of {always.judged}")
    expect(page.locator("figure.over-time")).to_have_count(6)
    assert page.locator("figure.over-time .wide .reign").first.is_visible()
    assert not page.locator("figure.over-time .narrow").first.is_visible()
    folded = page.locator(".km-replay-promotions", has_text=f"always · promotions: {always.promotions}")
    expect(folded.locator("table")).to_be_hidden()
    folded.locator("summary").click()
    expect(folded.locator("tbody tr")).to_have_count(always.promotions)
    expect(page.locator(".km-replay-standstills tbody tr").first).to_contain_text("data refused")
    vera.finds_no_barrier()


def test_it_is_read_on_a_phone_in_the_dark_in_chinese(visit: Look):
    vera = visit("vera", width=390, scheme="dark", language="zh-CN")
    page = vera.opens(f"/replays/{COMPARED}")
    vera.sees("各策略的价值")
    assert page.locator("table.policies td[data-name=误杀率]").count() == 4
    assert page.locator("figure.over-time .narrow").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    vera.finds_no_barrier()
    page = vera.opens("/replays")
    vera.sees("已取消")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    vera.finds_no_barrier()


def test_the_report_is_opened_and_both_it_and_the_numbers_are_downloaded(visit: Look):
    vera = visit("vera")
    page = vera.opens(f"/replays/{COMPARED}")
    with page.expect_download() as found:
        page.get_by_role("link", name="Download as JSON").click()
    assert found.value.suggested_filename == "book-replay-1.json"
    assert json.loads(found.value.path().read_text(encoding="utf-8"))["approval_rate"] == 0.7
    with page.expect_download() as found:
        page.get_by_role("link", name="Download the report").click()
    assert found.value.suggested_filename == "book-replay-1.html"
    assert found.value.path().read_text(encoding="utf-8").startswith("<!doctype html>")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the report").click()
    opened.value.get_by_role("heading", name="How to read this").wait_for()


def test_one_that_failed_says_why_and_what_to_do_and_one_that_is_not_there_does_too(visit: Look):
    vera = visit("vera")
    vera.opens(f"/replays/{FAILED}")
    vera.sees(WHY_FAILED)
    vera.sees("ask for a replay again")
    vera.opens("/replays/9999")
    vera.sees("There is no replay 9999")
    vera.expects("404")


def test_an_operator_asks_for_one_watches_it_end_and_compares_and_cancels_the_next(visit: Look, replaying: Site):
    oleg = visit("oleg")
    page = oleg.opens("/replays")
    asks(oleg, "2031-01", "2032-06")
    oleg.sees("is still to come")
    oleg.finds_no_barrier()
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_label("From: the first date").fill("2016-12")
    page.get_by_label("To: no date is later").fill("2017-06")
    oleg.sees("2 dates from 2016-12-31 to 2017-06-30, 2 policies.")
    page.get_by_role("button", name="Ask", exact=True).click()
    number = OLD + 3
    oleg.sees(f"Replay {number} of book")
    asked = "SELECT state, requested_by FROM replay_request WHERE number > 55 ORDER BY number"
    assert [by for _, by in replaying.console.rows(asked)] == ["oleg"]
    page.get_by_role("progressbar").wait_for()
    page.get_by_text("of 2 dates decided").wait_for(timeout=TO_THE_END)
    oleg.finds_no_barrier()
    page.get_by_role("heading", name="What each policy would have been worth").wait_for(timeout=TO_THE_END)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    rows = page.locator("table.policies tbody tr")
    assert [row.split()[0] for row in rows.all_inner_texts()] == ["never", "always"]
    assert replaying.console.rows(asked) == [("finished", "oleg")]

    oleg.opens("/replays")
    asks(oleg, "2016-12", "2019-06")
    oleg.sees("It will take roughly")
    page.get_by_role("button", name="Ask", exact=True).click()
    oleg.sees(f"Replay {number + 1} of book")
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("seen enough")
    dialog.get_by_role("button", name=f"Cancel replay {number + 1}").click()
    oleg.sees("Cancelled by oleg: seen enough")
    assert replaying.console.rows(asked)[1] == ("cancelled", "oleg")
    assert page.get_by_role("button", name="Cancel", exact=True).count() == 0
