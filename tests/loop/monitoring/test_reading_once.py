"""Each answer is counted once, whoever reads, however often it starts again, and whatever lies in the inbox."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.monitoring import Monitoring
from kingmaker.loop.monitor import Monitor, monitoring_of
from kingmaker.loop.monitoring.documents import DayDocument, day_document, keep_day
from kingmaker.loop.monitoring.intake import Layouts, read_inbox
from kingmaker.loop.monitoring.segments import segment_of

from .world import NOON, Applicants, World


def read(world: World) -> Monitoring:
    """As a process that has just started."""
    return Monitor(world.house, PIPELINE).read()


def by_day(told: Monitoring) -> dict[date, int]:
    return {one.day: one.answers for one in told.days}


def test_a_monitor_that_starts_again_reads_nothing_twice(world: World):
    world.log_days(Applicants(), days=2)
    first = read(world)
    assert (first.segments, sum(by_day(first).values())) == (2, 1200)
    assert read(world) == first
    world.log(Applicants(3), at=NOON, rows=100)
    assert (read(world).segments, sum(by_day(read(world)).values())) == (3, 1300)


def test_two_monitors_that_write_over_each_other_end_with_the_same_counts(world: World):
    world.log(Applicants(), at=NOON)
    day = NOON.date()
    read(world)
    stale = day_document(world.house.vault, PIPELINE, day)
    world.log(Applicants(2), at=NOON + timedelta(minutes=1))
    told = read(world)
    keep_day(world.house.vault, PIPELINE, day, stale)
    assert by_day(read(world)) == by_day(told) == {day: 1200}


def test_what_was_counted_by_a_monitor_that_was_killed_before_it_told_is_told_by_the_next(world: World):
    world.log(Applicants(), at=NOON)
    read(world)
    world.log(Applicants(2), at=NOON, rows=50)
    read_inbox(world.house, PIPELINE, Layouts(world.house, PIPELINE).get)
    assert by_day(read(world)) == {NOON.date(): 650}


def test_several_control_centres_at_once_count_each_answer_once(world: World):
    world.log_days(Applicants(), days=6, rows=50)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: read(world), range(4)))
    told = read(world)
    assert (told.segments, sum(by_day(told).values())) == (6, 300)


def test_a_segment_that_lies_there_packed_and_unpacked_is_counted_once(world: World):
    world.log(Applicants(), at=NOON)
    packed = next((world.house.home / "vault" / "inbox").rglob("*.jsonl.gz"))
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    assert by_day(read(world)) == {NOON.date(): 600}
    assert by_day(read(world)) == {NOON.date(): 600}


def test_a_damaged_segment_is_told_and_keeps_none_of_the_others(world: World):
    world.log(Applicants(), at=NOON)
    world.log(Applicants(), at=NOON + timedelta(minutes=1))
    first, second = sorted((world.house.home / "vault" / "inbox").rglob("*.jsonl.gz"))
    first.write_bytes(first.read_bytes()[:-40])
    told = read(world)
    assert (told.unreadable, told.segments, by_day(told)) == (1, 2, {NOON.date(): 600})
    second.with_name("notes.txt").write_bytes(b"nothing of a journal's")
    assert read(world) == told


def test_what_is_no_segment_of_this_form_is_damaged_and_raises_nothing(world: World):
    folder = world.house.home / "vault" / "inbox" / PIPELINE / "till-9"
    folder.mkdir(parents=True)
    contents = [
        b"",
        b"{}\n",
        b'{"segment":{"format":2}}\n',
        b"\xff\xfe\n",
        b'{"segment":{"format":1}}\n{"entry":1}\n',
        b"[[[",
    ]
    for number, content in enumerate(contents):
        (folder / f"20460921T120000Z-b00t-{number:06d}.jsonl").write_bytes(content)
    told = read(world)
    assert (told.unreadable, told.segments, told.days) == (6, 6, ())


def test_answers_are_counted_on_the_day_on_which_they_were_given(world: World):
    """A segment may begin before midnight and end after it."""
    midnight = datetime(2046, 9, 21, tzinfo=NOON.tzinfo)
    world.log(Applicants(), at=midnight - timedelta(seconds=1), rows=10)
    world.log(Applicants(), at=midnight + timedelta(seconds=1), rows=20)
    assert by_day(read(world)) == {date(2046, 9, 20): 10, date(2046, 9, 21): 20}


def test_answers_of_a_version_that_was_not_published_here_are_only_counted(world: World):
    world.log(Applicants(), at=NOON, version="e" * 64, rows=7)
    assert (read(world).unknown, read(world).days) == (7, ())


def test_grades_scores_decisions_and_missing_values_are_counted(world: World):
    world.log(Applicants(), at=NOON, rows=1000)
    world.log(Applicants(4), at=NOON, rows=1000, endpoint="till-2")
    told = read(world)
    day = told.days[0]
    assert sum(day.grades.values()) == sum(day.scores.values()) == day.answers == 2000
    assert set(day.scores) == {460, 500}
    assert abs(day.approved / day.answers - 0.7) < 0.05
    assert day.expected_approval == 0.7
    term = next(one for one in day.features if one.name == "term")
    assert abs(term.missing - 0.25) < 0.05
    assert term.reference_missing == 0.25
    assert [(one.endpoint, one.answers) for one in told.endpoints] == [("till-1", 1000), ("till-2", 1000)]


def test_days_are_told_from_and_to(world: World):
    world.log_days(Applicants(), days=5)
    assert monitoring_of(world.house, PIPELINE).read_at is None
    read(world)
    day = NOON.date()
    told = monitoring_of(world.house, PIPELINE, since=day - timedelta(days=2), until=day - timedelta(days=1))
    assert list(by_day(told)) == [day - timedelta(days=2), day - timedelta(days=1)]


def test_the_numbers_of_segments_are_kept_as_ranges():
    document = DayDocument()
    found = {
        number: segment_of(f"inbox/loans/till-1/20260921T120000Z-b00t-{number:06d}.jsonl.gz") for number in range(1, 7)
    }
    for number in (3, 1, 2, 6, 2):
        document.note(found[number])
    assert document.read == {"till-1": {"b00t": [(1, 3), (6, 6)]}}
    assert [document.has_read(found[number]) for number in (1, 3, 4, 5, 6)] == [True, True, False, False, True]
    assert document.segments == 4
