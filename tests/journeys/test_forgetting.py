"""Years later: old runs are forgotten, what champions need is not, and everything says so in sentences."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.journeys.book import AFTER_THE_SHIFT
from tests.journeys.console import Console

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.control.housekeeping import sweep
from kingmaker.domain.verdict import Decision
from kingmaker.interfaces.report.facts import facts_of
from kingmaker.interfaces.report.page import render_report
from kingmaker.loop.account import account_of
from kingmaker.loop.reign import roll_back
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

REJECTED, NEWEST = 3, 4


@pytest.fixture(scope="module")
def _four(_second: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """Runs 1 and 2 promoted; runs 3 and 4 rejected."""
    console = _second.copied_to(tmp_path_factory.mktemp("four"))
    for as_of in ("2019-11-30", AFTER_THE_SHIFT):
        answer = console.does("run", "book.yaml", "--as-of", as_of)
        assert answer["recorded"]["candidate_version"] is None
    return console


@pytest.fixture
def years_later(_four: Console, tmp_path: Path) -> Iterator[House]:
    console = _four.copied_to(tmp_path)
    house = open_house(Settings(home=console.home))
    then = datetime.now(UTC) + timedelta(days=800)
    yield replace(
        house,
        clock=lambda: then,
        ledger=SqlLedger.open(console.home / "ledger.db", clock=lambda: then),
        vault=FolderVault(console.home / "vault", now=then.timestamp),
    )
    house.close()


def test_an_old_rejected_run_is_forgotten_and_says_so_and_the_others_are_not(years_later: House) -> None:
    house = years_later
    before = {number: account_of(house, number) for number in (1, 2, REJECTED, NEWEST)}
    entries = house.ledger.verify_audit()
    told = sweep(house, by="housekeeping", dry=True)
    gone = sweep(house, by="housekeeping")
    assert {kind: gone[kind] for kind in ("files", "bytes")} == {kind: told[kind] for kind in ("files", "bytes")}
    assert min(gone["files"], gone["bytes"], gone["trials"]) > 0
    assert house.ledger.verify_audit() == entries + 1
    assert [account_of(house, number) for number in (1, 2, NEWEST)] == [before[number] for number in (1, 2, NEWEST)]
    after = account_of(house, REJECTED)
    assert (after.snapshot, after.selection, after.trials) == (None, None, ())
    assert "no longer in the vault" in after.forgotten
    assert after.verdict is not None
    assert after.verdict.decision is Decision.REJECT
    assert after.recorded == before[REJECTED].recorded
    page = render_report(facts_of(after))
    assert after.forgotten in page
    assert "no longer in the vault" not in render_report(facts_of(account_of(house, 2)))


def test_the_champion_before_still_proves_and_the_next_run_still_compares(years_later: House, tmp_path: Path) -> None:
    house = years_later
    sweep(house, by="housekeeping")
    first = house.ledger.history("book")[0].version
    assert roll_back(house, "book", to=first, by="ada", why="complaints").turn == 3
    console = Console(tmp_path)
    answer = console.does("run", "book.yaml", "--as-of", "2019-10-31")
    assert answer["recorded"]["verdict"]["champion_version"] == first
    explained = console.says("explain", str(REJECTED))
    assert explained.code == 0
    assert "no longer in the vault" in explained.out
    assert "REJECT" in explained.out
    assert "no longer in the vault" in console.says("trials", str(REJECTED)).out
    assert console.says("report", str(REJECTED)).code == 0
    assert console.does("audit", "verify")["intact"] is True
