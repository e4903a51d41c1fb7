"""When the times of a schedule are: on the clock on the wall, whatever is done to that clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.control.scheduling.times import (
    ScheduleInvalid,
    check_cron,
    newest_time,
    next_time,
    next_times,
    zone_of,
)

MINUTE = timedelta(minutes=1)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Shanghai",
    "UTC",
)
"""Clocks that change at night, at midnight, by half an hour, around a month of fasting, at a half hour, and never."""


def changes(zone: str) -> list[datetime]:
    """The hours of 2026 in which the zone's offset changes; its first hour where none does."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(8760)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    found = [hour for hour, before, after in zip(hours[1:], offsets, offsets[1:], strict=False) if before != after]
    return found or hours[:1]


CHANGES = {zone: changes(zone) for zone in ZONES}


@st.composite
def around_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(CHANGES[zone]))
    return zone, change + timedelta(
        seconds=draw(st.integers(-26 * 3600, 4 * 3600)), microseconds=draw(st.integers(0, 9))
    )


Fields = tuple[frozenset[int], frozenset[int]]


def some(most: int, *, few: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(0, most), min_size=1, max_size=few) | st.just(frozenset(range(most + 1)))


fields = st.tuples(some(59, few=3), some(23, few=4))


def cron_of(said: Fields) -> str:
    minutes, hours = (
        "*" if len(one) == most else ",".join(map(str, sorted(one))) for one, most in zip(said, (60, 24), strict=True)
    )
    return f"{minutes} {hours} * * *"


