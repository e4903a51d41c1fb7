"""PostgreSQL through ADBC: rows come as Arrow batches, in the server's binary COPY, in one transaction that cannot write."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any, Final

import pyarrow as pa
from adbc_driver_manager import dbapi as manager
from adbc_driver_postgresql import dbapi as driver

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.adapters.sources.databases.days import days_of, marks
from kingmaker.adapters.sources.databases.faults import OPEN, ConnectionLost, Refused, refusal, told_by, unread
from kingmaker.adapters.sources.databases.statement import statement_of
from kingmaker.adapters.sources.sql import named
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask

BATCH_BYTES: Final = 4 << 20
_BATCHES: Final = "adbc.postgresql.batch_size_hint_bytes"
_OPTIONS: Final = {
    "client_encoding": "utf8",
    "application_name": "kingmaker",
    "connect_timeout": "20",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
_AS_IT_IS: Final = frozenset({"bool", "int2", "int4", "int8", "oid", "float4", "float8"})
_NUMBERS: Final = frozenset({"numeric", "money"})
_DAYS: Final = frozenset({"date", "timestamp"})
_AS_TEXT: Final = frozenset(
    {"uuid", "json", "jsonb", "inet", "cidr", "macaddr", "xml", "time", "timetz", "interval", "bit", "varbit"}
)
_LOST: Final = ("08", "57P", "40001")
"""SQL states of a connection that broke, a server that stops, and a snapshot that a standby could not keep."""
_STATUS: Final = "adbc.postgresql.transaction_status"
_RECOVERY: Final = "conflict with recovery"
_OF_DATA: Final = re.compile(r"^(?!0A|25|28|3D|3F|42|53|54|55|57)")
"""SQL states whose messages may quote a cell: all but those of rights, names, syntax, limits and interruptions."""


def batches(address: Address, reading: Reading, told: Callable[[str], None]) -> Generator[pa.RecordBatch]:
    """The rows, in bounded memory. Raises SourceError, and ConnectionLost or Refused for what another try may mend."""
    inner = statement_of(reading.declaration, named, marks(_setting))
    with (
        _connected(address) as connection,
        _speaking(address, connection, reading.mask),
        closing(connection.cursor()) as cursor,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL synchronize_seqscans = off")
        for name, day in days_of(reading).items():
            cursor.execute(f"SELECT set_config('kingmaker.{name}', $1, true)", [day.isoformat()])
        fields = list(cursor.adbc_execute_schema(inner))
        reading.mask.check([field.name for field in fields], address.reference)
        kept = set(reading.mask.columns([field.name for field in fields]))
        columns = _columns(address, [field for field in fields if field.name in kept], told)
        cursor.adbc_statement.set_options(**{_BATCHES: str(BATCH_BYTES)})
        cursor.execute(f"SELECT {', '.join(columns)} FROM (\n{inner}\n) AS source")  # noqa: S608
        for batch in cursor.fetch_record_batch():
            batch.validate(full=True)
            yield batch.replace_schema_metadata(None)


def _setting(name: str) -> str:
    """COPY takes no parameters, and without it the driver holds the whole result: the transaction keeps the days."""
    return f"CAST(current_setting('kingmaker.{name}') AS date)"


def _columns(address: Address, fields: Sequence[pa.Field], told: Callable[[str], None]) -> list[str]:
    """SQL that reads each column as a number, a day, a moment of UTC, a truth or a text."""
    names = [field.name for field in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(
            f"the query gives two columns named `{twice[0]}`",
            where=address.reference,
            remedy="Give every column a name of its own with AS.",
        )
    if not names:
        raise SourceError(
            "no column is left to read", where=address.reference, remedy="Correct the query or `pii.drop`."
        )
    read = []
    for field in fields:
        expression, changed = _read_as(address, field)
        read.append(f"{expression} AS {named(field.name)}")
        if changed:
            told(f"`{field.name}` ({changed}) is read as text")
    return read


def _read_as(address: Address, field: pa.Field) -> tuple[str, str]:
    """The SQL of one column, and the type of one that is made text."""
    name, kind = named(field.name), (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
    if kind in _AS_IT_IS:
        return name, ""
    if kind in _NUMBERS:
        return f"{name}::numeric::float8", ""
    if kind in _DAYS:
        return f"CASE WHEN isfinite({name}) THEN {name} END", ""
    if kind == "timestamptz":
        return f"CASE WHEN isfinite({name}) THEN {name} AT TIME ZONE 'UTC' END", ""
    if kind in _AS_TEXT or pa.types.is_list(field.type):
        return f"{name}::text", kind.removeprefix("_") + ("[]" if kind.startswith("_") else "")
    if pa.types.is_string(field.type):
        return f"{name}::text", ""
    raise unread(address, field.name, f"values of the type {kind or field.type}")


@contextmanager
def _connected(address: Address) -> Iterator[Any]:
    try:
        connection = driver.connect(address.libpq(**_OPTIONS), autocommit=False)
    except manager.Error as error:
        raise Refused(told_by(address, _said(error), OPEN)) from None
    try:
        yield connection
    finally:
        with suppress(manager.Error):
            connection.close()


@contextmanager
def _speaking(address: Address, connection: Any, mask: Mask) -> Iterator[None]:
    """Turn what the driver raises into a sentence; errors in the middle of the rows come without an SQL state."""
    try:
        yield
    except (manager.Error, pa.ArrowException, OSError) as error:
        state = str(getattr(error, "sqlstate", None) or "")
        said = _said(error)
        lost = state.startswith(_LOST) if state else _RECOVERY in said or not _is_alive(connection)
        said = told_by(address, said, mask if not lost and _OF_DATA.match(state) else OPEN)
        if lost:
            raise ConnectionLost(said) from None
        raise refusal(address, said) from None


def _is_alive(connection: Any) -> bool:
    """Whether the server is still there, if only with a transaction that failed; known without asking it."""
    return str(connection.adbc_connection.get_option(_STATUS)) != "unknown"


def _said(error: Exception) -> str:
    """The server's sentence without the query and the driver's frame around it."""
    for name, value in getattr(error, "details", None) or ():
        if name in {b"PG_DIAG_MESSAGE_PRIMARY", "PG_DIAG_MESSAGE_PRIMARY"}:
            return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    text = re.sub(r"^[A-Z_]+: ", "", str(error).partition("\n\nQuery was:")[0])
    return re.sub(r"^(\[libpq\] )?(Failed to connect: |Execution error \[\w+\]: ERROR: +)?", "", text)
