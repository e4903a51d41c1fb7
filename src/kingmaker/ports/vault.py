"""The vault: where files live by digest. Content never changes under its digest, so putting twice is harmless.

Beside them lie a few small documents under names, each replaced whole: the announced pointers, and what endpoints left.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Vault(Protocol):
    """Safe for several processes at once. A digest is 64 lower-case hex digits of SHA-256.

    `fetch`, `read` raise NotFound for an unknown digest and TamperFound when the stored bytes do not match it.
    A write that fails (disk full) raises StorageFailed and leaves nothing behind.

    A name is `room/document` or deeper, in letters, digits, `.`, `_` and `-`, no part beginning with a dot; for any other
    text `name` and `named` raise StorageFailed.
    """

    def put(self, path: Path) -> str:
        """Copy a file in and return its digest. The file itself stays."""

    def put_bytes(self, data: bytes) -> str: ...

    def fetch(self, digest: str) -> Path:
        """A local, verified, read-only file with those bytes; valid as long as the vault is open."""

    def read(self, digest: str) -> bytes: ...

    def prove(self, digest: str) -> None:
        """Raise what `fetch` would, and hand out nothing."""

    def has(self, digest: str) -> bool: ...

    def renew(self, digest: str) -> bool:
        """Whether it is there; if so, it counts as put now. For whoever relies on a file without putting it."""

    def remove(self, digest: str, *, dry: bool = False) -> int | None:
        """Remove a file that nobody put or renewed within the last three days, and answer with its bytes; else None.

        Whoever puts it again at this moment finds it there. `dry` only tells.
        """

    def discard(self, digest: str) -> None:
        """Remove a file at once, whatever its age, and its copies on this machine: somebody's rows in it must go.

        Harmless when it is not there.
        """

    def digests(self) -> Iterator[str]: ...

    def name(self, name: str, data: bytes) -> None:
        """Put a small document (some megabytes at most) under its name, or replace it: readers see the old or the new whole."""

    def named(self, name: str) -> bytes | None:
        """The document under that name, None when there is none."""

    def names(self, prefix: str) -> list[str]:
        """Every name that begins with `prefix` (one, or a part of one), in ascending order."""

    def documents(self, prefix: str) -> dict[str, bytes]:
        """Every document whose name begins with `prefix`, by name in ascending order: read in one go, however many."""
