"""The files of a lake: found by folder, pattern or URL, with their partitions, less those that cannot be needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Final

import pyarrow as pa

from kingmaker.adapters.sources.lakes.names import fits, fixed_part, format_of, is_hidden, partition_of
from kingmaker.adapters.sources.lakes.partitions import Values, column_types, dated_columns, is_needed
from kingmaker.adapters.sources.lakes.storage import FolderStorage, Found, Storage
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading

SUFFIXES: Final = (".csv", ".parquet")
SCHEMES: Final = {"s3": "s3", "s3a": "s3", "oss": "oss"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that is read, with the values of its partition."""

    found: Found
    values: Values


@dataclass(frozen=True, slots=True)
class Lake:
    """`pieces` are read, in the order of their names; `passed` are left. `types` are of the partition's columns."""

    storage: Storage
    suffix: str
    pieces: tuple[Piece, ...]
    passed: int
    types: dict[str, pa.DataType]


def is_lake(file: str, folder: Path) -> bool:
    """Whether it is a URL, a folder, or a pattern over folders named `column=value`."""
    path = folder / file
    return "://" in file or path.is_dir() or (not path.is_file() and _is_partitioned(file, folder))


def lake_of(reading: Reading) -> Lake:
    """List what is declared. Raises SourceError where nothing is found, or what is found is no one table."""
    file = reading.declaration.file or ""
    storage, path = _storage(file, reading.folder)
    found = _listed(storage, path)
    suffix = _one_suffix(found, storage)
    takes = reading.declaration.partitions == "auto"
    pieces = [Piece(one, _partition(one, path) if takes else {}) for one in found]
    columns = _one_partitioning(pieces)
    _refuse_masked(reading, columns)
    dated = dated_columns(reading, columns)
    needed = tuple(piece for piece in pieces if is_needed(piece.values, dated, reading))
    if not needed:
        what = f"none of the {len(pieces):,} files can hold applications of the window"
        raise SourceError(what, where=file, remedy="Check `source.partitioned_by`, `windows.since` and the day.")
    types = column_types((piece.values for piece in pieces), reading.declaration.text)
    return Lake(storage, suffix, needed, len(pieces) - len(needed), types)


def _is_partitioned(pattern: str, folder: Path) -> bool:
    """Whether the first file that fits stands in a folder named `column=value`."""
    steps = pattern.split("/")
    fixed = fixed_part(steps)
    if fixed == len(steps):
        return False
    anchor = Path("/") if pattern.startswith("/") else folder
    first = next(anchor.glob(pattern.lstrip("/")), None)
    base = folder / "/".join(steps[:fixed])
    return first is not None and bool(partition_of(first.relative_to(base).parts[:-1]))


def _storage(file: str, folder: Path) -> tuple[Storage, str]:
    """The storage, and the path (or the pattern) from its root."""
    if "://" not in file:
        steps = file.split("/")
        fixed = fixed_part(steps)
        return FolderStorage(folder / "/".join(steps[:fixed])), "/".join(steps[fixed:])
    scheme, _, rest = file.partition("://")
    bucket, _, path_there = rest.partition("/")
    if scheme not in SCHEMES or not bucket:
        known = ", ".join(f"{one}://" for one in SCHEMES)
        raise SourceError("no such storage is known", where=file, remedy=f"URLs begin with {known} and a bucket.")
    try:
        opened: Storage = import_module("kingmaker.adapters.sources.lakes.objects").ObjectStorage(
            SCHEMES[scheme], bucket
        )
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise SourceError(
            "reading object storage needs the package obstore, which is not installed",
            where=file,
            remedy="Run pip install 'kingmaker[objects]'.",
        ) from None
    return opened, path_there.strip("/")


def _listed(storage: Storage, path: str) -> list[Found]:
    steps = path.split("/") if path else []
    fixed = fixed_part(steps)
    base = "/".join(steps[:fixed])
    if fixed == len(steps) and base.endswith(SUFFIXES) and (alone := storage.one(base)):
        return [alone]
    found = []
    for one in storage.below(base):
        beyond = one.name.split("/")[fixed:]
        made_by = format_of(beyond)
        if made_by and fixed == len(steps):
            raise SourceError(
                f"this is a table of {made_by}, whose folder also holds rows that are valid no more",
                where=f"{storage.url}/{base}".rstrip("/"),
                remedy="Export its current rows to Parquet.",
            )
        if one.size and not is_hidden(beyond) and (fixed == len(steps) or fits(beyond, steps[fixed:])):
            found.append(one)
    if not found:
        raise SourceError(
            "there is no file here", where=f"{storage.url}/{path}".rstrip("/"), remedy="Correct `source.file`."
        )
    return sorted(found)


def _one_suffix(found: Sequence[Found], storage: Storage) -> str:
    first = PurePosixPath(found[0].name).suffix
    for one in found:
        suffix = PurePosixPath(one.name).suffix
        if suffix not in SUFFIXES:
            raise SourceError(
                "this is neither .csv nor .parquet, and stands among the loans",
                where=f"{storage.url}/{one.name}",
                remedy="Move it away, or name the files by a pattern: `loans/**/*.parquet`.",
            )
        if suffix != first:
            raise SourceError(
                f"this is {suffix}, and `{found[0].name}` is {first}",
                where=f"{storage.url}/{one.name}",
                remedy="Name those of one kind by a pattern: `loans/**/*.parquet`.",
            )
    return first


def _partition(found: Found, path: str) -> Values:
    """What the folders below the declared one, or below the pattern's fixed part, say."""
    fixed = fixed_part(path.split("/")) if path else 0
    return dict(partition_of(found.name.split("/")[fixed:-1]))


def _one_partitioning(pieces: Sequence[Piece]) -> tuple[str, ...]:
    columns = tuple(pieces[0].values)
    for piece in pieces:
        if tuple(piece.values) != columns:
            told = ", ".join(piece.values) or "no column"
            raise SourceError(
                f"its folders name {told}, those of `{pieces[0].found.name}` name {', '.join(columns) or 'no column'}",
                where=piece.found.name,
                remedy="Keep one partitioning, or say `partitions: none`.",
            )
    return columns


def _refuse_masked(reading: Reading, columns: Sequence[str]) -> None:
    masked = {*reading.mask.pii.drop, *reading.mask.pii.pseudonymise}
    for name in columns:
        if name in masked:
            raise SourceError(
                f"the folders tell `{name}`, which is to be masked",
                where=reading.declaration.told,
                remedy="Partition by something that is no personal data.",
            )
