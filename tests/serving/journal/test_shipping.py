"""The shipper: what was closed reaches the inbox, and the disk stays within its bounds whatever the depot does."""

from collections import deque
from pathlib import Path

import pytest
from tests.serving.journal.answers import Desk, answers, batch, folder_depot, ids, inbox

from kingmaker.serving.journal.limits import Retention
from kingmaker.serving.journal.place import Place, PlaceRefused


def close_segments(desk: Desk, segments: int, rows: int = 20) -> None:
    for number in range(segments):
        desk.writer.drain(deque([batch(rows, first=rows * number)]))
        desk.writer.close()
        desk.time.pass_by(1)


def test_segments_arrive_packed_under_pipeline_and_endpoint_and_leave_the_disk(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    close_segments(desk, 2)
    desk.shipper.look()
    assert [str(path.relative_to(tmp_path / "depot")) for path in inbox(tmp_path / "depot")] == [
        "inbox/loans/till-1/20260921T141320Z-b00t-000001.jsonl.gz",
        "inbox/loans/till-1/20260921T141321Z-b00t-000002.jsonl.gz",
    ]
    assert desk.files() == []
    assert ids(inbox(tmp_path / "depot")) == [f"application-{number}" for number in (*range(20), *range(20, 40))]
    assert (desk.tally.segments_shipped, desk.tally.last_shipped) == (2, desk.time.day)


def test_the_open_segment_is_not_shipped(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    desk.writer.drain(deque([batch()]))
    desk.shipper.look()
    assert inbox(tmp_path / "depot") == []
    assert desk.files() == ["20260921T141320Z-b00t-000001.open"]


def test_a_depot_that_is_away_is_asked_ever_more_seldom_and_gets_everything_when_it_is_back(tmp_path: Path) -> None:
    depot = folder_depot(tmp_path / "depot")
    (tmp_path / "depot").rmdir()
    desk = Desk(tmp_path / "log", depot)
    close_segments(desk, 3)
    desk.shipper.look()
    assert "cannot be used" in desk.tally.shipping_failure
    assert desk.tally.pending_bytes > 0
    desk.time.pass_by(1)
    desk.shipper.look()
    (tmp_path / "depot").mkdir()
    desk.time.pass_by(1)
    desk.shipper.look()
    assert inbox(tmp_path / "depot") == [], "the second failure is waited out for two seconds"
    desk.time.pass_by(1)
    desk.shipper.look()
    assert len(inbox(tmp_path / "depot")) == 3
    assert desk.tally.shipping_failure == ""
    assert desk.tally.pending_bytes == 0


def test_segments_that_the_depot_refuses_do_not_keep_the_others(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    close_segments(desk, 1)
    strange = [desk.place.path / f"20000101T000000Z-näme-{number:06d}.jsonl.gz" for number in range(40)]
    for path in strange:
        path.write_bytes(b"")
    desk.shipper.look()
    assert len(inbox(tmp_path / "depot")) == 1
    assert "näme" in desk.tally.shipping_failure
    assert all(path.exists() for path in strange)
    close_segments(desk, 1)
    desk.shipper.look()
    assert len(inbox(tmp_path / "depot")) == 2, "what was shipped in between ends the back-off"


def test_a_long_queue_of_segments_is_shipped_a_few_at_a_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    close_segments(desk, 40)
    looks = 1
    while desk.shipper.look():
        looks += 1
    assert looks > 2
    assert len(inbox(tmp_path / "depot")) == 40


def test_segments_are_not_for_every_eye(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log")
    desk.writer.drain(deque([batch()]))
    (opened,) = desk.place.path.iterdir()
    assert opened.stat().st_mode & 0o007 == 0
    desk.writer.close()
    desk.shipper.look()
    (packed,) = desk.place.waiting()
    assert packed.stat().st_mode & 0o007 == 0


def test_a_segment_that_was_left_twice_is_counted_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"), retention=Retention(keep_hours=1))
    close_segments(desk, 1)
    desk.shipper.look()
    (kept,) = desk.place.kept()
    kept.rename(desk.place.path / kept.name)
    desk.shipper.look()
    assert desk.tally.segments_shipped == 2
    copied = tmp_path / "copied-by-hand.jsonl.gz"
    copied.write_bytes(inbox(tmp_path / "depot")[0].read_bytes())
    assert len(answers([*inbox(tmp_path / "depot"), copied])) == 20


def test_shipped_segments_are_kept_for_as_long_as_was_asked(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"), retention=Retention(keep_hours=2))
    close_segments(desk, 1)
    desk.shipper.look()
    desk.time.pass_by(3600)
    desk.shipper.look()
    assert len(desk.place.kept()) == 1
    desk.time.pass_by(3601)
    desk.shipper.look()
    assert desk.place.kept() == []
    assert desk.tally.retention == 0


def test_beyond_the_bound_shipped_segments_go_first_then_the_oldest_whose_rows_are_counted(tmp_path: Path) -> None:
    depot = folder_depot(tmp_path / "depot")
    first = Desk(tmp_path / "log", depot, retention=Retention(keep_hours=24))
    close_segments(first, 2)
    first.shipper.look()
    first.shipper.close()
    size = sum(path.stat().st_size for path in first.place.kept())
    (tmp_path / "depot").rename(tmp_path / "away")
    desk = Desk(tmp_path / "log", depot, token="l8r", retention=Retention(keep_hours=24, local_bytes=size * 3 // 2))
    close_segments(desk, 5)
    desk.shipper.look()
    assert desk.place.kept() == []
    left = desk.place.waiting()
    assert sum(path.stat().st_size for path in left) <= size * 3 // 2
    assert [path.name[-len("000001.jsonl.gz") :] for path in left][-1] == "000005.jsonl.gz"
    assert desk.tally.retention == 20 * (5 - len(left)) > 0
    assert len(answers(left)) == 20 * len(left)


def test_without_a_depot_segments_stay_packed_and_within_the_bound(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log")
    close_segments(desk, 3)
    desk.shipper.look()
    assert [path.suffix for path in desk.place.waiting()] == [".gz"] * 3
    assert desk.tally.shipping_failure == ""


def test_two_processes_that_share_a_place_ship_one_at_a_time(tmp_path: Path) -> None:
    depot = folder_depot(tmp_path / "depot")
    one, other = Desk(tmp_path / "log", depot), Desk(tmp_path / "log", depot, token="0ther")
    one.shipper.look()
    close_segments(other, 1)
    other.shipper.look()
    assert inbox(tmp_path / "depot") == []
    one.shipper.close()
    other.shipper.look()
    assert len(inbox(tmp_path / "depot")) == 1


def test_a_segment_that_cannot_be_packed_is_shipped_as_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    close_segments(desk, 1)
    (segment,) = desk.place.waiting()
    segment.with_suffix(".jsonl.part").mkdir()
    desk.shipper.look()
    assert [path.name for path in inbox(tmp_path / "depot")] == [segment.name]
    assert len(answers(inbox(tmp_path / "depot"))) == 20


def test_segments_of_an_unreadable_folder_are_told_of(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    (tmp_path / "log").write_text("no folder")
    desk.shipper.look()
    assert "cannot be tended" in desk.tally.shipping_failure
    (tmp_path / "log").unlink()
    desk.time.pass_by(60)
    close_segments(desk, 1)
    desk.shipper.look()
    assert desk.tally.shipping_failure == ""


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a b", "x" * 201])
def test_a_name_that_cannot_be_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlaceRefused, match="the endpoint is named"):
        Place(tmp_path, "loans", name)
