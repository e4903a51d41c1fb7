"""What goes into a bundle beside the graph: schema with reference statistics, golden rows, lineage and pins."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of_package

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.bundle.contents import GoldenRow, GoldenRows, InputSchema, Lineage
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Trial
from kingmaker.loop.publishing.reference import Reference
from kingmaker.loop.selection import Finalist, Refitted
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.spec import Recipe

PINNED = ("kingmaker", "numpy", "onnx", "onnxruntime", "polars")
PACKAGES_OF_LEARNER = {
    "xgboost": ("xgboost-cpu", "xgboost"),
    "lightgbm": ("lightgbm",),
    "scorecard": ("scikit-learn",),
    "ebm": ("interpret-core", "interpret"),
}
"""Names under which a learner's library may be installed."""
GOLDEN_ROWS = 64


def schema_of(pipeline: Pipeline, recipe: Recipe, reference: Reference) -> InputSchema:
    """The raw columns in graph order, with what they looked like on the reference rows."""
    fields = [number_field(name, _numbers(reference.column(name))) for name in recipe.number_inputs()]
    fields += [category_field(name, _levels(reference.column(name))) for name in recipe.category_inputs()]
    identifier = None if pipeline.id == "row number" else pipeline.id
    return InputSchema(fields=tuple(fields), id=identifier, missing_texts=pipeline.source.missing)


def _numbers(column: pl.Series) -> NDArray[np.float64]:
    return column.fill_null(float("nan")).to_numpy()


def _levels(column: pl.Series) -> dict[str, int]:
    counts = column.value_counts(name="rows")
    return dict(zip(counts[column.name], counts["rows"], strict=True))


def golden_rows(scorer: Scorer, recipe: Recipe, frame: pl.DataFrame) -> GoldenRows:
    """Rows spread evenly over the frame (its last ones are edge rows) with the graph's answers."""
    chosen = frame[np.unique(np.linspace(0, frame.height - 1, min(GOLDEN_ROWS, frame.height)).astype(int)).tolist()]
    numbers = number_inputs_of(chosen, recipe)
    categories = category_inputs_of(chosen, recipe)
    sane = np.isfinite(numbers) | np.isnan(numbers)
    numbers = np.where(sane, numbers, np.nan)
    scores = scorer.score(numbers if recipe.numbers else None, categories if recipe.categories else None, terms=False)
    margin = scores.margin
    if margin is None:
        message = "the graph has no margin output"
        raise ValueError(message)
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=tuple(float(value) for value in numbers[index]),
                categories=tuple(str(value) for value in categories[index]),
                margin=float(margin[index]),
                pd=float(scores.pd[index]),
                score=int(scores.score[index]),
                grade=str(scores.grade[index]),
                approved=bool(scores.approved[index]),
            )
            for index in range(chosen.height)
        )
    )


def lineage_of(
    pipeline: Pipeline,
    declaration_digest: str,
    snapshot: Snapshot,
    trial: Trial,
    served: Finalist | Refitted,
    *,
    published_as: str,
) -> Lineage:
    """Where the model comes from; nothing that differs between two runs on the same inputs."""
    return Lineage(
        snapshot=snapshot.digest,
        declaration=declaration_digest,
        as_of=snapshot.as_of,
        trial=trial.key,
        seeds=(pipeline.training.seed, trial.spec.seed),
        learner=trial.spec.learner,
        hyperparameters=dict(sorted(trial.spec.hyperparameters.items())),
        packages=packages_of(trial.spec.learner),
        published_as=published_as,
        fitted_until=served.until,
        fitted_rows=served.rows,
    )


def packages_of(learner: str) -> Mapping[str, str]:
    """Versions of the packages that decide what a model of this learner answers."""
    names = sorted({*PINNED, *PACKAGES_OF_LEARNER.get(learner, ())})
    versions = {name: _version_of(name) for name in names}
    return {"python": platform.python_version()} | {name: found for name, found in versions.items() if found}


def _version_of(package: str) -> str | None:
    try:
        return version_of_package(package)
    except PackageNotFoundError:
        return None
