"""A vault in which another file stands for one that held an erased customer."""

from collections.abc import Callable, Iterator
from pathlib import Path

from kingmaker.ports.vault import Vault


class StandingVault:
    """Plays `Vault` over another one. Whoever asks for an old digest is given the file that stands for it.

    What was erased does not come back: a file that another one stands for is let go again when it is put, and so are the copies
    of it on this machine when it is asked for.
    """

    def __init__(self, vault: Vault, standing_for: Callable[[str], str | None]) -> None:
        """`standing_for` answers with the digest of the file that stands for this one, None when none does."""
        self._vault = vault
        self._standing_for = standing_for

    def put(self, path: Path) -> str:
        return self._let_go(self._vault.put(path))

    def put_bytes(self, data: bytes) -> str:
        return self._let_go(self._vault.put_bytes(data))

    def fetch(self, digest: str) -> Path:
        return self._vault.fetch(self._followed(digest))

    def read(self, digest: str) -> bytes:
        return self._vault.read(self._followed(digest))

    def prove(self, digest: str) -> None:
        self._vault.prove(self._followed(digest))

    def has(self, digest: str) -> bool:
        return self._vault.has(self._followed(digest))

    def renew(self, digest: str) -> bool:
        return self._vault.renew(self._followed(digest))

    def remove(self, digest: str, *, dry: bool = False) -> int | None:
        return self._vault.remove(digest, dry=dry)

    def discard(self, digest: str) -> None:
        self._vault.discard(digest)

    def digests(self) -> Iterator[str]:
        return self._vault.digests()

    def name(self, name: str, data: bytes) -> None:
        self._vault.name(name, data)

    def named(self, name: str) -> bytes | None:
        return self._vault.named(name)

    def names(self, prefix: str) -> list[str]:
        return self._vault.names(prefix)

    def documents(self, prefix: str) -> dict[str, bytes]:
        return self._vault.documents(prefix)

    def _followed(self, digest: str) -> str:
        found = self._standing_for(digest)
        if found is None:
            return digest
        self._vault.discard(digest)
        return found

    def _let_go(self, digest: str) -> str:
        if self._standing_for(digest) is not None:
            self._vault.discard(digest)
        return digest
