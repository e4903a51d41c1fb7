"""A small bundle of real parts: two numbers and a category, a linear model, two grades."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kingmaker.bundle.contents import CutOffs, GoldenRow, GoldenRows, InputSchema, Lineage, Parity
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.references import category_field, number_field
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents, BundleFile, files_of, manifest_of, sealed, write_bundle
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.spec import CategoryStep, Encoding, NumberStep, Recipe

RECIPE = Recipe(
    variant="plain",
    numbers=(
        NumberStep(name="amount", clip=(0.0, 100.0), fill=10.0),
        NumberStep(name="term", fill=12.0, indicator=True),
    ),
    categories=(
        CategoryStep(
            name="purpose", encoding=Encoding.WOE, levels=("1", "car", "true"), values=(0.3, -0.4, 0.1), missing=0.2
        ),
    ),
)
CUT_OFFS = CutOffs(
    calibration=Calibration(intercept=-0.1, slope=1.1),
    thresholds=Thresholds(
        scale=ScoreScale(),
        grades=(
            Grade(name="A", lowest_score=480, share=0.5, bad_rate=0.02),
            Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.2),
        ),
        approve_from=470,
        approval_rate=0.7,
        method="optimal",
    ),
)
NUMBERS = np.array([[5.0, 12.0], [np.nan, 24.0], [80.0, np.nan], [1e9, 6.0]])
CATEGORIES = np.array([["car"], ["1"], [""], ["never seen"]], dtype=object)


def graph_of(coefficients: tuple[float, ...] = (0.01, 0.02, 0.5, 1.0)) -> bytes:
    form = LinearForm(intercept=0.2, coefficients=np.array(coefficients))
    return graph_bytes(
        build_graph(
            recipe=RECIPE,
            form=form,
            calibration=CUT_OFFS.calibration,
            thresholds=CUT_OFFS.thresholds,
            metadata={"by": "test"},
        )
    )


def golden_of(model: bytes) -> GoldenRows:
    scores = Scorer(model).score(NUMBERS, CATEGORIES)
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=tuple(NUMBERS[index].tolist()),
                categories=tuple(CATEGORIES[index].tolist()),
                margin=float(scores.margin[index]),
                pd=float(scores.pd[index]),
                score=int(scores.score[index]),
                grade=str(scores.grade[index]),
                approved=bool(scores.approved[index]),
            )
            for index in range(len(NUMBERS))
        )
    )


def schema_of() -> InputSchema:
    return InputSchema(
        fields=(
            number_field("amount", np.linspace(0, 100, 101)),
            number_field("term", np.array([6.0, 12.0, 24.0, np.nan])),
            category_field("purpose", {"car": 5, "1": 3, "true": 1, "": 1}),
        ),
        id="loan",
    )


@pytest.fixture(scope="session")
def contents() -> BundleContents:
    model = graph_of()
    return BundleContents(
        pipeline="instalment",
        model=model,
        recipe=recipe_to_json(RECIPE),
        native=b'{"intercept": 0.2}',
        native_suffix=".json",
        cut_offs=CUT_OFFS,
        schema=schema_of(),
        golden=golden_of(model),
        lineage=Lineage(
            snapshot="a" * 64,
            declaration="b" * 64,
            as_of=date(2026, 6, 30),
            trial="c" * 64,
            seeds=(7,),
            learner="scorecard",
            hyperparameters={"penalty": 0.5, "bins": 8},
            packages={"numpy": "2.4.6", "onnx": "1.23.2"},
        ),
        pins={"onnxruntime": "1.31.1"},
        parity=Parity(rows=100, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
    )


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.create(tmp_path_factory.mktemp("keys") / "signing.key")


@pytest.fixture
def bundle_file(contents: BundleContents, key: SigningKey, tmp_path: Path) -> BundleFile:
    return write_bundle(contents, key, tmp_path / "model.bundle")


@pytest.fixture
def seal(key: SigningKey, tmp_path: Path) -> Callable[[BundleContents], Path]:
    """Write a correctly signed archive without the publisher's own checks: what a careless publisher would sign."""

    def write(contents: BundleContents) -> Path:
        files = files_of(contents)
        path = tmp_path / "sealed.bundle"
        path.write_bytes(sealed(files, manifest_of(contents, files), key))
        return path

    return write


@pytest.fixture(scope="session")
def other_model() -> bytes:
    return graph_of((0.01, 0.02, 0.5, 1.1))
