"""Preparing: what trials are fitted on, what they are stopped on, and that nothing is learnt elsewhere."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import Window
from kingmaker.loop.prepare import prepare
from kingmaker.loop.prepared import Prepared, prepared_from_json, prepared_to_json
from kingmaker.loop.training.holdout import HOLDOUT_SHARE, hold_out
from kingmaker.loop.training.thinning import thin_goods
from kingmaker.ports.progress import Silence
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.tables import apply_recipe

from .training_world import loans, pipeline_of, snapshot_of


class Desk:
    """A vault, and preparing as one call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vault = FolderVault(folder / "vault")

    def prepare(self, frame: pl.DataFrame, *, parts: int = 1, **training: object) -> Prepared:
        snapshot = snapshot_of(frame, self.vault, self.folder, parts=parts)
        pipeline = pipeline_of(**training)
        return prepare(pipeline, snapshot, vault=self.vault, workspace=self.folder, progress=Silence())

    def array(self, digest: str) -> NDArray[np.generic]:
        return np.load(self.vault.fetch(digest), mmap_mode="r", allow_pickle=False)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def in_window(frame: pl.DataFrame, window: Window) -> pl.DataFrame:
    return frame.filter(pl.col("_window") == window.value)


def test_a_matrix_holds_the_train_rows_and_then_the_selection_rows(desk: Desk) -> None:
    frame = loans(1500)
    prepared = desk.prepare(frame)
    both = pl.concat([in_window(frame, Window.TRAIN), in_window(frame, Window.SELECTION)])
    for variant in prepared.variants:
        recipe = recipe_from_json(desk.vault.read(variant.recipe))
        matrix = desk.array(variant.matrix)
        np.testing.assert_array_equal(matrix, apply_recipe(recipe, both))
        assert matrix.shape[1] == len(variant.outputs) == len(variant.monotone)
    rows = desk.array(prepared.rows)
    np.testing.assert_array_equal(rows["bad"], both["_label"].to_numpy())
    np.testing.assert_array_equal(rows["selection"], (both["_window"] == Window.SELECTION.value).to_numpy())


def test_only_the_recipes_that_the_declared_learners_need_are_made(desk: Desk) -> None:
    assert list(desk.prepare(loans(1500), learners=["scorecard"]).recipes) == ["woe"]
    assert list(desk.prepare(loans(1500), learners=["lightgbm", "scorecard"]).recipes) == ["plain", "woe"]


def test_nothing_is_learnt_outside_the_train_window(desk: Desk) -> None:
    frame = loans(1500)
    elsewhere = pl.when(pl.col("_window") == Window.TRAIN.value).then(pl.col("income")).otherwise(pl.col("income") * 50)
    before, after = desk.prepare(frame), desk.prepare(frame.with_columns(elsewhere.alias("income")))
    assert before.recipes == after.recipes
    assert before.digest != after.digest


def test_the_same_snapshot_gives_the_same_bytes_however_it_is_cut_into_parts(desk: Desk, tmp_path: Path) -> None:
    whole, cut = desk.prepare(loans(1500)), desk.prepare(loans(1500), parts=3)
    again = Desk(tmp_path / "elsewhere")
    assert cut.snapshot != whole.snapshot
    assert (cut.digest, cut.rows, cut.variants) == (whole.digest, whole.rows, whole.variants)
    assert again.prepare(loans(1500)) == whole


def test_the_digest_tells_declarations_apart_that_train_on_other_rows(desk: Desk) -> None:
    assert desk.prepare(loans(1500), seed=1).digest != desk.prepare(loans(1500), seed=2).digest


def test_prepared_survives_json(desk: Desk) -> None:
    prepared = desk.prepare(loans(1500))
    assert prepared_from_json(prepared_to_json(prepared)) == prepared


def test_a_customer_is_either_fitted_or_held_out(desk: Desk) -> None:
    frame = loans(3000, customers=700)
    rows = desk.array(desk.prepare(frame).rows)
    train = in_window(frame, Window.TRAIN)
    held_out = train.with_columns(pl.Series("held_out", rows["holdout"][: train.height]))
    assert held_out.group_by("_customer").agg(pl.col("held_out").n_unique())["held_out"].max() == 1
    assert not rows["holdout"][train.height :].any()


