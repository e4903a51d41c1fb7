"""People and their sessions, the part of AccessLedger that log-in stands on."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from kingmaker.adapters.ledgers.centre_tables import login_session, person
from kingmaker.adapters.ledgers.chain import append, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.access import Person, Role, Session
from kingmaker.domain.errors import Conflict, NotFound, NotLoggedIn

_person = person.c
_session = login_session.c
_SECRET = {"password_hash", "failures"}
_THE_DOOR = "kingmaker"


class SqlPeople(SqlState):
    """People and their sessions over SQL."""

    def put_person(
        self,
        name: str,
        *,
        roles: Sequence[Role],
        pipelines: Sequence[str] | None,
        password_hash: str | None,
        by: str,
        revive: bool = True,
    ) -> Person:
        values: dict[str, object] = {
            "roles": json.dumps(sorted(set(roles))),
            "pipelines": None if pipelines is None else json.dumps(sorted(set(pipelines))),
        }
        if password_hash is not None:
            values |= {"password_hash": password_hash, "failures": 0, "locked_until": None}
        with writing(self.engine) as connection:
            queue(connection)
            before, name = _named(connection, name), storable(name)
            if before is None:
                made = {"name": name, "made_by": storable(by), "made_at": self.now(), "failures": 0}
                connection.execute(sa.insert(person).values(made | values))
            else:
                values |= {"disabled_at": None} if revive else {}
                connection.execute(sa.update(person).where(_person.name == name).values(values))
            if password_hash is not None:
                _end_sessions(connection, name)
            after = _known(connection, name)
            told = _told(after) + (", with a new password" if password_hash is not None else "")
            self._write_down(connection, after, by, "person changed" if before else "person added", _told(before), told)
            return after

    def person(self, name: str) -> Person | None:
        with reading(self.engine) as connection:
            return _named(connection, name)

    def people(self) -> list[Person]:
        with reading(self.engine) as connection:
            rows = connection.execute(sa.select(*_open_columns()).order_by(_person.name)).mappings()
            return sorted((_of(row) for row in rows), key=lambda somebody: somebody.name)

    def password_hash(self, name: str) -> str | None:
        with reading(self.engine) as connection:
            query = sa.select(_person.password_hash).where(_person.name == storable(name))
            return connection.execute(query).scalar()

    def change_password(self, name: str, *, kept: str, password_hash: str) -> Person:
        with writing(self.engine) as connection:
            queue(connection)
            somebody = _known(connection, name)
            row = (_person.name == name, _person.password_hash == kept, _person.disabled_at.is_(None))
            values = {"password_hash": password_hash, "failures": 0, "locked_until": None}
            if not connection.execute(sa.update(person).where(*row).values(values)).rowcount:
                raise Conflict("the password was changed meanwhile", remedy="Log in with the one that was set.")
            _end_sessions(connection, name)
            self._write_down(connection, somebody, name, "password changed")
            return _known(connection, name)

    def disable_person(self, name: str, *, by: str, why: str) -> Person:
        with writing(self.engine) as connection:
            queue(connection)
            before = _known(connection, name)
            if before.disabled_at is not None:
                return before
            connection.execute(sa.update(person).where(_person.name == name).values(disabled_at=self.now()))
            _end_sessions(connection, name)
            after = _known(connection, name)
            self._write_down(connection, after, by, "person disabled", _told(before), _told(after), why)
            return after

    def login_failed(self, name: str, *, tries: int, lock: timedelta) -> Person | None:
        now = self.now()
        with writing(self.engine) as connection:
            queue(connection)
            before = _named(connection, name)
            if before is None or (before.locked_until is not None and before.locked_until > now):
                return before
            query = sa.select(_person.failures).where(_person.name == name)
            failures = int(connection.execute(query).scalar_one()) + 1
            locks = failures >= tries
            values = {"failures": 0, "locked_until": now + lock} if locks else {"failures": failures}
            connection.execute(sa.update(person).where(_person.name == name).values(values))
            after = _known(connection, name)
            if locks:
                why = f"{tries} wrong passwords in a row"
                self._write_down(
                    connection, after, _THE_DOOR, "person locked", "", f"until {now + lock:%H:%M} UTC", why
                )
            return after

    def begin_session(self, name: str, *, digest: str, expires_at: datetime) -> None:
        now = self.now()
        with writing(self.engine) as connection:
            queue(connection)
            somebody = _known(connection, name)
            if somebody.disabled_at is not None:
                raise NotLoggedIn(f"{name} was disabled meanwhile", remedy="Ask an administrator.")
            values = {"failures": 0, "locked_until": None, "last_login_at": now}
            connection.execute(sa.update(person).where(_person.name == name).values(values))
            connection.execute(sa.delete(login_session).where(_session.person == name, _session.expires_at <= now))
            begun = {"digest": digest, "person": name, "begun_at": now, "expires_at": expires_at}
            connection.execute(sa.insert(login_session).values(begun))
            self._write_down(connection, somebody, name, "logged in")

    def session_of(self, digest: str) -> tuple[Person, datetime] | None:
        query = (
            sa.select(*_open_columns(), _session.expires_at)
            .join(person, _person.name == _session.person)
            .where(_session.digest == digest, _session.expires_at > self.now(), _person.disabled_at.is_(None))
        )
        with reading(self.engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else (_of(row), row["expires_at"])

    def prolong_session(self, digest: str, *, idle: timedelta, whole: timedelta) -> datetime | None:
        now = self.now()
        query = sa.select(_session.begun_at).where(_session.digest == digest, _session.expires_at > now)
        with writing(self.engine) as connection:
            begun: datetime | None = connection.execute(query).scalar()
            if begun is None:
                return None
            until = min(now + idle, begun + whole)
            connection.execute(sa.update(login_session).where(_session.digest == digest).values(expires_at=until))
            return until

    def end_session(self, digest: str) -> None:
        with writing(self.engine) as connection:
            connection.execute(sa.delete(login_session).where(_session.digest == digest))

    def sessions(self, name: str) -> list[Session]:
        query = (
            sa.select(_session.begun_at, _session.expires_at)
            .where(_session.person == storable(name), _session.expires_at > self.now())
            .order_by(_session.begun_at.desc(), _session.digest)
        )
        with reading(self.engine) as connection:
            return [Session(begun_at=begun, expires_at=expires) for begun, expires in connection.execute(query)]

    def end_sessions(self, name: str) -> int:
        with writing(self.engine) as connection:
            queue(connection)
            somebody = _known(connection, name)
            found = sa.select(sa.func.count()).where(_session.person == name, _session.expires_at > self.now())
            ended = int(connection.execute(found).scalar_one())
            _end_sessions(connection, name)
            self._write_down(connection, somebody, name, "logged out everywhere", "", f"{ended} sessions")
            return ended

    def _write_down(
        self,
        connection: sa.Connection,
        whom: Person,
        by: str,
        action: str,
        *told: str,
    ) -> None:
        """`told` is what was before, what is after, and why; as many of them as there are."""
        before, after, why = (*told, "", "", "")[:3]
        entry = entry_of(
            at=self.now(), by=by, action=action, subject=f"person/{whom.name}", before=before, after=after, why=why
        )
        append(connection, entry)


def _open_columns() -> list[sa.Column[object]]:
    """Without what must not leave the database."""
    return [column for column in _person if column.name not in _SECRET]


def _named(connection: sa.Connection, name: str) -> Person | None:
    row = connection.execute(sa.select(*_open_columns()).where(_person.name == storable(name))).mappings().one_or_none()
    return None if row is None else _of(row)


def _known(connection: sa.Connection, name: str) -> Person:
    found = _named(connection, name)
    if found is None:
        raise NotFound(f"there is nobody named {name!r}", remedy="The list of people shows who is known.")
    return found


def _end_sessions(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.delete(login_session).where(_session.person == name))


def _told(somebody: Person | None) -> str:
    """As the audit log names what somebody may."""
    if somebody is None:
        return ""
    roles = ", ".join(somebody.roles) or "no role"
    everything = somebody.pipelines is None
    pipelines = "every pipeline" if everything else ", ".join(somebody.pipelines or ()) or "no pipeline"
    return f"{roles} of {pipelines}{', disabled' if somebody.disabled_at else ''}"


def _of(row: sa.RowMapping) -> Person:
    return Person(
        name=row["name"],
        roles=tuple(Role(role) for role in json.loads(row["roles"])),
        pipelines=None if row["pipelines"] is None else tuple(json.loads(row["pipelines"])),
        made_by=row["made_by"],
        made_at=row["made_at"],
        disabled_at=row["disabled_at"],
        locked_until=row["locked_until"],
        last_login_at=row["last_login_at"],
    )
