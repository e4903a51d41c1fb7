"""The network breaks off, the service is overloaded, streams are cut, spoilt or slow: every row comes down once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.sources.maxcompute.books import loans
from tests.sources.maxcompute.server.faults import Act, Kind
from tests.sources.maxcompute.warehouse import FAST, Heard, OwnWarehouse, declared, extracted, reading_of

from kingmaker.domain.errors import SourceError

FLOW = {"one": "CREATE TABLE loans AS SELECT * FROM raw"}
STATEMENTS = [FLOW["one"], "ALTER TABLE loans SET LIFECYCLE 3"]
ROWS = 4_000
MANY_ROWS = 20_000
EVERY_KIND = [Kind.PROJECT, Kind.SUBMIT, Kind.STATUS, Kind.TABLE, Kind.SESSION, Kind.DATA, Kind.OTHER]


@pytest.fixture
def world(own: OwnWarehouse) -> OwnWarehouse:
    own.put("raw", loans(ROWS))
    return own


def all_came_once(own: OwnWarehouse, folder: Path, heard: Heard | None = None, **pace: float) -> None:
    reading = reading_of(declared(own.access, tasks=FLOW, slices=2))
    _, rows = extracted(reading, folder, heard, replace(FAST, **pace))
    assert rows["loan"].to_list() == list(range(ROWS))
    assert own.service.instances.executed == STATEMENTS
    assert not [fault for fault in own.service.faults.pending if fault.times]


@pytest.mark.parametrize("act", [Act.DROP_BEFORE, Act.DROP_AFTER, Act.THROTTLE, Act.UNAVAILABLE])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_request_that_fails_is_made_again(world: OwnWarehouse, folder: Path, kind: Kind, act: Act) -> None:
    world.service.faults.add(kind, act)
    all_came_once(world, folder)


def test_a_service_that_throttles_for_long_is_told_of(world: OwnWarehouse, folder: Path) -> None:
    world.service.faults.add(Kind.DATA, Act.THROTTLE, times=8)
    heard = Heard()
    all_came_once(world, folder, heard)
    assert "MaxCompute is tried again in 0 s (FlowExceeded)" in heard.sentences


@pytest.mark.parametrize("size", [0, 2, 20_000])
@pytest.mark.parametrize("act", [Act.CUT, Act.END])
def test_a_stream_that_is_cut_is_gone_on_with(world: OwnWarehouse, folder: Path, act: Act, size: int) -> None:
    world.service.faults.add(Kind.DATA, act, times=1 if size else 3, size=size)
    all_came_once(world, folder)


def test_only_the_rest_is_read_after_a_cut(own: OwnWarehouse, folder: Path) -> None:
    random = np.random.default_rng(3)
    own.put(
        "loans",
        pa.table({"loan": range(MANY_ROWS), "noise": random.random(MANY_ROWS), "more": random.random(MANY_ROWS)}),
    )
    own.service.faults.add(Kind.DATA, Act.CUT, size=140_000)
    _, rows = extracted(reading_of(declared(own.access, table="loans", slices=1)), folder)
    assert rows["loan"].to_list() == list(range(MANY_ROWS))
    (_, _, _, all_of_them), (_, _, start, rest) = own.service.tunnel.given
    assert (all_of_them, start + rest) == (MANY_ROWS, MANY_ROWS)
    assert start > 0


def test_a_byte_that_was_changed_on_the_way_is_noticed(world: OwnWarehouse, folder: Path) -> None:
    world.service.faults.add(Kind.DATA, Act.SPOIL, times=2)
    all_came_once(world, folder)


def test_a_stream_in_which_nothing_comes_is_begun_again(world: OwnWarehouse, folder: Path) -> None:
    world.service.faults.add(Kind.DATA, Act.STALL, size=20_000)
    all_came_once(world, folder, answer=1)


def test_a_session_that_is_over_is_opened_anew(world: OwnWarehouse, folder: Path) -> None:
    world.service.faults.add(Kind.DATA, Act.FORGET, times=2)
    all_came_once(world, folder)


def test_a_table_that_changes_while_it_is_read_is_read_anew(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(ROWS))
    tables = own.service.tables

    def change(sentence: str) -> None:
        if "come down" in sentence and tables.facts["loans"].version == 0:
            tables.run("DELETE FROM loans WHERE loan >= 100")

    heard = Heard()
    reading = reading_of(declared(own.access, table="loans", slices=2))
    _, rows = extracted(reading, folder, lambda sentence: (heard(sentence), change(sentence)))
    assert rows["loan"].to_list() == list(range(100))
    assert "table loans was changed meanwhile: it is read anew" in heard.sentences


def test_a_stream_that_nobody_can_read_is_told_in_the_end(world: OwnWarehouse, folder: Path) -> None:
    world.service.faults.add(Kind.DATA, Act.SPOIL, times=1_000)
    with pytest.raises(SourceError, match="MaxCompute"):
        all_came_once(world, folder)


def test_a_service_that_stays_away_is_told_in_the_end(world: OwnWarehouse, folder: Path) -> None:
    world.service.faults.add(Kind.STATUS, Act.DROP_BEFORE, times=1_000)
    with pytest.raises(SourceError, match="could not be reached"):
        all_came_once(world, folder, patience=0.3)
    world.service.faults.clear()
    all_came_once(world, folder)
