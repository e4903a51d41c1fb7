"""What people outside were told, or are to be."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from kingmaker.domain.notice import NoticeKind, Occurrence
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look
from .site import Site


def test_a_viewer_sees_whom_each_notice_reached(act: Look, own_site: Site):
    house = open_house(Settings(home=own_site.console.home))
    for number in range(54):
        house.ledger.raise_notice(noticed(f"fault/book/{number}", run=3), quiet=timedelta(hours=1))
    taken = house.ledger.take_notices(lease=timedelta(hours=1), limit=60)
    for one in taken:
        house.ledger.notice_told(one.number, reached=("mail", "chat"))
    house.ledger.raise_notice(noticed("disk", pipeline=""), quiet=timedelta(hours=1))
    [disk] = house.ledger.take_notices(lease=timedelta(hours=1))
    house.ledger.notice_told(disk.number, detail="relay denied", retry_at=datetime.now(UTC) + timedelta(hours=1))
    house.close()
    viewer = act("vera")
    page = viewer.opens("/notices")
    rows = page.locator("#content tbody tr")
    expect(rows).to_have_count(50)
    for told in ("disk happened", "not told, tries: 1", "relay denied"):
        expect(rows.filter(has_text="disk happened")).to_contain_text(told)
    expect(rows.filter(has_text="fault/book/53 happened")).to_contain_text("mail, chat")
    assert rows.nth(1).get_by_role("link").nth(1).get_attribute("href") == "/runs/3"
    page.get_by_role("link", name="Older").click()
    page.get_by_role("link", name="Newer").wait_for()
    viewer.sees("fault/book/0 happened")
    page.get_by_label("Pipeline").select_option("book")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/notices?pipeline=book")
    viewer.sees("fault/book/53 happened")
    assert page.get_by_text("disk happened").count() == 0
    assert page.locator("#content button").all_inner_texts() == ["Show"]
    viewer.finds_no_barrier()
    phone = act("oleg", width=390, scheme="dark", language="zh-CN")
    opened = phone.opens("/notices")
    phone.sees("尝试 1 次仍未送达")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    phone.finds_no_barrier()
    phone.opens("/notices?before=1")
    phone.sees("没有符合条件的通知")


def noticed(cause: str, *, pipeline: str = "book", run: int | None = None) -> Occurrence:
    return Occurrence(
        cause=cause, kind=NoticeKind.FAULT, pipeline=pipeline, run=run, title=f"{cause} happened", text="It did."
    )
