"""Killed with SIGKILL in any phase and gone on with by another process: no statement runs twice, no row is there twice."""

import os
from pathlib import Path

import polars as pl
import pytest
from tests.serving.following.waiting import until
from tests.sources.maxcompute.books import MARK, loans
from tests.sources.maxcompute.killed import extracting, mask
from tests.sources.maxcompute.server.faults import Act, Kind
from tests.sources.maxcompute.warehouse import FAST, Heard, OwnWarehouse, declared, extracted, reading_of

from kingmaker.adapters.sources.maxcompute.source import MaxComputeSource
from kingmaker.pipeline.declaration import SourceDeclaration

FLOW = {"cut": "CREATE TABLE cut AS SELECT * FROM raw", "loans": "CREATE TABLE loans AS SELECT * FROM cut"}
STATEMENTS = [
    FLOW["cut"],
    "ALTER TABLE cut SET LIFECYCLE 3",
    FLOW["loans"],
    "ALTER TABLE loans SET LIFECYCLE 3",
]
ROWS = 24_000
FIRST_TASK, ITS_LIFECYCLE, SECOND_TASK = 0, 1, 2


@pytest.fixture
def declaration(own: OwnWarehouse) -> SourceDeclaration:
    own.put("raw", loans(ROWS))
    return declared(own.access, tasks=FLOW, slices=2)


def went_on(own: OwnWarehouse, declaration: SourceDeclaration, folder: Path) -> Heard:
    """Everything was done once, whatever was killed."""
    heard = Heard()
    _, rows = extracted(reading_of(declaration, mask=mask()), folder, heard)
    assert own.service.instances.executed == STATEMENTS
    assert len(own.service.instances.known) == len(STATEMENTS)
    assert rows["loan"].to_list() == list(range(ROWS))
    assert rows["amount"].sum() == sum(number * 0.25 for number in range(ROWS))
    assert rows["customer"].n_unique() == ROWS
    assert_no_mark(folder.parent)
    return heard


def assert_no_mark(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            assert MARK.encode() not in path.read_bytes(), path
            if path.suffix == ".parquet":
                told = pl.read_parquet(path)["customer"].to_list()
                assert not any(MARK in one for one in told), path


@pytest.mark.parametrize("act", [Act.HOLD_BEFORE, Act.HOLD_AFTER])
@pytest.mark.parametrize("statement", [FIRST_TASK, ITS_LIFECYCLE, SECOND_TASK])
def test_killed_while_a_statement_is_submitted(
    own: OwnWarehouse, declaration: SourceDeclaration, folder: Path, act: Act, statement: int
) -> None:
    """Also where the service had taken the statement and nobody had noted it, or takes it when the process is long dead."""
    own.service.faults.add(Kind.SUBMIT, act, skip=statement)
    with extracting(declaration, folder):
        own.service.faults.wait_until_held(Kind.SUBMIT)
    own.service.faults.clear()
    went_on(own, declaration, folder)


def test_killed_while_an_instance_runs(own: OwnWarehouse, declaration: SourceDeclaration, folder: Path) -> None:
    own.service.instances.held = True
    with extracting(declaration, folder):
        own.service.faults.wait_for(Kind.STATUS, 9)
    (instance,) = own.service.instances.known.values()
    assert instance.state == "RUNNING"
    own.service.instances.held = False
    heard = went_on(own, declaration, folder)
    assert f"task cut: found again as instance {instance.id}" in heard.all()
    assert len(own.service.instances.submissions) == len(STATEMENTS)


def test_killed_while_the_download_begins(own: OwnWarehouse, declaration: SourceDeclaration, folder: Path) -> None:
    own.service.faults.add(Kind.SESSION, Act.HOLD_AFTER)
    with extracting(declaration, folder):
        own.service.faults.wait_until_held(Kind.SESSION)
    own.service.faults.clear()
    went_on(own, declaration, folder)


def test_killed_while_rows_come_down_what_is_here_is_not_read_again(
    own: OwnWarehouse, declaration: SourceDeclaration, folder: Path
) -> None:
    own.service.faults.add(Kind.DATA, Act.STALL, times=9, size=30_000, skip=1)
    with extracting(declaration, folder):
        own.service.faults.wait_until_held(Kind.DATA)
        until(lambda: len(list(folder.glob("part-*.parquet"))) == 1, seconds=60)
    own.service.faults.clear()
    begun = len(own.service.tunnel.given)
    sessions = len(own.service.tunnel.sessions)
    heard = went_on(own, declaration, folder)
    assert "of which 12,000 are here already" in heard.all()
    assert [count for _, _, _, count in own.service.tunnel.given[begun:]] == [12_000]
    assert len(own.service.tunnel.sessions) == sessions, "the session that was known is used again"


def test_a_table_that_was_changed_meanwhile_is_read_anew(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(ROWS))
    declaration = declared(own.access, table="loans", slices=2)
    own.service.faults.add(Kind.DATA, Act.STALL, times=9, size=30_000, skip=1)
    with extracting(declaration, folder):
        own.service.faults.wait_until_held(Kind.DATA)
    own.service.faults.clear()
    own.service.tables.add("loans", loans(500))
    own.service.tables.facts["loans"].version += 1
    _, rows = extracted(reading_of(declaration, mask=mask()), folder)
    assert rows["loan"].to_list() == list(range(500))
    assert_no_mark(folder)


def test_what_nobody_noted_is_stopped_too(own: OwnWarehouse, declaration: SourceDeclaration, folder: Path) -> None:
    own.service.instances.held = True
    own.service.faults.add(Kind.SUBMIT, Act.HOLD_AFTER)
    with extracting(declaration, folder):
        own.service.faults.wait_until_held(Kind.SUBMIT)
    own.service.faults.clear()
    (instance,) = own.service.instances.known.values()
    MaxComputeSource(FAST).abandon(folder)
    assert instance.state == "CANCELLED"
    assert list(own.service.instances.known) == [instance.id]


def test_what_never_arrived_can_begin_no_more(own: OwnWarehouse, declaration: SourceDeclaration, folder: Path) -> None:
    own.service.faults.add(Kind.SUBMIT, Act.HOLD_BEFORE)
    with extracting(declaration, folder):
        own.service.faults.wait_until_held(Kind.SUBMIT)
    MaxComputeSource(FAST).abandon(folder)
    own.service.faults.clear()
    own.service.faults.wait_for(Kind.SUBMIT, 2)
    assert FLOW["cut"] not in own.service.instances.executed
    assert [one.sql for one in own.service.instances.known.values()] == ["SELECT 1"]
