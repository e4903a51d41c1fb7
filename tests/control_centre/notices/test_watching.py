"""What becomes a notice: verdicts, failures and alarms, once a cause."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.contracts.ledger_examples import fault, request, verdict
from tests.contracts.ledger_schedules_suite import decide
from tests.control_centre.houses import Clock, house_at

from kingmaker.bundle.pointers import report_name
from kingmaker.control.notifying.watching import Watching
from kingmaker.domain.notice import Notice, NoticeKind
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import VerdictReason
from kingmaker.ports.house import House


@pytest.fixture
def watching(house: House) -> Watching:
    return Watching(house)


Fail = Callable[..., int]


@pytest.fixture
def fail(house: House) -> Fail:
    def failing(key: str, *, kind: str = "data_refused", reason: RunReason = RunReason.DATA_REFUSED) -> int:
        run, lease = house.ledger.open_run(request(key=key), "one")
        house.ledger.record_fault(lease, replace(fault(run.number), trial=3, kind="out_of_memory"))
        house.ledger.record_fault(lease, replace(fault(run.number), stage="run", kind=kind))
        house.ledger.finish_run(lease, reason, detail=f"{key}: the source holds no rows.")
        return run.number

    return failing


def told(house: House) -> list[Notice]:
    return list(reversed(house.ledger.notices()))


def test_a_verdict_is_told_once_however_often_somebody_looks(house: House, watching: Watching) -> None:
    decide(house.ledger, "one", VerdictReason.FIRST_CHAMPION, "a" * 64)
    watching.tick()
    watching.tick()
    [notice] = told(house)
    assert (notice.cause, notice.kind, notice.run, notice.count) == ("verdict/loans/1", NoticeKind.VERDICT, 1, 1)
    assert (notice.title, notice.text) == ("loans: run 1 has a new champion", verdict().sentence)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (VerdictReason.AWAITING_APPROVAL, "loans: run 1 has a challenger that waits for a person to decide"),
        (VerdictReason.NOT_PROVEN_BETTER, "loans: run 1 keeps its champion"),
    ],
)
def test_a_verdicts_title_says_what_it_decided(
    house: House, watching: Watching, reason: VerdictReason, said: str
) -> None:
    decide(house.ledger, "one", reason, "a" * 64)
    watching.tick()
    assert told(house)[0].title == said


def test_of_two_control_centres_one_tells(house: House, watching: Watching, clock: Clock, tmp_path) -> None:
    decide(house.ledger, "one", VerdictReason.FIRST_CHAMPION, None)
    with house_at(tmp_path, clock) as other:
        Watching(other).tick()
        watching.tick()
        Watching(other).tick()
    assert [(notice.cause, notice.count) for notice in told(house)] == [("verdict/loans/1", 1)]


def test_runs_that_fail_alike_are_one_notice_with_their_number(house: House, watching: Watching, fail: Fail) -> None:
    fail("one")
    watching.tick()
    fail("two")
    fail("three")
    watching.tick()
    watching.tick()
    [notice] = told(house)
    assert (notice.cause, notice.kind, notice.count) == ("fault/loans/data_refused", NoticeKind.FAULT, 3)
    assert (notice.run, notice.text) == (3, "three: the source holds no rows.")


def test_runs_that_fail_otherwise_are_other_notices(house: House, watching: Watching, fail: Fail) -> None:
    fail("one")
    fail("two", kind="storage_failed", reason=RunReason.STAGE_FAILED)
    fail("three", reason=RunReason.GIVEN_UP)
    watching.tick()
    assert [notice.cause for notice in told(house)] == [
        "fault/loans/data_refused",
        "fault/loans/storage_failed",
        "fault/loans/given_up",
    ]


def test_what_happened_long_ago_is_no_news(house: House, watching: Watching, fail: Fail, clock: Clock) -> None:
    fail("one")
    decide(house.ledger, "two", VerdictReason.FIRST_CHAMPION, None)
    clock.advance(days=3)
    watching.tick()
    assert told(house) == []


def report(house: House, endpoint: str, clock: Clock) -> None:
    said = {"version": "a" * 64, "edition": 1, "state": "serving", "at": clock.now.isoformat()}
    house.vault.name(report_name("loans", endpoint), json.dumps(said).encode())


def test_an_endpoint_that_falls_silent_is_an_alarm_once_a_day(house: House, watching: Watching, clock: Clock) -> None:
    decide(house.ledger, "one", VerdictReason.FIRST_CHAMPION, None)
    watching.tick()
    report(house, "branch-7", clock)
    clock.advance(minutes=14)
    watching.tick()
    assert len(told(house)) == 1
    clock.advance(minutes=2)
    for _ in range(30):
        watching.tick()
        clock.advance(minutes=1)
    [alarm] = told(house)[1:]
    assert (alarm.cause, alarm.kind, alarm.count) == ("endpoint/loans/branch-7", NoticeKind.ALARM, 1)
    assert alarm.title == "loans: endpoint branch-7 is silent"
    assert alarm.text == "It last reported 16 minutes ago, serving version aaaaaaaaaaaa."


def test_an_endpoint_that_was_taken_away_long_ago_is_none(house: House, watching: Watching, clock: Clock) -> None:
    decide(house.ledger, "one", VerdictReason.FIRST_CHAMPION, None)
    report(house, "branch-7", clock)
    clock.advance(days=2, minutes=1)
    watching.tick()
    assert told(house) == []
