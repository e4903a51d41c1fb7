"""A vault whose files and documents are sealed before another vault keeps them."""

import hashlib
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol

from kingmaker.adapters.vaults.digests import Digest, Digesting, blocks_of
from kingmaker.adapters.vaults.private_copies import PrivateCopies
from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound
from kingmaker.ports.sealing import Sealed
from kingmaker.ports.vault import Vault
from kingmaker.sealing.documents import context_of, is_plain_room
from kingmaker.sealing.keyring import Keyring, KeyringState
from kingmaker.sealing.stream import MAGIC, Opener, is_sealed, opened_blocks, seal, sealed_blocks, unseal

NO_DIGEST: Final = "0" * 64
"""Of bytes that do not open: nothing has it."""


class Shelf(Vault, Protocol):
    """A vault that digests its files as it is told to: so it keeps sealed ones under the digests of their content."""

    def put_blocks(self, blocks: Iterable[bytes], *, over: bool = False) -> str:
        """Store bytes that come in blocks; `over` what is there too, where other bytes have the same digest."""


class OpenedDigest:
    """SHA-256 of what sealed bytes open to; of other bytes as they are."""

    def __init__(self, keyring: Keyring) -> None:
        self._opener = Opener(keyring.key_of)
        self._digest = hashlib.sha256()
        self._start: bytes | None = b""
        self._is_sealed = self._is_broken = False

    def update(self, block: bytes, /) -> None:
        """Raises DataKeyUnknown, and what else keeps a keyring from opening."""
        if self._start is not None:
            block = self._start + block
            self._start = block if len(block) < len(MAGIC) else None
            self._is_sealed = is_sealed(block)
            if self._start is not None:
                return
        self._take(block)

    def hexdigest(self) -> str:
        if self._start:
            self._digest.update(self._start)
        elif self._is_sealed and not self._is_broken:
            try:
                self._digest.update(self._opener.finish())
            except TamperFound:
                self._is_broken = True
        return NO_DIGEST if self._is_broken else self._digest.hexdigest()

    def _take(self, block: bytes) -> None:
        if self._is_broken:
            return
        try:
            self._digest.update(self._opener.update(block) if self._is_sealed else block)
        except TamperFound:
            self._is_broken = True


def digesting_of(keyring: Keyring) -> Digesting:
    """How a vault digests its files that keeps sealed and plain ones."""

    def made() -> Digest:
        return OpenedDigest(keyring)

    return made


