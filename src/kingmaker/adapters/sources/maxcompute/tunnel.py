"""Download sessions of the tunnel: a table's rows as they stood at one moment, counted, and read by range."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

import pyarrow as pa
from odps.errors import BaseODPSError, ChecksumError, StreamTruncatedException
from odps.models import Record
from odps.tunnel import CompressOption, TableTunnel
from odps.tunnel.io.types import odps_schema_to_arrow_schema
from odps.tunnel.pb.errors import DecodeError
from odps.tunnel.retry import NoRetryPolicy, RetryPolicy, TunnelRetryHandler
from odps.tunnel.tabletunnel import TableDownloadSession
from odps.types import OdpsSchema
from urllib3.exceptions import DecodeError as Undecodable

from kingmaker.adapters.sources.maxcompute.pace import passes
from kingmaker.domain.errors import SourceError

ROWS_A_BATCH = 8192
_UNKNOWN_CODES = frozenset({"NoSuchDownload", "InvalidDownload", "StatusConflict"})
_UNKNOWN_STATUS = 404
_CHANGED_CODES = frozenset({"TableModified"})
_NOT_IN_ARROW = frozenset({400, 405, 415, 501})


class SessionGoneError(Exception):
    """The service does not know the session any more."""


class TableChangedError(Exception):
    """The table is not what it was when the session began."""


class CutShortError(ConnectionError):
    """The stream ended before its last row."""


class _OnceOnly(TunnelRetryHandler):  # type: ignore[misc]
    """PyODPS tries for ever what is throttled, and hears nobody meanwhile."""

    def get_retry_policy(self, status_code: int | None) -> RetryPolicy:
        del status_code
        return NoRetryPolicy()


class Session(TableDownloadSession):  # type: ignore[misc]
    """Tries nothing twice."""

    __slots__ = ()

    @property
    def retry_handler(self) -> TunnelRetryHandler:
        return _OnceOnly()


def open_session(tunnel: TableTunnel, table: str, schema: str | None, partition: str, known: str = "") -> Session:
    """A new one, or the one that is `known` by its id. Raises SessionGoneError when that is over."""
    place = tunnel._get_tunnel_table(table, schema)  # noqa: SLF001 - what is public waits for ever when it is throttled
    compressed = CompressOption(CompressOption.CompressAlgorithm.ODPS_ZLIB)
    try:
        session = Session(
            tunnel.tunnel_rest, place, partition or None, download_id=known or None, compress_option=compressed
        )
    except BaseODPSError as error:
        if not known or passes(error):
            raise
        raise SessionGoneError from error
    if session.status != Session.Status.Normal:
        raise SessionGoneError
    return session


@contextmanager
def _telling() -> Iterator[None]:
    """Errors of the block that mean something for the session are raised as what they mean."""
    try:
        yield
    except BaseODPSError as error:
        if error.code in _CHANGED_CODES:
            raise TableChangedError from error
        if error.code in _UNKNOWN_CODES or error.status_code == _UNKNOWN_STATUS:
            raise SessionGoneError from error
        raise


def is_spoilt(error: Exception) -> bool:
    """Whether the stream's bytes are not what was sent, as after a connection that broke off without a word."""
    if isinstance(error, ChecksumError | StreamTruncatedException | DecodeError | Undecodable | pa.ArrowInvalid):
        return True
    return isinstance(error, OSError) and error.errno is None  # those of our own disk have a number


def batches(
    session: Session, start: int, count: int, columns: Sequence[str], arrow: list[bool]
) -> Iterator[pa.RecordBatch]:
    """The rows of the range, in order, of the columns that are not the partition's.

    In Arrow while `arrow[0]`; where the service refuses that, it is set to False, and they come as records.
    """
    with _telling():
        if arrow[0]:
            try:
                reader = session.open_arrow_reader(start, count, compress=True, columns=list(columns))
            except BaseODPSError as error:
                if error.status_code not in _NOT_IN_ARROW or error.code in _UNKNOWN_CODES | _CHANGED_CODES:
                    raise
                arrow[0] = False
            else:
                with reader:
                    yield from reader
                return
        yield from _of_records(session, start, count, columns)


def _of_records(session: Session, start: int, count: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    schema = odps_schema_to_arrow_schema(OdpsSchema([session.schema[name] for name in columns]))
    with session.open_record_reader(
        start, count, compress=True, columns=list(columns), append_partitions=False
    ) as reader:
        while rows := list(islice(_records(reader), ROWS_A_BATCH)):
            values = zip(*(record.values for record in rows), strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _records(reader: Iterable[Record]) -> Iterator[Record]:
    try:
        yield from reader
    except ImportError as error:
        raise SourceError(
            "the service gives this table as records only, whose moments PyODPS reads with pandas, which is not installed",
            remedy="Run pip install pandas, or turn the columns into DATETIME in a task.",
        ) from error
