"""Whoever is logged in: what they may, and where they are logged in. Changing a password is told with the log-in."""

from playwright.sync_api import expect

from .conftest import Look


def test_everybody_sees_what_they_may_and_where_they_are_logged_in(look: Look):
    viewer = look("piet")
    page = viewer.opens("/")
    page.get_by_role("link", name="piet").click()
    expect(page.get_by_role("heading", name="piet", level=1)).to_be_visible()
    viewer.sees("approve, reject, promote, roll back")
    assert page.get_by_text("administer tokens").count() == 0
    assert page.get_by_role("region", name="Where I am logged in").locator("tbody tr").count() >= 1
    viewer.finds_no_barrier()


def test_two_new_passwords_that_differ_change_nothing(look: Look):
    viewer = look("oleg", width=390, scheme="dark", language="zh-CN")
    page = viewer.opens("/me")
    for label, said in (("旧密码", "one"), ("新密码", "two"), ("再次输入新密码", "three")):
        page.get_by_label(label, exact=True).fill(said)
    page.get_by_role("button", name="确认修改").click()
    viewer.sees("两次输入的新密码不一致")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()