class SealedVault:
    """Plays the vault port over a shelf that was opened with `digesting_of` the same keyring, and the port of sealing.

    Digests are those of the content, so that nothing that names a file knows whether it is sealed. What was stored plain
    stays readable. Documents under names are sealed except pointers, which are signed, and endpoints' reports on themselves.
    `fetch` hands out private copies.
    """

    def __init__(self, shelf: Shelf, keyring: Keyring, copies: PrivateCopies) -> None:
        self._shelf = shelf
        self._keyring = keyring
        self._copies = copies
        self._made: dict[str, tuple[Path, tuple[int, int, int]]] = {}
        self._lock = threading.Lock()

    def put(self, path: Path) -> str:
        """Copy a file in and return its digest. Raises NotFound when there is no such file."""
        if not path.is_file():
            raise NotFound("There is no file to store", where=str(path))
        return self._put(blocks_of(path))

    def put_bytes(self, data: bytes) -> str:
        return self._put((data,))

    def fetch(self, digest: str) -> Path:
        with self._lock:
            made = self._made.get(digest)
            if made is None or _stamp(made[0]) != made[1]:
                path = self._shelf.fetch(digest)
                if not _is_sealed(path):
                    return path
                path = self._copied(path, digest)
                self._made[digest] = made = (path, _stamp(path))
            return made[0]

    def read(self, digest: str) -> bytes:
        data = self._shelf.read(digest)
        return unseal(data, self._keyring.key_of, where=digest) if is_sealed(data) else data

    def prove(self, digest: str) -> None:
        self._shelf.prove(digest)

    def has(self, digest: str) -> bool:
        return self._shelf.has(digest)

    def renew(self, digest: str) -> bool:
        return self._shelf.renew(digest)

    def remove(self, digest: str, *, dry: bool = False) -> int | None:
        """Its bytes as they lie there: sealed."""
        return self._shelf.remove(digest, dry=dry)

    def discard(self, digest: str) -> None:
        """Also opened copies of it, those of other processes on this machine too."""
        self._shelf.discard(digest)
        with self._lock:
            self._made.pop(digest, None)
            self._copies.discard(digest)

    def digests(self) -> Iterator[str]:
        return self._shelf.digests()

    def name(self, name: str, data: bytes) -> None:
        kept = data if is_plain_room(name) else seal(data, self._keyring.newest(), context_of(name))
        self._shelf.name(name, kept)

    def named(self, name: str) -> bytes | None:
        data = self._shelf.named(name)
        return data if data is None else self.opened(name, data)

    def names(self, prefix: str) -> list[str]:
        return self._shelf.names(prefix)

    def documents(self, prefix: str) -> dict[str, bytes]:
        return {name: self.opened(name, data) for name, data in self._shelf.documents(prefix).items()}

    def opened(self, name: str, data: bytes) -> bytes:
        return unseal(data, self._keyring.key_of, context_of(name), where=name) if is_sealed(data) else data

    def opened_file(self, path: Path) -> Iterator[bytes]:
        blocks = blocks_of(path)
        return opened_blocks(blocks, self._keyring.key_of, where=str(path)) if _is_sealed(path) else blocks

    def state(self) -> KeyringState:
        return self._keyring.state()

    def rotate(self) -> str:
        return self._keyring.rotate()

    def rewrap(self, reference: str) -> str:
        return self._keyring.rewrap(reference)

    def count(self) -> Sealed:
        files = [_is_sealed(self._shelf.fetch(digest)) for digest in self._shelf.digests()]
        documents = [is_sealed(self._shelf.named(name) or b"") for name in self._documents()]
        return Sealed(
            files=sum(files),
            documents=sum(documents),
            plain_files=len(files) - sum(files),
            plain_documents=len(documents) - sum(documents),
        )

    def seal_plain(self) -> Iterator[str]:
        for digest in list(self._shelf.digests()):
            path = self._shelf.fetch(digest)
            if not _is_sealed(path):
                self._shelf.put_blocks(sealed_blocks(blocks_of(path), self._keyring.newest()), over=True)
                yield digest
        for name in self._documents():
            data = self._shelf.named(name)
            if data is not None and not is_sealed(data):
                self.name(name, data)
                yield name

    def _documents(self) -> Iterator[str]:
        return (name for name in self._shelf.names("") if not is_plain_room(name))

    def _put(self, blocks: Iterable[bytes]) -> str:
        try:
            return self._shelf.put_blocks(sealed_blocks(blocks, self._keyring.newest()))
        except OSError as error:
            raise _refused(error) from error

    def _copied(self, path: Path, digest: str) -> Path:
        try:
            return self._copies.make(digest, self._proven(path, digest), path.stat().st_size)
        except OSError as error:
            raise _refused(error) from error

    def _proven(self, path: Path, digest: str) -> Iterator[bytes]:
        """What is opened is digested again: what the shelf proved may have been replaced meanwhile."""
        opener, found = Opener(self._keyring.key_of, where=str(path)), hashlib.sha256()
        for block in blocks_of(path):
            opened = opener.update(block)
            found.update(opened)
            yield opened
        opened = opener.finish()
        found.update(opened)
        if found.hexdigest() != digest:
            raise TamperFound("The stored file is not what was put in", where=str(path), remedy="Restore a backup.")
        yield opened


def _is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return is_sealed(file.read(len(MAGIC)))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return status.st_mtime_ns, status.st_size, status.st_ino


def _refused(error: OSError) -> StorageFailed:
    return StorageFailed(
        f"a sealed file could not be made or opened ({error.strerror or error})",
        where=str(error.filename or ""),
        remedy="Free space or correct the permissions, then run again.",
    )
