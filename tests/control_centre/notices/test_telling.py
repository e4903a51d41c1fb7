"""Telling what was raised: to every place, once, not in the quiet hours, and as few messages as will do."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.control_centre.houses import Clock, house_at
from tests.messengers.receiver import Receiver, receiving

from kingmaker.adapters.messengers.places import messengers_of
from kingmaker.adapters.messengers.webhook import Webhook
from kingmaker.control.notifying.hours import QuietHours, quiet_hours
from kingmaker.control.notifying.telling import GIVE_UP_AFTER, LEASE, LONGEST_RETRY, Telling
from kingmaker.domain.notice import Notice, NoticeKind, Occurrence
from kingmaker.ports.house import House

NIGHT = quiet_hours("22:00-07:00 Europe/Berlin")
HOUR = timedelta(hours=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


TellThem = Callable[..., Telling]


@pytest.fixture
def telling(house: House, clock: Clock) -> TellThem:
    def to(*receivers: Receiver, quiet: QuietHours | None = None) -> Telling:
        places = [Webhook(one.url, "secret", seconds=0.3, clock=lambda: 0.0) for one in receivers]
        return Telling(house.ledger, places, clock=clock, quiet_hours=quiet, link="https://kingmaker.example")

    return to


def happen(house: House, cause: str, *, kind: NoticeKind = NoticeKind.FAULT, run: int | None = None) -> None:
    occurrence = Occurrence(
        cause=cause, kind=kind, pipeline="loans", run=run, title=f"{cause} happened", text="So it is."
    )
    house.ledger.raise_notice(occurrence, quiet=HOUR)


def titles(receiver: Receiver) -> list[str]:
    return [json.loads(one.body)["title"] for one in receiver.received]


def newest(house: House) -> Notice:
    return house.ledger.notices(limit=1)[0]


def test_what_happened_is_told_once_everywhere(
    house: House, telling: TellThem, receiver: Receiver, other: Receiver
) -> None:
    happen(house, "disk", run=12)
    duty = telling(receiver, other)
    duty.tick()
    duty.tick()
    assert titles(receiver) == titles(other) == ["disk happened"]
    assert json.loads(receiver.received[0].body)["link"] == "https://kingmaker.example/runs/12"
    told = newest(house)
    assert told.told_at is not None
    assert len(told.reached) == 2


def test_by_apprise_as_well(house: House, clock: Clock, receiver: Receiver) -> None:
    happen(house, "disk")
    places = messengers_of(urls=[receiver.url.replace("http", "json")], webhooks=[], webhook_secret="")
    Telling(house.ledger, places, clock=clock).tick()
    assert titles(receiver) == ["disk happened"]


def test_what_happened_several_times_is_one_message_that_says_so(
    house: House, telling: TellThem, receiver: Receiver
) -> None:
    for _ in range(4):
        happen(house, "disk")
    telling(receiver).tick()
    assert titles(receiver) == ["disk happened (4 times)"]


def test_a_few_causes_are_a_few_messages_and_many_are_one(house: House, telling: TellThem, receiver: Receiver) -> None:
    duty = telling(receiver)
    for number in range(5):
        happen(house, f"cause {number}")
    duty.tick()
    assert titles(receiver) == [f"cause {number} happened" for number in range(5)]
    for number in range(5, 45):
        happen(house, f"cause {number}", kind=NoticeKind.ALARM if number == 9 else NoticeKind.VERDICT)
    duty.tick()
    assert len(receiver.received) == 6
    digest = json.loads(receiver.received[5].body)
    assert (digest["title"], digest["kind"], digest["count"], digest["run"]) == ("40 notices", "alarm", 40, None)
    assert digest["text"].splitlines()[0] == "- cause 5 happened"
    assert digest["text"].splitlines()[-1] == "… and 10 more."
    duty.tick()
    assert len(receiver.received) == 6


def test_a_place_that_fails_hears_it_later_and_nobody_else_hears_it_twice(
    house: House, telling: TellThem, receiver: Receiver, other: Receiver, clock: Clock
) -> None:
    duty = telling(receiver, other)
    other.status = 500
    happen(house, "disk")
    duty.tick()
    assert newest(house).told_at is None
    assert "it answered with 500" in newest(house).detail
    other.status = 200
    clock.advance(seconds=29)
    duty.tick()
    assert len(other.received) == 1
    clock.advance(seconds=1)
    duty.tick()
    assert titles(receiver) == ["disk happened"]
    assert titles(other) == ["disk happened"] * 2
    assert newest(house).told_at == clock.now
    assert {one.headers["webhook-id"] for one in other.received} == {receiver.received[0].headers["webhook-id"]}


def test_a_place_that_fails_is_asked_once_however_much_there_is_to_tell(
    house: House, telling: TellThem, receiver: Receiver, other: Receiver
) -> None:
    receiver.is_mute = True
    for number in range(4):
        happen(house, f"cause {number}")
    telling(receiver, other).tick()
    assert len(receiver.received) == 1
    assert len(other.received) == 4


def test_it_is_tried_again_later_and_later_and_given_up_in_the_end(
    house: House, telling: TellThem, receiver: Receiver, clock: Clock
) -> None:
    receiver.status = 500
    duty = telling(receiver)
    happen(house, "disk")
    for _ in range(GIVE_UP_AFTER):
        duty.tick()
        clock.advance(seconds=LONGEST_RETRY.total_seconds())
    assert len(receiver.received) == GIVE_UP_AFTER
    clock.advance(days=30)
    duty.tick()
    assert len(receiver.received) == GIVE_UP_AFTER
    lost = newest(house)
    assert (lost.told_at, lost.attempts) == (None, GIVE_UP_AFTER)


def test_a_notice_that_a_dead_control_centre_took_is_told_when_its_lease_is_over(
    house: House, telling: TellThem, receiver: Receiver, clock: Clock
) -> None:
    happen(house, "disk")
    house.ledger.take_notices(lease=LEASE)
    duty = telling(receiver)
    duty.tick()
    assert receiver.received == []
    clock.advance(seconds=LEASE.total_seconds())
    duty.tick()
    assert titles(receiver) == ["disk happened"]


def test_of_two_control_centres_one_tells(
    house: House, telling: TellThem, receiver: Receiver, clock: Clock, tmp_path
) -> None:
    happen(house, "disk")
    with house_at(tmp_path, clock) as second:
        Telling(second.ledger, [Webhook(receiver.url, "secret")], clock=clock).tick()
        telling(receiver).tick()
    assert titles(receiver) == ["disk happened"]


def test_where_no_place_is_set_up_nothing_piles_up(house: House, telling: TellThem, receiver: Receiver) -> None:
    happen(house, "disk")
    telling().tick()
    assert newest(house).told_at is not None
    telling(receiver).tick()
    assert receiver.received == []


def test_in_the_quiet_hours_nothing_is_told_and_afterwards_all_of_it_in_one_message(
    house: House, telling: TellThem, receiver: Receiver, clock: Clock
) -> None:
    duty = telling(receiver, quiet=NIGHT)
    clock.now = datetime(2026, 3, 1, 21, tzinfo=UTC)
    happen(house, "disk")
    clock.advance(hours=4)
    happen(house, "verdict/loans/1", kind=NoticeKind.VERDICT)
    duty.tick()
    clock.now = datetime(2026, 3, 2, 5, 59, 50, tzinfo=UTC)
    assert duty.tick() == 10.0
    assert receiver.received == []
    clock.advance(seconds=10)
    happen(house, "cards")
    duty.tick()
    assert titles(receiver) == ["2 notices of the quiet hours", "cards happened"]
    assert json.loads(receiver.received[0].body)["text"] == "- disk happened\n- verdict/loans/1 happened"


def test_one_notice_of_the_quiet_hours_is_told_as_it_is(
    house: House, telling: TellThem, receiver: Receiver, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 1, 22, tzinfo=UTC)
    happen(house, "disk")
    clock.advance(hours=9)
    telling(receiver, quiet=NIGHT).tick()
    assert titles(receiver) == ["disk happened"]
