"""What a model answers on a table of raw rows: always through its graph, which is what will be served."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.bundle.scorer import BLOCK, Scorer, Scores
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import ModelForm
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.spec import Recipe

Floats = NDArray[np.float64]
ROWS_AT_ONCE = 32 * BLOCK
"""Rows whose texts are held together as Python's: an object each."""

UNCALIBRATED = Calibration(intercept=0.0, slope=1.0)
UNGRADED = Thresholds(
    scale=ScoreScale(),
    grades=(Grade(name="ungraded", lowest_score=None, share=1.0, bad_rate=0.0),),
    approve_from=0,
    approval_rate=1.0,
    method="none",
)
"""Stand-ins until calibration and grades are fitted; only the margin of such a graph means anything."""


def margin_scorer(recipe: Recipe, form: ModelForm, *, threads: int) -> Scorer:
    """The graph of a model whose calibration and grades are still to be fitted."""
    graph = build_graph(recipe=recipe, form=form, calibration=UNCALIBRATED, thresholds=UNGRADED, metadata={})
    return Scorer(graph_bytes(graph), threads=threads)


def answers(scorer: Scorer, recipe: Recipe, frame: pl.DataFrame, *, at_once: int = ROWS_AT_ONCE) -> Scores:
    """Score every row of the frame, which holds the recipe's raw columns; terms are left out."""
    parts = [_answers(scorer, recipe, rows) for rows in frame.iter_slices(at_once)]
    return Scores.joined(parts) if parts else _answers(scorer, recipe, frame)


def _answers(scorer: Scorer, recipe: Recipe, frame: pl.DataFrame) -> Scores:
    numbers = number_inputs_of(frame, recipe) if recipe.numbers else None
    categories = category_inputs_of(frame, recipe) if recipe.categories else None
    return scorer.score(numbers, categories, terms=False)


def margins(scorer: Scorer, recipe: Recipe, frame: pl.DataFrame) -> Floats:
    """[rows] raw log-odds; an empty frame has an empty answer."""
    if not frame.height:
        return np.empty(0)
    margin = answers(scorer, recipe, frame).margin
    if margin is None:
        message = "the graph has no margin output"
        raise ValueError(message)
    return margin
