"""Pages that are shown instead: of an address where there is none, and when one failed."""

import sqlite3
from contextlib import closing

import httpx2
from playwright.sync_api import expect

from .conftest import Look
from .site import Site

BROWSER = {"Accept": "text/html"}


def test_a_page_that_is_not_there_says_so_and_shows_a_way_back(look: Look):
    viewer = look("vera", scheme="dark")
    page = viewer.opens("/nothing/of/the/kind")
    viewer.sees("There is no such page")
    assert page.title() == "There is no such page · Kingmaker"
    viewer.finds_no_barrier()
    page.get_by_role("link", name="Back to the overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    viewer.expects("404")


def test_a_mistyped_address_is_told_in_the_viewers_language_too(look: Look):
    viewer = look("vera", width=390, language="zh-CN")
    for path in ("/audit?before=yesterday", "/runs/first", "/audit?before=99999999999999999999"):
        viewer.opens(path)
        viewer.sees("页面不存在")
    viewer.finds_no_barrier()
    viewer.expects("404")


def test_whoever_is_not_logged_in_learns_nothing_of_which_pages_there_are(site: Site):
    for path in ("/nothing", "/audit?before=yesterday", "/audit"):
        answer = httpx2.get(site.url + path, headers=BROWSER, follow_redirects=False, timeout=60)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/login")


def test_a_program_is_answered_as_programs_are(site: Site):
    answer = httpx2.get(f"{site.url}/nothing", timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_page_that_fails_says_so_and_others_go_on(act: Look, own_site: Site):
    viewer = act("vera")
    loses(own_site, "notice")
    viewer.opens("/notices")
    viewer.sees("That did not work")
    viewer.opens("/audit")
    viewer.sees("Every change, with who made it and why.")
    viewer.expects("503")
    loses(own_site, "login_session")
    answer = httpx2.get(f"{own_site.url}/audit", headers=BROWSER, cookies={"kingmaker": "somebody"}, timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "<h1>The page failed</h1>" in answer.text, "nobody knows who asks: in words all the same"


def loses(site: Site, table: str) -> None:
    """Its ledger is damaged under the running control centre."""
    with closing(sqlite3.connect(site.console.home / "ledger.db")) as ledger:
        ledger.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
