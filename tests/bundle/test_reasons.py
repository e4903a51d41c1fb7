"""Reasons from the bundle alone: what the libraries themselves say, what a bundle must hold for them, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.names import REASONS
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.bundle.reasons.contents import Grounds, ReasonsUnavailable
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.bundle.reasons.split import split_of
from kingmaker.bundle.scorer import Floats
from kingmaker.bundle.writing import BundleContents, files_of, manifest_of, sealed, write_bundle
from kingmaker.domain.errors import BundleRefused
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.learners.additive_model import AdditiveFitted, Term
from kingmaker.learners.lightgbm_model import LightGBMFitted
from kingmaker.learners.scorecard_model import ScorecardFitted
from kingmaker.learners.xgboost_model import XGBoostFitted
from kingmaker.loop.publishing.grounds import grounds_of
from kingmaker.ports.learner import Fitted
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe
from kingmaker.recipe.tables import apply_recipe

from .conftest import CATEGORIES, NUMBERS, RECIPE
from .forests import form_of, graph_of_form, random_tree

SEEDS = st.integers(0, 2**32 - 1)
LEVELS = ("a", "b", "c")
MIXED = Recipe(
    variant="plain",
    numbers=(
        NumberStep(name="amount", clip=(-1e9, 1e9), indicator=True),
        NumberStep(name="income"),
        NumberStep(name="age", bins=Bins(edges=(-0.5, 0.5), values=(0.4, 0.1, -0.3), missing=0.2)),
    ),
    categories=(
        CategoryStep(name="purpose", encoding=Encoding.WOE, levels=LEVELS, values=(0.5, -0.4, 0.1), missing=0.2),
        CategoryStep(name="region", encoding=Encoding.ONE_HOT, levels=LEVELS, has_other=True, has_missing=True),
    ),
)


def people(draw: np.random.Generator, rows: int) -> pl.DataFrame:
    """Amounts are near 1e8 with cents, which float32 cannot tell apart."""
    numbers = draw.normal(size=(rows, 3)) * [0.5, 1.0, 1.0] + [1e8, 0.0, 0.0]
    numbers[draw.random(numbers.shape) < 0.15] = np.nan
    texts = draw.choice([*LEVELS, "never seen", ""], (rows, 2))
    return pl.DataFrame(
        {"amount": numbers[:, 0], "income": numbers[:, 1], "age": numbers[:, 2]}
        | {"purpose": texts[:, 0], "region": texts[:, 1]}
    )


def bad_of(draw: np.random.Generator, values: Floats) -> Floats:
    known = np.nan_to_num(values)
    odds = np.sign(known[:, 0] - 1e8) + known[:, 2] * known[:, 3] + known[:, 4] - 0.5
    bad = (draw.logistic(size=len(values)) < odds).astype(float)
    bad[:2] = 0, 1
    return bad


def split_by_bundle(native: Fitted, recipe: Recipe, frame: pl.DataFrame) -> Floats:
    graph = graph_bytes(build_graph(recipe=recipe, form=native.form(), calibration=None, thresholds=None, metadata={}))
    grounds = grounds_of(recipe, native.form())
    assert grounds is not None
    split = split_of(graph, grounds, recipe.number_inputs() + recipe.category_inputs())
    inputs = {"num": number_inputs_of(frame, recipe), "cat": category_inputs_of(frame, recipe)}
    return split.log_odds({name: matrix for name, matrix in inputs.items() if matrix.shape[1]})


def split_by_model(native: Fitted, recipe: Recipe, frame: pl.DataFrame) -> Floats:
    parts = native.contributions(apply_recipe(recipe, frame))
    columns = recipe.number_inputs() + recipe.category_inputs()
    places = [[place for place, origin in enumerate(recipe.origins()) if origin == column] for column in columns]
    return np.column_stack([parts[:, of_column].sum(axis=1) for of_column in places])


@pytest.mark.oracle
@settings(deadline=None, max_examples=30)
@given(
    seed=SEEDS,
    trees=st.integers(1, 40),
    depth=st.integers(1, 7),
    subsample=st.sampled_from([0.5, 1.0]),
    gamma=st.sampled_from([0.0, 1.0]),
    lightest=st.sampled_from([0.0, 1.0, 20.0]),
)
def test_xgboost_gives_every_column_the_same(
    seed: int, trees: int, depth: int, subsample: float, gamma: float, lightest: float
) -> None:
    draw = np.random.default_rng(seed)
    frame = people(draw, 400)
    values = apply_recipe(MIXED, frame)
    names = [f"output_{place}" for place in range(values.shape[1])]
    rows = xgboost.DMatrix(
        values, label=bad_of(draw, values), weight=draw.random(400) + 0.1, feature_names=names, nthread=1
    )
    asked = {"objective": "binary:logistic", "max_depth": depth, "subsample": subsample, "gamma": gamma}
    booster = xgboost.train({**asked, "min_child_weight": lightest, "nthread": 1, "seed": 3}, rows, trees)
    native = XGBoostFitted.read(bytes(booster.save_raw("ubj")))
    fresh = people(draw, 100)
    own = split_by_model(native, MIXED, fresh)
    np.testing.assert_allclose(split_by_bundle(native, MIXED, fresh), own, rtol=0, atol=1e-4)


@pytest.mark.oracle
@settings(deadline=None, max_examples=30)
@given(
    seed=SEEDS,
    trees=st.integers(1, 40),
    leaves=st.integers(2, 80),
    fewest=st.sampled_from([1, 5, 300]),
    bagging=st.sampled_from([0.5, 1.0]),
)
def test_lightgbm_gives_every_column_the_same(seed: int, trees: int, leaves: int, fewest: int, bagging: float) -> None:
    draw = np.random.default_rng(seed)
    frame = people(draw, 400)
    values = apply_recipe(MIXED, frame)
    rows = lightgbm.Dataset(
        values,
        bad_of(draw, values),
        weight=draw.random(400) + 0.1,
        feature_name=[f"output_{place}" for place in range(values.shape[1])],
    )
    asked = {"objective": "binary", "num_leaves": leaves, "min_data_in_leaf": fewest, "bagging_fraction": bagging}
    booster = lightgbm.train(
        {**asked, "bagging_freq": 1, "num_threads": 1, "verbose": -1, "seed": 3, "min_data_in_bin": 1}, rows, trees
    )
    native = LightGBMFitted.read(booster.model_to_string().encode())
    fresh = people(draw, 100)
    own = split_by_model(native, MIXED, fresh)
    np.testing.assert_allclose(split_by_bundle(native, MIXED, fresh), own, rtol=0, atol=1e-9)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_a_scorecard_gives_every_column_its_products_less_their_average(seed: int) -> None:
    draw = np.random.default_rng(seed)
    frame = people(draw, 60)
    recipe = replace(MIXED, numbers=MIXED.numbers[2:])
    outputs = recipe.outputs()
    native = ScorecardFitted(
        outputs=outputs,
        intercept=float(draw.normal()),
        coefficients=draw.normal(size=len(outputs)) * (draw.random(len(outputs)) < 0.8),
        means=draw.normal(size=len(outputs)),
    )
    own = split_by_model(native, recipe, frame)
    np.testing.assert_allclose(split_by_bundle(native, recipe, frame), own, rtol=0, atol=1e-12)


def additive(draw: np.random.Generator, columns: tuple[tuple[int, ...], ...]) -> AdditiveFitted:
    terms = []
    for of_term in columns:
        cuts = tuple(np.unique(draw.normal(size=int(draw.integers(0, 5)))) for _ in of_term)
        scores = draw.normal(size=tuple(len(one) + 2 for one in cuts))
        terms.append(Term(columns=of_term, cuts=cuts, scores=scores, mean=float(draw.normal())))
    return AdditiveFitted(outputs=MIXED.outputs(), intercept=0.3, terms=tuple(terms))


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_an_additive_model_gives_every_column_its_terms_and_half_of_its_pairs(seed: int) -> None:
    draw = np.random.default_rng(seed)
    frame = people(draw, 60)
    native = additive(draw, ((0,), (2,), (3,), (2, 4), (1, 0), (5,), (0, 6)))
    own = split_by_model(native, MIXED, frame)
    np.testing.assert_allclose(split_by_bundle(native, MIXED, frame), own, rtol=0, atol=1e-12)


def test_a_pair_of_two_outputs_of_one_column_is_that_column_s_alone() -> None:
    draw = np.random.default_rng(8)
    parts = split_by_bundle(additive(draw, ((0, 1),)), MIXED, people(draw, 60))
    assert parts[:, 0].any()
    assert not parts[:, 1:].any()


def test_an_additive_model_without_terms_has_no_reasons_to_give() -> None:
    draw = np.random.default_rng(9)
    assert not split_by_bundle(additive(draw, ()), MIXED, people(draw, 5)).any()


LINEAR = Grounds(origins=(("amount",), ("term",), ("term",), ("purpose",)), averages=(0.1, 0.2, 0.3, 0.4))
TREES = form_of([random_tree(np.random.default_rng(10), 6, 3)])
FOREST = Grounds(origins=(("amount",), ("term",), ("purpose",)), covers=(1.0,) * 7)

Opened = Callable[..., Bundle]


@pytest.fixture
def opened(contents: BundleContents, key: SigningKey, tmp_path: Path) -> Opened:
    """The small bundle with these grounds, sealed whatever they are: as they are told, or as any bytes."""

    def open_with(grounds: Grounds | bytes | None) -> Bundle:
        told = replace(contents, grounds=LINEAR)
        files = files_of(told) | ({REASONS: grounds} if isinstance(grounds, bytes) else {})
        if not isinstance(grounds, bytes):
            told = replace(contents, grounds=grounds)
            files = files_of(told)
        path = tmp_path / "grounds.bundle"
        path.write_bytes(sealed(files, manifest_of(told, files), key))
        return open_bundle(path, trusted=[key.public])

    return open_with


def test_a_bundle_with_its_grounds_tells_reasons_in_points(opened: Opened) -> None:
    bundle = opened(LINEAR)
    points = explainer_of(bundle).points(NUMBERS, CATEGORIES)
    terms = prove(bundle).score(NUMBERS, CATEGORIES).terms
    assert terms is not None
    less = terms - np.array(LINEAR.averages)
    worth = 1.1 * bundle.cut_offs.thresholds.scale.factor
    np.testing.assert_allclose(points, worth * np.column_stack([less[:, 0], less[:, 1] + less[:, 2], less[:, 3]]))


def test_grounds_change_the_version_and_are_the_same_bytes_each_time(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    told = replace(contents, grounds=LINEAR)
    written = [write_bundle(told, key, tmp_path / f"{time}.bundle") for time in range(2)]
    assert written[0].version == written[1].version
    assert written[0].path.read_bytes() == written[1].path.read_bytes()
    assert written[0].version != write_bundle(contents, key, tmp_path / "without.bundle").version


def test_no_rows_have_no_reasons(opened: Opened) -> None:
    explainer = explainer_of(opened(LINEAR))
    ranked = explainer.rank(NUMBERS[:0], CATEGORIES[:0], 2)
    assert ranked.places.shape == ranked.points.shape == (0, 2)


def test_a_bundle_whose_learner_tells_no_covers_scores_but_gives_no_reasons(opened: Opened) -> None:
    bundle = opened(None)
    prove(bundle)
    with pytest.raises(ReasonsUnavailable, match=r"has no `reasons\.json`, so its model cannot tell reasons"):
        explainer_of(bundle)


def test_a_bundle_of_format_1_scores_but_gives_no_reasons(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    files = files_of(contents)
    manifest = manifest_of(contents, files).replace(b'"format": 2', b'"format": 1')
    path = tmp_path / "older.bundle"
    path.write_bytes(sealed(files, manifest, key))
    bundle = open_bundle(path, trusted=[key.public])
    assert bundle.manifest.format == 1
    prove(bundle)
    with pytest.raises(ReasonsUnavailable):
        explainer_of(bundle)


def test_a_bundle_of_format_1_cannot_bring_grounds(contents: BundleContents, key: SigningKey, tmp_path: Path) -> None:
    told = replace(contents, grounds=LINEAR)
    files = files_of(told)
    path = tmp_path / "mixed.bundle"
    path.write_bytes(sealed(files, manifest_of(told, files).replace(b'"format": 2', b'"format": 1'), key))
    with pytest.raises(BundleRefused, match=r"the manifest lists .*reasons\.json"):
        open_bundle(path, trusted=[key.public])


@pytest.mark.parametrize(
    ("grounds", "told"),
    [
        (replace(LINEAR, averages=(0.1, 0.2, 0.3)), "the graph has 4 terms"),
        (replace(LINEAR, origins=LINEAR.origins[:3]), "the graph has 4 terms"),
        (replace(LINEAR, origins=(*LINEAR.origins[:3], ("salary",))), "columns that the model does not read: salary"),
        (replace(LINEAR, origins=(*LINEAR.origins[:3], ())), "a part that stems from no column"),
        (replace(LINEAR, averages=()), "neither averages nor covers, or both"),
        (replace(LINEAR, covers=(1.0,)), "neither averages nor covers, or both"),
        (replace(LINEAR, averages=(), covers=(1.0,)), "the graph's trees cannot be read"),
        (replace(LINEAR, averages=(float("nan"), 0.2, 0.3, 0.4)), "not what a bundle of this format holds"),
        (b"{}", "not what a bundle of this format holds"),
        (b"\xff", "not what a bundle of this format holds"),
        (
            b'{"origins": [["amount"], ["term"], ["term"], ["purpose"]], "averages": [1e999, 0, 0, 0]}',
            "Number out of range",
        ),
    ],
)
def test_grounds_that_do_not_fit_the_graph_are_refused(opened: Opened, grounds: Grounds | bytes, told: str) -> None:
    bundle = opened(grounds)
    prove(bundle)
    with pytest.raises(BundleRefused, match=told):
        explainer_of(bundle)


@pytest.mark.parametrize(
    ("grounds", "told"),
    [
        (replace(FOREST, covers=(1.0,) * 6), "the trees have 7 leaves"),
        (replace(FOREST, covers=(*(1.0,) * 6, -1.0)), "the trees have 7 leaves"),
        (replace(FOREST, origins=FOREST.origins[:1]), "read other columns than the file tells of"),
        (
            replace(FOREST, origins=(("amount", "term"), *FOREST.origins[1:])),
            "read other columns than the file tells of",
        ),
        (replace(FOREST, averages=(0.0,) * 3, covers=()), "the graph has 0 terms"),
    ],
)
def test_covers_that_do_not_fit_the_trees_are_refused(
    contents: BundleContents, opened: Opened, grounds: Grounds, told: str
) -> None:
    bundle = replace(opened(grounds), model=graph_of_form(TREES, 3))
    with pytest.raises(BundleRefused, match=f"`reasons.json` does not fit the graph.*{told}"):
        explainer_of(bundle)


def test_the_small_bundle_reads_what_these_tests_say() -> None:
    assert tuple((origin,) for origin in RECIPE.origins()) == LINEAR.origins
