"""Rows that decide something carry a seal: a digest kept in the audit chain, so that editing them is seen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables
from kingmaker.adapters.ledgers.records import digest_of

_LEASE_COLUMNS: Final = frozenset({"holder", "token", "lease_expires_at"})
_MARK: Final = re.compile(r"(?:^| )(sha256:[0-9a-f]{64})$")

SEALED_TABLES: Final = (
    tables.run,
    tables.model_version,
    tables.champion_turn,
    tables.companion_change,
    tables.verdict,
    tables.look,
    tables.budget_reset,
    centre_tables.declared,
    centre_tables.champion_freeze,
    centre_tables.outcome_file,
    centre_tables.erasure,
)
"""A run is sealed when it ends; of the others, every row."""

REPLACED: Final = frozenset({tables.verdict.name, centre_tables.champion_freeze.name, centre_tables.erasure.name})
"""Those whose rows may be sealed again, by an entry that says what was `before`. Any other second seal means that the row was
deleted and written anew."""


@dataclass(frozen=True, slots=True)
class Seal:
    """`subject` names the row, `mark` is `sha256:` and the digest of what the row says."""

    subject: str
    mark: str


def seal_of(connection: sa.Connection, table: sa.Table, *identity: object) -> Seal:
    """The seal of a row just written, read back as the database keeps it. `identity` is its primary key."""
    chosen = [column == value for column, value in zip(table.primary_key.columns, identity, strict=True)]
    return _seal(table, connection.execute(sa.select(table).where(*chosen)).mappings().one())


def seals_of(connection: sa.Connection, table: sa.Table) -> Iterator[Seal]:
    """The seals that the rows of a sealed table deserve as they are now."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    if table is tables.run:
        query = query.where(tables.run.c.reason != "requested")
    for row in connection.execute(query).mappings():
        yield _seal(table, row)


def mark_in(after: str) -> str | None:
    """The mark at the end of an audit entry's `after`, None when the entry vouches for no row."""
    found = _MARK.search(after)
    return found[1] if found else None


def _seal(table: sa.Table, row: sa.RowMapping) -> Seal:
    """Empty columns are left out, so that a column added by a later version breaks no seal."""
    names = "/".join(str(row[column.name]) for column in table.primary_key.columns)
    said = {str(name): value for name, value in row.items() if name not in _LEASE_COLUMNS and value is not None}
    return Seal(subject=f"{table.name}/{names}", mark=f"sha256:{digest_of(said)}")
