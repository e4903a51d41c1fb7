import json

import numpy as np
import onnxruntime
import polars as pl
import pytest

from kingmaker.bundle.operators import check_graph
from kingmaker.domain.errors import GraphUnsupported
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm, Tree, TreesForm
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe, Scaling
from kingmaker.recipe.tables import apply_recipe

RECIPE = Recipe(
    variant="plain",
    numbers=(
        NumberStep(name="income", clip=(0.0, 1e6), fill=2e4, indicator=True, scaling=Scaling.LOG),
        NumberStep(name="age", bins=Bins(edges=(25.0, 40.0), values=(-0.5, 0.1, 0.6), missing=-0.2)),
        NumberStep(name="debt"),
    ),
    categories=(
        CategoryStep(name="home", encoding=Encoding.ONE_HOT, levels=("rent", "own"), has_other=True, has_missing=True),
        CategoryStep(
            name="state", encoding=Encoding.WOE, levels=("CA", "NY"), values=(0.2, -0.3), other=-0.1, missing=0.05
        ),
    ),
)
LINEAR = LinearForm(intercept=-1.5, coefficients=np.array([0.1, 0.4, -0.8, 2e-4, 0.3, -0.2, 0.1, 0.6, -0.9]))
CALIBRATION = Calibration(intercept=-0.25, slope=1.1)
GRADES = (("A", 540), ("B", 510), ("C", None))
THRESHOLDS = Thresholds(
    scale=ScoreScale(),
    grades=tuple(Grade(name=name, lowest_score=floor, share=1 / 3, bad_rate=0.1) for name, floor in GRADES),
    approve_from=515,
    approval_rate=0.7,
    method="optimal",
)


def applicants(rows, seed=1):
    draw = np.random.default_rng(seed)
    income = draw.lognormal(10, 1, rows)
    income[draw.random(rows) < 0.1] = np.nan
    return pl.DataFrame(
        {
            "income": income,
            "age": draw.integers(18, 80, rows),
            "debt": draw.normal(0, 3000, rows),
            "home": draw.choice(["rent", "own", "parents", "", "None"], rows),
            "state": draw.choice(["CA", "NY", "TX", ""], rows),
        }
    )


def built(form=LINEAR, *, recipe=RECIPE, calibration=CALIBRATION, thresholds=THRESHOLDS, metadata=None):
    return graph_bytes(
        build_graph(recipe=recipe, form=form, calibration=calibration, thresholds=thresholds, metadata=metadata or {})
    )


def scored(data, frame, recipe=RECIPE):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    feed = {"num": number_inputs_of(frame, recipe), "cat": category_inputs_of(frame, recipe)}
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feed), strict=True))


def test_the_graph_answers_margin_pd_score_grade_approval_and_terms():
    frame = applicants(2000)
    answers = scored(built(), frame)
    terms = apply_recipe(RECIPE, frame) * LINEAR.coefficients
    margin = LINEAR.intercept + terms.sum(axis=1)
    log_odds = CALIBRATION.intercept + CALIBRATION.slope * margin
    score = np.round(THRESHOLDS.scale.offset - THRESHOLDS.scale.factor * log_odds)
    np.testing.assert_allclose(answers["terms"], terms, rtol=1e-12)
    np.testing.assert_allclose(answers["margin"], margin, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(answers["pd"], 1 / (1 + np.exp(-log_odds)), rtol=1e-12)
    np.testing.assert_array_equal(answers["score"], score)
    np.testing.assert_array_equal(answers["grade"], np.where(score >= 540, "A", np.where(score >= 510, "B", "C")))
    np.testing.assert_array_equal(answers["approved"], score >= 515)
    assert set(answers["grade"]) == {"A", "B", "C"}


def test_scoring_one_row_equals_scoring_it_in_a_batch():
    frame = applicants(50)
    data = built()
    batch = scored(data, frame)
    for row in range(frame.height):
        alone = scored(data, frame.slice(row, 1))
        for name in ("score", "grade", "approved"):
            assert alone[name][0] == batch[name][row]
        for name in ("margin", "pd", "terms"):
            np.testing.assert_allclose(alone[name][0], batch[name][row], rtol=1e-14)


def test_scores_are_rounded_half_to_even():
    form = LinearForm(intercept=0.0, coefficients=np.array([-1.0]))
    recipe = Recipe(variant="plain", numbers=(NumberStep(name="x"),), categories=())
    scale = ScoreScale(base_score=0.0, base_odds=1.0, points_to_double=float(np.log(2.0)))
    thresholds = Thresholds(
        scale=scale,
        grades=(
            Grade(name="A", lowest_score=1, share=0.5, bad_rate=0.1),
            Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.2),
        ),
        approve_from=0,
        approval_rate=0.5,
        method="optimal",
    )
    data = built(form, recipe=recipe, calibration=Calibration(intercept=0.0, slope=1.0), thresholds=thresholds)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    x = np.array([[0.5], [1.5], [2.5], [-0.5], [3.4]])
    assert session.run(["score"], {"num": x})[0].tolist() == [0, 2, 2, 0, 3]


