"""What stands for a whole replay: the rows as they were first read, the engine, and the locks of its folder."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kingmaker.adapters.engines.local import LocalEngine
from kingmaker.adapters.sources.files import FileSource
from kingmaker.domain.errors import RunRefused
from kingmaker.loop.replaying.engine import StandingEngine
from kingmaker.loop.replaying.lock import command_lock, shared_lock
from kingmaker.loop.replaying.source import StandingSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Reading

DECLARED = SourceDeclaration(file="loans.parquet")


def told(_: str) -> None:
    """Nobody listens."""


def test_the_source_is_read_once(tmp_path: Path) -> None:
    pl.DataFrame({"loan": [1, 2]}).write_parquet(tmp_path / "loans.parquet")
    source = StandingSource(FileSource(), tmp_path / "kept", "as it was")
    reading = Reading(declaration=DECLARED, folder=tmp_path, as_of=date(2026, 1, 1))
    first = source.extract(reading, tmp_path, told)
    pl.DataFrame({"loan": [1, 2, 3]}).write_parquet(tmp_path / "loans.parquet")
    second = source.extract(reading, tmp_path, told)
    assert (first.rows, second.rows) == (2, 2)
    assert first.parts == second.parts
    assert source.fingerprint(reading) == "as it was"


def test_whichever_date_reads_first_reads_for_all_of_them(tmp_path: Path) -> None:
    for month in (1, 2, 3):
        place = tmp_path / "loans" / f"month=2026-{month:02}"
        place.mkdir(parents=True)
        pl.DataFrame({"loan": [month]}).write_parquet(place / "part-0.parquet")
    lake = SourceDeclaration(file="loans", partitioned_by=("month",))
    first = Reading(
        declaration=lake,
        folder=tmp_path,
        as_of=date(2026, 1, 31),
        latest=date(2026, 1, 31),
        applied_at="applied",
    )
    source = StandingSource(FileSource(), tmp_path / "kept", "as it was", date(2026, 2, 28))
    kept = source.extract(first, tmp_path, told)
    assert pl.read_parquet(list(kept.parts))["loan"].to_list() == [1, 2]


def test_an_engine_that_is_given_nothing_to_do_is_never_opened() -> None:
    opened: list[LocalEngine] = []

    def open_engine() -> LocalEngine:
        opened.append(LocalEngine(1))
        return opened[-1]

    engine = StandingEngine(open_engine)
    engine.warm()
    assert list(engine.completed(0.0)) == []
    assert engine.health().busy == 0
    engine.close()
    engine.end()
    assert opened == []


def test_two_commands_cannot_do_one_replay_at_once(tmp_path: Path) -> None:
    with command_lock(tmp_path), pytest.raises(RunRefused, match="under way"), command_lock(tmp_path):
        pass


def test_the_processes_of_a_command_work_side_by_side(tmp_path: Path) -> None:
    with command_lock(tmp_path), shared_lock(tmp_path), shared_lock(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".command", ".crew"]
