"""When pipelines run by themselves: whoever may ask for runs sets it, others see it."""

from playwright.sync_api import Page, expect

from .conftest import Look
from .site import Site


def test_where_nothing_runs_by_itself_a_viewer_is_told_so_and_offered_nothing(look: Look):
    viewer = look("vera", width=390, scheme="dark", language="zh-CN")
    page = viewer.opens("/schedules")
    viewer.sees("没有流水线自动运行")
    assert page.locator("#content button").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()


def test_an_operator_sets_changes_pauses_resumes_and_takes_away_a_schedule(act: Look, own_site: Site):
    oleg = act("oleg")
    page = oleg.opens("/schedules")
    page.get_by_role("button", name="Set a schedule").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Time zone")).to_have_value("Asia/Shanghai")
    dialog.get_by_label("Cron").fill("61 2 * * *")
    expect(dialog.get_by_role("status")).to_contain_text("61")
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    dialog.get_by_label("Cron").fill("30 1 * * 1")
    expect(dialog.get_by_role("listitem")).to_have_count(5)
    expect(dialog.get_by_role("listitem").first).to_contain_text("01:30 (UTC+08:00)")
    dialog.get_by_label("After an outage").select_option("24")
    oleg.finds_no_barrier()
    dialog.get_by_role("button", name="Set it").click()
    row = page.locator("#content tbody tr")
    expect(row).to_contain_text("30 1 * * 1")
    kept = "SELECT cron, zone, grace_seconds, set_by FROM schedule"
    assert own_site.console.rows(kept) == [("30 1 * * 1", "Asia/Shanghai", 86_400, "oleg")]
    assert page.get_by_role("button", name="Set a schedule").count() == 0, "every pipeline has one: it is changed"
    _changes_to(page, "0 3 * * *")
    page.get_by_role("button", name="Pause: book").click()
    expect(row).to_contain_text("paused by oleg")
    viewer = act("vera", width=390, scheme="dark")
    phone = viewer.opens("/schedules")
    viewer.sees("paused by oleg")
    assert phone.locator("#content button").count() == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()
    page.get_by_role("button", name="Resume: book").click()
    page.get_by_role("button", name="Pause: book").wait_for()
    page.get_by_role("button", name="Take away: book").click()
    dialog.get_by_role("button", name="Take away").click()
    oleg.sees("No pipeline runs by itself.")
    assert own_site.console.rows(kept) == []
    told = own_site.console.rows(
        "SELECT action FROM audit WHERE subject = 'schedule/book' AND by = 'oleg' ORDER BY number"
    )
    assert [action for (action,) in told] == [
        "schedule set", "schedule set", "schedule paused", "schedule resumed", "schedule dropped",
    ]  # fmt: skip


def _changes_to(page: Page, cron: str) -> None:
    page.get_by_role("button", name="Change: book").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("After an outage")).to_have_value("24")
    dialog.get_by_label("Cron").fill(cron)
    expect(dialog.get_by_role("listitem").first).to_contain_text("03:00")
    dialog.get_by_role("button", name="Set it").click()
    expect(page.locator("#content tbody tr")).to_contain_text(cron)
