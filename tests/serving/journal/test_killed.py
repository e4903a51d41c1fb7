"""A process that is killed while it writes: the next one ships what was written, and no torn line."""

import os
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import pytest
from tests.serving.journal.answers import Desk, answers, batch, folder_depot, ids, inbox

from kingmaker.serving.journal.journal import Journal
from kingmaker.serving.journal.limits import Rotation
from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.segments import recover

REPOSITORY = Path(__file__).parents[3]


def killed_after(rows: int, log: Path, depot: Path) -> int:
    """Rows that the process had told of as written when it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.serving.journal.journal_process", str(log), str(depot)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert process.stdout
    written = next(int(line) for line in process.stdout if int(line) >= rows)
    process.kill()
    told = [written, *(int(line) for line in process.stdout.read().splitlines() if line)]
    process.wait()
    process.stdout.close()
    return max(told)


@pytest.mark.parametrize("rows", [1, 1_000, 5_000])
def test_what_a_killed_process_had_written_is_shipped_by_the_next(tmp_path: Path, rows: int) -> None:
    depot = folder_depot(tmp_path / "depot")
    written = killed_after(rows, tmp_path / "log", tmp_path / "depot")
    after = Journal(Place(tmp_path / "log", "loans", "till-1"), depot)
    after.start()
    after.stop()
    entries = answers(inbox(tmp_path / "depot"))
    assert len(entries) >= written
    assert len({entry.entry for entry in entries}) == len(entries)
    assert list((tmp_path / "log").rglob("*.open")) == []


@pytest.mark.parametrize("torn", [1, 10, 150])
def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path, torn: int) -> None:
    desk = Desk(tmp_path)
    desk.writer.drain(deque([batch(3)]))
    desk.writer.close()
    (closed,) = desk.place.waiting()
    left = closed.with_suffix(".open")
    left.write_bytes(closed.read_bytes()[:-torn])
    closed.unlink()
    recover(desk.place.path)
    assert ids(desk.place.waiting()) == ["application-0", "application-1"]


@pytest.mark.parametrize("content", [b"", b'{"segment":{"for', b"x" * 200_000])
def test_a_segment_without_one_whole_line_is_removed(tmp_path: Path, content: bytes) -> None:
    desk = Desk(tmp_path)
    desk.place.path.mkdir(parents=True)
    (desk.place.path / "20260921T141320Z-dead-000001.open").write_bytes(content)
    recover(desk.place.path)
    assert desk.files() == []


def test_a_segment_that_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    desk, other = Desk(tmp_path), Desk(tmp_path, token="0ther")
    desk.writer.drain(deque([batch()]))
    recover(other.place.path)
    assert desk.files() == ["20260921T141320Z-b00t-000001.open"]
    desk.writer.drain(deque([batch(first=1)]))
    desk.writer.close()
    assert ids(desk.place.waiting()) == ["application-0", "application-1"]


def test_a_process_killed_between_packing_and_removing_ships_the_segment_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    desk.writer.drain(deque([batch(3)]))
    desk.writer.close()
    (closed,) = desk.place.waiting()
    os.link(closed, closed.with_name("lines"))
    desk.shipper.look()
    closed.with_name("lines").rename(closed)
    desk.shipper.look()
    assert len(inbox(tmp_path / "depot")) == 1
    assert len(answers(inbox(tmp_path / "depot"))) == 3
    assert desk.files() == []


def test_who_recovers_never_disturbs_who_opens_a_segment(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rotation=Rotation(age=0))
    is_done = threading.Event()

    def keep_recovering() -> None:
        while not is_done.is_set():
            recover(desk.place.path)

    recovering = threading.Thread(target=keep_recovering)
    recovering.start()
    for number in range(300):
        desk.writer.drain(deque([batch(first=number)]))
    is_done.set()
    recovering.join()
    recover(desk.place.path)
    assert desk.tally.disk == 0
    assert ids(desk.place.waiting()) == [f"application-{number}" for number in range(300)]
