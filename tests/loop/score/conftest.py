"""Bundles of real learners to score files with: a tree model on numbers and a category, and a scorecard."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kingmaker.bundle.contents import CutOffs, GoldenRow, GoldenRows, InputSchema, Lineage, Parity
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents, write_bundle
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.learners.registry import learner
from kingmaker.loop.publishing.grounds import grounds_of
from kingmaker.ports.learner import FitTask, Fitted, Rows
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe
from kingmaker.recipe.tables import apply_recipe

CUT_OFFS = CutOffs(
    calibration=Calibration(intercept=0.0, slope=1.0),
    thresholds=Thresholds(
        scale=ScoreScale(),
        grades=(
            Grade(name="A", lowest_score=500, share=0.5, bad_rate=0.1),
            Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.4),
        ),
        approve_from=490,
        approval_rate=0.7,
        method="optimal",
    ),
)
PURPOSE = CategoryStep(
    name="purpose", encoding=Encoding.WOE, levels=("1", "2", "true"), values=(0.8, -0.8, 0.0), missing=0.1
)
PLAIN = Recipe(variant="plain", numbers=(NumberStep(name="amount"), NumberStep(name="income")), categories=(PURPOSE,))
BINNED = Recipe(
    variant="woe",
    numbers=tuple(
        NumberStep(name=name, bins=Bins(edges=(-0.5, 0.5), values=values, missing=0.0))
        for name, values in (("amount", (0.9, 0.0, -0.9)), ("income", (-0.5, 0.0, 0.5)))
    ),
    categories=(PURPOSE,),
)


def applicants(rows: int, seed: int = 3) -> pl.DataFrame:
    """`amount` raises the risk, `income` lowers it, purpose 2 is riskier than purpose 1."""
    random = np.random.default_rng(seed)
    amount = np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows))
    return pl.DataFrame(
        {
            "loan": [f"L{number:06}" for number in range(rows)],
            "amount": pl.Series(amount).fill_nan(None),
            "income": random.normal(size=rows),
            "purpose": pl.Series(random.choice(["1", "2", ""], rows)).replace("", None),
            "note": ["not a feature"] * rows,
        }
    )


def never(rounds: int, auc: float) -> bool:
    """The pruner that lets every trial finish."""
    return False


def fitted(name: str, recipe: Recipe) -> Fitted:
    frame = applicants(2000)
    odds = (
        frame["amount"].fill_null(0.0) - 0.7 * frame["income"] + 0.5 * (frame["purpose"] == "2").fill_null(value=False)
    )
    bad = (np.random.default_rng(5).logistic(size=2000) < odds.to_numpy() - 1).astype(float)
    rows = Rows(values=apply_recipe(recipe, frame), bad=bad, weight=np.ones(2000))
    chosen = learner(name)
    outputs = recipe.outputs()
    task = FitTask(
        outputs=outputs,
        monotone=(0,) * len(outputs),
        fitting=rows,
        holdout=rows,
        hyperparameters=chosen.default(),
        seed=7,
        rounds=None if name == "scorecard" else 20,
    )
    return chosen.fit(task, never)


def golden_of(model: bytes, frame: pl.DataFrame, recipe: Recipe) -> GoldenRows:
    num, cat = number_inputs_of(frame, recipe), category_inputs_of(frame, recipe)
    scores = Scorer(model).score(num, cat)
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=tuple(num[row].tolist()),
                categories=tuple(cat[row].tolist()),
                margin=float(scores.margin[row]),
                pd=float(scores.pd[row]),
                score=int(scores.score[row]),
                grade=str(scores.grade[row]),
                approved=bool(scores.approved[row]),
            )
            for row in range(len(num))
        )
    )


def bundle_of(name: str, recipe: Recipe, folder: Path) -> Bundle:
    native = fitted(name, recipe)
    graph = build_graph(
        recipe=recipe,
        form=native.form(),
        calibration=CUT_OFFS.calibration,
        thresholds=CUT_OFFS.thresholds,
        metadata={},
    )
    model, frame = graph_bytes(graph), applicants(2000)
    fields = [number_field(one, frame[one].fill_null(float("nan")).to_numpy()) for one in recipe.number_inputs()]
    counts = dict(frame["purpose"].fill_null("").value_counts().iter_rows())
    contents = BundleContents(
        pipeline="instalment",
        model=model,
        recipe=recipe_to_json(recipe),
        native=native.to_bytes(),
        native_suffix=learner(name).native_suffix,
        cut_offs=CUT_OFFS,
        schema=InputSchema(fields=(*fields, category_field("purpose", {**counts, "true": 1})), id="loan"),
        golden=golden_of(model, frame.head(5), recipe),
        lineage=Lineage(
            snapshot="a" * 64,
            declaration="b" * 64,
            as_of=date(2026, 6, 30),
            trial="c" * 64,
            seeds=(7,),
            learner=name,
            hyperparameters=learner(name).default(),
            packages={},
        ),
        pins={},
        parity=Parity(rows=5, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
        grounds=grounds_of(recipe, native.form()),
    )
    key = SigningKey.create(folder / "signing.key")
    return open_bundle(write_bundle(contents, key, folder / "model.bundle").path, trusted=[key.public])


@pytest.fixture(scope="session")
def trees_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `trees` lies: model.bundle and signing.key."""
    return tmp_path_factory.mktemp("trees")


@pytest.fixture(scope="session")
def trees(trees_folder: Path) -> Bundle:
    return bundle_of("lightgbm", PLAIN, trees_folder)


@pytest.fixture(scope="session")
def scorecard(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle_of("scorecard", BINNED, tmp_path_factory.mktemp("scorecard"))


@pytest.fixture(scope="session")
def people() -> Callable[[int], pl.DataFrame]:
    return applicants
