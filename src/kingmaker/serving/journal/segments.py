"""Segments: files of lines that are written once, closed, and never changed again."""

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kingmaker.serving.journal.place import CLOSED, OPEN, PRIVATE


class OpenSegment:
    """A segment that is being written, locked so that no other process takes it for one that was left behind.

    What one `write` was given is in the file whole, or not at all. Every method but `close` may raise OSError.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / (name + OPEN)
        self._file = _locked(self._path)
        self.size = 0

    def write(self, data: bytes | bytearray) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self.size += len(data)

    def close(self) -> None:
        """Flush to the disk and give it its final name; an empty one is removed. What fails here, recovery does again."""
        with suppress(OSError):
            _close(self._file, self._path, self.size)
        os.close(self._file)


def _locked(path: Path) -> int:
    """A new file, locked. Whoever recovers may come in between, and takes the empty file away: then it is made again."""
    while True:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, PRIVATE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                return file
        except OSError:
            os.close(file)
            raise
        os.close(file)


def segment_name(at: float, token: str, number: int) -> str:
    """Names sort by time. `at` is in seconds since 1970."""
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%S}Z-{token}-{number:06d}"


def recover(folder: Path) -> None:
    """Close the segments that dead processes left open, without the line they were in the middle of."""
    for path in sorted(folder.glob(f"*{OPEN}")):
        with suppress(OSError):
            _recover(path)


def _recover(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _close(file, path, _whole_lines(file))
    finally:
        os.close(file)


def _close(file: int, path: Path, size: int) -> None:
    if not size:
        path.unlink()
        return
    os.ftruncate(file, size)
    os.fsync(file)
    path.rename(path.with_suffix(CLOSED))


def _whole_lines(file: int) -> int:
    """Bytes up to and with the last line feed."""
    block = 1 << 16
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - block)
        found = os.pread(file, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