def by_looking_at_the_clock(said: Fields, zone: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """Minute by minute: what the clock shows for the first time, and what it skipped when it was put forward."""
    minute = start.replace(second=0, microsecond=0)
    while minute <= end:
        shown = minute.astimezone(ZoneInfo(zone))
        before = (minute - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        now = shown.replace(tzinfo=None)
        skipped = range(1, int((now - before) / MINUTE)) if now > before else range(0)
        new = [now] * (shown.fold == 0) + [before + step * MINUTE for step in skipped]
        if minute > start and any(one.minute in said[0] and one.hour in said[1] for one in new):
            yield minute
        minute += MINUTE


@settings(max_examples=25, deadline=None)
@given(where=around_a_change(), said=fields)
def test_the_next_times_are_those_that_somebody_sees_who_watches_the_clock(
    where: tuple[str, datetime], said: Fields
) -> None:
    zone, start = where
    end = start + timedelta(hours=30)
    seen = list(by_looking_at_the_clock(said, zone, start, end))[:30]
    told = next_times(cron_of(said), zone, start, 30)
    assert [time.astimezone(UTC) for time in told][: len(seen)] == seen
    assert all(time > end for time in told[len(seen) :])


@settings(max_examples=25, deadline=None)
@given(where=around_a_change(), said=fields)
def test_the_newest_time_is_the_last_that_the_clock_has_shown(where: tuple[str, datetime], said: Fields) -> None:
    zone, until = where
    seen = list(by_looking_at_the_clock(said, zone, until - timedelta(hours=30), until))
    newest = newest_time(cron_of(said), zone, until)
    assert newest is not None
    assert newest <= until
    assert not seen or newest == seen[-1]


@settings(max_examples=25, deadline=None)
@given(where=around_a_change(), said=fields)
def test_after_its_newest_time_a_schedule_has_no_other_until_now(where: tuple[str, datetime], said: Fields) -> None:
    zone, now = where
    cron = cron_of(said)
    newest = newest_time(cron, zone, now)
    assert newest is not None
    assert newest <= now < next_time(cron, zone, newest)
    assert newest_time(cron, zone, newest) == newest


def at(day: str, time: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_a_time_in_the_repeated_autumn_hour_fires_at_its_first_showing() -> None:
    times = next_times("30 2 * * *", "Europe/Berlin", at("2026-10-24", "12:00"), 2)
    assert [time.astimezone(UTC) for time in times] == [at("2026-10-25", "00:30"), at("2026-10-26", "01:30")]


def test_an_hourly_schedule_fires_once_for_the_repeated_autumn_hour() -> None:
    times = next_times("0 * * * *", "Europe/Berlin", at("2026-10-24", "22:30"), 4)
    assert [time.strftime("%H:%M") for time in times] == ["01:00", "02:00", "03:00", "04:00"]
    assert times[2].astimezone(UTC) - times[1].astimezone(UTC) == timedelta(hours=2)


def test_a_time_in_the_skipped_spring_hour_fires_right_after_the_gap() -> None:
    times = next_times("30 2 * * *", "Europe/Berlin", at("2026-03-28", "12:00"), 2)
    assert [time.strftime("%d %H:%M") for time in times] == ["29 03:00", "30 02:30"]


def test_several_times_in_the_skipped_hour_fire_once_together_with_the_one_after_it() -> None:
    times = next_times("0,15,30 2,3 * * *", "Europe/Berlin", at("2026-03-28", "22:00"), 3)
    assert [time.strftime("%d %H:%M") for time in times] == ["29 03:00", "29 03:15", "29 03:30"]


def test_a_day_that_a_zone_left_out_altogether_fires_at_its_end() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    times = next_times("0 12 * * *", "Pacific/Apia", at("2011-12-29", "23:00"), 2)
    assert [time.strftime("%d %H:%M") for time in times] == ["31 00:00", "31 12:00"]


def test_times_are_told_in_the_schedules_own_zone() -> None:
    [time] = next_times("0 2 * * *", "Asia/Shanghai", at("2026-03-01", "12:00"), 1)
    assert time.isoformat() == "2026-03-02T02:00:00+08:00"


@pytest.mark.parametrize(
    "cron", ["0 2 * * *", " 0  2 * * * ", "*/15 * * * *", "0 2 1 * *", "30 6 * * MON-FRI", "0 2 L * *"]
)
def test_five_fields_are_a_schedule(cron: str) -> None:
    assert check_cron(cron) == " ".join(cron.split())


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("", "has 0 fields instead of 5"),
        ("daily", "has 1 fields instead of 5"),
        ("@daily", "has 1 fields instead of 5"),
        ("0 0 2 * * *", "has 6 fields instead of 5"),
        ("61 2 * * *", "has a bad minute"),
        ("0 24 * * *", "has a bad hour"),
        ("0 2 0 * *", "has a bad day-of-month"),
        ("0 2 * 13 *", "has a bad month"),
        ("0 2 * * FUNDAY", "has a bad day-of-week"),
        ("0 2 31 2 *", "has a bad day-of-month"),
        ("*/0 2 * * *", "has a bad minute"),
        ("5-1 2 * * *", "has a bad minute"),
    ],
)
def test_what_is_no_schedule_is_told_in_one_sentence(cron: str, why: str) -> None:
    with pytest.raises(ScheduleInvalid) as refused:
        check_cron(cron)
    assert str(refused.value) == (
        f"cron: {cron!r} {why}. Give minute, hour, day of the month, month and day of the week: "
        "`30 2 * * *` is every day at 02:30."
    )


def test_a_day_of_leap_years_comes_in_the_next_one() -> None:
    assert next_time("0 2 29 2 *", "UTC", at("2026-03-01", "12:00")) == at("2028-02-29", "02:00")


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(ScheduleInvalid, match="names a day that never comes"):
        check_cron("0 2 */31 4 MON#5")


@pytest.mark.parametrize(
    "zone", ["Europe/Berln", "", "CET+1", "/etc/passwd", "../../etc/passwd", "Europe", "localtime", "x" * 500, "a\0b"]
)
def test_what_is_no_time_zone_is_told_in_one_sentence(zone: str) -> None:
    with pytest.raises(ScheduleInvalid, match="there is no time zone"):
        zone_of(zone)


def test_a_mistyped_time_zone_is_told_with_its_nearest() -> None:
    with pytest.raises(ScheduleInvalid, match=r"The nearest is Europe/Berlin\."):
        zone_of("Europe/Berln")
