"""Verdicts, and what a person decided about a held one."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of
from kingmaker.adapters.ledgers.records import from_text, storable, to_text
from kingmaker.adapters.ledgers.runs import run_of
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import NotFound, RunRefused
from kingmaker.domain.run import Lease, Run
from kingmaker.domain.verdict import Decision, RecordedVerdict, Settlement, Verdict


class SqlVerdicts(SqlState):
    """VerdictLedger over SQL."""

    def record_verdict(
        self, lease: Lease, verdict: Verdict, *, evidence: str, candidate_version: str | None
    ) -> RecordedVerdict:
        said = {"record": to_text(verdict), "evidence": evidence, "candidate_version": candidate_version}
        with writing(self.engine) as connection:
            run = leases.held(connection, lease)
            earlier = _row(connection, lease.run)
            if earlier is None or any(earlier[name] != value for name, value in said.items()):
                _refuse_if_settled(earlier, lease.run)
                _write(connection, lease.run, said | {"recorded_at": self.now()}, is_new=earlier is None)
                entry = entry_of(
                    at=self.now(),
                    by=run["requested_by"],
                    action="verdict recorded",
                    before="" if earlier is None else _decided(_of(earlier).verdict),
                    after=_decided(verdict),
                    why=verdict.sentence,
                )
                append_sealed(connection, entry, seal_of(connection, tables.verdict, lease.run))
            return _existing(connection, lease.run)

    def verdict(self, run: int) -> RecordedVerdict | None:
        with reading(self.engine) as connection:
            row = _row(connection, run)
            return None if row is None else _of(row)

    def verdicts(
        self, pipeline: str, *, limit: int = 50, before: int | None = None
    ) -> list[tuple[Run, RecordedVerdict]]:
        run, decided = tables.run, tables.verdict
        query = sa.select(run.c.number).join(decided, decided.c.run == run.c.number).where(run.c.pipeline == pipeline)
        if before is not None:
            query = query.where(run.c.number < before)
        numbers = query.order_by(run.c.number.desc()).limit(limit)
        with reading(self.engine) as connection:
            found = list(connection.execute(numbers).scalars())
            runs = {row["number"]: run_of(row) for row in _rows(connection, run, run.c.number, found)}
            records = {row["run"]: _of(row) for row in _rows(connection, decided, decided.c.run, found)}
        return [(runs[number], records[number]) for number in found]

    def settle(self, run: int, *, approved: bool, by: str, why: str) -> RecordedVerdict:
        with writing(self.engine) as connection:
            standing = _existing(connection, run)
            settlement = Settlement(approved=approved, by=storable(by), why=storable(why), at=self.now())
            if _is_repeat(standing.settlement, settlement):
                return standing
            _refuse_settling(standing, approved=approved)
            _settle(connection, standing, settlement)
            return _existing(connection, run)


def _rows(
    connection: sa.Connection, table: sa.Table, column: sa.Column[int], numbers: Sequence[int]
) -> Sequence[sa.RowMapping]:
    return connection.execute(sa.select(table).where(column.in_(numbers))).mappings().all()


def _row(connection: sa.Connection, run: int, *, locked: bool = False) -> sa.RowMapping | None:
    query = sa.select(tables.verdict).where(tables.verdict.c.run == run)
    return connection.execute(query.with_for_update() if locked else query).mappings().one_or_none()


def _existing(connection: sa.Connection, run: int) -> RecordedVerdict:
    row = _row(connection, run, locked=True)
    if row is None:
        raise NotFound(f"Run {run} has reached no verdict", remedy="Let the run finish first.")
    return _of(row)


def _write(connection: sa.Connection, run: int, values: dict[str, str | datetime | None], *, is_new: bool) -> None:
    if is_new:
        connection.execute(sa.insert(tables.verdict).values(values | {"run": run}))
    else:
        connection.execute(sa.update(tables.verdict).where(tables.verdict.c.run == run).values(values))


def _refuse_if_settled(row: sa.RowMapping | None, run: int) -> None:
    if row is not None and row["settled_at"] is not None:
        raise RunRefused("A person has settled the verdict, so it stays", where=f"run {run}", remedy="Start a new run.")


def _is_repeat(standing: Settlement | None, asked: Settlement) -> bool:
    return standing is not None and (standing.approved, standing.by, standing.why) == (
        asked.approved,
        asked.by,
        asked.why,
    )


def _refuse_settling(standing: RecordedVerdict, *, approved: bool) -> None:
    where, settlement = f"run {standing.run}", standing.settlement
    if settlement is not None:
        decided = "approved" if settlement.approved else "refused"
        raise RunRefused(f"{settlement.by} has {decided} the challenger already: {settlement.why}", where=where)
    if standing.verdict.decision is not Decision.HOLD:
        what = f"The verdict is {standing.verdict.decision.value}, and only a held challenger waits for a person"
        raise RunRefused(what, where=where)
    if approved and standing.candidate_version is None:
        raise RunRefused("The run published no candidate that could be approved", where=where)


def _settle(connection: sa.Connection, standing: RecordedVerdict, settlement: Settlement) -> None:
    values = {
        "approved": settlement.approved,
        "settled_by": settlement.by,
        "settled_why": settlement.why,
        "settled_at": settlement.at,
    }
    connection.execute(sa.update(tables.verdict).where(tables.verdict.c.run == standing.run).values(values))
    entry = entry_of(
        at=settlement.at,
        by=settlement.by,
        action="challenger approved" if settlement.approved else "challenger refused",
        before=_decided(standing.verdict),
        after=standing.candidate_version or "",
        why=settlement.why,
    )
    append_sealed(connection, entry, seal_of(connection, tables.verdict, standing.run))


def _decided(verdict: Verdict) -> str:
    return f"{verdict.decision.value}: {verdict.reason.value}"


def _of(row: sa.RowMapping) -> RecordedVerdict:
    settled = row["settled_at"] is not None
    return RecordedVerdict(
        run=row["run"],
        verdict=from_text(row["record"], Verdict),
        evidence=row["evidence"],
        candidate_version=row["candidate_version"],
        recorded_at=row["recorded_at"],
        settlement=Settlement(
            approved=row["approved"], by=row["settled_by"], why=row["settled_why"], at=row["settled_at"]
        )
        if settled
        else None,
    )
