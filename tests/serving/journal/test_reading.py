"""Reading segments back: each answer once, and nothing of a segment that is torn or foreign."""

import gzip
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.serving.journal.answers import NOON, VERSION, Desk, answers, batch

from kingmaker.serving.journal.packing import pack
from kingmaker.serving.journal.reading import SegmentUnreadable, read_segments


def segment(folder: Path, rows: int = 3) -> Path:
    desk = Desk(folder)
    desk.writer.drain(deque([batch(rows)]))
    desk.writer.close()
    return desk.place.waiting()[0]


def test_an_answer_comes_back_as_it_was_given(tmp_path: Path) -> None:
    entry = answers([segment(tmp_path)])[1]
    assert (entry.answered_at, entry.endpoint, entry.role, entry.version) == (
        datetime.fromtimestamp(NOON, UTC),
        "till-1",
        "champion",
        VERSION,
    )
    assert (entry.id, entry.pd, entry.score, entry.grade, entry.decision) == (
        "application-1",
        0.455,
        699,
        "A",
        "decline",
    )
    assert entry.features == {"Amount": 1.1, "Term, in months": 36.0, "State": None}


def test_packed_or_not_the_answers_are_the_same(tmp_path: Path) -> None:
    path = segment(tmp_path)
    plain = answers([path])
    assert answers([pack(path)]) == plain


def test_packing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    path = segment(tmp_path)
    lines = path.read_bytes()
    first = pack(path).read_bytes()
    path.write_bytes(lines)
    assert pack(path).read_bytes() == first


def test_a_torn_last_line_is_refused_after_what_is_whole(tmp_path: Path) -> None:
    path = segment(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    read = read_segments([path])
    assert [next(read).id, next(read).id] == ["application-0", "application-1"]
    with pytest.raises(SegmentUnreadable, match=r"line 5: the segment is damaged: its last line is torn"):
        next(read)


def test_a_packed_segment_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = pack(segment(tmp_path, rows=500))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SegmentUnreadable, match="cannot be read"):
        answers([path])


def test_a_packed_segment_with_a_changed_byte_is_refused(tmp_path: Path) -> None:
    path = pack(segment(tmp_path, rows=500))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    with pytest.raises(SegmentUnreadable):
        answers([path])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"entry":"a-1"}\n', "does not begin"),
        (b"no json\n", "does not begin"),
        (b'{"segment":{"format":2,"pipeline":"p","endpoint":"e","name":"n"}}\n', "newer version"),
        (b'{"segment":{"format":1}}\n', "missing required field"),
        (b'{"segment":{"format":1,"pipeline":"p","endpoint":"e","name":"n"}}\n{"entry":7}\n', "Expected `str`"),
        (b'{"segment":{"format":1,"pipeline":"p","endpoint":"e","name":"n"}}\n\xff\xfe\n', "malformed"),
    ],
)
def test_what_is_no_segment_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(content)
    with pytest.raises(SegmentUnreadable, match=said):
        answers([path])
    packed = tmp_path / "found.jsonl.gz"
    packed.write_bytes(gzip.compress(content))
    with pytest.raises(SegmentUnreadable, match=said):
        answers([packed])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SegmentUnreadable, match="No such file"):
        answers([tmp_path / "none.jsonl"])
