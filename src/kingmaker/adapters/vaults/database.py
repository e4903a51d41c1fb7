"""A database as vault, for homes whose only shared place is the database: files as rows of at most 4 MiB."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.schema import CreateTable

from kingmaker.adapters.sql import reading, writing
from kingmaker.adapters.vaults.ages import is_removable, is_young
from kingmaker.adapters.vaults.digests import BLOCK_BYTES, Digesting, blocks_of, digest_of, is_digest
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.names import check_name, check_prefix
from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound

CHUNK_BYTES: Final = 4 << 20

_metadata = sa.MetaData()
_blob = sa.Table(
    "vault_blob",
    _metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
)
_chunk = sa.Table(
    "vault_chunk",
    _metadata,
    sa.Column("digest", sa.ForeignKey("vault_blob.digest"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_put = sa.Table(
    "vault_put",
    _metadata,
    sa.Column("digest", sa.ForeignKey("vault_blob.digest"), primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)
"""When a file was last put or renewed, in seconds since 1970. A file without a row was put before this table was made."""
_document = sa.Table(
    "vault_document",
    _metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)


class DatabaseVault:
    """Files in two tables, their ages and documents in others, all made when missing; verified copies in a folder here.

    A file is written in one transaction, so that it is there whole or not at all. The engine stays its owner's to close.
    """

    def __init__(
        self,
        engine: sa.Engine,
        cache: Path,
        *,
        now: Callable[[], float] = time.time,
        digesting: Digesting = hashlib.sha256,
    ) -> None:
        """`now` (seconds since 1970) decides what is old."""
        self._engine = engine
        self._digesting = digesting
        self._now = now
        self._folder = cache
        self._cache = FolderVault(cache, digesting=digesting)
        _make_tables(engine)

    def put(self, path: Path) -> str:
        """Copy a file in and return its digest. Raises NotFound when there is no such file."""
        if not path.is_file():
            raise NotFound("There is no file to store", where=str(path))
        return self._store(digest_of(path, self._digesting), path.stat().st_size, lambda: blocks_of(path))

    def put_bytes(self, data: bytes) -> str:
        found = self._digesting()
        found.update(data)
        return self._store(found.hexdigest(), len(data), lambda: (data,))

    def put_blocks(self, blocks: Iterable[bytes], *, over: bool = False) -> str:
        """Store bytes that come in blocks; `over` what is there too, where other bytes have the same digest."""
        with tempfile.TemporaryFile(dir=self._folder) as file:
            found = self._digesting()
            for block in blocks:
                found.update(block)
                file.write(block)
            digest = self._store(found.hexdigest(), file.tell(), lambda: _blocks_in(file), over=over)
        if over:
            self._cache.discard(digest)
            _forget_in_log(self._engine)
        return digest

    def fetch(self, digest: str) -> Path:
        """The copy on this machine; one that is missing or damaged is fetched again."""
        try:
            return self._cache.fetch(digest)
        except (NotFound, TamperFound):
            with reading(self._engine) as connection:
                if not _is_stored(connection, digest):
                    raise NotFound("Nothing is stored under this digest", where=digest[:80]) from None
                self._cache.put_blocks(_chunks(connection, digest), expected=digest)
        return self._cache.fetch(digest)

    def read(self, digest: str) -> bytes:
        return self.fetch(digest).read_bytes()

    def prove(self, digest: str) -> None:
        self.fetch(digest)

    def has(self, digest: str) -> bool:
        with reading(self._engine) as connection:
            return is_digest(digest) and _is_stored(connection, digest)

    def renew(self, digest: str) -> bool:
        try:
            with writing(self._engine) as connection:
                return is_digest(digest) and self._is_renewed(connection, digest)
        except exc.IntegrityError:  # somebody else has just put or renewed it
            return self.has(digest)

    def remove(self, digest: str, *, dry: bool = False) -> int | None:
        with writing(self._engine) as connection:
            size = connection.execute(sa.select(_blob.c.size).where(_blob.c.digest == digest)).scalar_one_or_none()
            if size is None or not self._may_go(connection, digest, dry=dry):
                return None
            if not dry:
                connection.execute(sa.delete(_chunk).where(_chunk.c.digest == digest))
                connection.execute(sa.delete(_blob).where(_blob.c.digest == digest))
        if not dry:
            self._cache.discard(digest)
        return int(size)

    def discard(self, digest: str) -> None:
        """SQLite writes zeros over what goes, and keeps no older copy of it in its log."""
        self._cache.discard(digest)
        if not self.has(digest):
            return
        with writing(self._engine) as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            for table in (_put, _chunk, _blob):
                connection.execute(sa.delete(table).where(table.c.digest == digest))
        _forget_in_log(self._engine)

    def digests(self) -> Iterator[str]:
        """In ascending order, as they were at the call's first step."""
        with reading(self._engine) as connection:
            found = connection.execute(sa.select(_blob.c.digest).order_by(_blob.c.digest)).scalars().all()
        yield from found

    def name(self, name: str, data: bytes) -> None:
        replaced = sa.update(_document).where(_document.c.name == check_name(name)).values(data=data)
        try:
            with writing(self._engine) as connection:
                if not connection.execute(replaced).rowcount:
                    connection.execute(sa.insert(_document).values(name=name, data=data))
        except exc.IntegrityError:
            with writing(self._engine) as connection:
                connection.execute(replaced)

    def named(self, name: str) -> bytes | None:
        with reading(self._engine) as connection:
            query = sa.select(_document.c.data).where(_document.c.name == check_name(name))
            data: bytes | None = connection.execute(query).scalar_one_or_none()
            return data

    def names(self, prefix: str) -> list[str]:
        begins_so = sa.func.substr(_document.c.name, 1, len(check_prefix(prefix))) == prefix
        with reading(self._engine) as connection:
            return sorted(connection.execute(sa.select(_document.c.name).where(begins_so)).scalars())

    def documents(self, prefix: str) -> dict[str, bytes]:
        begins_so = sa.func.substr(_document.c.name, 1, len(check_prefix(prefix))) == prefix
        query = sa.select(_document.c.name, _document.c.data).where(begins_so)
        with reading(self._engine) as connection:
            return dict(sorted((str(name), bytes(data)) for name, data in connection.execute(query)))

    def _store(self, digest: str, size: int, blocks: Callable[[], Iterable[bytes]], *, over: bool = False) -> str:
        try:
            with writing(self._engine) as connection:
                if not self._is_renewed(connection, digest):
                    connection.execute(sa.insert(_blob).values(digest=digest, size=size))
                    connection.execute(sa.insert(_put).values(digest=digest, at=self._now()))
                    _insert_chunks(connection, digest, blocks(), self._digesting)
                elif over:
                    if connection.dialect.name == "sqlite":
                        connection.exec_driver_sql("PRAGMA secure_delete=ON")
                    connection.execute(sa.delete(_chunk).where(_chunk.c.digest == digest))
                    connection.execute(sa.update(_blob).where(_blob.c.digest == digest).values(size=size))
                    _insert_chunks(connection, digest, blocks(), self._digesting)
        except exc.IntegrityError:
            if not self.has(digest):
                raise
        return digest

    def _is_renewed(self, connection: sa.Connection, digest: str) -> bool:
        """Whether it is stored; if so, and its age is not known or not young, it is as if put now."""
        now = self._now()
        at = connection.execute(sa.select(_put.c.at).where(_put.c.digest == digest)).scalar_one_or_none()
        if at is not None and is_young(now - at):
            return True
        if connection.execute(sa.update(_put).where(_put.c.digest == digest).values(at=now)).rowcount:
            return True
        if not _is_stored(connection, digest):
            return False
        connection.execute(sa.insert(_put).values(digest=digest, at=now))
        return True

    def _may_go(self, connection: sa.Connection, digest: str, *, dry: bool) -> bool:
        """Deletes the row that tells its age, if so and if it is still the same: who renews it at this moment wins.

        A file whose age nobody knows begins its age now.
        """
        at = connection.execute(sa.select(_put.c.at).where(_put.c.digest == digest)).scalar_one_or_none()
        if at is None:
            connection.execute(sa.insert(_put).values(digest=digest, at=self._now()))
            return False
        if dry or not is_removable(self._now() - at):
            return is_removable(self._now() - at)
        gone = sa.delete(_put).where(_put.c.digest == digest, _put.c.at == at)
        return bool(connection.execute(gone).rowcount)