def test_a_calibration_that_hardly_changes_the_margin_is_carried_out_all_the_same():
    frame = applicants(20)
    slope = 1.0 + 1e-8
    answers = scored(built(calibration=Calibration(intercept=0.0, slope=slope)), frame)
    np.testing.assert_allclose(answers["pd"], 1 / (1 + np.exp(-slope * answers["margin"])), rtol=1e-14)


def test_absurd_margins_give_finite_scores():
    frame = applicants(2).with_columns(debt=pl.Series([1e300, -1e300]))
    answers = scored(built(), frame)
    assert answers["score"].tolist() == sorted(answers["score"].tolist())
    assert np.abs(answers["score"]).max() < 10_000
    assert np.all((answers["pd"] > 0) & (answers["pd"] <= 1))


def test_a_row_whose_margin_is_unknown_is_not_approved():
    frame = applicants(1).with_columns(debt=pl.lit(None, dtype=pl.Float64))
    answers = scored(built(), frame)
    assert np.isnan(answers["pd"][0])
    assert (answers["grade"][0], answers["approved"][0]) == ("C", False)


def test_a_sum_of_trees_routes_missing_values_and_has_no_terms():
    tree = Tree(
        feature=np.array([3, -1, -1]),
        threshold=np.array([100.0, 0.0, 0.0]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        missing_left=np.array([False, False, False]),
        value=np.array([0.0, -0.7, 0.9]),
    )
    form = TreesForm(trees=(tree,), base=-2.0, less_or_equal=True, inputs_are_float32=False)
    frame = applicants(3).with_columns(debt=pl.Series([100.0, 100.5, None]))
    answers = scored(built(form), frame)
    np.testing.assert_allclose(answers["margin"], [-2.7, -1.1, -1.1], rtol=1e-15)
    assert "terms" not in answers


def test_without_calibration_the_graph_answers_the_margin_only():
    form = TreesForm(trees=(), base=-2.0, less_or_equal=True, inputs_are_float32=False)
    assert list(scored(built(form, calibration=None, thresholds=None), applicants(1))) == ["margin"]


def test_an_input_without_columns_is_left_out():
    for recipe, name in (
        (Recipe(variant="plain", numbers=RECIPE.numbers[2:], categories=()), "num"),
        (Recipe(variant="plain", numbers=(), categories=RECIPE.categories[1:]), "cat"),
    ):
        data = built(LinearForm(intercept=0.0, coefficients=np.array([1.0])), recipe=recipe)
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        assert [each.name for each in session.get_inputs()] == [name]


def test_the_same_model_writes_the_same_bytes():
    one = built(metadata={"b": "2", "a": json.dumps([1])})
    two = built(metadata={"a": json.dumps([1]), "b": "2"})
    assert one == two
    assert one != built(calibration=Calibration(intercept=-0.25, slope=1.2), metadata={"a": "1"})


def test_the_graph_uses_allowed_operators_only():
    check_graph(built(), where="model.onnx")


def test_grades_without_a_pd_are_refused():
    with pytest.raises(GraphUnsupported, match="calibrated pd"):
        built(calibration=None)


def test_grades_that_do_not_fall_are_refused():
    rising = Thresholds(
        scale=ScoreScale(),
        grades=tuple(
            Grade(name=name, lowest_score=floor, share=0.3, bad_rate=0.1)
            for name, floor in (("A", 500), ("B", 520), ("C", None))
        ),
        approve_from=515,
        approval_rate=0.7,
        method="optimal",
    )
    with pytest.raises(GraphUnsupported, match="do not fall"):
        built(thresholds=rising)


def test_a_recipe_without_columns_is_refused():
    with pytest.raises(GraphUnsupported, match="no column"):
        built(recipe=Recipe(variant="plain", numbers=(), categories=()))