@settings(deadline=None, max_examples=30)
@given(customers=st.lists(st.integers(0, 40), min_size=1, max_size=200), seed=st.integers(0, 99))
def test_about_a_fifth_is_held_out_of_goods_and_bads_alike(customers: list[int], seed: int) -> None:
    names = pl.Series([f"c{number}" for number in customers])
    bad = np.array([number % 3 == 0 for number in customers])
    held_out = hold_out(names, bad, seed)
    for kind in (bad, ~bad):
        largest = max((names.filter(kind).value_counts()["count"]), default=0)
        assert held_out[kind].sum() <= HOLDOUT_SHARE * kind.sum() + largest
        assert not kind.any() or not held_out[kind].all()


def test_who_is_held_out_does_not_depend_on_the_order_of_rows() -> None:
    frame = loans(500, customers=100)
    bad = frame["_label"].to_numpy() == 1
    backwards = hold_out(frame["_customer"].reverse(), bad[::-1], seed=3)
    np.testing.assert_array_equal(hold_out(frame["_customer"], bad, seed=3), backwards[::-1])


def test_loans_without_a_customer_are_customers_of_their_own() -> None:
    held_out = hold_out(pl.Series([None] * 100, dtype=pl.String), np.arange(100) % 2 == 0, seed=1)
    assert held_out.sum() == 20


@settings(deadline=None, max_examples=50)
@given(bad=st.lists(st.booleans(), max_size=300), max_rows=st.integers(1, 300), seed=st.integers(0, 9))
def test_thinning_keeps_every_bad_and_the_weight_of_the_goods(bad: list[bool], max_rows: int, seed: int) -> None:
    outcome = np.array(bad, dtype=bool)
    kept, weight = thin_goods(outcome, max_rows, seed)
    assert set(np.flatnonzero(outcome)) <= set(kept)
    assert (np.diff(kept) > 0).all()
    assert len(kept) <= max(max_rows, 2 * outcome.sum())
    assert (weight[outcome[kept]] == 1).all()
    if (~outcome[kept]).any():
        assert weight[~outcome[kept]].sum() == pytest.approx((~outcome).sum())


def test_a_train_window_that_is_too_large_is_thinned(desk: Desk) -> None:
    prepared = desk.prepare(loans(3000), max_rows=1000)
    rows = desk.array(prepared.rows)
    assert prepared.fitting_rows + prepared.holdout_rows == 1000
    assert prepared.thinned_goods == 800
    assert rows["weight"][~rows["selection"]].sum() == pytest.approx(1800)
    assert (rows["weight"][rows["selection"]] == 1).all()


def test_repeated_loans_are_marked_among_the_fitting_rows_alone(desk: Desk) -> None:
    frame = loans(1500)
    twice = pl.concat([frame, frame.with_columns(pl.col("_customer") + "'", pl.col("_id") + "'")])
    rows = desk.array(desk.prepare(twice, denoising=["none", "duplicates"]).rows)
    assert rows["duplicate"].any()
    assert not rows["duplicate"][rows["holdout"] | rows["selection"]].any()
    assert not desk.array(desk.prepare(twice).rows)["duplicate"].any()


def test_suspected_label_noise_is_marked_among_the_fitting_rows_alone(desk: Desk) -> None:
    rows = desk.array(desk.prepare(loans(1500), denoising=["label_noise"]).rows)
    assert 0 < rows["noise"].sum() < 0.03 * len(rows)
    assert not rows["noise"][rows["holdout"] | rows["selection"]].any()


def test_a_selection_window_without_bads_is_refused_by_name(desk: Desk) -> None:
    frame = loans(1500).with_columns(
        pl.when(pl.col("_window") == Window.SELECTION.value).then(0).otherwise(pl.col("_label")).alias("_label")
    )
    with pytest.raises(DataRefused, match="the selection window: 300 good and 0 bad loans"):
        desk.prepare(frame)


def test_nothing_is_left_in_the_workspace(desk: Desk) -> None:
    desk.prepare(loans(1500))
    assert list(desk.folder.glob("*.npy")) == []
