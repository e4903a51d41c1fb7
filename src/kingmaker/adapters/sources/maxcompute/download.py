"""The table comes down in slices, each a Parquet file that is there whole or not at all; what is there is not read again."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
from odps.config import option_context
from odps.errors import BaseODPSError
from odps.models import Table
from odps.tunnel import TableTunnel
from odps.tunnel.pb.errors import DecodeError
from odps.types import PartitionSpec
from urllib3.exceptions import HTTPError

from kingmaker.adapters.sources.maxcompute.columns import kept_batch, wanted_columns, with_partition
from kingmaker.adapters.sources.maxcompute.pace import Patience, passes, patiently
from kingmaker.adapters.sources.maxcompute.part_file import PartFile
from kingmaker.adapters.sources.maxcompute.plan import (
    Download,
    Part,
    Stand,
    keep_download,
    kept_download,
    parts_of,
    stands_of,
)
from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.adapters.sources.maxcompute.threads import Stop, at_once
from kingmaker.adapters.sources.maxcompute.tunnel import (
    CutShortError,
    Session,
    SessionGoneError,
    TableChangedError,
    batches,
    is_spoilt,
    open_session,
)
from kingmaker.bundle.files import whole_file
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading

MOST_CHANGES: Final = 3
MOST_SPOILT: Final = 5
"""Streams in a row that nobody could read."""
_LEFTOVERS: Final = (".part-*.part", "part-*.parquet")


@dataclass(slots=True)
class Descent:
    """One table on its way down. Its threads share sessions, and whether the service speaks Arrow."""

    project: Project
    table: Table
    reading: Reading
    folder: Path
    columns: list[str]
    zone: str
    tunnel: TableTunnel
    arrow: list[bool] = field(default_factory=lambda: [True])
    sessions: dict[str, Session] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    download: Download | None = None


def bring_down(
    project: Project, name: str, reading: Reading, folder: Path, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """The files with the table's rows, in order. Raises SourceError, and what PyODPS does when the service refuses."""
    for leftover in folder.glob(_LEFTOVERS[0]):
        leftover.unlink(missing_ok=True)
    for _ in range(MOST_CHANGES):
        try:
            return _bring_down(project, name, reading, folder, told)
        except TableChangedError:
            told(f"table {name} was changed meanwhile: it is read anew")
    raise SourceError(
        f"the table was changed {MOST_CHANGES} times while it was read",
        where=f"table `{name}`",
        remedy="Run when nothing writes to it, or copy what is needed in a task.",
    )


def _bring_down(
    project: Project, name: str, reading: Reading, folder: Path, told: Callable[[str], None]
) -> tuple[Path, ...]:
    descent = _descent(project, name, reading, folder)
    descent.download = download = _planned(descent, told)
    parts = parts_of(download, folder, project.declared.slices)
    missing = [part for part in parts if not part.path.is_file()]
    done = sum(part.count for part in parts) - sum(part.count for part in missing)
    kept = f", of which {done:,} are here already" if done else ""
    told(f"{download.rows:,} rows of table {name} come down in {len(parts)} parts{kept}")
    told_at = time.monotonic()
    for count in at_once(
        missing, lambda part, stop: _fetch(descent, part, stop), threads=project.declared.slices, told=told
    ):
        done += count
        if time.monotonic() >= told_at + project.pace.telling:
            told(f"{done:,} of {download.rows:,} rows are here")
            told_at = time.monotonic()
    return tuple(part.path for part in parts)


def _descent(project: Project, name: str, reading: Reading, folder: Path) -> Descent:
    table = project.table(name)
    where = f"table `{name}`"
    if table.is_virtual_view or (table.type is not None and table.type == Table.Type.VIRTUAL_VIEW):
        raise SourceError(
            "this is a view, which the tunnel does not give", where=where, remedy="Make a table of it in a task."
        )
    columns = wanted_columns(table.table_schema, reading.mask, where)
    return Descent(project, table, reading, folder, columns, project.zone(), project.tunnel())


def _planned(descent: Descent, told: Callable[[str], None]) -> Download:
    """What an earlier process planned, where the table is still what it was; else what is to be read now, with sessions."""
    project, table, folder = descent.project, descent.table, descent.folder
    stands, others = stands_of(project, table, descent.reading)
    if others:
        told(f"{len(stands)} partitions of table {table.name} are read; {others} are outside the window")
    kept = kept_download(folder)
    if kept and kept.table == table.name and [_age(one) for one in kept.stands] == [_age(one) for one in stands]:
        return kept
    for pattern in _LEFTOVERS:
        for leftover in folder.glob(pattern):
            leftover.unlink(missing_ok=True)
    counted = at_once(
        stands, lambda stand, stop: _counted(descent, stand, stop), threads=project.declared.slices, told=told
    )
    by_name = {stand.partition: stand for stand in counted}
    download = Download(table=table.name, stands=tuple(by_name[stand.partition] for stand in stands))
    keep_download(folder, download)
    return download


def _age(stand: Stand) -> tuple[str, str]:
    return stand.partition, stand.changed


