"""Endpoints of every pipeline: how each stands, found among many; and how to start one."""

from datetime import timedelta

from playwright.sync_api import expect

from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look
from .reporting import garbled, reported
from .site import Site


def test_where_none_has_reported_the_page_says_how_to_start_one(look: Look):
    viewer = look("vera", width=390, scheme="dark")
    page = viewer.opens("/endpoints")
    viewer.sees("No endpoint has reported yet.")
    viewer.sees("Ask an administrator for a token")
    started = page.locator("pre").inner_text()
    assert f"--from {viewer.base}" in started
    assert "kingmaker token make" not in started, "a viewer makes no token"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_an_administrator_is_told_how_to_make_its_token_too(look: Look):
    viewer = look("ada", language="zh-CN")
    page = viewer.opens("/endpoints?pipeline=book&named=till")
    viewer.sees("没有符合条件的部署端")
    expect(page.locator("pre")).to_contain_text("kingmaker token make branch-7 --role endpoint --pipeline book")
    viewer.finds_no_barrier()


def test_each_endpoint_says_how_it_stands_and_is_found_among_many(act: Look, own_site: Site):
    house = open_house(Settings(home=own_site.console.home))
    for number in range(105):
        reported(house, f"branch-{number:03}")
    reported(house, "till-1", behind=1, why="the depot does not answer")
    reported(house, "till-2", ago=timedelta(hours=1))
    reported(house, "till-3", ago=timedelta(days=3))
    garbled(house, "till-4")
    house.close()
    viewer = act("oleg")
    page = viewer.opens("/endpoints")
    rows = page.locator("#content tbody tr")
    expect(rows).to_have_count(100)
    expect(rows.first.locator(".km-mark")).to_have_text("in step")
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**after=book%2Fbranch-099")
    expect(rows).to_have_count(9)
    page.get_by_label("Name has").fill("TILL")
    page.get_by_label("Only those with trouble").check()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**named=TILL&troubled=true")
    assert page.locator("#content .km-mark").all_inner_texts() == ["behind", "silent", "gone", "unreadable"]
    viewer.sees("the depot does not answer")
    model = rows.first.get_by_role("link").nth(1).get_attribute("href") or ""
    assert model.startswith("/pipelines/book/models/")
    viewer.finds_no_barrier()
    phone = act("vera", width=390, scheme="dark").opens("/endpoints?troubled=true")
    expect(phone.locator(".km-mark", has_text="unreadable")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
