"""Duties outlive their mistakes, are woken before their time, and end when they are told to."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from kingmaker.control.duties import Duties, DutyReading
from kingmaker.domain.errors import StorageFailed


def now() -> datetime:
    return datetime.now(UTC)


class Counted:
    """A duty that does what it is told at each tick, and says when it has ticked so often."""

    def __init__(self, name: str, act: Callable[[int], float]) -> None:
        self.name = name
        self.ticks = 0
        self._act = act
        self._moved = threading.Condition()

    def tick(self) -> float:
        with self._moved:
            self.ticks += 1
            self._moved.notify_all()
        return self._act(self.ticks)

    def ticked(self, times: int) -> bool:
        with self._moved:
            return self._moved.wait_for(lambda: self.ticks >= times, timeout=10)


def failing_once(tick: int) -> float:
    if tick == 1:
        raise StorageFailed("the disk refused a write")
    return 60.0


def test_a_duty_is_done_again_when_its_time_has_come():
    often = Counted("often", lambda _: 0.001)
    duties = Duties([often], clock=now)
    duties.start()
    assert often.ticked(20)
    duties.stop(5)


def test_a_duty_that_fails_is_tried_again_and_says_so_until_it_goes_well():
    duty = Counted("failing", failing_once)
    duties = Duties([duty], clock=now)
    duties.start()
    assert duty.ticked(1)
    assert until(lambda: reading(duties).failures == 1)
    failed = reading(duties)
    assert failed.failing_since is not None
    assert "refused a write" in failed.why
    assert duty.ticked(2)
    assert until(lambda: reading(duties).ticks == 1)
    assert reading(duties).failing_since is None
    duties.stop(5)


def test_a_mistake_in_one_duty_stops_no_other():
    def mistaken(_: int) -> float:
        raise ZeroDivisionError

    well = Counted("well", lambda _: 0.001)
    duties = Duties([Counted("mistaken", mistaken), well], clock=now)
    duties.start()
    assert well.ticked(50)
    assert [one.name for one in duties.readings() if one.failures] == ["mistaken"]
    duties.stop(5)


def test_a_nudge_wakes_a_duty_before_its_time():
    lazy = Counted("lazy", lambda _: 60.0)
    duties = Duties([lazy], clock=now)
    duties.start()
    assert lazy.ticked(1)
    duties.nudge("lazy")
    duties.nudge("of another machine")
    assert lazy.ticked(2)
    duties.stop(5)


def test_a_stopped_duty_ends_its_tick_and_does_no_other():
    begun, may_end = threading.Event(), threading.Event()

    def slow(_: int) -> float:
        begun.set()
        may_end.wait(10)
        return 0.0

    duty = Counted("slow", slow)
    duties = Duties([duty], clock=now)
    duties.start()
    assert begun.wait(10)
    duties.stop(0.01)
    may_end.set()
    duties.stop(10)
    assert duty.ticks == 1


def reading(duties: Duties) -> DutyReading:
    return duties.readings()[0]


def until(condition: Callable[[], bool]) -> bool:
    """Whether it came true within ten seconds."""
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return True
        waiting.wait(0.01)
    return False
