"""Learn a recipe from the train window: aggregates only, a handful of passes over the table."""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.pipeline.declaration import Cleaning
from kingmaker.recipe.fit_bins import fit_binned_numbers
from kingmaker.recipe.fit_categories import fit_categories
from kingmaker.recipe.fit_numbers import fit_plain_numbers
from kingmaker.recipe.spec import CategoryStep, NumberStep, Recipe
from kingmaker.recipe.unstable import unstable_columns
from kingmaker.recipe.woe import Totals

Dropped = list[tuple[str, str]]


def fit_recipe(
    train: pl.DataFrame,
    *,
    features: Sequence[Feature],
    variant: Literal["plain", "woe"],
    cleaning: Cleaning,
    label: str = "_label",
    month: str | None = "_applied_at",
) -> Recipe:
    """Learn how to clean `features` from these rows and no others.

    `plain` (for trees): numbers are winsorised and keep their missing values, categories become weights of evidence, unless
    `cleaning` declares otherwise. `woe` (for scorecards): every number is binned and every column is a weight of evidence,
    missing values having a bin of their own. Columns that carry nothing are dropped and named with the reason.

    `label` is the column of 0 (good) and 1 (bad) without nulls; `month` a date column, read only when the declaration asks to
    drop unstable columns. Raises DataRefused when goods, bads or columns are lacking, or a category has too many levels.
    """
    totals = _totals(train, label)
    dropped: Dropped = []
    if cleaning.drop_unstable and month is not None and train.schema.get(month, pl.Null()).is_temporal():
        dropped += [
            (name, f"its distribution changes between months: PSI {psi:.2f}")
            for name, psi in unstable_columns(train, features=features, month=month)
        ]
    gone = {name for name, _ in dropped}
    stable = [feature for feature in features if feature.name not in gone]
    numbers = [feature for feature in stable if feature.kind is ColumnKind.NUMBER]
    categories = [feature.name for feature in stable if feature.kind is ColumnKind.CATEGORY]
    fitted = _fit_numbers(train, numbers, variant, cleaning, (label, totals))
    encoded = fit_categories(train, categories, cleaning, label=label, totals=totals, always_woe=variant == "woe")
    return _recipe_of(variant, fitted, encoded, dropped)


def _fit_numbers(
    train: pl.DataFrame, numbers: Sequence[Feature], variant: str, cleaning: Cleaning, outcome: tuple[str, Totals]
) -> list[NumberStep | tuple[str, str]]:
    if not numbers:
        return []
    if variant == "woe":
        label, totals = outcome
        return fit_binned_numbers(train, numbers, cleaning, label=label, totals=totals)
    return fit_plain_numbers(train, [feature.name for feature in numbers], cleaning)


def _recipe_of(
    variant: str,
    numbers: Sequence[NumberStep | tuple[str, str]],
    categories: Sequence[CategoryStep | tuple[str, str]],
    dropped: Dropped,
) -> Recipe:
    recipe = Recipe(
        variant=variant,
        numbers=tuple(step for step in numbers if isinstance(step, NumberStep)),
        categories=tuple(step for step in categories if isinstance(step, CategoryStep)),
        dropped=(*dropped, *(step for step in [*numbers, *categories] if isinstance(step, tuple))),
    )
    if not recipe.outputs():
        raise DataRefused(
            "no column is left to train on",
            where="; ".join(f"{name}: {reason}" for name, reason in recipe.dropped),
            remedy="Allow more columns under `features`.",
        )
    return recipe


def _totals(train: pl.DataFrame, label: str) -> Totals:
    bads = int(train[label].cast(pl.Int64).sum())
    goods = train.height - bads
    if min(goods, bads) == 0:
        raise DataRefused(
            f"the train window has {goods} good and {bads} bad loans, and both are needed",
            where=f"column {label}",
            remedy="Widen the windows, or correct the outcome's definition.",
        )
    return Totals(goods=float(goods), bads=float(bads))
