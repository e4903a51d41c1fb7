"""Closed segments made small, and counted when they are lost."""

import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path

from isal import igzip

from kingmaker.serving.journal.place import CLOSED, PACKED, PRIVATE

_BLOCK = 1 << 18
_PAUSE = 0.002
"""Seconds between two blocks, each of which takes some 600 µs: answering a request never waits for more than one of them."""

_ENTRY = b'{"entry":'


def pack(segment: Path, rest: Callable[[float], None] = time.sleep) -> Path:
    """Compress a closed segment and remove it, resting between its blocks. Raises OSError, and it stays."""
    packed = segment.with_name(segment.name.removesuffix(CLOSED) + PACKED)
    arriving = packed.with_suffix(".part")
    try:
        arriving.touch(mode=PRIVATE)
        with segment.open("rb") as lines, arriving.open("wb") as file:
            with igzip.IGzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as small:
                while block := lines.read(_BLOCK):
                    small.write(block)
                    rest(_PAUSE)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        arriving.unlink(missing_ok=True)
        raise
    arriving.rename(packed)
    segment.unlink()
    return packed


def rows_in(segment: Path) -> int:
    """Answers in a closed segment, packed or not; 0 when it cannot be read."""
    try:
        with gzip.open(segment) if segment.name.endswith(PACKED) else segment.open("rb") as lines:
            return sum(line.startswith(_ENTRY) for line in lines)
    except (OSError, EOFError):
        return 0
