"""Volumes, latency, errors and endpoints that are silent or behind."""

from datetime import timedelta

import msgspec
from tests.loop.announcing.lender import PIPELINE

from kingmaker.bundle.pointers import report_name
from kingmaker.domain.alarm import AlarmKind, AlarmLevel, Crossing
from kingmaker.interfaces.endpoint.served import served_of
from kingmaker.interfaces.endpoint.tally import Tally
from kingmaker.loop.announce import announce
from kingmaker.loop.monitor import Monitor

from .world import NOON, Applicants, World


def crossings(world: World) -> dict[AlarmKind, Crossing]:
    monitor = Monitor(world.house, PIPELINE)
    return {one.kind: one for one in monitor.crossings(monitor.read())}


def report(
    world: World, tally: Tally | None = None, *, began: str = "a", edition: int = 1, endpoint: str = "till-1"
) -> None:
    """As an endpoint's own counter and report tell it."""
    told = {"version": world.versions[0], "edition": edition, "state": "serving", "at": world.clock.now}
    service = {"service": served_of([tally], began)} if tally else {}
    world.house.vault.name(report_name(PIPELINE, endpoint), msgspec.json.encode(told | service))


def answered(tally: Tally, count: int, *, seconds: float = 0.001, status: int = 200) -> Tally:
    for _ in range(count):
        tally.count(status, seconds)
    return tally


def test_requests_errors_and_latency_of_a_day_are_told_by_endpoint(world: World):
    tally = answered(Tally("/score"), 990)
    report(world, answered(answered(tally, 8, status=422), 2, seconds=0.2, status=500))
    told = Monitor(world.house, PIPELINE).read().service
    assert [(one.day, one.endpoint, one.requests, one.refused, one.errors) for one in told] == [
        (NOON.date(), "till-1", 1000, 8, 2)
    ]
    assert (told[0].p50, told[0].p99) == (0.001, 0.001)
    assert crossings(world)[AlarmKind.ERRORS].level is AlarmLevel.WATCH


def test_only_what_came_since_the_last_look_is_added_however_often_and_by_whomever_it_is_looked_at(world: World):
    tally = answered(Tally("/score"), 300)
    report(world, tally)
    Monitor(world.house, PIPELINE).read()
    Monitor(world.house, PIPELINE).read()
    report(world, answered(tally, 50))
    assert Monitor(world.house, PIPELINE).read().service[0].requests == 350
    report(world, answered(Tally("/score"), 10), began="b")
    assert Monitor(world.house, PIPELINE).read().service[0].requests == 360
    world.clock.now += timedelta(days=1)
    report(world, answered(Tally("/score"), 15), began="b")
    assert [one.requests for one in Monitor(world.house, PIPELINE).read().service] == [360, 5]


def test_a_slow_endpoint_is_an_alarm_and_beyond_the_last_bound_it_is_still_a_number(world: World):
    report(world, answered(answered(Tally("/score"), 500), 50, seconds=60.0))
    found = crossings(world)[AlarmKind.LATENCY]
    assert (found.level, found.what, found.value) == (AlarmLevel.ALARM, "till-1", 10.0)


def test_a_few_requests_say_nothing_about_errors(world: World):
    report(world, answered(Tally("/score"), 20, status=500))
    assert crossings(world) == {}


def test_a_report_that_tells_nothing_or_nonsense_of_service_changes_nothing(world: World):
    report(world)
    for nonsense in (
        b"{",
        b'{"service": 3}',
        b'{"service":{"began":"a","requests":1,"refused":0,"errors":0,"bounds":[1],"buckets":[1]}}',
    ):
        world.house.vault.name(report_name(PIPELINE, "till-2"), nonsense)
    assert Monitor(world.house, PIPELINE).read().service == ()


def test_a_silent_endpoint_is_watched_then_an_alarm_and_after_a_day_out_of_service(world: World):
    report(world)
    found = []
    for minutes in (1, 7, 20, 60 * 25):
        world.clock.now = NOON + timedelta(minutes=minutes)
        found.append(crossings(world).get(AlarmKind.ENDPOINT_SILENT))
    assert [one and one.level for one in found] == [None, AlarmLevel.WATCH, AlarmLevel.ALARM, None]


def test_an_endpoint_that_does_not_take_what_was_announced_is_behind(world: World):
    world.house.ledger.crown(
        PIPELINE,
        world.versions[1],
        expected_turn=1,
        reason=world.house.ledger.champion(PIPELINE).reason,
        by="ann",
        why="-",
    )
    announce(world.house, PIPELINE)
    report(world)
    assert AlarmKind.ENDPOINT_BEHIND not in crossings(world)
    world.clock.now = NOON + timedelta(minutes=40)
    report(world)
    assert crossings(world)[AlarmKind.ENDPOINT_BEHIND].level is AlarmLevel.ALARM
    report(world, edition=2)
    assert AlarmKind.ENDPOINT_BEHIND not in crossings(world)


def test_a_day_with_a_fraction_of_the_usual_answers_is_an_alarm_once_its_log_has_arrived(world: World):
    yesterday = NOON - timedelta(days=1)
    world.log_days(Applicants(), days=9, until=yesterday - timedelta(days=1))
    world.log(Applicants(2), at=yesterday, rows=100)
    found = crossings(world)[AlarmKind.VOLUME]
    assert (found.level, found.value) == (AlarmLevel.ALARM, 6.0)
    assert "100 applicants" in found.sentence


def test_no_answer_at_all_is_an_alarm_and_usual_days_are_none(world: World):
    world.log_days(Applicants(), days=9, until=NOON - timedelta(days=1))
    assert AlarmKind.VOLUME not in crossings(world)
    world.clock.now = NOON + timedelta(days=1)
    assert crossings(world)[AlarmKind.VOLUME].level is AlarmLevel.ALARM
