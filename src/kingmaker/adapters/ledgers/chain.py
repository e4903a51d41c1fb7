"""Appending to the audit chain inside the transaction that does what the entry tells."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.records import digest_of, storable
from kingmaker.adapters.ledgers.seals import Seal
from kingmaker.domain.champion import AuditEntry

GENESIS: Final = "0" * 64
"""What the first entry names as its previous."""


def append(connection: sa.Connection, entry: AuditEntry) -> AuditEntry:
    """Add the entry (see `entry_of`) with its number and digests. Processes queue for the head of the chain."""
    head = connection.execute(sa.select(tables.audit_head).with_for_update()).mappings().one()
    linked = replace(entry, number=head["entries"] + 1, previous=head["digest"])
    linked = replace(linked, digest=link_of(linked))
    connection.execute(sa.insert(tables.audit).values(asdict(linked)))
    connection.execute(sa.update(tables.audit_head).values(entries=linked.number, digest=linked.digest))
    return linked


def queue(connection: sa.Connection) -> None:
    """Wait for the head of the chain and keep it until the transaction ends, so that rows are numbered without gaps."""
    connection.execute(sa.select(tables.audit_head).with_for_update()).one()


def append_sealed(connection: sa.Connection, entry: AuditEntry, seal: Seal) -> AuditEntry:
    """Add an entry that vouches for the row it tells of: its `after` ends with the row's digest."""
    after = f"{entry.after} {seal.mark}".strip()
    return append(connection, replace(entry, subject=seal.subject, after=after))


def entry_of(
    *, at: datetime, by: str, action: str, subject: str = "", before: str = "", after: str = "", why: str = ""
) -> AuditEntry:
    """An entry that is not in the chain yet."""
    return AuditEntry(
        number=0,
        at=at,
        by=storable(by),
        action=storable(action),
        subject=storable(subject),
        before=storable(before),
        after=storable(after),
        why=storable(why),
        previous="",
        digest="",
    )


def link_of(entry: AuditEntry) -> str:
    """SHA-256 of everything the entry says, the previous link included, as canonical JSON."""
    return digest_of({name: value for name, value in asdict(entry).items() if name != "digest"})