def _counted(descent: Descent, stand: Stand, stop: Stop) -> Stand:
    session = _opened(descent, stand.partition, "", stop)
    descent.sessions[stand.partition] = session
    return replace(stand, session=session.id, rows=int(session.count))


def _opened(descent: Descent, partition: str, known: str, stop: Stop) -> Session:
    with option_context(descent.project.pace.options):
        return patiently(
            lambda: open_session(
                descent.tunnel, descent.table.name, descent.project.declared.schema_, partition, known
            ),
            descent.project.pace,
            stop,
        )


def _session_of(descent: Descent, stand: Stand, stop: Stop) -> Session:
    """Raises TableChangedError when a session that had to be opened anew counts other rows."""
    with descent.lock:
        found = descent.sessions.get(stand.partition)
        if found is not None:
            return found
        known = _recorded(descent, stand.partition)
        try:
            session = _opened(descent, stand.partition, known, stop)
        except SessionGoneError:
            session = _opened(descent, stand.partition, "", stop)
        if int(session.count) != stand.rows:
            _forget(descent)
            raise TableChangedError
        descent.sessions[stand.partition] = session
        _record(descent, stand.partition, session.id)
        return session


def _recorded(descent: Descent, partition: str) -> str:
    stands = descent.download.stands if descent.download else ()
    return next((stand.session for stand in stands if stand.partition == partition), "")


def _record(descent: Descent, partition: str, session: str) -> None:
    if descent.download is None or _recorded(descent, partition) == session:
        return
    stands = (replace(one, session=session) if one.partition == partition else one for one in descent.download.stands)
    descent.download = replace(descent.download, stands=tuple(stands))
    keep_download(descent.folder, descent.download)


def _forget(descent: Descent) -> None:
    """The plan does not hold any more."""
    keep_download(descent.folder, Download(table="", stands=()))


def _fetch(descent: Descent, part: Part, stop: Stop) -> int:
    """Read the part whole into its file; a session that ends meanwhile makes it begin again."""
    with option_context({**descent.project.pace.options, "local_timezone": False}):
        patience = Patience(descent.project.pace, stop)
        while True:
            session = _session_of(descent, part.stand, stop)
            try:
                with whole_file(part.path) as path:
                    _read(descent, session, part, path, stop)
            except SessionGoneError:
                with descent.lock:
                    descent.sessions.pop(part.stand.partition, None)
                    _record(descent, part.stand.partition, "")
                patience.after(CutShortError())
            except TableChangedError:
                with descent.lock:
                    _forget(descent)
                raise
            else:
                return part.count


def _read(descent: Descent, session: Session, part: Part, path: Path, stop: Stop) -> None:
    """After a broken connection the rest is read, never what is written already."""
    patience, spoilt = Patience(descent.project.pace, stop), 0
    with PartFile(path) as file:
        while file.rows < part.count:
            before = file.rows
            try:
                _read_on(descent, session, part, file, stop)
                _check_count(file.rows, part)
            except (BaseODPSError, DecodeError, pa.ArrowException, OSError, HTTPError) as error:
                if file.rows > before:
                    patience.renew()
                    spoilt = 0
                if passes(error):
                    patience.after(error)
                    continue
                spoilt += 1
                if not is_spoilt(error):
                    raise
                if spoilt > MOST_SPOILT:
                    raise _unreadable(descent, error) from None
                patience.after(CutShortError())


def _read_on(descent: Descent, session: Session, part: Part, file: PartFile, stop: Stop) -> None:
    """What is not in the file yet."""
    schema = descent.table.table_schema
    spec = list(PartitionSpec(part.stand.partition).kv.items()) if part.stand.partition else []
    columns = [name for name in descent.columns if name not in dict(spec)]
    values = [(name, value) for name, value in spec if name in descent.columns]
    for batch in batches(session, part.start + file.rows, part.count - file.rows, columns, descent.arrow):
        stop.heed()
        file.add(_kept(with_partition(batch, values, schema), descent))


def _kept(batch: pa.RecordBatch, descent: Descent) -> pa.RecordBatch:
    """Raises SourceError, which quotes no value, for one that does not fit."""
    try:
        return kept_batch(batch, descent.table.table_schema, descent.reading.mask, descent.zone)
    except (pa.ArrowException, pl.exceptions.PolarsError, ValueError, TypeError) as error:
        raise SourceError(
            f"the rows do not fit their types ({type(error).__name__})",
            where=f"table `{descent.table.name}`",
            remedy="Turn odd columns into text or numbers in a task.",
        ) from None


def _unreadable(descent: Descent, error: Exception) -> SourceError:
    return SourceError(
        f"MaxCompute's tunnel gives rows that cannot be read ({type(error).__name__}, {MOST_SPOILT + 1} times in a row)",
        where=f"table `{descent.table.name}`",
        remedy="Run again; if it stays so, something between here and the service changes what it sends.",
    )


def _check_count(rows: int, part: Part) -> None:
    if rows < part.count:
        raise CutShortError
    if rows > part.count:
        raise SourceError(
            f"the tunnel gave {rows:,} rows where {part.count:,} were asked for",
            where=part.stand.partition,
            remedy="Run again.",
        )
