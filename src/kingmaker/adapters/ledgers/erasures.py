"""ErasureLedger over SQL: erasures, each sealed, and what stands for what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.centre_tables import erasure, erasure_replacement
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.records import digest_of, from_text, storable, to_text
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.erasure import ErasedKind, Erasure, Kept, Marks, Replaced
from kingmaker.domain.errors import NotFound, RunRefused, TamperFound

_row, _file = erasure.c, erasure_replacement.c
_GOES_ON = "unfinished"


class SqlErasures(SqlState):
    """ErasureLedger over SQL."""

    def begin_erasure(self, pipeline: str, marks: Marks, *, versions: Sequence[str] = (), by: str, why: str) -> Erasure:
        customers = " ".join(marks.customers)
        with writing(self.engine) as connection:
            queue(connection)
            unfinished = sa.select(erasure).where(
                _row.pipeline == pipeline, _row.customers == customers, _row.ended_at.is_(None)
            )
            known = connection.execute(unfinished.limit(1)).mappings().one_or_none()
            said = {
                "applications": _joined(known["applications"] if known else "", marks.applications),
                "versions": _joined(known["versions"] if known else "", versions),
            }
            if known is not None:
                if any(known[name] != value for name, value in said.items()):
                    self._change_erasure(
                        connection, known["number"], said, by=by, action="erasure gone on with", why=why
                    )
                return _erasure(_one(connection, known["number"]))
            begun = said | {"pipeline": pipeline, "customers": customers, "by": storable(by), "why": storable(why)}
            begun |= {"erased": "[]"}
            inserted = connection.execute(sa.insert(erasure).values(begun | {"begun_at": self.now()}))
            assert inserted.inserted_primary_key is not None
            number = int(inserted.inserted_primary_key[0])
            entry = entry_of(
                at=self.now(), by=by, action="erasure begun", why=why, after=f"customer {marks.customers[0]}"
            )
            append_sealed(connection, entry, seal_of(connection, erasure, number))
            return _erasure(_one(connection, number))

    def reopen_erasure(self, number: int) -> Erasure:
        with writing(self.engine) as connection:
            queue(connection)
            found = _one(connection, number)
            if found["ended_at"] is not None:
                said = {"ended_at": None, "files": None}
                why = "rows of the customer arrived after it was ended"
                self._change_erasure(connection, number, said, by=found["by"], action="erasure gone on with", why=why)
            return _erasure(_one(connection, number))

    def replace_file(self, erasure: int, replaced: Replaced) -> None:
        with writing(self.engine) as connection:
            known = sa.select(_file.number).where(_file.erasure == erasure, _file.old == replaced.old)
            if connection.execute(known).first() is not None:
                return
            new, old = replaced.new, replaced.old
            stands = sa.update(erasure_replacement).where(_file.current == old)
            connection.execute(stands.values(current=new))
            connection.execute(
                sa.insert(erasure_replacement).values(
                    erasure=erasure, kind=replaced.kind.value, old=old, new=new, current=new, rows=replaced.rows
                )
            )

    def end_erasure(self, number: int) -> Erasure:
        with writing(self.engine) as connection:
            queue(connection)
            found = _one(connection, number)
            if found["ended_at"] is not None:
                return _erasure(found)
            replaced = _replaced(connection, number)
            erased = _counted(replaced)
            said = {"ended_at": self.now(), "erased": to_text(erased), "files": digest_of_files(replaced)}
            told = ", ".join(f"{one.files} {one.kind.value} ({one.rows} rows)" for one in erased) or "nothing"
            after = f"customer {found['customers'].partition(' ')[0]}: {told}; files {said['files']}"
            self._change_erasure(
                connection, number, said, by=found["by"], action="customer erased", why=found["why"], after=after
            )
            return _erasure(_one(connection, number))

    def erasures(self, pipeline: str | None = None, *, limit: int = 1000) -> list[Erasure]:
        query = sa.select(erasure).order_by(_row.number.desc()).limit(limit)
        if pipeline is not None:
            query = query.where(_row.pipeline == pipeline)
        with reading(self.engine) as connection:
            return [_erasure(row) for row in connection.execute(query).mappings()]

    def erasure_marks(self, number: int) -> Marks:
        with reading(self.engine) as connection:
            return _marks(_one(connection, number))

    def erased_marks(self, pipeline: str) -> list[tuple[Marks, datetime]]:
        query = sa.select(erasure).where(_row.pipeline == pipeline).order_by(_row.number)
        with reading(self.engine) as connection:
            return [(_marks(row), row["begun_at"]) for row in connection.execute(query).mappings()]

    def standing_for(self, digest: str) -> str | None:
        query = sa.select(_file.current).where(_file.old == digest, _file.current.is_not(None)).limit(1)
        with reading(self.engine) as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
            return found

    def replaced_files(self, erasure: int | None = None) -> list[Replaced]:
        with reading(self.engine) as connection:
            if erasure is not None:
                return _replaced(connection, erasure)
            rows = connection.execute(sa.select(erasure_replacement).order_by(_file.number)).mappings()
            return [replace(_of(row), new=row["current"]) for row in rows]

    def begin_anew(self, run: int) -> None:
        table, now = tables.run.c, self.now()
        with writing(self.engine) as connection:
            query = sa.select(tables.run).where(table.number == run).with_for_update()
            found = connection.execute(query).mappings().one()
            if (
                found["holder"] is not None
                and found["lease_expires_at"] is not None
                and found["lease_expires_at"] > now
            ):
                raise RunRefused(
                    "somebody works on the run", where=f"run {run}", remedy="Wait until it ends, or cancel it."
                )
            connection.execute(sa.delete(tables.stage).where(tables.stage.c.run == run))

    def _change_erasure(
        self,
        connection: sa.Connection,
        number: int,
        said: Mapping[str, object],
        *,
        by: str,
        action: str,
        why: str,
        after: str = "",
    ) -> None:
        connection.execute(sa.update(erasure).where(_row.number == number).values(said))
        entry = entry_of(at=self.now(), by=by, action=action, before=_GOES_ON, after=after, why=why)
        append_sealed(connection, entry, seal_of(connection, erasure, number))


def prove_replacements(connection: sa.Connection) -> None:
    """Raises TamperFound unless what stands for what is what was sealed with each erasure that is ended."""
    query = sa.select(_row.number, _row.files).where(_row.files.is_not(None)).order_by(_row.number)
    for number, files in connection.execute(query).all():
        if digest_of_files(_replaced(connection, number)) != files:
            raise TamperFound(
                "What stands for the erased files was changed after it was written",
                where=f"erasure/{number}",
                remedy="Find out who changed the database, and restore it from a backup.",
            )


def digest_of_files(replaced: Sequence[Replaced]) -> str:
    """Of old and new digests, kinds and rows, in the order in which they were written down."""
    return digest_of({"files": [(one.kind.value, one.old, one.new, one.rows) for one in replaced]})


def _counted(replaced: Sequence[Replaced]) -> list[ErasedKind]:
    found = []
    for kind in Kept:
        own = [one for one in replaced if one.kind is kind]
        if own:
            found.append(ErasedKind(kind=kind, files=len(own), rows=sum(one.rows for one in own)))
    return found


def _joined(known: str, added: Sequence[str]) -> str:
    return " ".join(sorted({*known.split(), *added}))


def _one(connection: sa.Connection, number: int) -> sa.RowMapping:
    found = connection.execute(sa.select(erasure).where(_row.number == number)).mappings().one_or_none()
    if found is None:
        raise NotFound(f"there is no erasure {number}", remedy="`kingmaker erasures` lists them.")
    return found


def _replaced(connection: sa.Connection, number: int) -> list[Replaced]:
    query = sa.select(erasure_replacement).where(_file.erasure == number).order_by(_file.number)
    return [_of(row) for row in connection.execute(query).mappings()]


def _of(row: sa.RowMapping) -> Replaced:
    return Replaced(kind=Kept(row["kind"]), old=row["old"], new=row["new"], rows=row["rows"])


def _marks(row: sa.RowMapping) -> Marks:
    return Marks(customers=tuple(row["customers"].split()), applications=tuple(row["applications"].split()))


def _erasure(row: sa.RowMapping) -> Erasure:
    return Erasure(
        number=row["number"],
        pipeline=row["pipeline"],
        customer=row["customers"].partition(" ")[0],
        applications=len(row["applications"].split()),
        by=row["by"],
        why=row["why"],
        begun_at=row["begun_at"],
        ended_at=row["ended_at"],
        erased=tuple(from_text(row["erased"], list[ErasedKind])),
        versions=tuple(row["versions"].split()),
        files=row["files"],
    )
