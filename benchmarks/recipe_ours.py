"""Contender: the recipe, on Polars. Arguments: the Parquet file, the variant, and where to leave what it made."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from benchmarks.recipe_columns import LEVELS, ONE_HOT, category_names, number_names, unseen_of
from benchmarks.stopwatch import Stopwatch

from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.pipeline.declaration import Cleaning, ColumnCleaning
from kingmaker.recipe.fit import fit_recipe
from kingmaker.recipe.tables import apply_recipe


def features() -> tuple[Feature, ...]:
    numbers = tuple(Feature(name=name, kind=ColumnKind.NUMBER) for name in number_names())
    return numbers + tuple(Feature(name=name, kind=ColumnKind.CATEGORY) for name in category_names())


def cleaning() -> Cleaning:
    """Winsorise, fill with the median, flag what was missing, standardise; flags for few levels, places for many."""
    number = ColumnCleaning(missing="median", outliers="winsorise", scaling="standard")
    flags, places = ColumnCleaning(encoding="one_hot"), ColumnCleaning(encoding="ordinal")
    columns = dict.fromkeys(number_names(), number)
    columns |= {name: flags if place < ONE_HOT else places for place, name in enumerate(category_names())}
    return Cleaning(columns=columns, rare=0.0, max_levels=max(LEVELS) + 2)


def main(path: Path, variant: str, made: Path | None) -> None:
    watch = Stopwatch()
    train = pl.read_parquet(path)
    asked = cleaning() if variant == "plain" else Cleaning()
    with watch.part("fit"):
        recipe = fit_recipe(
            train, features=features(), variant="plain" if variant == "plain" else "woe", cleaning=asked, month=None
        )
    with watch.part("apply"):
        matrix = apply_recipe(recipe, train)
    watch.tell(shape=matrix.shape)
    if made is not None:
        fresh = apply_recipe(recipe, pl.read_parquet(unseen_of(path)))
        np.savez(made, names=np.array(recipe.outputs()), seen=matrix, unseen=fresh)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
