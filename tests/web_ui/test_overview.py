"""The overview: every pipeline at a glance, first what needs somebody."""

from datetime import timedelta

from playwright.sync_api import expect

from kingmaker.control.office.office import Office
from kingmaker.domain.access import owner
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look
from .reporting import garbled, reported
from .site import Site


def test_a_viewer_sees_every_pipeline_with_its_champion_and_figures(look: Look):
    viewer = look("vera")
    page = viewer.opens("/")
    card = page.locator("section.km-card", has_text="book")
    assert card.get_by_role("link", name="book").get_attribute("href") == "/pipelines/book"
    expect(card).to_contain_text("in force since")
    for figure in ("AUC", "False kill", "Approval", "Bad rate"):
        expect(card.locator("dt", has_text=figure)).to_be_visible()
    assert "runs, from" in (card.get_by_role("img").first.get_attribute("aria-label") or "")
    assert card.get_by_role("link", name="none has reported").get_attribute("href") == "/endpoints?pipeline=book"
    assert page.locator("#content button").count() == 0
    viewer.finds_no_barrier()


def test_on_a_phone_it_has_no_edge_to_scroll_beyond_and_speaks_chinese(look: Look):
    viewer = look("piet", width=390, scheme="dark", language="zh-CN")
    page = viewer.opens("/")
    viewer.sees("需要处理")
    assert page.get_by_role("listitem").get_by_role("link", name="运行 3").get_attribute("href") == "/runs/3/verdict"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_what_needs_somebody_stands_first_until_somebody_saw_to_it(act: Look, own_site: Site):
    house = open_house(Settings(home=own_site.console.home))
    reported(house, "till-1")
    reported(house, "till-2", ago=timedelta(hours=1))
    reported(house, "till-3", ago=timedelta(days=3))
    garbled(house, "till-4")
    viewer = act("piet")
    page = viewer.opens("/")
    needs = page.locator(".km-overview-needs li")
    expect(needs).to_have_count(3)
    assert [one.split("\n")[0] for one in needs.all_inner_texts()] == ["Silent", "Unreadable", "Decide"]
    assert needs.nth(0).get_by_role("link").get_attribute("href") == "/endpoints?pipeline=book&troubled=true"
    for told in ("in step: 1", "silent: 1", "unreadable: 1", "gone: 1"):
        viewer.sees(told)
    reported(house, "till-2")
    reported(house, "till-4")
    Office(house, owner("root")).reject(3, why="It approves too few.")
    house.close()
    viewer.sees("All well")
    viewer.sees("in step: 3")
