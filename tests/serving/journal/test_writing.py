"""The writer: lines, segments, when they are closed, and what a disk may do to them."""

import json
import resource
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serving.journal.answers import NOON, SCHEMA, VERSION, Desk, answers, batch, category, ids, number, scores

from kingmaker.bundle.contents import InputSchema
from kingmaker.serving.journal.entry import Batch, Layout
from kingmaker.serving.journal.limits import Rotation
from kingmaker.serving.journal.segments import OpenSegment
from kingmaker.serving.journal.writing import Writer

MEGABYTE = 1 << 20


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_segment_says_what_it_is_then_what_each_version_reads_then_the_answers(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.writer.drain(deque([batch(2), batch(1, first=2, version="ab" * 32, role="shadow"), batch(1, first=3)]))
    desk.writer.close()
    head, first, second, *rows = lines(desk.place.waiting()[0])
    assert head == {
        "segment": {"format": 1, "pipeline": "loans", "endpoint": "till-1", "name": "20260921T141320Z-b00t-000001"}
    }
    fields = {"Amount": "number", "Term, in months": "number", "State": "category"}
    assert first == {"schema": {"version": VERSION, "fields": fields}}
    assert second == {"schema": {"version": "ab" * 32, "fields": fields}}
    assert [(row["id"], row["role"]) for row in rows] == [
        ("application-0", "champion"),
        ("application-1", "champion"),
        ("application-3", "champion"),
        ("application-2", "shadow"),
    ]


def test_an_answer_is_logged_with_what_was_asked_and_missing_is_null(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.writer.drain(deque([batch(3, at=NOON + 0.25)]))
    desk.writer.close()
    assert lines(desk.place.waiting()[0])[-1] == {
        "entry": "b00t-2",
        "answered_at": "2026-09-21T14:13:20.250000Z",
        "endpoint": "till-1",
        "role": "champion",
        "version": VERSION,
        "id": "application-2",
        "pd": 0.9,
        "score": 698,
        "grade": "A",
        "decision": "approve",
        "features": {"Amount": None, "Term, in months": 36.0, "State": "CA"},
    }


@given(
    num=st.lists(st.floats(allow_infinity=False), min_size=2, max_size=2),
    text=st.text(),
    names=st.lists(st.text(), min_size=3, max_size=3, unique=True),
)
@settings(deadline=None, max_examples=60)
def test_whatever_was_asked_is_read_back_as_it_was(num: list[float], text: str, names: list[str]) -> None:
    schema = InputSchema(fields=(number(names[0]), category(names[1]), number(names[2])))
    asked = Batch(
        at=NOON,
        role="canary",
        version=VERSION,
        schema=schema,
        ids=[text],
        num=np.array([num]),
        cat=np.array([[text]], dtype=object),
        scores=scores(1),
    )
    (made,) = Layout(schema).lines([asked], endpoint="till-1", key="k", first=0)
    read = json.loads(msgspec.json.encode(made))
    numbers = [None if np.isnan(value) else value for value in num]
    assert read["features"] == {names[0]: numbers[0], names[2]: numbers[1], names[1]: text or None}
    assert read["id"] == text


def test_an_infinite_number_is_logged_as_the_largest_finite_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    asked = msgspec.structs.replace(batch(1), num=np.array([[-np.inf, np.inf]]))
    desk.writer.drain(deque([asked]))
    desk.writer.close()
    (entry,) = answers(desk.place.waiting())
    largest = float(np.finfo(np.float64).max)
    assert entry.features == {"Amount": -largest, "Term, in months": largest, "State": "CA"}


def test_models_that_read_numbers_or_categories_alone_are_logged(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    only_numbers = InputSchema(fields=tuple(field for field in SCHEMA.fields if field.kind == "number"))
    only_texts = InputSchema(fields=tuple(field for field in SCHEMA.fields if field.kind == "category"))
    numbers = msgspec.structs.replace(batch(1), schema=only_numbers, cat=None, version="1" * 64)
    texts = msgspec.structs.replace(batch(1), schema=only_texts, num=None, version="2" * 64)
    desk.writer.drain(deque([numbers, texts]))
    desk.writer.close()
    first, second = answers(desk.place.waiting())
    assert first.features == {"Amount": 0.1, "Term, in months": 36.0}
    assert second.features == {"State": "CA"}


def test_a_batch_of_any_size_is_written_whole_and_in_order(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    sizes = [1, 63, 64, 65, 0, 300]
    starts = np.cumsum([0, *sizes])
    desk.writer.drain(deque(batch(size, first=int(first)) for size, first in zip(sizes, starts, strict=False)))
    desk.writer.close()
    assert ids(desk.place.waiting()) == [f"application-{number}" for number in range(sum(sizes))]
    assert desk.tally.written == desk.tally.drained == sum(sizes)


def test_a_batch_that_makes_no_sense_is_counted_and_its_neighbours_are_logged(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    short, long = (msgspec.structs.replace(batch(3), scores=scores(rows)) for rows in (2, 4))
    desk.writer.drain(deque([batch(1, first=6), short, long, batch(1, first=7)]))
    desk.writer.close()
    assert ids(desk.place.waiting()) == ["application-6", "application-7"]
    assert (desk.tally.unreadable, desk.tally.written) == (6, 2)
    assert "could not be logged: it has not as many ids" in desk.tally.batch_failure


def test_nothing_recorded_opens_no_segment(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.writer.drain(deque())
    desk.writer.close()
    assert not desk.place.path.exists()


def test_a_segment_is_closed_when_it_is_large(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rotation=Rotation(size=50_000))
    desk.writer.drain(deque(batch(50, first=50 * number) for number in range(20)))
    desk.writer.close()
    closed = desk.place.waiting()
    assert len(closed) > 2
    assert max(path.stat().st_size for path in closed) <= 50_000
    assert ids(closed) == [f"application-{number}" for number in range(1000)]


def test_a_segment_is_closed_when_it_is_old(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rotation=Rotation(age=60))
    desk.writer.drain(deque([batch()]))
    desk.time.pass_by(59)
    desk.writer.drain(deque())
    assert desk.files() == ["20260921T141320Z-b00t-000001.open"]
    desk.time.pass_by(1)
    desk.writer.drain(deque())
    assert desk.files() == ["20260921T141320Z-b00t-000001.jsonl"]


def test_who_writes_waits_for_no_disk_to_take_a_segment(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    left: list[OpenSegment] = []
    clocks = {"clock": lambda: desk.time.day, "elapsed": lambda: desk.time.passed}
    writer = Writer(desk.place, "b00t", Rotation(size=50_000), desk.tally, **clocks, close=left.append)
    writer.drain(deque(batch(50, first=50 * number) for number in range(20)))
    writer.close()
    assert not desk.place.waiting()
    for segment in left:
        segment.close()
    assert ids(desk.place.waiting()) == [f"application-{number}" for number in range(1000)]


@pytest.mark.parametrize("sizes", [[1] * 6_000, [100] * 60, [6_000]])
def test_a_writer_that_falls_behind_takes_more_at_a_time(tmp_path: Path, sizes: list[int]) -> None:
    desk = Desk(tmp_path)
    desk.tally.recorded = 6_000
    starts = np.cumsum([0, *sizes])
    desk.writer.drain(deque(batch(size, first=int(first)) for size, first in zip(sizes, starts, strict=False)))
    desk.writer.close()
    assert ids(desk.place.waiting()) == [f"application-{number}" for number in range(6_000)]
    assert desk.tally.written == desk.tally.drained == 6_000


def test_a_clock_that_is_set_back_changes_neither_the_order_nor_the_age(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rotation=Rotation(age=60))
    desk.writer.drain(deque([batch(first=1)]))
    desk.time.pass_by(30)
    desk.time.day -= 86_400
    desk.writer.drain(deque([batch(first=2)]))
    desk.time.pass_by(30)
    desk.writer.drain(deque([batch(first=3)]))
    assert desk.files() == ["20260921T141320Z-b00t-000001.jsonl"]
    desk.writer.drain(deque([batch(first=4)]))
    desk.writer.close()
    assert ids(desk.place.waiting()) == [f"application-{number}" for number in (1, 2, 3, 4)]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_refused_write_leaves_whole_lines_is_counted_and_is_tried_again_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rotation=Rotation(probe=5))
    with files_of_at_most(MEGABYTE):
        desk.writer.drain(deque(batch(64) for _ in range(100)))
    written, dropped = desk.tally.written, desk.tally.disk
    assert written + dropped == 6400
    assert written % 64 == 0
    assert dropped
    assert "cannot be written" in desk.tally.writing_failure
    desk.writer.drain(deque([batch()]))
    assert desk.tally.disk == dropped + 1
    desk.time.pass_by(5)
    desk.writer.drain(deque([batch()]))
    desk.writer.close()
    assert desk.tally.writing_failure == ""
    assert len(answers(desk.place.waiting())) == written + 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room; needs the right to mount."""
    place = tmp_path / "small"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTE}", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_the_log_until_there_is_room(small_disk: Path) -> None:
    desk = Desk(small_disk, rotation=Rotation(probe=5))
    desk.writer.drain(deque(batch(64) for _ in range(200)))
    desk.time.pass_by(5)
    desk.writer.drain(deque([batch(64)]))
    assert desk.tally.written + desk.tally.disk == 201 * 64
    full = desk.place.waiting()
    assert len(answers(full)) == desk.tally.written
    assert not list(desk.place.path.glob("*.open"))
    for path in full:
        path.unlink()
    desk.time.pass_by(5)
    desk.writer.drain(deque([batch(64)]))
    desk.writer.close()
    assert len(answers(desk.place.waiting())) == 64
    assert desk.tally.writing_failure == ""


def test_a_folder_that_cannot_be_made_is_told_and_costs_nothing_but_the_log(tmp_path: Path) -> None:
    (tmp_path / "loans").write_text("a file where the folder should be")
    desk = Desk(tmp_path)
    desk.writer.drain(deque([batch(3)]))
    assert desk.tally.disk == 3
    assert str(tmp_path / "loans") in desk.tally.writing_failure
