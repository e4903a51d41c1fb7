"""The audit log and its proof.

The chain shows any change made by somebody who cannot rewrite all of it. Whoever can write every table and knows this code
could: against that, write the newest digest down outside the database (each signed bundle and each report is such a place).
"""

from collections.abc import Collection

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.chain import GENESIS, append, entry_of, link_of
from kingmaker.adapters.ledgers.erasures import prove_replacements
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import REPLACED, SEALED_TABLES, mark_in, seals_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.ledgers.subjects import is_about
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.errors import TamperFound

_REMEDY = "Find out who changed the database, and restore it from a backup."


class SqlAudit(SqlState):
    """AuditLedger over SQL."""

    def note(self, *, by: str, action: str, subject: str, before: str, after: str, why: str) -> AuditEntry:
        entry = entry_of(at=self.now(), by=by, action=action, subject=subject, before=before, after=after, why=why)
        with writing(self.engine) as connection:
            return append(connection, entry)

    def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        pipelines: Collection[str] | None = None,
    ) -> list[AuditEntry]:
        column = tables.audit.c
        query = sa.select(tables.audit).order_by(column.number.desc()).limit(limit)
        if before is not None:
            query = query.where(column.number < before)
        if by is not None:
            query = query.where(column.by == storable(by))
        if action is not None:
            query = query.where(column.action.startswith(storable(action), autoescape=True))
        if subject is not None:
            query = query.where(column.subject.startswith(storable(subject), autoescape=True))
        if pipelines is not None:
            query = query.where(is_about(pipelines))
        with reading(self.engine) as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def verify_audit(self) -> int:
        with reading(self.engine) as connection:
            marks = _prove_chain(connection)
            _prove_rows(connection, marks)
            prove_replacements(connection)
            return int(connection.execute(sa.select(tables.audit_head.c.entries)).scalar_one())


def _prove_chain(connection: sa.Connection) -> dict[str, str]:
    """Walk the chain to its head; returns the newest mark of each row it vouches for."""
    number, digest = 0, GENESIS
    marks: dict[str, str] = {}
    for row in connection.execute(sa.select(tables.audit).order_by(tables.audit.c.number)).mappings():
        entry, number = _entry(row), number + 1
        where = f"audit entry {number}"
        if entry.number != number:
            raise TamperFound("The entry is missing", where=where, remedy=_REMEDY)
        if entry.previous != digest:
            raise TamperFound("The entry does not follow the one before it", where=where, remedy=_REMEDY)
        if entry.digest != link_of(entry):
            raise TamperFound("The entry was changed after it was written", where=where, remedy=_REMEDY)
        digest = entry.digest
        mark = mark_in(entry.after)
        if mark:
            _refuse_second_writing(entry, marks)
            marks[entry.subject] = mark
    _prove_head(connection, number, digest)
    return marks


def _refuse_second_writing(entry: AuditEntry, marks: dict[str, str]) -> None:
    """The newest of numbered rows, once deleted, is written again under its number: only the chain still knows the first."""
    may_change = entry.before and entry.subject.partition("/")[0] in REPLACED
    if entry.subject in marks and not may_change:
        raise TamperFound("The row was deleted, and written anew", where=entry.subject, remedy=_REMEDY)


def _prove_head(connection: sa.Connection, number: int, digest: str) -> None:
    head = connection.execute(sa.select(tables.audit_head)).mappings().one_or_none()
    if head is None:
        raise TamperFound("The head of the audit chain is missing", where="audit_head", remedy=_REMEDY)
    if head["entries"] > number:
        raise TamperFound("The newest entries are missing", where=f"audit entry {number + 1}", remedy=_REMEDY)
    if (head["entries"], head["digest"]) != (number, digest):
        raise TamperFound("The head of the chain is not its last entry", where=f"audit entry {number}", remedy=_REMEDY)


def _prove_rows(connection: sa.Connection, marks: dict[str, str]) -> None:
    unseen = {subject for subject in marks if subject.partition("/")[0] in {table.name for table in SEALED_TABLES}}
    for table in SEALED_TABLES:
        for seal in seals_of(connection, table):
            if seal.subject not in marks:
                raise TamperFound("The row was never written by Kingmaker", where=seal.subject, remedy=_REMEDY)
            if marks[seal.subject] != seal.mark:
                raise TamperFound("The row was changed after it was written", where=seal.subject, remedy=_REMEDY)
            unseen.discard(seal.subject)
    if unseen:
        raise TamperFound("The row was deleted", where=min(unseen), remedy=_REMEDY)


def _entry(row: sa.RowMapping) -> AuditEntry:
    return AuditEntry(**{str(name): value for name, value in row.items()})
