"""The parity gate: graph and native model must agree on real rows and on rows made to break them."""

import numpy as np
import polars as pl

from kingmaker.bundle.contents import Parity
from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.errors import ParityBroken
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.loop.judging.answers import Floats, answers
from kingmaker.ports.learner import Fitted
from kingmaker.recipe.inputs import text_of_category
from kingmaker.recipe.spec import Recipe
from kingmaker.recipe.tables import apply_recipe
from kingmaker.statistics.calibration import apply_calibration
from kingmaker.statistics.grades import grade_of, rounded_score

PARITY_ROWS = 10_000
UNRESOLVED_POINTS = 1e-3
"""Native float32 sums cannot place a score nearer than this to the point where rounding turns."""


def parity_rows(frame: pl.DataFrame, *, rows: int = PARITY_ROWS, edges: int = 200) -> pl.DataFrame:
    """The newest `rows` of the frame (as `as_inputs` makes it) and, behind them, `edges` of them with values no book holds.

    Each column in turn is missing, at an infinity, at zero, at a huge or tiny magnitude, or a level never seen.
    """
    newest = frame.tail(rows)
    if not newest.height:
        return newest
    return pl.concat([newest, *(_edged(newest.tail(edges), column) for column in newest.columns)], how="vertical")


def _edged(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    kind = rows.schema[column]
    values: list[float | str | None]
    if kind == pl.String:
        values = [None, "", "never seen before", "None", "nan"]
    else:
        values = [None, float("nan"), float("inf"), -float("inf"), 0.0, -1.0, 1e300, -1e300, 1e-300, 1e8 + 0.01]
    cycled = pl.Series(column, [values[index % len(values)] for index in range(rows.height)], dtype=kind)
    return rows.with_columns(cycled)


def as_inputs(frame: pl.DataFrame, features: tuple[Feature, ...]) -> pl.DataFrame:
    """The features alone as the graph reads them: numbers as doubles, categories as texts, so that any value has room."""
    return frame.select(
        pl.col(feature.name).cast(pl.Float64)
        if feature.kind is ColumnKind.NUMBER
        else text_of_category(feature.name, frame.schema[feature.name]).alias(feature.name)
        for feature in features
    )


def parity_of(
    scorer: Scorer,
    recipe: Recipe,
    native: Fitted,
    calibration: Calibration,
    thresholds: Thresholds,
    frame: pl.DataFrame,
    *,
    limit: float,
) -> Parity:
    """Compare on every row.

    Raises ParityBroken above `limit` in pd, on NaN, and on any grade or decision that the native sums can resolve.
    """
    graph = answers(scorer, recipe, frame)
    native_pd = apply_calibration(calibration, native.margin(apply_recipe(recipe, frame)))
    largest = float(np.abs(graph.pd - native_pd).max(initial=0.0))
    if not largest <= limit:
        raise _broken(f"by up to {largest:.2e} in pd (allowed {limit:.0e})", frame)
    native_score = rounded_score(thresholds.scale, native_pd)
    differ = (graph.score != native_score) & ~_on_the_turn(thresholds, native_pd)
    grades = int((differ & (grade_of(thresholds, native_score) != graph.grade)).sum())
    decisions = int((differ & ((native_score >= thresholds.approve_from) != graph.approved)).sum())
    if grades or decisions:
        raise _broken(f"in {grades} grades and {decisions} decisions", frame)
    return Parity(
        rows=frame.height,
        largest_pd_difference=largest,
        score_differences=int(differ.sum()),
        grade_differences=grades,
        limit=limit,
    )


def _broken(how: str, frame: pl.DataFrame) -> ParityBroken:
    return ParityBroken(
        f"graph and native model differ {how} on {frame.height:,} rows",
        remedy="The model is not published. Report this defect of the graph with the trial's hyperparameters.",
    )


def _on_the_turn(thresholds: Thresholds, pd: Floats) -> np.ndarray:
    """Rows whose unrounded score lies so near to .5 that float32 sums cannot say which way it rounds."""
    clipped = np.clip(pd, 1e-15, 1.0 - 1e-15)
    points = thresholds.scale.offset + thresholds.scale.factor * np.log((1.0 - clipped) / clipped)
    return np.abs(points - np.floor(points) - 0.5) < UNRESOLVED_POINTS
