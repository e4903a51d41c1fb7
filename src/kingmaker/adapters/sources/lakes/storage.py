"""Where a lake's files stand: a folder of this machine, or what a module of its own adds."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from kingmaker.domain.errors import SourceError

_BUFFER = 4 << 20


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One file: its name from the lake's root, its bytes, and a mark that changes when it is written again."""

    name: str
    size: int
    mark: str


class Storage(Protocol):
    url: str
    """What the root is called in sentences."""

    def one(self, name: str) -> Found | None:
        """The file of exactly this name."""

    def below(self, folder: str) -> Iterator[Found]:
        """All files below a folder, in any order."""

    @contextmanager
    def opened(self, found: Found) -> Iterator[BinaryIO]:
        """To be read from and sought in. Raises SourceError naming the file when it is gone or was written again."""
        ...


class FolderStorage:
    """Files below a folder; symbolic links to folders are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.url = str(root)

    def one(self, name: str) -> Found | None:
        path = self._root / name
        return self._found(path, name) if path.is_file() else None

    def below(self, folder: str) -> Iterator[Found]:
        for path in (self._root / folder).rglob("*"):
            if path.is_file():
                yield self._found(path, path.relative_to(self._root).as_posix())

    @contextmanager
    def opened(self, found: Found) -> Iterator[BinaryIO]:
        try:
            with (self._root / found.name).open("rb", buffering=_BUFFER) as file:
                if _mark(os.fstat(file.fileno())) != found.mark:
                    raise changed(found.name)
                yield file
        except FileNotFoundError:
            raise vanished(found.name) from None

    def _found(self, path: Path, name: str) -> Found:
        stat = path.stat()
        return Found(name, stat.st_size, _mark(stat))


def _mark(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns}-{stat.st_size}"


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """With few and large requests, whoever reads how little."""
    return io.BufferedReader(raw, _BUFFER)


def vanished(name: str) -> SourceError:
    return SourceError("the file vanished while the lake was read", where=name, remedy="Run again when nobody writes.")


def changed(name: str) -> SourceError:
    return SourceError(
        "the file was written again while the lake was read", where=name, remedy="Run again when nobody writes."
    )
