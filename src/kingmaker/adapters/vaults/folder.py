"""A folder as vault: one read-only file per digest, at `ab/cdef…` under the root, and documents at their names."""

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kingmaker.adapters.vaults.ages import is_removable, is_young
from kingmaker.adapters.vaults.digests import Digest, Digesting, blocks_of, digest_of, is_digest
from kingmaker.adapters.vaults.names import INCOMING, check_name, check_prefix, is_name
from kingmaker.adapters.vaults.remembered import Remembered
from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound

LEFTOVER_SECONDS: Final = 3600.0
"""A file that nobody has written to for this long belongs to a process that was killed."""

_Stamp = tuple[int, int, int]


class FolderVault:
    """Files under their digest. Safe for several processes and threads; `fetch` hands out the stored file itself.

    A file is written to `incoming/` on the same file system, flushed to the disk and renamed to its digest, so that
    a half-written file never carries a digest. Each file is proven once a process as long as its modification time,
    size and inode stay the same.
    """

    def __init__(
        self, root: Path, *, now: Callable[[], float] = time.time, digesting: Digesting = hashlib.sha256
    ) -> None:
        """Open or make the folder; `now` (seconds since 1970) decides what is old: files, and leftovers of killed processes."""
        self._root = root
        self._digesting = digesting
        self._now = now
        self._incoming = root / INCOMING
        self._proven: dict[str, _Stamp] = {}
        self._documents = Remembered()
        with _storage(root):
            self._incoming.mkdir(parents=True, exist_ok=True)
            self._sweep(now() - LEFTOVER_SECONDS)

    def put(self, path: Path) -> str:
        """Copy a file in and return its digest. Raises NotFound when there is no such file."""
        if not path.is_file():
            raise NotFound("There is no file to store", where=str(path))
        return self.put_blocks(blocks_of(path))

    def put_bytes(self, data: bytes) -> str:
        return self.put_blocks((data,))

    def put_blocks(self, blocks: Iterable[bytes], *, expected: str | None = None, over: bool = False) -> str:
        """Store bytes that come in blocks; `over` an intact file too, where other bytes have the same digest.

        Raises TamperFound, and stores nothing, when they are not the expected ones.
        """
        with _storage(self._root), self._arrival() as (descriptor, arrived):
            digest = _write(descriptor, blocks, self._digesting())
            if expected is not None and digest != expected:
                raise TamperFound("The bytes do not match their digest", where=expected, remedy="Restore a backup.")
            os.utime(descriptor, (self._now(), self._now()))
            self._place(arrived, digest, over=over)
        return digest

    def fetch(self, digest: str) -> Path:
        path = self._path(digest)
        if not self._is_intact(digest):
            raise TamperFound(
                "The stored file is not what was put in",
                where=str(path),
                remedy="Restore it from a backup, or delete it and let the run make it again.",
            )
        return path

    def read(self, digest: str) -> bytes:
        path = self.fetch(digest)
        with _storage(self._root):
            return path.read_bytes()

    def prove(self, digest: str) -> None:
        self.fetch(digest)

    def has(self, digest: str) -> bool:
        return is_digest(digest) and self._path(digest).is_file()

    def renew(self, digest: str) -> bool:
        if not self.has(digest):
            return False
        with _storage(self._root):
            try:
                if not is_young(self._age(self._path(digest))):
                    self._made_young(digest)
            except FileNotFoundError:
                return False
        return True

    def remove(self, digest: str, *, dry: bool = False) -> int | None:
        with _storage(self._root):
            try:
                path = self._path(digest)
                size = path.stat().st_size
                if not is_removable(self._age(path)):
                    return None
                return size if dry or self._set_aside(path, digest) else None
            except (FileNotFoundError, NotFound):
                return None

    def discard(self, digest: str) -> None:
        """Also for copies of what is kept elsewhere."""
        with _storage(self._root), suppress(FileNotFoundError, NotFound):
            self._path(digest).unlink()
            _flush_folder(self._path(digest).parent)

    def digests(self) -> Iterator[str]:
        """In ascending order, as they were when the iteration reached their folder."""
        for shelf in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(shelf.iterdir()):
                if is_digest(shelf.name + path.name):
                    yield shelf.name + path.name

    def name(self, name: str, data: bytes) -> None:
        path = self._root / check_name(name)
        with _storage(self._root), self._arrival() as (descriptor, arrived):
            _write(descriptor, (data,), hashlib.sha256())
            path.parent.mkdir(parents=True, exist_ok=True)
            arrived.replace(path)
            _flush_folder(path.parent)

    def named(self, name: str) -> bytes | None:
        path = self._root / check_name(name)
        with _storage(self._root):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def names(self, prefix: str) -> list[str]:
        folder = self._root / check_prefix(prefix).rpartition("/")[0]
        with _storage(self._root):
            files = (path.relative_to(self._root).as_posix() for path in folder.rglob("*") if path.is_file())
            return sorted(name for name in files if name.startswith(prefix) and is_name(name))

    def documents(self, prefix: str) -> dict[str, bytes]:
        """A document is read again when its modification time, size or inode has changed."""
        folder = self._root / check_prefix(prefix).rpartition("/")[0]
        with _storage(self._root):
            found = {name: stamp for name, stamp in _stamps(folder, self._root) if name.startswith(prefix)}
        return self._documents.documents({name: stamp for name, stamp in found.items() if is_name(name)}, self.named)

    def _path(self, digest: str) -> Path:
        if not is_digest(digest):
            raise NotFound("Nothing is stored under a name that is not a digest", where=digest[:80])
        return self._root / digest[:2] / digest[2:]

    def _is_intact(self, digest: str) -> bool:
        with _storage(self._root):
            try:
                stamp = _stamp(self._path(digest))
                if self._proven.get(digest) == stamp:
                    return True
                if digest_of(self._path(digest), self._digesting) != digest:
                    return False
            except FileNotFoundError:
                raise NotFound("Nothing is stored under this digest", where=digest) from None
        self._proven[digest] = stamp
        return True

    def _place(self, arrived: Path, digest: str, *, over: bool) -> None:
        """Rename to the digest; a young file that is already there and intact stays, a damaged or old one is replaced."""
        path = self._path(digest)
        path.parent.mkdir(exist_ok=True)
        if not over and self.has(digest) and is_young(self._age(path)) and self._is_intact(digest):
            return
        arrived.replace(path)
        _flush_folder(path.parent)
        _flush_folder(self._root)
        self._proven[digest] = _stamp(path)

    def _age(self, path: Path) -> float:
        return self._now() - path.stat().st_mtime

    def _made_young(self, digest: str) -> None:
        """A file of another user's is put anew: only its owner may change its time."""
        path = self._path(digest)
        try:
            os.utime(path, (self._now(), self._now()))
        except PermissionError:
            self.put(path)

    def _set_aside(self, path: Path, digest: str) -> bool:
        """Away under another name first: who puts the file from now on misses it, and who put it just before left it young."""
        aside = self._incoming / f"{digest}.{os.getpid()}.{threading.get_ident()}"
        path.rename(aside)
        if not is_removable(self._age(aside)):
            aside.rename(path)
            return False
        aside.unlink()
        return True

    @contextmanager
    def _arrival(self) -> Iterator[tuple[int, Path]]:
        """A new file of this process alone, gone afterwards unless it was renamed."""
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        try:
            yield descriptor, Path(name)
        finally:
            os.close(descriptor)
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)

    def _sweep(self, before: float) -> None:
        for leftover in self._incoming.iterdir():
            with suppress(OSError):
                if leftover.stat().st_mtime < before:
                    leftover.unlink()


def _write(descriptor: int, blocks: Iterable[bytes], digest: Digest) -> str:
    for block in blocks:
        digest.update(block)
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    os.fchmod(descriptor, 0o444)
    os.fsync(descriptor)
    return digest.hexdigest()


def _stamp(path: Path) -> _Stamp:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _stamps(folder: Path, root: Path) -> Iterator[tuple[str, _Stamp]]:
    """Every file under the folder, by its place under the root."""
    for place, _folders, files in os.walk(folder):
        shelf = Path(place).relative_to(root).as_posix()
        for name in files:
            with suppress(FileNotFoundError):
                yield f"{shelf}/{name}", _stamp(Path(place, name))


def _flush_folder(folder: Path) -> None:
    """A rename survives a power cut only when the folder that names the file is flushed too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _storage(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailed(
            f"The vault's folder could not be used: {error.strerror or error}",
            where=str(error.filename or root),
            remedy="Free space or correct the permissions, then run again.",
        ) from error
