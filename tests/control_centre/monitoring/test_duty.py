"""The duty: alarms begin, last and end by themselves, and people are told once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.loop.announcing.lender import PIPELINE
from tests.loop.monitoring.world import NOON, Applicants, World

from kingmaker.control.monitoring import MonitoringDuty
from kingmaker.domain.alarm import AlarmKind, AlarmLevel
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.notice import NoticeKind
from kingmaker.loop.monitor import monitoring_of

APPLIED = datetime(2026, 1, 15, 12, tzinfo=UTC)


def open_ones(world: World) -> list[tuple[AlarmKind, str]]:
    return [(one.kind, one.what) for one in world.house.ledger.alarms(PIPELINE, only_open=True)]


def test_a_shift_begins_an_alarm_that_is_told_once_and_ends_when_it_is_over(world: World):
    duty = MonitoringDuty(world.house)
    world.log(Applicants(shifted=("purpose",)), at=NOON - timedelta(hours=1), rows=1000)
    duty.tick()
    duty.tick()
    MonitoringDuty(world.house).tick()
    assert open_ones(world) == [(AlarmKind.FEATURE_DRIFT, "purpose")]
    [notice] = world.house.ledger.notices()
    assert (notice.kind, notice.pipeline) == (NoticeKind.ALARM, PIPELINE)
    assert notice.title == f"{PIPELINE}: alarm, feature drift of purpose"
    assert notice.text.startswith("purpose is not spread as it was")
    world.clock.now = NOON + timedelta(days=8)
    world.log(Applicants(2), at=world.clock.now)
    duty.tick()
    assert open_ones(world) == []
    [over] = world.house.ledger.alarms(PIPELINE)
    assert (over.level, over.since, over.until) == (AlarmLevel.ALARM, NOON, world.clock.now)


def test_what_is_only_to_be_watched_is_an_alarm_of_that_level_and_nobody_is_told(world: World):
    world.log_days(Applicants(approved=0.66), days=3, rows=2000)
    MonitoringDuty(world.house).tick()
    [alarm] = world.house.ledger.alarms(PIPELINE)
    assert (alarm.kind, alarm.level) == (AlarmKind.APPROVAL_RATE, AlarmLevel.WATCH)
    assert world.house.ledger.notices() == []


def test_what_arrives_is_read_within_five_minutes_and_not_at_every_look(world: World):
    duty = MonitoringDuty(world.house)
    duty.tick()
    world.log(Applicants(), at=NOON)
    world.clock.now = NOON + timedelta(minutes=1)
    duty.tick()
    assert monitoring_of(world.house, PIPELINE).segments == 0
    world.clock.now = NOON + timedelta(minutes=5)
    duty.tick()
    assert monitoring_of(world.house, PIPELINE).segments == 1


def test_outcomes_that_were_handed_in_are_read_and_what_they_show_is_told(world: World):
    world.log(Applicants(approved=1.0), at=APPLIED, rows=600, ids=[f"L{number}" for number in range(600)])
    rows = "".join(f"L{number},{date(2026, 3, 1) if number % 2 else ''}\n" for number in range(600))
    put_in(world, b"loan,went_bad_on\n" + rows.encode())
    MonitoringDuty(world.house).tick()
    read = monitoring_of(world.house, PIPELINE).outcomes[0]
    assert (read.loans, sum(band.bads for band in read.bands)) == (600, 300)
    assert {what for kind, what in open_ones(world) if kind is AlarmKind.CALIBRATION} == {"A", "B"}


def test_outcomes_that_nobody_can_read_any_longer_keep_nothing_else_from_being_read(world: World):
    put_in(world, b"loan,status\nL1,bad\n")
    world.log(Applicants(), at=NOON)
    MonitoringDuty(world.house).tick()
    assert monitoring_of(world.house, PIPELINE).segments == 1


def test_one_pipeline_that_cannot_be_monitored_keeps_no_other_from_it(world: World):
    inbox = world.house.home / "vault" / "inbox"
    inbox.mkdir()
    (inbox / PIPELINE).write_bytes(b"in the way")
    (world.house.home / "vault" / "monitoring").mkdir()
    (world.house.home / "vault" / "monitoring" / PIPELINE).write_bytes(b"in the way")
    duty = MonitoringDuty(world.house)
    with pytest.raises(KingmakerError):
        duty.tick()


def put_in(world: World, data: bytes) -> None:
    file = world.house.vault.put_bytes(data)
    world.house.ledger.add_outcomes(PIPELINE, file=file, form="csv", rows=1, by="ann")
