"""What a digest is, and the digest of bytes that come in blocks."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

BLOCK_BYTES = 1 << 20
DIGEST_DIGITS = 64
_HEXADECIMAL = frozenset("0123456789abcdef")


def is_digest(text: str) -> bool:
    """Whether `text` is 64 lower-case hex digits; anything else is never used to build a path."""
    return len(text) == DIGEST_DIGITS and _HEXADECIMAL.issuperset(text)


def blocks_of(path: Path) -> Iterator[bytes]:
    """The file's bytes, a mebibyte at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def digest_of(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    found = hashlib.sha256()
    for block in blocks_of(path):
        found.update(block)
    return found.hexdigest()
