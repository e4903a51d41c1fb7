"""The page of a pipeline: who was champion when, how it stands, and what those may do who decide."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from kingmaker.domain.champion import TurnReason
from kingmaker.ports.ledger import Ledger
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .browser import Viewer
from .conftest import Look
from .site import Site

PAGE = "/pipelines/book"


@contextmanager
def ledger_of(site: Site) -> Iterator[Ledger]:
    house = open_house(Settings(home=site.console.home))
    yield house.ledger
    house.close()


def decides(viewer: Viewer, word: str | re.Pattern[str], why: str) -> None:
    """Press the button, say why in the dialog, and wait until the page is there anew."""
    viewer.page.get_by_role("button", name=word, exact=True).click()
    dialog = viewer.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(why)
    with viewer.page.expect_navigation():
        dialog.get_by_role("button", name=word, exact=True).click()
    viewer.page.wait_for_load_state("networkidle")


def test_a_viewer_sees_who_was_champion_when_and_every_verdict_and_nothing_to_press(look: Look):
    viewer = look("vera", scheme="dark")
    page = viewer.opens(PAGE)
    viewer.sees("is in force since")
    drawn = page.locator(".km-pipeline-wide svg")
    assert drawn.count() == 5
    told = drawn.first.get_attribute("aria-label") or ""
    assert told.startswith("Who was champion when:")
    assert told.count("promoted by run") == 2
    assert drawn.first.locator(".km-pipeline-event.hold").count() == 1
    rows = page.get_by_role("region", name="Figures of each verdict").locator("tbody tr")
    assert [row.locator("td").first.inner_text() for row in rows.all()] == ["3", "2", "1"]
    assert rows.nth(1).get_by_text("champion .").count() == 1
    assert page.get_by_role("region", name="Champions").locator("tbody tr").count() == 2
    for title in ("Error budget", "Schedule", "Endpoints", "Companions", "Declaration"):
        assert page.get_by_role("heading", name=title, exact=True).count() == 1
    assert page.get_by_role("link", name="Approve or reject what run 3 held").get_attribute("href") == "/runs/3/verdict"
    assert page.locator("#content .km-button").count() == 0
    viewer.finds_no_barrier()


def test_the_page_fits_a_phone_and_speaks_chinese(look: Look):
    viewer = look("vera", width=390, language="zh-CN")
    page = viewer.opens(PAGE)
    viewer.sees("冠军模型时间线")
    expect(page.locator(".km-pipeline-narrow svg").first).to_be_visible()
    expect(page.locator(".km-pipeline-wide svg").first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_older_verdicts_are_on_a_page_of_their_own(look: Look):
    viewer = look("vera")
    page = viewer.opens(f"{PAGE}?before=2")
    rows = page.get_by_role("region", name="Figures of each verdict").locator("tbody tr")
    assert [row.locator("td").first.inner_text() for row in rows.all()] == ["1"]
    assert page.get_by_role("link", name="Newer").get_attribute("href") == PAGE


def test_an_operator_asks_for_runs_and_edits_and_does_not_decide(look: Look):
    page = look("oleg").opens(PAGE)
    assert [one.inner_text() for one in page.locator("#content .km-button").all()] == ["Ask for a run"]
    assert page.get_by_role("link", name="Edit").get_attribute("href") == f"{PAGE}/declaration/edit"


def test_a_pipeline_that_is_not_there_says_so(look: Look):
    viewer = look("vera")
    viewer.opens("/pipelines/nothing")
    viewer.sees("There is no pipeline 'nothing'")
    viewer.expects("404")


def test_an_approver_freezes_names_companions_and_rolls_back_each_with_a_reason(act: Look, own_site: Site):
    viewer = act("piet")
    page = viewer.opens(PAGE)
    decides(viewer, "Freeze", "the auditors are here")
    viewer.sees("piet froze the champion: the auditors are here")
    decides(viewer, "Lift the freeze", "they left")
    assert page.get_by_text("froze the champion").count() == 0
    decides(viewer, "Set a canary", "five in a hundred")
    viewer.sees("canary, answers for 5\u202f%")
    decides(viewer, "Stop the canary", "enough is known")
    decides(viewer, "Add a shadow", "to see what it would have said")
    viewer.sees("shadow, never answers")
    decides(viewer, re.compile("^Stop the shadow"), "seen enough")
    viewer.sees("Nobody accompanies the champion")
    decides(viewer, "Write the spent budget off", "a new year begins")
    page.get_by_role("button", name="Roll back", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back", exact=True).click()
    viewer.sees("Say why: it is kept in the audit log.")
    viewer.finds_no_barrier()
    page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    decides(viewer, "Roll back", "the branch complains")
    viewer.sees("put back by piet")
    with ledger_of(own_site) as ledger:
        turn = ledger.history("book")[-1]
        assert (turn.turn, turn.reason, turn.by, turn.why) == (
            3,
            TurnReason.ROLLED_BACK,
            "piet",
            "the branch complains",
        )
        assert [one.lifted_why for one in ledger.freezes("book")] == ["they left"]
        said = [one.why for one in ledger.companion_changes("book")]
        assert said == ["five in a hundred", "enough is known", "to see what it would have said", "seen enough"]
        assert [one.why for one in ledger.budget_resets("book")] == ["a new year begins"]


def test_an_approver_promotes_by_hand_what_was_held(act: Look, own_site: Site):
    viewer = act("piet")
    viewer.opens(PAGE)
    decides(viewer, "Promote by hand", "the committee said so")
    viewer.sees("approved by piet")
    with ledger_of(own_site) as ledger:
        verdict = ledger.verdict(3)
        assert ledger.history("book")[-1].why == "the committee said so"
        assert verdict is not None
        assert verdict.settlement is not None
        assert verdict.settlement.approved
