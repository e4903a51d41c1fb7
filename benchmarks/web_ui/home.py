"""A home with years behind it, made of one that was really lived in."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from benchmarks.web_ui.around import around
from benchmarks.web_ui.at_work import announce_and_report, faults, told, trials, under_way, waiting
from benchmarks.web_ui.lived import PIPELINE
from benchmarks.web_ui.past_runs import Row, Rows, past, pattern_of, places
from benchmarks.web_ui.size import Size

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.centre_tables import queued_request, run_event
from kingmaker.adapters.ledgers.chain import entry_of, link_of
from kingmaker.adapters.ledgers.seals import SEALED_TABLES, seals_of
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.sql import writing
from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.loop.announce import announce
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PEOPLE: Final = {"ada": Role.ADMIN, "vera": Role.VIEWER}
PASSWORD: Final = "correct horse battery staple"


def grow(home: Path, size: Size) -> House:
    """The house of the home that was lived in, with so much more in it. Its audit log proves all of it."""
    house = open_house(Settings(home=home))
    assert isinstance(house.ledger, SqlLedger)
    office = Office(house, owner("benchmark"))
    for name, role in PEOPLE.items():
        office.put_person(name, [role], password=PASSWORD)
    with writing(house.ledger.engine) as connection:
        _fill(house, connection, size)
    champion = house.ledger.champion(PIPELINE)
    assert champion is not None
    announce(house, PIPELINE)
    with house.ledger.engine.connect() as connection:
        announce_and_report(house, connection, size, house.clock())
    return house


def _fill(house: House, connection: sa.Connection, size: Size) -> None:
    now = house.clock()
    pattern = pattern_of(house, connection)
    rows: Rows = {}
    _add(rows, past(house, pattern, places(size, now - timedelta(hours=1))))
    _add(rows, {tables.champion_turn: [_back_to_the_real_one(rows[tables.champion_turn], pattern.turn, now)]})
    search, uses = trials(connection, size)
    going, advances = under_way(house, pattern, size, now)
    _add(rows, {tables.run: going, run_event: advances, queued_request: list(waiting(pattern, size, now))})
    _add(rows, {tables.trial: search, tables.trial_use: uses, tables.fault: list(faults(size, now))})
    _add(rows, {run_event: list(told(size, now))})
    _add(rows, around(connection, size, now))
    for table in tables.metadata.sorted_tables:
        if rows.get(table):
            connection.execute(sa.insert(table), rows[table])
    _seal(connection, size, now)


def _add(rows: Rows, more: Rows) -> None:
    for table, some in more.items():
        rows.setdefault(table, []).extend(some)


def _back_to_the_real_one(turns: list[Row], real: Row, now: datetime) -> Row:
    """The model whose bundle is really there is in force, so that its pages have something to show."""
    newest = max([row["turn"] for row in turns if row["pipeline"] == PIPELINE], default=2)
    return real | {"turn": newest + 1, "since": now, "reason": "rolled_back", "by": "piet", "why": "The real one."}


def _seal(connection: sa.Connection, size: Size, now: datetime) -> None:
    """Every row that decides something gets its entry, and the log as many others as are wanted."""
    head = connection.execute(sa.select(tables.audit_head)).mappings().one()
    known = set(connection.execute(sa.select(tables.audit.c.subject)).scalars())
    entries = [
        replace(entry_of(at=now, by="nightly", action=f"{table.name} recorded", after=seal.mark), subject=seal.subject)
        for table in SEALED_TABLES
        for seal in seals_of(connection, table)
        if seal.subject not in known
    ]
    missing = size.audit - head["entries"] - len(entries)
    entries += [
        entry_of(at=now, by=f"person {number % 40}", action="logged in", subject=f"person/{number % 40}")
        for number in range(missing)
    ]
    number, digest = head["entries"], head["digest"]
    linked: list[Row] = []
    for entry in entries:
        number += 1
        one = replace(entry, number=number, previous=digest)
        one = replace(one, digest=link_of(one))
        digest = one.digest
        linked.append(asdict(one))
    connection.execute(sa.insert(tables.audit), linked)
    connection.execute(sa.update(tables.audit_head).values(entries=number, digest=digest))
