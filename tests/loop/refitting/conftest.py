"""A small lender whose runs get as far as a finalist, and a way to refit and publish it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest
from tests.loop.judging.world import ENGINE, World, in_window, loans

from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.domain.run import Lease, Run
from kingmaker.domain.snapshot import Window
from kingmaker.loop.publish import publish
from kingmaker.loop.refit import refit
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.selection import Selection, selection_from_json
from kingmaker.loop.turn import Turn
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.engine import Engine


def booked(rows: int = 6000, seed: int = 1) -> pl.DataFrame:
    return loans(rows, seed)


def with_other_outcomes(frame: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Those of the window who owe more than most are good now, the others as they were."""
    easy = in_window(window) & (pl.col("debt") > 0.5)
    return frame.with_columns(pl.when(easy).then(0).otherwise(pl.col("_label")).cast(pl.Int8).alias("_label"))


@dataclass(frozen=True)
class Bench:
    """One world with the selection of its one trial; `publish` gives the recorded selection and the bundle."""

    world: World
    selection: Selection
    run: Run
    lease: Lease

    def turn(self, *, pipeline: Pipeline | None = None) -> Turn:
        return self.world.turn(self.run, self.lease, pipeline)

    def refit(self, *, pipeline: Pipeline | None = None, engine: Engine = ENGINE) -> Refit:
        return refit(replace(self.turn(pipeline=pipeline), engine=engine), self.world.snapshot, self.selection)

    def publish(self, refitted: Refit) -> tuple[Selection, Bundle]:
        house = self.world.house
        version = publish(self.turn(), self.world.snapshot, self.selection, refitted)
        recorded = house.ledger.verdict(self.run.number)
        assert version is not None
        assert recorded is not None
        told = selection_from_json(self.world.vault.read(recorded.evidence))
        return told, open_bundle(self.world.vault.fetch(version.archive), trusted=house.trusted())


@pytest.fixture(scope="module")
def bench_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Bench]]:
    """Worlds made once a module for the same learner and loans; each has a run of its own to publish from."""
    worlds: list[World] = []

    def made(learner: str = "lightgbm", frame: pl.DataFrame | None = None) -> Bench:
        folder: Path = tmp_path_factory.mktemp("refit")
        world = World.make(folder, booked() if frame is None else frame, learners=(learner,))
        worlds.append(world)
        run, lease = world.open_run("one")
        return Bench(world=world, selection=world.select(), run=run, lease=lease)

    yield made
    for world in worlds:
        world.house.close()
