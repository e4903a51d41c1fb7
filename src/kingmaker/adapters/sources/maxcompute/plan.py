"""What is to come down: the table's version, a session for each partition, and the parts, each a file when it is there."""

import hashlib
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from odps.models import Partition, Table

from kingmaker.adapters.sources.maxcompute.partitions import wanted_partitions
from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.bundle.files import write_whole
from kingmaker.ports.source import Reading

DOWNLOAD: Final = "download.json"
MOST_ROWS: Final = 500_000
FEWEST_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A partition (empty: the whole table) as it stood: `changed` is the service's moment of its last change.

    `session` is the download session's id, `rows` are those that it counts.
    """

    partition: str
    changed: str
    session: str = ""
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What comes down, kept in the reading's folder."""

    table: str
    stands: tuple[Stand, ...]

    @property
    def rows(self) -> int:
        return sum(stand.rows for stand in self.stands)

    @property
    def version(self) -> str:
        """Changes with the table's rows; not with the sessions that read them."""
        facts = [self.table, *((one.partition, one.changed, one.rows) for one in self.stands)]
        return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`count` rows from `start` of a stand, in the file `path` once they are all there."""

    path: Path
    stand: Stand
    start: int
    count: int


def stands_of(project: Project, table: Table, reading: Reading) -> tuple[tuple[Stand, ...], int]:
    """The partitions to read without their sessions, and how many there are besides."""
    if not table.table_schema.partitions:
        return (Stand(partition="", changed=_moment(table)),), 0
    wanted, others = wanted_partitions(project, table, reading)
    stands = []
    for one in wanted:
        changed = project.ask(partial(_moment, one))  # one more request for each that was not listed with its moments
        stands.append(Stand(partition=str(one.partition_spec).replace("'", ""), changed=changed))
    return tuple(stands), others


def kept_download(folder: Path) -> Download | None:
    path = folder / DOWNLOAD
    return msgspec.json.decode(path.read_bytes(), type=Download) if path.is_file() else None


def keep_download(folder: Path, download: Download) -> None:
    write_whole(folder / DOWNLOAD, msgspec.json.encode(download))


def parts_of(download: Download, folder: Path, slices: int) -> list[Part]:
    """The same parts for the same version and number of slices, in the order of partitions and rows."""
    size = min(MOST_ROWS, max(FEWEST_ROWS, math.ceil(download.rows / slices)))
    found: list[Part] = []
    for stand in download.stands:
        for start in range(0, stand.rows, size):
            path = folder / f"part-{download.version}-{size}-{len(found):05}.parquet"
            found.append(Part(path=path, stand=stand, start=start, count=min(size, stand.rows - start)))
    return found


def _moment(one: Table | Partition) -> str:
    return f"{one.last_data_modified_time} {one.creation_time}"
