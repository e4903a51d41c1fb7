"""The data folder as who declares pipelines sees it: which files of loans lie there, and a first declaration for one."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from kingmaker.control.declaring import refuse_outside
from kingmaker.control.records import DataFile
from kingmaker.domain.errors import NotFound, SourceError
from kingmaker.loop.draft import draft_pipeline
from kingmaker.ports.house import House

SUFFIXES: Final = frozenset({".csv", ".parquet", ".duckdb"})
MOST_FILES: Final = 200
MOST_LOOKED_AT: Final = 20_000
MOST_BYTES: Final = 2 * 1024**3
"""A draft reads the whole file into memory."""


def data_files(house: House) -> list[DataFile]:
    """The newest first. What lies outside, by a symbolic link, is left out; of a folder beyond measure, what comes first."""
    found = [
        _told(house.data, path) for path in islice(_paths(house.data), MOST_LOOKED_AT) if _is_loans(house.data, path)
    ]
    return sorted(found, key=lambda file: (file.changed_at, file.path), reverse=True)[:MOST_FILES]


def draft_for(house: House, pipeline: str, file: str, *, target: str | None, outcome: str | None) -> str:
    """Raises NotFound for no file of the data folder, SourceError for one that is too large to be read at once."""
    refuse_outside(house.data, file)
    path = house.data / file
    if not path.is_file():
        raise NotFound(f"there is no file {file!r} in the data folder", remedy="Put it there, or choose another.")
    if path.stat().st_size > MOST_BYTES:
        raise SourceError(
            f"{file} has more than {MOST_BYTES // 1024**3} GiB, too much to be read at once",
            remedy="`kingmaker init` drafts from it where there is memory enough; or write the declaration yourself.",
        )
    return draft_pipeline(path, source=house.source, folder=house.data, name=pipeline, target=target, outcome=outcome)


def _paths(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        yield from (Path(folder, name) for name in names)


def _is_loans(root: Path, path: Path) -> bool:
    return path.suffix in SUFFIXES and path.is_file() and path.resolve().is_relative_to(root.resolve())


def _told(root: Path, path: Path) -> DataFile:
    status = path.stat()
    changed_at = datetime.fromtimestamp(status.st_mtime, UTC)
    return DataFile(path=path.relative_to(root).as_posix(), bytes=status.st_size, changed_at=changed_at)
