"""What a digest is, and the digest of bytes that come in blocks."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

BLOCK_BYTES = 1 << 20
DIGEST_DIGITS = 64
_HEXADECIMAL = frozenset("0123456789abcdef")


class Digest(Protocol):
    """As `hashlib` has them: fed with a stored file's bytes, it answers with the digest that the file is kept under."""

    def update(self, block: bytes, /) -> object: ...

    def hexdigest(self) -> str: ...


Digesting = Callable[[], Digest]
"""How a vault's files are digested: by SHA-256 of their bytes, or, where files are sealed, of what they open to."""


def is_digest(text: str) -> bool:
    """Whether `text` is 64 lower-case hex digits; anything else is never used to build a path."""
    return len(text) == DIGEST_DIGITS and _HEXADECIMAL.issuperset(text)


def blocks_of(path: Path) -> Iterator[bytes]:
    """The file's bytes, a mebibyte at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def digest_of(path: Path, digesting: Digesting = hashlib.sha256) -> str:
    """SHA-256 of the file's bytes."""
    found = digesting()
    for block in blocks_of(path):
        found.update(block)
    return found.hexdigest()
