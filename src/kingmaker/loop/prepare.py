"""Prepare: learn the cleaning on the train window, and lay out the rows that trials are fitted and judged on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.errors import DataRefused, StorageFailed
from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.trial import Denoising
from kingmaker.learners.registry import learner
from kingmaker.loop.prepared import ROW, Prepared, PreparedVariant
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.loop.training.holdout import hold_out
from kingmaker.loop.training.suspects import noisy, repeated
from kingmaker.loop.training.thinning import thin_goods
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.progress import Progress
from kingmaker.ports.vault import Vault
from kingmaker.recipe.directions import output_directions
from kingmaker.recipe.fit import fit_recipe
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.spec import Recipe
from kingmaker.recipe.tables import apply_recipe

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What every variant is laid out from. `rows` are the ROW records of `frame`: train rows that were kept, then selection."""

    pipeline: Pipeline
    snapshot: Snapshot
    vault: Vault
    workspace: Path
    frame: pl.DataFrame
    rows: NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learnt:
    """What is left of the train window: recipes by variant, and the rows that were kept, each with its weight."""

    recipes: dict[str, Recipe]
    kept: pl.DataFrame
    weight: NDArray[np.float64]
    loans: int


def prepare(pipeline: Pipeline, snapshot: Snapshot, *, vault: Vault, workspace: Path, progress: Progress) -> Prepared:
    """Fit the recipes that the declared learners need and put matrices and rows into the vault.

    Nothing is learnt outside the train window. The same snapshot and declaration give the same bytes. `workspace` holds
    each file while it is written. Raises DataRefused when goods or bads are lacking where they are needed.
    """
    learnt = _learnt(pipeline, snapshot, vault, progress)
    selection = load_snapshot(vault, snapshot, [Window.SELECTION])
    bench = _Bench(
        pipeline=pipeline,
        snapshot=snapshot,
        vault=vault,
        workspace=workspace,
        frame=pl.concat([learnt.kept, selection]),
        rows=_rows(learnt.kept, learnt.weight, selection, pipeline),
    )
    _refuse_one_sided(bench.rows)
    variants = [_variant(name, recipe, bench) for name, recipe in learnt.recipes.items()]
    _mark_suspects(bench, variants[0])
    progress.advance(len(variants), len(variants), f"{len(bench.rows):,} rows are ready")
    return _prepared(bench, tuple(variants), learnt.loans - learnt.kept.height)


def _learnt(pipeline: Pipeline, snapshot: Snapshot, vault: Vault, progress: Progress) -> _Learnt:
    """The whole train window is held here alone, before anything is laid out."""
    train = load_snapshot(vault, snapshot, [Window.TRAIN])
    names = sorted({learner(name).recipe for name in pipeline.training.learners})
    recipes: dict[str, Recipe] = {}
    for done, name in enumerate(names):
        progress.advance(done, len(names), f"learning the `{name}` recipe from {train.height:,} loans")
        recipes[name] = fit_recipe(
            train,
            features=snapshot.features,
            variant=cast("Literal['plain', 'woe']", name),
            cleaning=pipeline.cleaning,
        )
    kept, weight = thin_goods(_bad(train), pipeline.training.max_rows, pipeline.training.seed)
    rows = train if len(kept) == train.height else train[kept]
    return _Learnt(recipes=recipes, kept=rows, weight=weight, loans=train.height)


def _bad(frame: pl.DataFrame) -> Booleans:
    return frame["_label"].cast(pl.Float64).to_numpy() > 0.5


def _year(frame: pl.DataFrame) -> NDArray[np.int64]:
    return frame["_applied_at"].dt.year().fill_null(0).cast(pl.Int64).to_numpy()


def _rows(
    train: pl.DataFrame, weight: NDArray[np.float64], selection: pl.DataFrame, pipeline: Pipeline
) -> NDArray[np.void]:
    rows = np.zeros(train.height + selection.height, dtype=ROW)
    rows["bad"] = np.concatenate([_bad(train), _bad(selection)])
    rows["weight"] = np.concatenate([weight, np.ones(selection.height)])
    rows["year"] = np.concatenate([_year(train), _year(selection)])
    rows["selection"][train.height :] = True
    held_out = hold_out(train["_customer"], _bad(train), pipeline.training.seed)
    rows["holdout"][: train.height] = held_out
    return rows


def _mark_suspects(bench: _Bench, variant: PreparedVariant) -> None:
    """Only what the declaration lets trials choose is searched for: judging labels takes several fits."""
    wanted, rows = bench.pipeline.training.denoising, bench.rows
    fitting = ~rows["selection"] & ~rows["holdout"]
    if Denoising.DUPLICATES in wanted:
        rows["duplicate"] = repeated(bench.frame, bench.snapshot.features, fitting)
    if Denoising.LABEL_NOISE in wanted:
        values = np.load(bench.vault.fetch(variant.matrix), mmap_mode="r", allow_pickle=False)
        rows["noise"] = noisy(values, rows["bad"], fitting, bench.pipeline.training.seed)


def _refuse_one_sided(rows: NDArray[np.void]) -> None:
    """Every part must hold goods and bads: no AUC and no model can be had from one kind."""
    parts = {
        "the rows to fit": ~rows["selection"] & ~rows["holdout"],
        "the held-out customers of the train window": rows["holdout"],
        "the selection window": rows["selection"],
    }
    for name, chosen in parts.items():
        bads, total = int(rows["bad"][chosen].sum()), int(chosen.sum())
        if bads in {0, total}:
            raise DataRefused(
                f"{name}: {total - bads} good and {bads} bad loans, and both are needed",
                remedy="Widen the windows, or declare a shorter horizon.",
            )


def _variant(name: str, recipe: Recipe, bench: _Bench) -> PreparedVariant:
    return PreparedVariant(
        name=name,
        recipe=bench.vault.put_bytes(recipe_to_json(recipe)),
        matrix=_stored(apply_recipe(recipe, bench.frame), f"{name}.npy", bench),
        outputs=recipe.outputs(),
        monotone=output_directions(recipe, bench.snapshot.features),
    )


def _stored(array: NDArray[np.generic], name: str, bench: _Bench) -> str:
    """Through a file, not through memory: a matrix may be as large as half of it."""
    path = bench.workspace / name
    try:
        np.save(path, np.ascontiguousarray(array), allow_pickle=False)
    except OSError as error:
        raise StorageFailed(
            f"the disk refused a matrix of {array.nbytes / 1e6:,.0f} MB ({error})",
            where=str(path),
            remedy="Free some space, then run again: what was finished is kept.",
        ) from error
    digest = bench.vault.put(path)
    path.unlink()
    return digest


def _prepared(bench: _Bench, variants: tuple[PreparedVariant, ...], thinned_goods: int) -> Prepared:
    rows = bench.rows
    fitting = ~rows["selection"] & ~rows["holdout"]
    return Prepared(
        digest="",
        snapshot=bench.snapshot.digest,
        rows=_stored(rows, "rows.npy", bench),
        variants=variants,
        fitting_rows=int(fitting.sum()),
        fitting_bads=int(rows["bad"][fitting].sum()),
        holdout_rows=int(rows["holdout"].sum()),
        holdout_bads=int(rows["bad"][rows["holdout"]].sum()),
        selection_rows=int(rows["selection"].sum()),
        selection_bads=int(rows["bad"][rows["selection"]].sum()),
        thinned_goods=thinned_goods,
    ).sealed()
