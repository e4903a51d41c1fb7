"""Files of outcomes that were handed in: numbered within their pipeline, each sealed, and each once."""

from dataclasses import asdict

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.notice import OutcomeFile

_table = centre_tables.outcome_file
_file = _table.c


class SqlOutcomes(SqlState):
    """OutcomeLedger over SQL."""

    def add_outcomes(self, pipeline: str, *, file: str, form: str, rows: int, by: str) -> OutcomeFile:
        with writing(self.engine) as connection:
            queue(connection)
            known = _found(connection, _of_pipeline(pipeline).where(_file.file == file))
            if known:
                return known[0]
            newest = _found(connection, _of_pipeline(pipeline).limit(1))
            added = OutcomeFile(
                pipeline=pipeline,
                number=newest[0].number + 1 if newest else 1,
                file=file,
                form=form,
                rows=rows,
                by=storable(by),
                at=self.now(),
            )
            connection.execute(sa.insert(_table).values(asdict(added)))
            entry = entry_of(at=added.at, by=by, action="outcomes handed in", after=f"{rows} rows in {file}")
            append_sealed(connection, entry, seal_of(connection, _table, pipeline, added.number))
            return added

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        with reading(self.engine) as connection:
            return _found(connection, _of_pipeline(pipeline).limit(limit))


def _of_pipeline(pipeline: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(_table).where(_file.pipeline == pipeline).order_by(_file.number.desc())


def _found(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[OutcomeFile]:
    rows = connection.execute(query).mappings()
    return [OutcomeFile(**{str(name): value for name, value in row.items()}) for row in rows]
