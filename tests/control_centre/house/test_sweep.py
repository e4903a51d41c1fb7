"""The sweep: what nobody needs goes after its time; what a version needs stays, and still proves."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.control_centre.champions.conftest import HELD, Committee
from tests.loop.announcing.lender import PIPELINE

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.control.housekeeping import room_left, sweep
from kingmaker.control.housekeeping_duties import DiskGuard, Sweeper
from kingmaker.control.running import orders
from kingmaker.control.running.conducting import conduct_as_told
from kingmaker.domain.errors import TamperFound
from kingmaker.domain.queue import Origin, QueueState
from kingmaker.domain.retention import RetentionSettings
from kingmaker.loop import reign
from kingmaker.ports.house import House

NOTHING = {"files": 0, "bytes": 0, "events": 0, "trials": 0, "notices": 0, "sessions": 0, "logs": 0, "leftovers": 0}


class Clock:
    """Goes with the real one, some days ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(committee: Committee, clock: Clock) -> House:
    """The committee's house, by a clock that goes ahead, without the files that it was made of."""
    home = committee.house.home
    for made in committee.house.workspace.glob("*"):
        made.unlink()
    return replace(
        committee.house,
        clock=clock,
        ledger=SqlLedger.open(home / "ledger.db", clock=clock),
        vault=FolderVault(home / "vault", now=lambda: clock().timestamp()),
    )


def later(clock: Clock, **time: float) -> None:
    clock.ahead += timedelta(**time)


def test_a_file_that_no_row_names_goes_once_it_is_old(house: House, clock: Clock) -> None:
    name = house.vault.put_bytes(b"of a run that failed")
    assert sweep(house, by="root") == NOTHING
    later(clock, days=4)
    assert sweep(house, by="root", dry=True) == NOTHING | {"files": 1, "bytes": 20}
    assert house.vault.has(name)
    assert sweep(house, by="root") == NOTHING | {"files": 1, "bytes": 20}
    assert not house.vault.has(name)
    entry = house.ledger.audit(limit=1)[0]
    assert (entry.action, entry.by, entry.after) == ("housekeeping", "root", "1 files, 20 bytes")


def test_after_years_every_version_can_still_be_put_in_force(house: House, clock: Clock, committee: Committee) -> None:
    later(clock, days=3000)
    assert sweep(house, by="root") == NOTHING | {"events": 3}
    first, held, other = committee.versions
    assert reign.approve(house, HELD, by="ada", why="at last").version == held
    assert reign.promote(house, PIPELINE, other, expected_turn=2, by="ada", why="and on").turn == 3
    assert reign.roll_back(house, PIPELINE, to=first, by="ada", why="and back").turn == 4
    house.ledger.verify_audit()


def test_while_a_document_is_damaged_nothing_is_removed(house: House, clock: Clock) -> None:
    recorded = house.ledger.verdict(HELD)
    assert recorded is not None
    path = house.home / "vault" / recorded.evidence[:2] / recorded.evidence[2:]
    path.chmod(0o644)
    path.write_bytes(b"{}")
    unneeded = house.vault.put_bytes(b"unneeded")
    later(clock, days=4)
    with pytest.raises(TamperFound):
        sweep(house, by="root")
    assert house.vault.has(unneeded)


def test_logs_of_the_home_go_after_their_own_time(house: House, clock: Clock) -> None:
    logs = house.home / "logs" / "centre"
    logs.mkdir(parents=True)
    for name, days in (("old", 31), ("new", 29)):
        (logs / name).write_text("it was so")
        moment = clock().timestamp() - 86400 * days
        os.utime(logs / name, (moment, moment))
    (logs / "elsewhere").symlink_to(house.home / "ledger.db")
    assert sweep(house, by="root") == NOTHING | {"logs": 1, "bytes": 9}
    assert sorted(path.name for path in logs.iterdir()) == ["elsewhere", "new"]
    assert (house.home / "ledger.db").exists()


def test_what_killed_commands_left_at_work_goes_a_day_later_and_no_run_loses_anything(
    house: House, clock: Clock
) -> None:
    names = (
        "score-a/work.duckdb",
        "outcomes-b",
        "score-c/new",
        "run-1/extracts/k/raw.parquet",
        "kingmaker-opened-0-x/d",
    )
    for name in names:
        (house.workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (house.workspace / name).write_text("it was so")
        moment = clock().timestamp() - (3600 if name.endswith("new") else 90_000)
        os.utime(house.workspace / name, (moment, moment))
    assert sweep(house, by="root", dry=True) == NOTHING | {"leftovers": 2, "bytes": 18}
    assert sweep(house, by="root") == NOTHING | {"leftovers": 2, "bytes": 18}
    assert [(house.workspace / name).exists() for name in names] == [False, False, True, True, True]
    assert not (house.workspace / "score-a").exists()


def test_the_duty_sweeps_once_a_day_and_not_at_the_start(house: House, clock: Clock) -> None:
    house.vault.put_bytes(b"unneeded")
    later(clock, days=4)
    duty = Sweeper(house)
    swept = []
    for _ in range(4):
        duty.tick()
        swept.append(len([one for one in house.ledger.audit() if one.action == "housekeeping"]))
        later(clock, minutes=10)
    assert swept == [0, 1, 1, 1]
    house.vault.put_bytes(b"unneeded too")
    later(clock, days=4)
    duty.tick()
    assert len([one for one in house.ledger.audit() if one.action == "housekeeping"]) == 2


def needing(house: House, least: Callable[[int, int], RetentionSettings]) -> House:
    usage = shutil.disk_usage(house.home)
    return replace(house, retention=least(usage.total, usage.free))


def test_a_disk_with_less_than_the_least_has_no_room_for_a_run_and_it_is_told_once(house: House) -> None:
    full = needing(house, lambda total, _free: RetentionSettings(least_free_bytes=2 * total, least_free_share=2.0))
    room = room_left(full)
    assert not room.is_enough
    assert "GB are free under" in room.sentence
    guard = DiskGuard(full)
    for _ in range(3):
        assert guard.tick() > 0
    [notice] = house.ledger.notices()
    assert (notice.cause, notice.kind.value, notice.pipeline) == ("disk", "alarm", "")
    assert "No new run starts" in notice.text


@pytest.mark.parametrize(("least", "share"), [(0, 1.0), (10**18, 0.0)])
def test_of_bytes_and_share_the_smaller_is_asked_for(house: House, least: int, share: float) -> None:
    told = replace(house, retention=RetentionSettings(least_free_bytes=least, least_free_share=share))
    assert room_left(told).is_enough
    assert DiskGuard(told).tick() > 0
    assert house.ledger.notices() == []


@pytest.fixture
def _signals() -> Iterator[None]:
    """A conducting child listens to signals in its own way."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, listener in before.items():
        signal.signal(number, listener)


@pytest.mark.usefixtures("_signals")
def test_while_the_disk_is_full_a_request_waits_and_no_run_is_taken_up(house: House) -> None:
    full = needing(house, lambda total, _free: RetentionSettings(least_free_bytes=2 * total, least_free_share=2.0))
    asked = replace(house.ledger.run(1).request, key="june")
    queued = house.ledger.ask(asked, key="june", origin=Origin.PERSON)
    told, teller = os.pipe()
    os.write(teller, b"!")
    os.close(teller)
    answers: list[str] = []
    assert conduct_as_told(full, told, answers.append) == 0
    os.close(told)
    assert answers == [orders.NOTHING]
    assert house.ledger.queued(queued.number).state is QueueState.WAITING
