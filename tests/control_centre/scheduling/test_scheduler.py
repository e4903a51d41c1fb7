"""The duty that fires schedules, on a clock that goes when it is told to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.control_centre.houses import Clock, declaring, house_at

from kingmaker.control.office.office import Office
from kingmaker.control.scheduling.scheduler import LONGEST_PAUSE, Scheduler
from kingmaker.domain.access import owner
from kingmaker.domain.notice import NoticeKind
from kingmaker.domain.queue import Origin
from kingmaker.ports.house import House


@pytest.fixture
def office(house: House) -> Office:
    office = Office(house, owner("ann"))
    office.declare(declaring())
    return office


@pytest.fixture
def scheduler(house: House) -> Scheduler:
    return Scheduler(house)


def fired(house: House) -> list[tuple[str, date]]:
    """What was asked for, oldest first: the time in the key, and the day."""
    return [(one.key.removeprefix("schedule/loans/"), one.request.as_of) for one in reversed(house.ledger.queue())]


def test_before_its_time_nothing_is_asked_for_and_the_duty_sleeps_until_then(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "0 13 * * *")
    assert scheduler.tick() == LONGEST_PAUSE
    clock.advance(minutes=59, seconds=50)
    assert scheduler.tick() == 10.0
    assert fired(house) == []


def test_at_its_time_a_run_is_asked_for_once(office: Office, scheduler: Scheduler, clock: Clock, house: House) -> None:
    office.set_schedule("loans", "0 13 * * *", zone="UTC", priority=5)
    clock.advance(hours=1)
    scheduler.tick()
    clock.advance(seconds=1)
    scheduler.tick()
    [asked] = house.ledger.queue()
    assert (asked.key, asked.origin, asked.priority) == ("schedule/loans/2026-03-01T13:00:00Z", Origin.SCHEDULE, 5)
    assert (asked.request.requested_by, asked.request.as_of) == ("schedule", date(2026, 3, 1))
    assert Path(asked.request.declared_in).parent == house.data
    standing = office.schedule("loans")
    assert standing.last_at == datetime(2026, 3, 1, 13, tzinfo=UTC)
    assert standing.next_at == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_the_day_of_the_run_is_the_day_of_the_schedules_own_zone(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "0 2 * * *", zone="Asia/Shanghai")
    clock.advance(hours=6)
    scheduler.tick()
    assert fired(house) == [("2026-03-01T18:00:00Z", date(2026, 3, 2))]


def test_an_outage_is_followed_by_one_late_run_for_the_newest_missed_time(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "0 2 * * *", grace=timedelta(hours=6))
    clock.advance(days=9, hours=-5)
    scheduler.tick()
    scheduler.tick()
    assert fired(house) == [("2026-03-10T02:00:00Z", date(2026, 3, 10))]
    assert office.schedule("loans").next_at == datetime(2026, 3, 11, 2, tzinfo=UTC)


def test_an_outage_that_lasted_longer_than_the_grace_is_followed_by_none(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "0 2 * * *", grace=timedelta(hours=6))
    clock.advance(days=9, hours=-3, minutes=-59)
    scheduler.tick()
    assert fired(house) == []
    assert office.schedule("loans").next_at == datetime(2026, 3, 11, 2, tzinfo=UTC)
    assert office.schedule("loans").last_at is None


def test_without_any_grace_a_tick_that_comes_a_minute_late_still_fires(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "0 13 * * *", grace=timedelta(0))
    clock.advance(hours=1, minutes=1)
    scheduler.tick()
    assert len(fired(house)) == 1


def test_what_was_missed_while_it_was_paused_is_not_caught_up_with(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "0 13 * * *", grace=timedelta(days=1))
    office.pause_schedule("loans")
    clock.advance(hours=2)
    scheduler.tick()
    resumed = office.resume_schedule("loans")
    scheduler.tick()
    assert fired(house) == []
    assert resumed.next_at == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_the_repeated_autumn_hour_fires_once_and_the_skipped_spring_hour_once(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.set_schedule("loans", "30 2 * * *", zone="Europe/Berlin")
    clock.now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    scheduler.tick()
    march = len(fired(house))
    for _ in range(4 * 24):
        clock.advance(minutes=15)
        scheduler.tick()
    assert fired(house)[march:] == [("2026-03-29T01:00:00Z", date(2026, 3, 29))]
    clock.now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    scheduler.tick()
    autumn = len(fired(house))
    for _ in range(4 * 24):
        clock.advance(minutes=15)
        scheduler.tick()
    assert fired(house)[autumn:] == [("2026-10-25T00:30:00Z", date(2026, 10, 25))]


def test_several_schedules_fire_and_the_duty_sleeps_until_the_next_of_them(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.declare(declaring("cards"))
    office.set_schedule("cards", "0 13 * * *")
    office.set_schedule("loans", "0,1 13 * * *")
    clock.advance(minutes=60, seconds=45)
    assert scheduler.tick() == 15.0
    assert sorted(asked.request.pipeline for asked in house.ledger.queue()) == ["cards", "loans"]


def test_two_control_centres_on_one_ledger_fire_once(
    office: Office, clock: Clock, house: House, tmp_path: Path
) -> None:
    office.set_schedule("loans", "*/5 * * * *")
    with house_at(tmp_path, clock) as other:
        both = [Scheduler(house), Scheduler(other)]
        for _ in range(6):
            clock.advance(minutes=5)
            for scheduler in both:
                scheduler.tick()
    assert len(fired(house)) == 1  # one declaration and day: while the first request waits, the later times are it
    assert office.schedule("loans").last_at == clock.now


def test_a_declaration_that_no_longer_holds_is_told_of_and_the_schedule_moves_on(
    office: Office, scheduler: Scheduler, clock: Clock, house: House, tmp_path: Path
) -> None:
    office.set_schedule("loans", "0 13 * * *")
    (tmp_path / "elsewhere.csv").write_text("loan\n")
    (house.data / "loans.csv").symlink_to(tmp_path / "elsewhere.csv")
    clock.advance(hours=1)
    scheduler.tick()
    assert fired(house) == []
    assert office.schedule("loans").next_at == datetime(2026, 3, 2, 13, tzinfo=UTC)
    [told] = house.ledger.notices()
    assert (told.cause, told.kind) == ("fault/loans/schedule", NoticeKind.FAULT)
    assert "leaves the data folder by the symbolic link loans.csv" in told.text


def test_a_schedule_that_nobody_can_read_any_more_is_told_of_and_keeps_no_other_from_firing(
    office: Office, scheduler: Scheduler, clock: Clock, house: House
) -> None:
    office.declare(declaring("cards"))
    odd = office.set_schedule("cards", "0 13 * * *")
    office.set_schedule("loans", "0 13 * * *")
    house.ledger.put_schedule(replace(odd, zone="Mars/Olympus"))
    clock.advance(hours=1)
    assert scheduler.tick() == LONGEST_PAUSE
    assert len(fired(house)) == 1
    assert [told.cause for told in house.ledger.notices()] == ["fault/cards/schedule"]
