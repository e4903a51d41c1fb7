"""The whole graph against the native pipeline: 100,000 rows of everything a book may hold and much that it should not.

The native side is Polars for the recipe, the learner's own library for the margin, numpy for calibration, score and grade.
"""

import numpy as np
import polars as pl
import pytest

from kingmaker.bundle.scorer import Scorer, Scores
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.domain.thresholds import Calibration, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.learners.registry import learner, learner_names
from kingmaker.loop.judging.answers import answers, margin_scorer, margins
from kingmaker.pipeline.declaration import Cleaning
from kingmaker.ports.learner import FitTask, Fitted, Rows
from kingmaker.recipe.directions import output_directions
from kingmaker.recipe.fit import fit_recipe
from kingmaker.recipe.spec import Recipe
from kingmaker.recipe.tables import apply_recipe
from kingmaker.statistics.calibration import apply_calibration, fit_platt
from kingmaker.statistics.grades import grade_of, refit_grades, rounded_score

TRAIN_ROWS = 6_000
SCORED_ROWS = 100_000
LARGEST_DIFFERENCE = {"xgboost": 1e-5, "lightgbm": 1e-12, "scorecard": 1e-12, "ebm": 1e-12}
FLOAT32_POINTS = 1e-3
"""xgboost sums in float32: a score nearer than this to its rounding point has no native truth to be compared with."""

FEATURES = (
    Feature(name="income", kind=ColumnKind.NUMBER, monotone=-1),
    Feature(name="amount", kind=ColumnKind.NUMBER),
    Feature(name="age", kind=ColumnKind.NUMBER),
    Feature(name="region", kind=ColumnKind.CATEGORY),
    Feature(name="purpose", kind=ColumnKind.CATEGORY),
)


def book(rows: int, seed: int) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    income = draw.lognormal(8, 1, rows)
    amount = np.round(draw.lognormal(15, 2, rows), 2)
    age = draw.integers(18, 80, rows).astype(float)
    income[draw.random(rows) < 0.1] = np.nan
    amount[draw.random(rows) < 0.05] = np.nan
    region = draw.choice(["north", "south", "east", "west", ""], rows)
    purpose = draw.choice(["car", "house", "boat", "rare"], rows, p=[0.5, 0.4, 0.097, 0.003])
    risk = -0.4 * (np.nan_to_num(np.log(income), nan=7.5) - 8) + 0.03 * (40 - age) + (region == "south") - 1.5
    bad = draw.random(rows) < 1 / (1 + np.exp(-risk))
    return pl.DataFrame(
        {
            "income": income,
            "amount": amount,
            "age": age,
            "region": region,
            "purpose": purpose,
            "_label": bad.astype(float),
        }
    )


def troubled(rows: int, recipe: Recipe) -> pl.DataFrame:
    """A book with infinities, unseen and missing levels, huge and tiny values, and every edge of every bin and clip."""
    frame = book(rows, seed=2)
    draw = np.random.default_rng(3)
    edges = [0.0, -0.0, 1e300, -1e300, 1e-300, np.inf, -np.inf, np.nan, 1e8 + 0.01]
    for step in recipe.numbers:
        bounds = [*(step.bins.edges if step.bins else ()), *(step.clip or ())]
        edges += [
            value for bound in bounds for value in (bound, np.nextafter(bound, np.inf), np.nextafter(bound, -np.inf))
        ]
    columns = {}
    for name in ("income", "amount", "age"):
        values = frame[name].to_numpy().copy()
        hit = draw.random(rows) < 0.2
        values[hit] = draw.choice(edges, hit.sum())
        columns[name] = values
    for name in ("region", "purpose"):
        texts = frame[name].to_numpy().astype(object)
        hit = draw.random(rows) < 0.2
        texts[hit] = draw.choice(np.array(["never seen", "", "None", "nan", "é", "南"], dtype=object), hit.sum())
        columns[name] = texts
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())


def fitted(name: str) -> tuple[Recipe, Fitted, Calibration, Thresholds]:
    train, family = book(TRAIN_ROWS, seed=1), learner(name)
    recipe = fit_recipe(train, features=FEATURES, variant=family.recipe, cleaning=Cleaning(), month=None)
    values, bad = apply_recipe(recipe, train), train["_label"].to_numpy()
    half = TRAIN_ROWS // 2
    parts = [Rows(values=values[cut], bad=bad[cut], weight=np.ones(half)) for cut in (slice(half), slice(half, None))]
    task = FitTask(
        outputs=recipe.outputs(),
        monotone=output_directions(recipe, FEATURES),
        fitting=parts[0],
        holdout=parts[1],
        hyperparameters=family.default(),
        seed=7,
    )
    native = family.fit(task, lambda _rounds, _auc: False)
    calibration = fit_platt(margins(margin_scorer(recipe, native.form(), threads=1), recipe, train), bad)
    score = rounded_score(ScoreScale(), apply_calibration(calibration, native.margin(values)))
    thresholds = refit_grades(score, bad, scale=ScoreScale(), names=("A", "B", "C", "D", "E"), approval_rate=0.7)
    return recipe, native, calibration, thresholds


def served(
    recipe: Recipe, native: Fitted, calibration: Calibration, thresholds: Thresholds, frame: pl.DataFrame
) -> Scores:
    graph = build_graph(recipe=recipe, form=native.form(), calibration=calibration, thresholds=thresholds, metadata={})
    return answers(Scorer(graph_bytes(graph)), recipe, frame)


@pytest.mark.slow
@pytest.mark.parametrize("name", learner_names())
def test_graph_and_native_pipeline_agree_on_a_hundred_thousand_rows(name: str) -> None:
    recipe, native, calibration, thresholds = fitted(name)
    frame = troubled(SCORED_ROWS, recipe)
    graph = served(recipe, native, calibration, thresholds, frame)
    pd = apply_calibration(calibration, native.margin(apply_recipe(recipe, frame)))
    assert np.abs(graph.pd - pd).max() <= LARGEST_DIFFERENCE[name]

    points = thresholds.scale.offset - thresholds.scale.factor * np.log(pd / (1 - pd))
    resolved = np.abs(points - np.floor(points) - 0.5) > (FLOAT32_POINTS if name == "xgboost" else 1e-9)
    native_grade = grade_of(thresholds, rounded_score(thresholds.scale, pd))
    assert resolved.mean() > 0.99
    assert (graph.grade.astype(str)[resolved] == native_grade[resolved]).all()
