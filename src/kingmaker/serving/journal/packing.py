"""Closed segments made small, and counted when they are lost."""

import gzip
import os
import time
from collections.abc import Callable
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import IO

from isal import igzip

from kingmaker.domain.errors import KingmakerError
from kingmaker.sealing.documents import context_of_segment
from kingmaker.sealing.keyring import Keyring, KeyringLocked
from kingmaker.sealing.stream import Sealer, is_sealed, unseal
from kingmaker.serving.journal.place import CLOSED, PACKED, PRIVATE

_BLOCK = 1 << 18
_PAUSE = 0.002
"""Seconds between two blocks, each of which takes some 600 µs: answering a request never waits for more than one of them."""

_SEALED = 14
"""Chunks of 16 KiB: sealing one holds the interpreter for some 15 µs."""

_ENTRY = b'{"entry":'


def pack(segment: Path, rest: Callable[[float], None] = time.sleep, *, keyring: Keyring | None = None) -> Path:
    """Compress a closed segment, seal it where there is a keyring, and remove it, resting between its blocks.

    Raises OSError, and what the keyring raises, and it stays.
    """
    packed = segment.with_name(segment.name.removesuffix(CLOSED) + PACKED)
    arriving = packed.with_suffix(".part")
    try:
        sealer = Sealer(keyring.newest(), context_of_segment(packed.name), power=_SEALED) if keyring else None
        arriving.touch(mode=PRIVATE)
        with segment.open("rb") as lines, arriving.open("wb") as file:
            kept = file if sealer is None else SealingFile(sealer, file)
            with igzip.IGzipFile("", "wb", compresslevel=1, fileobj=kept, mtime=0) as small:
                while block := lines.read(_BLOCK):
                    small.write(block)
                    rest(_PAUSE)
            if sealer is not None:
                file.write(sealer.finish())
            file.flush()
            os.fsync(file.fileno())
    except (OSError, KingmakerError):
        arriving.unlink(missing_ok=True)
        raise
    arriving.rename(packed)
    segment.unlink()
    return packed


def rows_in(segment: Path, keyring: Keyring | None = None) -> int:
    """Answers in a closed segment, packed, sealed or not; 0 when it cannot be read."""
    try:
        with lines_of(segment, keyring) as lines:
            return sum(line.startswith(_ENTRY) for line in lines)
    except (OSError, EOFError, KingmakerError):
        return 0


def lines_of(segment: Path, keyring: Keyring | None = None) -> BufferedIOBase:
    """A closed segment's lines. Raises OSError, and KingmakerError for one that is sealed and does not open."""
    if not segment.name.endswith(PACKED):
        return segment.open("rb")
    data = segment.read_bytes()
    if is_sealed(data):
        if keyring is None:
            raise KeyringLocked(
                "the segment is sealed", where=str(segment), remedy="Give the keyring that it was sealed with."
            )
        data = unseal(data, keyring.key_of, context_of_segment(segment.name), where=str(segment))
    return gzip.GzipFile(fileobj=BytesIO(data))


class SealingFile:
    """What is written to it goes into a file sealed."""

    def __init__(self, sealer: Sealer, file: IO[bytes]) -> None:
        self._sealer = sealer
        self._file = file

    def write(self, data: bytes) -> int:
        self._file.write(self._sealer.update(data))
        return len(data)

    def flush(self) -> None:
        self._file.flush()
