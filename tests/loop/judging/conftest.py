"""One home a session with a scorecard and a tree model; whoever changes its ledger makes a home of its own."""

import pytest

from kingmaker.domain.snapshot import Window
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.candidates import candidate_of
from kingmaker.loop.judging.judged import judged_rows
from kingmaker.loop.snapshots import load_snapshot

from .world import World

BEFORE_TEST = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.RECENT)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.make(tmp_path_factory.mktemp("judging"), learners=("scorecard", "lightgbm"))


@pytest.fixture(scope="session")
def bench(world: World) -> Bench:
    """No champion; every window but the test window."""
    frame = load_snapshot(world.vault, world.snapshot, BEFORE_TEST)
    rows = {window: judged_rows(frame, (window,)) for window in BEFORE_TEST}
    return Bench(pipeline=world.pipeline, snapshot=world.snapshot, rows=rows, incumbent=None)


@pytest.fixture(scope="session")
def scorecard(world: World, bench: Bench) -> Candidate:
    return candidate_of(
        world.trials[0],
        recipe_digest=world.prepared.recipes[world.trials[0].spec.recipe],
        rows=bench.rows,
        vault=world.vault,
        threads=1,
    )


@pytest.fixture(scope="session")
def trees(world: World, bench: Bench) -> Candidate:
    return candidate_of(
        world.trials[1],
        recipe_digest=world.prepared.recipes[world.trials[1].spec.recipe],
        rows=bench.rows,
        vault=world.vault,
        threads=1,
    )
