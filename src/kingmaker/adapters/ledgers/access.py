"""AccessLedger over SQL: tokens here, people and their sessions in `people`. Every change has its audit entry beside it."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers.centre_tables import access_token
from kingmaker.adapters.ledgers.chain import append, entry_of, queue
from kingmaker.adapters.ledgers.people import SqlPeople
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.access import Role, Token
from kingmaker.domain.errors import NotFound

_token = access_token.c


class SqlAccess(SqlPeople):
    """AccessLedger over SQL."""

    def add_token(self, token: Token, *, digest: str) -> None:
        values = asdict(token) | {
            "digest": digest,
            "name": storable(token.name),
            "role": token.role.value,
            "pipelines": None if token.pipelines is None else json.dumps(sorted(token.pipelines)),
        }
        with writing(self.engine) as connection:
            queue(connection)
            connection.execute(sa.insert(access_token).values(values))
            entry = entry_of(
                at=token.made_at,
                by=token.made_by,
                action="token made",
                subject=f"access_token/{token.id}",
                after=_told(token),
            )
            append(connection, entry)

    def token_of(self, digest: str) -> Token | None:
        with reading(self.engine) as connection:
            row = connection.execute(_chosen(_token.digest == digest)).mappings().one_or_none()
            return None if row is None else _of(row)

    def tokens(self) -> list[Token]:
        with reading(self.engine) as connection:
            rows = connection.execute(_chosen().order_by(_token.made_at.desc(), _token.id))
            return [_of(row) for row in rows.mappings()]

    def revoke_token(self, token: str, *, by: str, why: str) -> Token:
        with writing(self.engine) as connection:
            queue(connection)
            begins = sa.func.substr(_token.id, 1, len(token)) == storable(token)
            found = _only(token, connection.execute(_chosen(begins).limit(2)).mappings())
            if found.revoked_at is not None:
                return found
            revoked = replace(found, revoked_at=self.now())
            connection.execute(
                sa.update(access_token).where(_token.id == found.id).values(revoked_at=revoked.revoked_at)
            )
            entry = entry_of(
                at=self.now(),
                by=by,
                action="token revoked",
                subject=f"access_token/{found.id}",
                before=_told(found),
                why=why,
            )
            append(connection, entry)
            return revoked

    def token_used(self, token: str, at: datetime) -> None:
        earlier = sa.or_(_token.last_used_at.is_(None), _token.last_used_at < at)
        with writing(self.engine) as connection:
            connection.execute(sa.update(access_token).where(_token.id == token, earlier).values(last_used_at=at))


def _chosen(*conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    """Everything but the digest, which leaves the database never."""
    return sa.select(*(column for column in _token if column.name != "digest")).where(*conditions)


def _only(beginning: str, rows: Iterable[sa.RowMapping]) -> Token:
    found = list(rows) if beginning else []
    if len(found) != 1:
        several = "is the beginning of several tokens" if found else "is no token's id"
        raise NotFound(f"{beginning!r} {several}", remedy="The list of tokens shows their ids.")
    return _of(found[0])


def _told(token: Token) -> str:
    """As the audit log names it."""
    pipelines = "every pipeline" if token.pipelines is None else ", ".join(sorted(token.pipelines)) or "no pipeline"
    until = "without end" if token.expires_at is None else f"until {token.expires_at:%Y-%m-%d %H:%M} UTC"
    return f"{token.name}: {token.role.value} of {pipelines} {until}"


def _of(row: sa.RowMapping) -> Token:
    values = {str(name): value for name, value in row.items()}
    pipelines = None if row["pipelines"] is None else tuple(json.loads(row["pipelines"]))
    return Token(**values | {"role": Role(row["role"]), "pipelines": pipelines})
