"""How endpoints fare: what the page says before anything was logged, and what it shows once something was."""

from collections import deque
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from tests.journeys.book import loans

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.loop.reign import bundle_of
from kingmaker.ports.house import House
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.journal.limits import Pace, Retention, Rotation
from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.shipping import Shipper
from kingmaker.serving.journal.tally import Tally
from kingmaker.serving.journal.writing import Writer
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look
from .site import Site

PAGE = "/pipelines/book/monitoring"
ROWS = 800


def log(house: House, *, days: int, broken: str) -> None:
    """What a till answered on each of the newest days; since yesterday the column `broken` does not arrive."""
    bundle, now = bundle_of(house, "book", None), datetime.now(UTC)
    place, tally = Place(house.home.parent / "journals", "book", "till-1"), Tally()
    for back in reversed(range(days)):
        at = now - timedelta(days=back, minutes=1)
        clocks = {"clock": at.timestamp, "elapsed": lambda: 0.0}
        writer = Writer(place, f"{back:012x}", Rotation(), tally, **clocks)
        writer.drain(deque([answered(bundle, at, seed=back, without=broken if back < 2 else "")]))
        writer.close()
        shipper = Shipper(place, FolderDepot(house.home), Retention(), Pace(), tally, **clocks)
        shipper.look(now_or_never=True)
        shipper.close()


def answered(bundle: Bundle, at: datetime, *, seed: int, without: str) -> Batch:
    rows = loans().tail(8_000).sample(ROWS, seed=seed)
    numbers = [rows[field.name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for field in bundle.schema.numbers]
    texts = [rows[field.name].fill_null("").to_numpy().astype(object) for field in bundle.schema.categories]
    num, cat = np.column_stack(numbers), np.column_stack(texts) if texts else None
    if without:
        num[:, [field.name for field in bundle.schema.numbers].index(without)] = np.nan
    return Batch(
        at=at.timestamp(), role="champion", version=bundle.version, schema=bundle.schema, ids=[None] * ROWS, num=num,
        cat=cat, scores=Scorer(bundle.model).score(num, cat, terms=False),
    )  # fmt: skip


def test_before_anything_was_logged_the_page_says_how_to_start_an_endpoint(look: Look):
    viewer = look("vera")
    page = viewer.opens(PAGE)
    viewer.sees("No reading is beyond its limit.")
    viewer.sees("kingmaker endpoint --pipeline book")
    viewer.sees("kingmaker outcomes hand-in FILE")
    assert page.get_by_role("button", name="Read now").count() == 0, "a viewer only looks"
    viewer.finds_no_barrier()


def test_a_pipeline_that_is_not_there_is_told_of_in_its_own_words(look: Look):
    viewer = look("vera")
    viewer.opens("/pipelines/No-Pipeline/monitoring")
    viewer.sees("That did not work")
    viewer.expects("404")


def test_an_operator_has_the_log_read_and_everybody_sees_what_broke(act: Look, own_site: Site):
    house = open_house(Settings(home=own_site.console.home))
    log(house, days=9, broken="debt")
    operator = act("oleg")
    page = operator.opens(PAGE)
    page.get_by_role("button", name="Read now").click()
    operator.sees("feature drift (PSI): debt")
    assert any(one.what == "debt" for one in house.ledger.alarms("book", only_open=True))
    house.close()
    operator.sees("Applications answered by day")
    table = page.get_by_role("region", name="Drift of score and features").last
    assert table.locator("tbody tr td").nth(6).inner_text() == "debt", "what moved most stands first, below the score"
    assert page.locator("svg[role=img]").first.get_attribute("aria-label")
    operator.finds_no_barrier()
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url("**days=7**")
    operator.sees("Applications answered by day")
    viewer = act("vera", width=390, scheme="dark", language="zh-CN")
    phone = viewer.opens(PAGE)
    viewer.sees("特征漂移 (PSI): debt")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.finds_no_barrier()
