"""A folder as depot: a home, or a vault's folder, on this machine or mounted."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from os import fstat, stat_result
from pathlib import Path
from typing import Final

from kingmaker.adapters.depots.arriving import arrive
from kingmaker.adapters.depots.opening import opened
from kingmaker.adapters.depots.places import place_in_inbox, place_of_bundle, place_of_pointer, place_of_report
from kingmaker.adapters.depots.waiting import Waiting
from kingmaker.adapters.vaults.digests import BLOCK_BYTES
from kingmaker.bundle.files import whole_file, write_whole
from kingmaker.bundle.pointers import MAX_POINTER_BYTES
from kingmaker.domain.errors import NotFound
from kingmaker.ports.depot import DepotUnreachable, Marked
from kingmaker.sealing.keyring import Keyring

LOOK_SECONDS: Final = 0.1
"""A look is one `stat`: about a microsecond, and it also sees what another machine wrote to a shared file system."""


class FolderDepot:
    """Plays the depot port. `folder` may appear later; it is a home once it was seen with a `vault/`.

    It stays one: an empty folder where it was mounted takes nothing that nobody would find again.
    """

    def __init__(self, folder: Path, *, look_seconds: float = LOOK_SECONDS, keyring: Keyring | None = None) -> None:
        """`keyring` opens bundles that are sealed."""
        self._folder = folder
        self._keyring = keyring
        self._waiting = Waiting(look_seconds)
        self._is_home = False

    def pointer(self, pipeline: str, *, known: str = "", wait: float = 0.0) -> Marked | None:
        place = place_of_pointer(pipeline)
        return self._waiting.for_news(lambda _: self._look(place, known), wait)

    def fetch(self, archive: str, size: int, into: Path) -> None:
        path = self._root() / place_of_bundle(archive)
        blocks = opened(lambda offset, _: self._blocks(path, offset), size, self._keyring, str(path))
        arrive(archive, size, into, blocks)

    def leave(self, name: str, segment: Path) -> None:
        with self._reached(self._folder), whole_file(self._made(place_in_inbox(name))) as part:
            shutil.copyfile(segment, part)

    def report(self, pipeline: str, endpoint: str, told: bytes) -> None:
        with self._reached(self._folder):
            write_whole(self._made(place_of_report(pipeline, endpoint)), told)

    def stop_waiting(self) -> None:
        self._waiting.end()

    def _look(self, place: str, known: str) -> Marked | None:
        path = self._root() / place
        with self._reached(path):
            if _tag(path.stat()) == known:
                return None
            with path.open("rb") as file:
                return Marked(file.read(MAX_POINTER_BYTES + 1), _tag(fstat(file.fileno())))

    def _blocks(self, path: Path, offset: int) -> Generator[bytes, None, None]:
        with self._reached(path), path.open("rb") as file:
            file.seek(offset)
            while block := file.read(BLOCK_BYTES):
                yield block

    def _root(self) -> Path:
        vault = self._folder / "vault"
        self._is_home = self._is_home or vault.is_dir()
        return vault if self._is_home else self._folder

    def _made(self, place: str) -> Path:
        """The place with its folders; never makes the depot's own folder, which may only be unmounted."""
        root = self._root()
        path = root / place
        for folder in reversed(path.parent.relative_to(root).parents[:-1]):
            (root / folder).mkdir(exist_ok=True)
        path.parent.mkdir(exist_ok=True)
        return path

    @contextmanager
    def _reached(self, path: Path) -> Iterator[None]:
        """A file that is missing from a folder that is there was never put in; anything else may pass."""
        try:
            yield
        except OSError as error:
            where = str(error.filename or path)
            if isinstance(error, FileNotFoundError) and self._root().is_dir():
                raise NotFound(
                    "there is no such file", where=where, remedy="Check the name, and what was published."
                ) from None
            raise DepotUnreachable(
                f"the folder cannot be used ({error.strerror or error})",
                where=where,
                remedy="Correct its permissions, or mount it.",
            ) from error


def _tag(status: stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}"
