"""Opened copies of sealed files for readers that need a path: in memory where there is room, and gone when the process is."""

import fcntl
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from kingmaker.ports.sealing import OPENED

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - in a folder of its own there that only its owner may enter
SHARE_OF_MEMORY: Final = 0.25
"""All copies of a process together take at most this much of the memory that is available."""
YOUNG_SECONDS: Final = 60.0
_LOCK: Final = ".held"


class PrivateCopies:
    """Read-only files in folders that their owner alone may enter, removed with this object or at the process's end.

    A killed process leaves them: the next one of the same user that makes copies in the same place removes them.
    """

    def __init__(self, folder: Path, *, memory: Path = MEMORY, available: Callable[[], int] | None = None) -> None:
        """`folder` is for what does not fit into `memory`. `available`: bytes, else the machine's."""
        self._places = {memory: _Place(memory), folder: _Place(folder)}
        self._memory, self._folder = memory, folder
        self._available = available or available_memory
        self._light: dict[str, int] = {}
        weakref.finalize(self, _remove, tuple(self._places.values()), os.getpid())

    def make(self, name: str, blocks: Iterable[bytes], size: int) -> Path:
        """A copy of some `size` bytes. Raises OSError, and whatever the blocks raise, and leaves nothing."""
        is_light = self._has_room(size)
        path = self._places[self._memory if is_light else self._folder].opened() / name
        part = path.with_suffix(".part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                for block in blocks:
                    file.write(block)
            part.chmod(0o444)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        if is_light:
            self._light[name] = size
        return path

    def discard(self, name: str) -> None:
        """Every copy of this name on this machine, whichever of the user's processes made it, living or killed."""
        self._light.pop(name, None)
        for under in self._places:
            for copy in under.glob(f"{_prefix()}*/{name}"):
                copy.unlink(missing_ok=True)

    def _has_room(self, size: int) -> bool:
        try:
            free = shutil.disk_usage(self._memory).free
        except OSError:
            return False
        held = sum(self._light.values())
        return 2 * size <= free and held + size <= SHARE_OF_MEMORY * (self._available() + held)


def available_memory() -> int:
    """Bytes that may be taken without swapping: of the machine, or of the control group where that is narrower."""
    found = []
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        found.append(int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * 1024)
    with suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        found.append(int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    return max(0, min(found, default=0))


class _Place:
    """One process's folder under another, made when it is first needed, and locked as long as the process lives."""

    def __init__(self, under: Path) -> None:
        self._under = under
        self.folder: Path | None = None
        self._lock: int | None = None

    def opened(self) -> Path:
        if self.folder is None:
            self._under.mkdir(parents=True, exist_ok=True)
            _sweep(self._under)
            self.folder = Path(tempfile.mkdtemp(prefix=_prefix(), dir=self._under))
            self._lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self.folder

    def remove(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self.folder = self._lock = None


def _remove(places: tuple[_Place, ...], owner: int) -> None:
    """Not by a child that was forked: the copies are its parent's."""
    if os.getpid() == owner:
        for place in places:
            place.remove()


def _prefix() -> str:
    return f"{OPENED}{os.getuid()}-"


def _sweep(under: Path) -> None:
    """Folders of processes that are no more: nobody holds their lock."""
    for folder in under.glob(f"{_prefix()}*"):
        with suppress(OSError):
            if _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > YOUNG_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
