"""The vault: where files live by digest. Content never changes under its digest, so putting twice is harmless."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Vault(Protocol):
    """Safe for several processes at once. A digest is 64 lower-case hex digits of SHA-256.

    `fetch`, `read` raise NotFound for an unknown digest and TamperFound when the stored bytes do not match it.
    A write that fails (disk full) raises StorageFailed and leaves nothing behind.
    """

    def put(self, path: Path) -> str:
        """Copy a file in and return its digest. The file itself stays."""

    def put_bytes(self, data: bytes) -> str: ...

    def fetch(self, digest: str) -> Path:
        """A local, verified, read-only file with those bytes; valid as long as the vault is open."""

    def read(self, digest: str) -> bytes: ...

    def has(self, digest: str) -> bool: ...

    def digests(self) -> Iterator[str]: ...
