"""The rows that a model knows as normal are read a column at a time, and the newest of them alone as a table."""

import numpy as np
import polars as pl
import pytest
from tests.loop.judging.world import FEATURES, World, loans

from kingmaker.domain.snapshot import Window
from kingmaker.loop.publishing.contents import schema_of
from kingmaker.loop.publishing.parity import as_inputs
from kingmaker.loop.publishing.reference import Reference
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.recipe.json import recipe_from_json

WINDOWS = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.make(tmp_path_factory.mktemp("reference"), loans(3000), learners=("scorecard",))


@pytest.fixture
def reference(world: World) -> Reference:
    return Reference(vault=world.vault, snapshot=world.snapshot, windows=WINDOWS)


def test_the_newest_rows_are_the_last_of_the_newest_windows_that_hold_them(world: World, reference: Reference) -> None:
    whole = as_inputs(load_snapshot(world.vault, world.snapshot, WINDOWS), FEATURES)
    few = world.snapshot.window(Window.SELECTION).rows
    assert reference.newest(few).equals(whole.tail(few))
    assert reference.newest(few + 1).tail(few + 1).equals(whole.tail(few + 1))
    assert reference.newest(10 * whole.height).equals(whole)


def test_the_schema_tells_the_shares_of_every_row(world: World, reference: Reference) -> None:
    recipe = recipe_from_json(world.vault.read(world.prepared.recipes["plain"]))
    schema = schema_of(world.pipeline, recipe, reference)
    whole = load_snapshot(world.vault, world.snapshot, WINDOWS).with_columns(
        pl.col("income").fill_nan(None), pl.col("region").replace("", None), pl.col("branch").cast(pl.String)
    )
    for field in schema.fields:
        column = whole[field.name]
        assert field.missing == pytest.approx(column.null_count() / whole.height)
        if field.levels:
            shares = {level.level: level.share for level in field.levels}
            assert shares == {
                level: pytest.approx(count / column.count())
                for level, count in column.drop_nulls().value_counts().iter_rows()
            }
        else:
            assert (field.lowest, field.highest) == (column.min(), column.max())
            assert np.sum(field.shares) == pytest.approx(1.0)
