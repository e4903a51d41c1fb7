"""Everything both contenders score with: one XGBoost model, as a bundle and as booster, and the file of rows.

Arguments: the folder, and the numbers of rows. Runs in a process of its own; what exists is kept.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost

from kingmaker.bundle.contents import CutOffs, GoldenRow, GoldenRows, InputSchema, Lineage, Parity
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.references import number_field
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents, write_bundle
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.learners.registry import learner
from kingmaker.loop.publishing.grounds import grounds_of
from kingmaker.ports.learner import FitTask, Fitted, Rows
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.spec import NumberStep, Recipe

COLUMNS = tuple(f"column_{place:02}" for place in range(30))
TREES, DEPTH = 300, 6
ROW_GROUP = 250_000
CUT_OFFS = CutOffs(
    calibration=Calibration(intercept=0.0, slope=1.0),
    thresholds=Thresholds(
        scale=ScoreScale(),
        grades=(
            Grade(name="A", lowest_score=560, share=0.5, bad_rate=0.05),
            Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.3),
        ),
        approve_from=540,
        approval_rate=0.7,
        method="optimal",
    ),
)


def rows_file(folder: Path, rows: int) -> Path:
    return folder / f"applicants_{rows}.parquet"


def make_rows(folder: Path, rows: int) -> None:
    """30 float32 columns, one value in twenty missing, and an application's name."""
    path = rows_file(folder, rows)
    if path.exists():
        return
    draw = np.random.default_rng(11)
    columns = {name: pa.array(_with_gaps(draw, rows)) for name in COLUMNS}
    names = pa.array([f"A{number:08}" for number in range(rows)])
    pq.write_table(pa.table({"application": names, **columns}), path, row_group_size=ROW_GROUP)


def make_model(folder: Path) -> None:
    """`model.bundle` with its `signing.key`, and the same booster as `model.ubj`."""
    if (folder / "model.ubj").exists():
        return
    draw = np.random.default_rng(12)
    values = np.column_stack([_with_gaps(draw, 50_000) for _ in COLUMNS]).astype(np.float64)
    odds = np.nan_to_num(values[:, :8]).sum(axis=1) - 2.0 + np.nan_to_num(values[:, 8] * values[:, 9])
    rows = Rows(values=values, bad=(draw.logistic(size=len(odds)) < odds).astype(float), weight=np.ones(len(odds)))
    chosen = learner("xgboost")
    fitted = chosen.fit(
        FitTask(
            outputs=COLUMNS,
            monotone=(0,) * len(COLUMNS),
            fitting=rows,
            holdout=rows,
            hyperparameters={**chosen.default(), "max_depth": DEPTH},
            seed=7,
            rounds=TREES,
        ),
        _never,
    )
    _write_bundle(folder, fitted, values)
    booster = xgboost.Booster(model_file=bytearray(fitted.to_bytes()))
    booster.feature_names = list(COLUMNS)
    booster.save_model(folder / "model.ubj")


def _with_gaps(draw: np.random.Generator, rows: int) -> np.ndarray:
    values = draw.standard_normal(rows, dtype=np.float32)
    values[draw.random(rows) < 0.05] = np.nan
    return values


def _never(_rounds: int, _auc: float) -> bool:
    return False


def _write_bundle(folder: Path, fitted: Fitted, values: np.ndarray) -> None:
    recipe = Recipe(variant="plain", numbers=tuple(NumberStep(name=name) for name in COLUMNS), categories=())
    graph = graph_bytes(
        build_graph(
            recipe=recipe,
            form=fitted.form(),
            calibration=CUT_OFFS.calibration,
            thresholds=CUT_OFFS.thresholds,
            metadata={},
        )
    )
    golden = _golden_rows(graph, values[:5])
    contents = BundleContents(
        pipeline="benchmark",
        model=graph,
        recipe=recipe_to_json(recipe),
        native=fitted.to_bytes(),
        native_suffix=".ubj",
        cut_offs=CUT_OFFS,
        schema=InputSchema(
            fields=tuple(number_field(name, values[:, place]) for place, name in enumerate(COLUMNS)), id="application"
        ),
        golden=golden,
        lineage=Lineage(
            snapshot="a" * 64,
            declaration="b" * 64,
            as_of=date(2026, 1, 31),
            trial="c" * 64,
            seeds=(7,),
            learner="xgboost",
            hyperparameters={},
            packages={},
        ),
        pins={},
        parity=Parity(rows=5, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
        grounds=grounds_of(recipe, fitted.form()),
    )
    (folder / "signing.key").unlink(missing_ok=True)
    write_bundle(contents, SigningKey.create(folder / "signing.key"), folder / "model.bundle")


def _golden_rows(graph: bytes, values: np.ndarray) -> GoldenRows:
    scores = Scorer(graph).score(values, None)
    if scores.margin is None:
        raise ValueError("the graph tells no margin")
    answers = zip(values, scores.margin, scores.pd, scores.score, scores.grade, scores.approved, strict=True)
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=tuple(row.tolist()),
                categories=(),
                margin=float(margin),
                pd=float(pd),
                score=int(score),
                grade=str(grade),
                approved=bool(approved),
            )
            for row, margin, pd, score, grade, approved in answers
        )
    )


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    make_model(where)
    for count in sys.argv[2:]:
        make_rows(where, int(count))
