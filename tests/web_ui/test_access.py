"""People and tokens, which administrators alone see and change."""

import httpx2
from playwright.sync_api import Page, expect

from .conftest import Look
from .site import Site

FIRST_PASSWORD = "seven green bottles stand"
REFUSED = """async (secret) => {
  const headers = {Authorization: `Bearer ${secret}`};
  return (await fetch("/api/v1/runs", {credentials: "omit", headers})).status === 401;
}"""
"""Within five seconds of its end, a token opens nothing any more."""


def test_whoever_is_no_administrator_is_led_nowhere_near_it(look: Look):
    viewer = look("vera")
    page = viewer.opens("/")
    assert page.get_by_role("link", name="Access").count() == 0
    viewer.opens("/access")
    viewer.sees("vera (viewer) may not administer")
    assert page.locator("#content button").count() == 0
    viewer.expects("403")


def test_on_a_phone_people_and_tokens_are_lines_beneath_each_other(look: Look):
    viewer = look("ada", width=390, scheme="dark", language="zh-CN")
    page = viewer.opens("/access")
    expect(page.get_by_role("button", name="停用 vera")).to_be_visible()
    assert page.get_by_role("button", name="停用 ada").count() == 0, "nobody shuts themselves out by a slip"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".km-scroll").first.evaluate("one => one.scrollWidth <= one.clientWidth")
    viewer.finds_no_barrier()


def test_an_administrator_adds_somebody_changes_what_they_may_and_disables_them(act: Look, own_site: Site):
    ada = act("ada")
    page = ada.opens("/access")
    page.get_by_role("button", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name to log in with").fill("nina")
    dialog.get_by_label("Password").fill("short")
    dialog.get_by_label("Pipelines").fill("book")
    ada.finds_no_barrier()
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("alert").filter(has_text="12").wait_for()
    dialog.get_by_label("Password").fill(FIRST_PASSWORD)
    dialog.get_by_role("button", name="Save").click()
    nina = page.locator("#content tr", has_text="nina")
    expect(nina).to_contain_text("viewer")
    assert may_enter(own_site, "nina")
    page.get_by_role("button", name="Change what nina may").click()
    approver, viewer = (dialog.get_by_role("checkbox", name=name) for name in ("approver", "viewer"))
    approver.click()  # a busy page draws the tick later than `check()` looks for it
    expect(approver).to_be_checked()
    viewer.click()
    expect(viewer).not_to_be_checked()
    dialog.get_by_label("Pipelines").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(nina).to_contain_text("approver")
    assert may_enter(own_site, "nina"), "the password stays as it was"
    page.get_by_role("button", name="Disable nina").click()
    dialog.get_by_role("button", name="Disable nina").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say why")
    dialog.get_by_label("Reason").fill("She has moved to another team.")
    dialog.get_by_role("button", name="Disable nina").click()
    expect(nina).to_contain_text("disabled")
    assert not may_enter(own_site, "nina")
    told = own_site.console.rows("SELECT by, action, why FROM audit WHERE subject = 'person/nina' AND by = 'ada'")
    assert told == [
        ("ada", "person added", ""),
        ("ada", "person changed", ""),
        ("ada", "person disabled", "She has moved to another team."),
    ]
    secret = makes_a_token(page)
    assert sees_runs(own_site, secret)
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("button", name="Revoke the token nightly report").wait_for()
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke the token nightly report").click()
    dialog.get_by_label("Reason").fill("It was only tried.")
    dialog.get_by_role("button", name="Revoke the token").click()
    page.get_by_text("Revoked and expired: 1").click()
    expect(page.locator("details tr", has_text="nightly report")).to_contain_text("revoked")
    page.wait_for_function(REFUSED, arg=secret)
    ada.expects("401")
    ada.finds_no_barrier()


def makes_a_token(page: Page) -> str:
    page.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("nightly report")
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_label("Expires").select_option("30")
    dialog.get_by_role("button", name="Make a token").click()
    page.get_by_text("It is shown this once.").wait_for()
    return page.locator(".km-overview-secret").inner_text()


def may_enter(site: Site, name: str) -> bool:
    return httpx2.post(
        f"{site.url}/api/v1/login", json={"name": name, "password": FIRST_PASSWORD}, timeout=60
    ).is_success


def sees_runs(site: Site, secret: str) -> bool:
    return httpx2.get(f"{site.url}/api/v1/runs", headers={"Authorization": f"Bearer {secret}"}, timeout=60).is_success
