"""Companions of champions: every change is a new sealed row, numbered within its pipeline; the newest holds."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.ledgers.versions import is_known
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.errors import ChampionMoved, NotFound, RunRefused

_change = tables.companion_change.c
_turn = tables.champion_turn.c


class SqlCompanions(SqlState):
    """CompanionLedger over SQL."""

    def accompany(
        self,
        pipeline: str,
        *,
        shadows: Sequence[str],
        canary: tuple[str, float] | None,
        expected: int,
        by: str,
        why: str,
    ) -> CompanionChange:
        with writing(self.engine) as connection:
            queue(connection)
            standing = _newest(connection, pipeline)
            if (standing.number if standing else 0) != expected:
                raise ChampionMoved(
                    f"Somebody else changed the companions of pipeline {pipeline} meanwhile",
                    where=pipeline,
                    remedy="`kingmaker champion` shows them. Then say it again.",
                )
            now = self.now()
            change = CompanionChange(
                pipeline=pipeline,
                number=expected + 1,
                shadows=tuple(shadows),
                canary=canary[0] if canary else None,
                share=canary[1] if canary else None,
                since=max(now, standing.since) if standing else now,
                by=storable(by),
                why=storable(why),
            )
            _refuse_unfit(connection, change)
            return _write(connection, standing, change)

    def companions(self, pipeline: str) -> CompanionChange | None:
        with reading(self.engine) as connection:
            return _newest(connection, pipeline)

    def companion_changes(self, pipeline: str) -> list[CompanionChange]:
        query = sa.select(tables.companion_change).where(_change.pipeline == pipeline).order_by(_change.number)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]


def leave_companions(connection: sa.Connection, turn: ChampionTurn) -> None:
    """Who is in force accompanies nobody: the version leaves its pipeline's companions, in the transaction that crowns it.

    It does not come back as one when the champion is replaced. The transaction holds the head of the audit chain.
    """
    standing = _newest(connection, turn.pipeline)
    if standing is None or turn.version not in standing.versions:
        return
    is_canary = standing.canary == turn.version
    change = CompanionChange(
        pipeline=turn.pipeline,
        number=standing.number + 1,
        shadows=tuple(version for version in standing.shadows if version != turn.version),
        canary=None if is_canary else standing.canary,
        share=None if is_canary else standing.share,
        since=max(turn.since, standing.since),
        by=turn.by,
        why=f"Version {turn.version[:12]} is in force since turn {turn.turn}.",
    )
    _write(connection, standing, change)


def _newest(connection: sa.Connection, pipeline: str) -> CompanionChange | None:
    query = sa.select(tables.companion_change).where(_change.pipeline == pipeline)
    row = connection.execute(query.order_by(_change.number.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _of(row)


def _refuse_unfit(connection: sa.Connection, change: CompanionChange) -> None:
    if change.share is not None and not 0.0 < change.share < 1.0:
        raise ValueError(f"a canary cannot answer for a share of {change.share}")
    query = sa.select(_turn.version).where(_turn.pipeline == change.pipeline).order_by(_turn.turn.desc()).limit(1)
    champion = connection.execute(query).scalar_one_or_none()
    if champion is None:
        raise NotFound(
            f"pipeline {change.pipeline} has no champion that a version could accompany",
            remedy="`kingmaker run PIPELINE.yaml` looks for one.",
        )
    for version in change.versions:
        if not is_known(connection, change.pipeline, version):
            raise NotFound(f"There is no version {version} of pipeline {change.pipeline}", remedy="Publish it first.")
        if version == champion:
            raise RunRefused(
                f"version {version[:12]} is in force, and cannot accompany itself",
                remedy="`kingmaker versions` lists the others.",
            )


def _write(connection: sa.Connection, before: CompanionChange | None, change: CompanionChange) -> CompanionChange:
    values = asdict(change) | {"shadows": json.dumps(change.shadows)}
    connection.execute(sa.insert(tables.companion_change).values(values))
    entry = entry_of(
        at=change.since,
        by=change.by,
        action="companions changed",
        before=_told(before),
        after=_told(change),
        why=change.why,
    )
    append_sealed(connection, entry, seal_of(connection, tables.companion_change, change.pipeline, change.number))
    return change


def _told(change: CompanionChange | None) -> str:
    """As the audit log names them."""
    if change is None or not change.versions:
        return "no companions"
    canary = [f"canary {change.canary} at {change.share}"] if change.canary else []
    return ", ".join([*canary, *(f"shadow {version}" for version in change.shadows)])


def _of(row: sa.RowMapping) -> CompanionChange:
    shadows = tuple(str(version) for version in json.loads(row["shadows"]))
    return CompanionChange(**{str(name): value for name, value in row.items()} | {"shadows": shadows})
