"""Small models: two numbers and a category, or numbers alone."""

from datetime import date

import numpy as np
from tests.serving.publisher import CUT_OFFS

from kingmaker.bundle.contents import GoldenRow, GoldenRows, InputSchema, Lineage, Parity
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.spec import CategoryStep, Encoding, NumberStep, Recipe

_NUMBERS = (
    NumberStep(name="amount", clip=(0.0, 100.0), fill=10.0),
    NumberStep(name="term", fill=12.0, indicator=True),
)
_PURPOSE = CategoryStep(
    name="purpose", encoding=Encoding.WOE, levels=("1", "car", "true"), values=(0.3, -0.4, 0.1), missing=0.2
)


def contents_of(*, categories: bool = True, intercept: float = 0.2) -> BundleContents:
    recipe = Recipe(variant="plain", numbers=_NUMBERS, categories=(_PURPOSE,) if categories else ())
    coefficients = np.array([0.01, 0.02, 0.5, 1.0] if categories else [0.01, 0.02, 0.5])
    model = graph_bytes(
        build_graph(
            recipe=recipe,
            form=LinearForm(intercept=intercept, coefficients=coefficients),
            calibration=CUT_OFFS.calibration,
            thresholds=CUT_OFFS.thresholds,
            metadata={"by": "test"},
        )
    )
    fields = [
        number_field("amount", np.linspace(0, 100, 101)),
        number_field("term", np.array([6.0, 12.0, 24.0, np.nan])),
        category_field("purpose", {"car": 5, "1": 3, "true": 1, "": 1}),
    ]
    return BundleContents(
        pipeline="instalment",
        model=model,
        recipe=recipe_to_json(recipe),
        native=b"{}",
        native_suffix=".json",
        cut_offs=CUT_OFFS,
        schema=InputSchema(fields=tuple(fields[: 3 if categories else 2]), id="loan"),
        golden=_golden(model, categories),
        lineage=Lineage(
            snapshot="a" * 64,
            declaration="b" * 64,
            as_of=date(2026, 6, 30),
            trial="c" * 64,
            seeds=(7,),
            learner="scorecard",
            hyperparameters={},
            packages={},
        ),
        pins={},
        parity=Parity(rows=100, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
    )


def _golden(model: bytes, categories: bool) -> GoldenRows:
    numbers = np.array([[5.0, 12.0], [np.nan, 24.0], [80.0, np.nan]])
    texts = np.array([["car"], ["1"], [""]], dtype=object) if categories else None
    scores = Scorer(model).score(numbers, texts)
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=tuple(numbers[row].tolist()),
                categories=tuple(texts[row].tolist()) if texts is not None else (),
                margin=float(scores.margin[row]),
                pd=float(scores.pd[row]),
                score=int(scores.score[row]),
                grade=str(scores.grade[row]),
                approved=bool(scores.approved[row]),
            )
            for row in range(len(numbers))
        )
    )