def _is_stored(connection: sa.Connection, digest: str) -> bool:
    return connection.execute(sa.select(_blob.c.size).where(_blob.c.digest == digest)).first() is not None


def _insert_chunks(connection: sa.Connection, digest: str, blocks: Iterable[bytes], digesting: Digesting) -> None:
    """Raises StorageFailed, and the transaction takes all back, when the file is no longer what its digest was taken of."""
    seen = digesting()
    for number, data in enumerate(_in_chunks(blocks)):
        seen.update(data)
        connection.execute(sa.insert(_chunk).values(digest=digest, number=number, data=data))
    if seen.hexdigest() != digest:
        raise StorageFailed("The file changed while it was being stored", where=digest, remedy="Run again.")


def _blocks_in(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        yield block


def _in_chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of CHUNK_BYTES, the last one shorter."""
    waiting = bytearray()
    for block in blocks:
        waiting += block
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _chunks(connection: sa.Connection, digest: str) -> Iterator[bytes]:
    """One chunk in memory at a time."""
    last = connection.execute(sa.select(sa.func.max(_chunk.c.number)).where(_chunk.c.digest == digest)).scalar()
    for number in range(0 if last is None else last + 1):
        query = sa.select(_chunk.c.data).where(_chunk.c.digest == digest, _chunk.c.number == number)
        yield connection.execute(query).scalar_one_or_none() or b""


def _forget_in_log(engine: sa.Engine) -> None:
    """SQLite's log keeps what pages were until it is written back; where somebody reads at this moment, a little longer."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.close()


def _make_tables(engine: sa.Engine) -> None:
    """Asks first: who may only read and write rows must not even try to make a table that is there."""
    with reading(engine) as connection:
        there = set(sa.inspect(connection).get_table_names())
    if all(table.name in there for table in _metadata.sorted_tables):
        return
    with writing(engine) as connection:
        for table in _metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
