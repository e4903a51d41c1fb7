"""Files that exist whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(destination: Path) -> Iterator[Path]:
    """Yield a temporary path beside `destination`, which takes its place when the block ends without an error.

    The temporary file is removed on an error; a process killed in between leaves it, and never half a `destination`.
    """
    part = destination.with_name(f".{destination.name}.{secrets.token_hex(6)}.part")
    try:
        yield part
        _flush(part)
        part.replace(destination)
        _flush(destination.parent)
    finally:
        part.unlink(missing_ok=True)


def write_whole(destination: Path, data: bytes) -> None:
    """Write or replace a file."""
    with whole_file(destination) as part:
        part.write_bytes(data)


def write_new(destination: Path, data: bytes) -> None:
    """Write a secret into a file that must not exist yet, readable by its owner only. Raises FileExistsError."""
    part = destination.with_name(f".{destination.name}.{secrets.token_hex(6)}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        os.link(part, destination)
        _flush(destination.parent)
    finally:
        part.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
