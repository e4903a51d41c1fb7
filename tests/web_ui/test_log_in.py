"""The log-in: wrong passwords, locks, the page that was wanted, and the end of a session."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from tests.journeys.console import Console

from kingmaker.control.office.office import Office
from kingmaker.domain.access import owner
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .browser import PATIENCE
from .conftest import Look
from .site import PASSWORD, Site


def at_the_door(browser: Browser, site: Site, path: str, *, language: str = "en-GB") -> Page:
    """Nobody is logged in here."""
    page = browser.new_context(locale=language).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(site.url + path)
    return page


def tells(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Password").press("Enter")


def test_somebody_logs_in_with_enter_and_goes_where_they_wanted(browser_: Browser, site: Site):
    page = at_the_door(browser_, site, "/endpoints?named=till&troubled=true")
    assert page.title() == "Log in · Kingmaker"
    tells(page, "vera", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong")
    tells(page, "vera", PASSWORD)
    page.wait_for_url("**/endpoints?named=till&troubled=true")
    page.goto(site.url + "/login")
    assert page.url == site.url + "/"
    page.context.close()


def test_no_address_leads_from_the_log_in_to_another_site(browser_: Browser, site: Site):
    page = at_the_door(browser_, site, "/login")
    for elsewhere in ("//evil.example", "https://evil.example", "/%5Cevil.example", "javascript:alert(1)"):
        page.goto(f"{site.url}/login?to={elsewhere}")
        tells(page, "vera", PASSWORD)
        page.wait_for_url(site.url + "/", wait_until="commit")
        page.context.clear_cookies()
    page.context.close()


def test_too_many_wrong_passwords_are_told_with_how_long_to_wait(browser_: Browser, site: Site):
    page = at_the_door(browser_, site, "/login")
    for _ in range(6):
        tells(page, "nobody in particular", "not the password")
        expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_role("alert")).to_contain_text("Too many wrong passwords. Try again in")
    page.context.close()


def test_the_log_in_speaks_chinese_where_the_browser_does(browser_: Browser, site: Site):
    page = at_the_door(browser_, site, "/", language="zh-CN")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh"
    page.context.close()


def test_whoever_changes_their_password_logs_in_with_the_new_one(act: Look, own_site: Site, browser_: Browser):
    viewer = act("vera")
    page = viewer.opens("/me")
    viewer.finds_no_barrier()
    another = "seven green bottles stand"
    for label, said in (("Old password", "wrong"), ("New password", another), ("New password again", another)):
        page.get_by_label(label, exact=True).fill(said)
    page.get_by_role("button", name="Change it").click()
    viewer.sees("The old password is wrong")
    page.get_by_label("Old password").fill(PASSWORD)
    page.get_by_label("New password again").press("Enter")
    page.wait_for_url("**/login*")
    entries = told(own_site.console)
    assert [(one.by, one.action) for one in entries[:1]] == [("vera", "password changed")]
    door = at_the_door(browser_, own_site, "/login")
    tells(door, "vera", PASSWORD)
    expect(door.get_by_role("alert")).to_contain_text("wrong")
    tells(door, "vera", another)
    door.wait_for_url(own_site.url + "/")
    door.context.close()


def test_a_page_that_is_open_when_the_session_ends_says_so_and_leads_to_the_log_in(act: Look, own_site: Site):
    viewer = act("piet")
    page = viewer.opens("/schedules")
    other = act("piet")
    other.opens("/me").get_by_role("button", name="Log out everywhere").click()
    other.page.wait_for_url("**/login*")
    page.wait_for_url("**/login?to=%2Fschedules&over=1", timeout=60_000)
    viewer.sees("Your session is over")
    assert told(own_site.console)[0].action == "logged out everywhere"


def told(console: Console) -> list[object]:
    house = open_house(Settings(home=Path(console.home)))
    try:
        return list(Office(house, owner("root")).audit())
    finally:
        house.close()
