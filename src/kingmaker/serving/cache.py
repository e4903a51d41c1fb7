"""What an endpoint keeps on its disk, so that it answers at once after a restart, with the depot away."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from kingmaker.bundle.files import whole_file, write_whole
from kingmaker.domain.errors import StorageFailed
from kingmaker.domain.pointer import Placed
from kingmaker.serving.admission import Seen

KEPT_STANDINGS: Final = 4
"""The current one and three before it: a roll-back needs no depot."""

_DIGITS: Final = 64
_MEMORY_DISK: Final = "/dev/shm"  # noqa: S108 - where a container with a read-only file system can still write

_MEMORY: Final = "what is served cannot be remembered over a restart"
_BUNDLES: Final = "bundles cannot be kept over a restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """`pointer` is the signed one behind the newest standing; `seen` may be of a newer one, whose bundle would not do.

    `standings` are the archives of the newest standings, the newest first.
    """

    pipeline: str
    pointer: bytes = b""
    seen: Seen = field(default_factory=Seen)
    standings: tuple[tuple[str, ...], ...] = ()

    def followed_by(self, pointer: bytes, archives: tuple[str, ...]) -> "Remembered":
        """With the standing that now is the newest."""
        earlier = tuple(kept for kept in self.standings if kept != archives)
        return replace(self, pointer=pointer, standings=(archives, *earlier)[:KEPT_STANDINGS])

    @property
    def archives(self) -> frozenset[str]:
        return frozenset(archive for standing in self.standings for archive in standing)


class Cache:
    """Bundles by archive digest, and what was seen of each pipeline, in a folder. Used from one thread.

    A disk that is full or read-only costs the memory over a restart and nothing else: bundles then lie in a temporary
    folder, and `trouble` says so. Several endpoints, of one pipeline or many, may share a folder; the first cleans up.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spare: Path | None = None
        self._lock: int | None = None
        self._troubles: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """One sentence while the folder cannot be used as it should, else empty."""
        return " ".join(list(self._troubles.values()))

    def remembered(self, pipeline: str) -> Remembered:
        """What the last process left. A memory that cannot be read is an empty one, and is told as trouble."""
        try:
            return msgspec.json.decode(self._memory(pipeline).read_bytes(), type=Remembered)
        except FileNotFoundError:
            return Remembered(pipeline=pipeline)
        except (OSError, ValueError) as error:
            self._complain(_MEMORY, error, "what was served and seen before cannot be read")
            return Remembered(pipeline=pipeline)

    def remember(self, remembered: Remembered) -> None:
        """Write it whole."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._memory(remembered.pipeline), msgspec.json.encode(remembered))
            self._troubles.pop(_MEMORY, None)
        except OSError as error:
            self._complain(_MEMORY, error)

    def prune(self, kept: Collection[str]) -> None:
        """Delete every bundle, and every part of one, but of these archives and of those that any pipeline remembers."""
        if not self._is_first():
            return
        asked_for = frozenset(kept).union(*(one.archives for one in self._memories()))
        for room in self._rooms():
            for path in (*room.glob("*.bundle"), *room.glob("*.part"), *room.glob(".*.part")):
                archive = path.name.lstrip(".").partition(".")[0]
                if len(archive) == _DIGITS and archive not in asked_for:
                    _remove(path)

    def bundle(self, placed: Placed) -> Path | None:
        """The bundle's file, its bytes proven by their digest; None when it is not here."""
        for room in self._rooms():
            path = room / f"{placed.archive}.bundle"
            with suppress(OSError):
                if path.stat().st_size == placed.size and _digest_of(path) == placed.archive:
                    return path
        return None

    def drop(self, placed: Placed) -> None:
        """Delete a bundle that will not be served."""
        for room in self._rooms():
            _remove(room / f"{placed.archive}.bundle")

    def bring(self, placed: Placed, fetch: Callable[[Path], None]) -> Path:
        """Have the bundle fetched, in the folder or, where that cannot be written, in a temporary one.

        `fetch` goes on with the part that it is given. Raises whatever it raises, and StorageFailed when there is no place.
        """
        part = self._folder / f"{placed.archive}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._is_first():
                part = part.with_suffix(f".{os.getpid()}.part")
            kept = _kept(part, placed, fetch)
        except (OSError, StorageFailed) as error:
            self._complain(_BUNDLES, error)
            _remove(part)
            return _kept(self._spare_folder() / f"{placed.archive}.part", placed, fetch)
        self._troubles.pop(_BUNDLES, None)
        return kept

    def mend(self) -> None:
        """Bring the bundles of the temporary folder home, if the folder takes them now."""
        try:
            for path in self._spare.glob("*.bundle") if self._spare else ():
                with whole_file(self._folder / path.name) as whole:
                    shutil.copyfile(path, whole)
                _remove(path)
            self._troubles.pop(_BUNDLES, None)
        except OSError as error:
            self._complain(_BUNDLES, error)

    def close(self) -> None:
        """Remove the temporary folder, if there is one, and let another endpoint clean up."""
        if self._spare is not None:
            shutil.rmtree(self._spare, ignore_errors=True)
            self._spare = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _memory(self, pipeline: str) -> Path:
        return self._folder / f"{quote(pipeline, safe='')}.remembered.json"

    def _memories(self) -> Iterator[Remembered]:
        for path in self._folder.glob("*.remembered.json"):
            with suppress(OSError, ValueError):
                yield msgspec.json.decode(path.read_bytes(), type=Remembered)

    def _rooms(self) -> list[Path]:
        return [self._folder, *([self._spare] if self._spare else [])]

    def _spare_folder(self) -> Path:
        if self._spare is None:
            try:
                self._spare = Path(tempfile.mkdtemp(prefix="kingmaker-"))
            except OSError:
                self._spare = Path(tempfile.mkdtemp(prefix="kingmaker-", dir=_MEMORY_DISK))
        return self._spare

    def _is_first(self) -> bool:
        """Whether this process holds the folder's lock, which the system takes back from a killed one."""
        if self._lock is not None:
            return True
        try:
            lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _complain(self, key: str, error: Exception, what: str = "") -> None:
        told = error.what if isinstance(error, StorageFailed) else str(error)
        self._troubles[key] = f"{self._folder}: {what or key} ({told})."


def _kept(part: Path, placed: Placed, fetch: Callable[[Path], None]) -> Path:
    fetch(part)
    path = part.with_name(f"{placed.archive}.bundle")
    with whole_file(path) as whole:
        part.replace(whole)
    return path


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
