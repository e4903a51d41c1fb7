"""Segments as they were left in the inbox, back to answers, each once."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kingmaker.domain.errors import KingmakerError
from kingmaker.sealing.keyring import Keyring
from kingmaker.serving.journal.entry import FORMAT, Entry
from kingmaker.serving.journal.packing import lines_of


class SegmentUnreadable(KingmakerError):
    """A segment is not what a journal wrote, or not all of it."""

    code = "segment_unreadable"


class _Head(msgspec.Struct):
    format: int
    pipeline: str
    endpoint: str
    name: str


class _Line(msgspec.Struct):
    """A line that is no answer says which segment begins, or what columns a version has."""

    segment: _Head | None = None
    schema: msgspec.Raw | None = None


_HEAD = b'{"segment":'
_SCHEMA = b'{"schema":'


def read_segments(paths: Iterable[Path], keyring: Keyring | None = None) -> Iterator[Entry]:
    """The answers in segments, packed, sealed with the keyring or neither, in the order of the paths, each segment once.

    Raises SegmentUnreadable, naming file and line, for a torn line, another format, and what is no segment; what came
    before it was yielded.
    """
    answers = msgspec.json.Decoder(Entry)
    seen: set[str] = set()
    for path in paths:
        with_head = is_new = False
        for number, line in _lines(path, keyring):
            if line.startswith(_HEAD):
                name = _head(line, path, number).name
                with_head, is_new = True, name not in seen
                seen.add(name)
            elif not with_head:
                raise _unreadable(path, number, "it does not begin as a segment does")
            elif is_new and not line.startswith(_SCHEMA):
                yield _answer(answers, line, path, number)


def _lines(path: Path, keyring: Keyring | None) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with lines_of(path, keyring) as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    raise _unreadable(path, number, "its last line is torn")
                yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, number + 1, f"it cannot be read: {error}") from error


def _head(line: bytes, path: Path, number: int) -> _Head:
    try:
        head = msgspec.json.decode(line, type=_Line).segment
    except msgspec.MsgspecError as error:
        raise _unreadable(path, number, f"{error}") from error
    if head is None or head.format > FORMAT:
        raise _unreadable(path, number, "it was written by a newer version; read it with that")
    return head


def _answer(answers: msgspec.json.Decoder[Entry], line: bytes, path: Path, number: int) -> Entry:
    try:
        return answers.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _unreadable(path, number, f"{error}") from error


def _unreadable(path: Path, number: int, what: str) -> SegmentUnreadable:
    return SegmentUnreadable(
        f"the segment is damaged: {what}", where=f"{path}, line {number}", remedy="Ask for the segment again."
    )
