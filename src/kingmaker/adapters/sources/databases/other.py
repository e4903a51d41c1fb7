"""Any database that SQLAlchemy speaks to: rows from a cursor on the server, made into Arrow batches."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import exc

from kingmaker.adapters.sources.databases import mysql
from kingmaker.adapters.sources.databases.address import Address
from kingmaker.adapters.sources.databases.columns import Maker, makers_of
from kingmaker.adapters.sources.databases.days import days_of, marks
from kingmaker.adapters.sources.databases.faults import OPEN, ConnectionLost, Refused, refusal, told_by
from kingmaker.adapters.sources.databases.statement import statement_of
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask

ROWS_A_BATCH: Final = 10_000
_BEGIN: Final = {
    "mysql": mysql.BEGIN,
    "sqlite": ("PRAGMA query_only = ON", "BEGIN"),
    "oracle": ("SET TRANSACTION READ ONLY",),
}
"""What makes a transaction of one moment that cannot write."""


def batches(address: Address, reading: Reading, told: Callable[[str], None]) -> Generator[pa.RecordBatch]:
    """The rows, in bounded memory. Raises SourceError, and ConnectionLost or Refused for what another try may mend."""
    with _connected(address) as connection, _speaking(address, reading.mask):
        _begin(connection, address, told)
        result = connection.execute(_statement(address, reading, connection.dialect))
        names = list(result.keys())
        _refuse_names(address, names)
        reading.mask.check(names, address.reference)
        kept = set(reading.mask.columns(names))
        types = mysql.types_of(address, result.cursor) if _is_pymysql(connection.dialect) else None
        makers: list[Maker] = []
        for rows in result.partitions(ROWS_A_BATCH):
            columns = list(zip(*rows, strict=True))
            if not makers:
                makers = makers_of(address, names, columns, types, kept, told)
            made = {maker.name: maker.make(columns[maker.place]) for maker in makers}
            yield pa.RecordBatch.from_arrays(list(made.values()), names=list(made))


def _statement(address: Address, reading: Reading, dialect: sa.Dialect) -> sa.TextClause:
    """Colons of the query itself are no parameters."""
    quote: Callable[[str], str] = dialect.identifier_preparer.quote_identifier
    declared = reading.declaration
    bound = "CAST({} AS DATE)" if address.dialect == "mysql" else "{}"  # whose drivers write dates as texts
    if declared.query is not None:
        declared = declared.model_copy(update={"query": declared.query.replace(":", "\\:")})
    statement = statement_of(
        declared, quote, marks(lambda name: bound.format(f":{name}")), escapes=address.dialect == "mysql"
    )
    if declared.query is None:
        statement = statement.replace(":", "\\:")
    used = {name: day for name, day in days_of(reading).items() if f":{name}" in _unescaped(statement)}
    return sa.text(statement).bindparams(*(sa.bindparam(name, day, sa.Date()) for name, day in used.items()))


def _unescaped(statement: str) -> str:
    return statement.replace("\\:", "")


@contextmanager
def _connected(address: Address) -> Iterator[sa.Connection]:
    try:
        url = sa.make_url(address.url)
        options: dict[str, Any] = {}
        if address.dialect == "mysql":
            url, options = mysql.prepared(url)
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)
    except ModuleNotFoundError as error:
        raise SourceError(
            f"reading this database needs the package {error.name}, which is not installed",
            where=address.reference,
            remedy="Run pip install 'kingmaker[databases]'." if error.name == "pymysql" else f"Install {error.name}.",
        ) from None
    except exc.ArgumentError as error:
        raise refusal(address, told_by(address, str(error), OPEN)) from None
    try:
        connection = engine.connect().execution_options(stream_results=True, max_row_buffer=ROWS_A_BATCH)
    except (exc.DBAPIError, OSError) as error:
        raise Refused(told_by(address, _said(error), OPEN)) from None
    raw = connection.connection.dbapi_connection
    try:
        yield connection
    finally:
        _close(connection, raw)
        engine.dispose()


def _close(connection: sa.Connection, raw: Any) -> None:
    """Without reading what the server has left to send, which a cursor of PyMySQL does before it closes."""
    if _is_pymysql(connection.dialect):
        mysql.abandon(raw)
    with suppress(exc.SQLAlchemyError):
        connection.invalidate()
    with suppress(exc.SQLAlchemyError):
        connection.close()


def _begin(connection: sa.Connection, address: Address, told: Callable[[str], None]) -> None:
    said = _BEGIN.get(address.dialect, ())
    for statement in said:
        connection.exec_driver_sql(statement)
    if not said:
        told(f"{address.dialect} knows no transaction that only reads: give its user rights to SELECT and no others")


@contextmanager
def _speaking(address: Address, mask: Mask) -> Iterator[None]:
    """Turn what the driver raises into a sentence."""
    try:
        yield
    except (exc.DBAPIError, OSError) as error:
        code = mysql.code_of(error)
        lost = isinstance(error, OSError) or getattr(error, "connection_invalidated", False) or code in mysql.LOST
        said = told_by(address, _said(error), OPEN if lost or code in mysql.NOT_OF_DATA else mask)
        if lost:
            raise ConnectionLost(said) from None
        raise refusal(address, said) from None


def _said(error: Exception) -> str:
    """The server's sentence without the query and its parameters."""
    original = getattr(error, "orig", None) or error
    words = [one for one in original.args if isinstance(one, str) and one]
    return words[-1] if words else type(original).__name__


def _is_pymysql(dialect: sa.Dialect) -> bool:
    return dialect.driver == "pymysql"


def _refuse_names(address: Address, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(
            f"the query gives two columns named `{twice[0]}`",
            where=address.reference,
            remedy="Give every column a name of its own with AS.",
        )
