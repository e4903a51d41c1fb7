"""The audit log: chosen from, gone through page by page, and proven."""

from playwright.sync_api import expect

from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look
from .site import Site


def test_a_viewer_chooses_from_the_log_follows_it_and_proves_it(look: Look):
    viewer = look("vera")
    page = viewer.opens("/audit")
    page.get_by_label("Subject begins with").fill("run/")
    page.get_by_label("Action begins with").fill("run finished")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**action=run+finished&subject=run%2F")
    assert page.locator("#content tbody a").all_inner_texts() == ["run/3", "run/2", "run/1"]
    page.get_by_role("button", name="Prove it now").click()
    viewer.sees("intact")
    viewer.sees("entries proven")
    viewer.finds_no_barrier()
    page.get_by_role("link", name="run/2").click()
    page.wait_for_url("**/runs/2")


def test_nothing_like_that_is_said_so_on_a_phone_and_in_chinese(look: Look):
    viewer = look("piet", width=390, scheme="dark", language="zh-CN")
    page = viewer.opens("/audit?by=nobody")
    viewer.sees("没有符合条件的记录")
    page = viewer.opens("/audit?subject=champion_turn")
    viewer.sees("champion_turn/book/2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_the_log_goes_on_for_pages_and_a_change_behind_its_back_is_found(act: Look, own_site: Site):
    house = open_house(Settings(home=own_site.console.home))
    for number in range(60):
        house.ledger.note(by="root", action="noted", subject="house", before="", after=f"{number}" * 170, why="")
    house.close()
    viewer = act("vera")
    page = viewer.opens("/audit?action=noted")
    rows = page.locator("#content tbody tr")
    expect(rows).to_have_count(50)
    assert page.get_by_role("link", name="Newer").count() == 0
    rows.first.locator("summary").click()
    viewer.sees("59" * 170)
    page.get_by_role("link", name="Older").click()
    expect(rows).to_have_count(10)
    page.get_by_role("link", name="Newer").click()
    expect(rows).to_have_count(50)
    own_site.console.edit("UPDATE champion_turn SET why = 'luck' WHERE turn = 1")
    page.get_by_role("button", name="Prove it now").click()
    viewer.sees("broken")
    viewer.sees("champion_turn/book/1")
