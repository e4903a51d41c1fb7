"""Exactly the columns whose values moved are told of, and chance is not."""

from datetime import timedelta

import pytest
from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.alarm import AlarmKind, AlarmLevel
from kingmaker.loop.monitor import Monitor

from .world import COLUMNS, NOON, Applicants, World


def drifted(world: World) -> dict[str, AlarmLevel]:
    monitor = Monitor(world.house, PIPELINE)
    return {one.what: one.level for one in monitor.crossings(monitor.read()) if one.kind is AlarmKind.FEATURE_DRIFT}


@pytest.mark.parametrize("seed", range(5))
def test_applicants_like_those_of_the_reference_cross_no_limit(world: World, seed: int):
    world.log_days(Applicants(seed), days=4)
    monitor = Monitor(world.house, PIPELINE)
    told = monitor.read()
    assert monitor.crossings(told) == []
    assert [one.answers for one in told.days] == [600] * 4
    assert all(feature.drift.month < 0.05 for day in told.days for feature in day.features)


@pytest.mark.parametrize("shifted", [("amount",), ("term",), ("purpose",), ("amount", "purpose"), COLUMNS])
def test_exactly_the_columns_that_moved_are_alarms(world: World, shifted: tuple[str, ...]):
    world.log_days(Applicants(shifted=shifted), days=3)
    assert drifted(world) == dict.fromkeys(shifted, AlarmLevel.ALARM)


def test_a_column_that_is_suddenly_missing_is_an_alarm_on_the_same_day_although_the_week_was_well(world: World):
    world.log_days(Applicants(), days=6, until=NOON - timedelta(days=1))
    assert drifted(world) == {}
    world.log(Applicants(2, without=("term",)), at=NOON - timedelta(hours=1))
    assert list(drifted(world)) == ["term"]


def test_too_few_answers_say_nothing(world: World):
    world.log(Applicants(shifted=COLUMNS, approved=0.1), at=NOON, rows=499)
    monitor = Monitor(world.house, PIPELINE)
    told = monitor.read()
    assert (told.days[0].score.week, told.days[0].features[0].drift.week) == (None, None)
    assert monitor.crossings(told) == []


def test_another_version_than_the_one_in_force_is_told_and_no_alarm(world: World):
    world.log(Applicants(shifted=COLUMNS), at=NOON, version=world.versions[1], role="shadow")
    monitor = Monitor(world.house, PIPELINE)
    told = monitor.read()
    assert (told.days[0].is_shadow, told.days[0].version) == (True, world.versions[1])
    assert told.days[0].features[0].drift.week > 0.25
    assert monitor.crossings(told) == []


def test_a_share_approved_that_is_not_the_one_the_cut_was_made_for_is_an_alarm(world: World):
    world.log_days(Applicants(approved=0.62), days=3)
    monitor = Monitor(world.house, PIPELINE)
    found = [one for one in monitor.crossings(monitor.read()) if one.kind is AlarmKind.APPROVAL_RATE]
    assert [one.level for one in found] == [AlarmLevel.ALARM]
    assert found[0].value == pytest.approx(0.08, abs=0.03)
    assert "70.0%" in found[0].sentence


def test_what_drifted_a_week_ago_is_over(world: World):
    world.log(Applicants(shifted=COLUMNS), at=NOON - timedelta(days=8))
    assert drifted(world) == {}
