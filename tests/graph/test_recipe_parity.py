"""One law: a recipe gives the same numbers as Polars expressions over a table and as nodes of a graph."""

import math

import numpy as np
import onnxruntime
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.category import MISSING_TEXTS
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.json import recipe_from_json, recipe_to_json
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe, Scaling
from kingmaker.recipe.tables import apply_recipe

FINITE = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e300, -1e300, 1e-300, 5e-324, 123456789.01]),
    st.integers(-5, 5).map(float),
)
VALUE = st.floats(-10, 10)
LEVEL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4).filter(
    lambda text: text not in MISSING_TEXTS
)


@st.composite
def bins(draw):
    edges = sorted({edge + 0.0 for edge in draw(st.lists(FINITE, max_size=9))})
    values = draw(st.lists(VALUE, min_size=len(edges) + 1, max_size=len(edges) + 1))
    return Bins(edges=tuple(edges), values=tuple(values), missing=draw(VALUE))


@st.composite
def number_steps(draw, name):
    bounds = draw(st.none() | st.tuples(FINITE, FINITE).map(sorted).map(tuple))
    return NumberStep(
        name=name,
        clip=bounds,
        fill=draw(st.none() | FINITE),
        indicator=draw(st.booleans()),
        scaling=draw(st.sampled_from(Scaling)),
        shift=draw(FINITE),
        # the runtime's optimiser takes a single constant that is 0 in single precision for 0
        centre=draw(FINITE.filter(lambda centre: centre == 0 or abs(centre) > 1e-37)),
        spread=draw(FINITE.filter(lambda spread: abs(spread) > 1e-300) | st.just(1 + 1e-9)),
        bins=draw(st.none() | bins()),
    )


@st.composite
def category_steps(draw, name):
    levels = draw(st.lists(LEVEL, unique=True, max_size=5))
    encoding = draw(st.sampled_from(Encoding))
    has_output = bool(levels) or encoding is not Encoding.ONE_HOT
    return CategoryStep(
        name=name,
        encoding=encoding,
        levels=tuple(levels),
        values=() if encoding is Encoding.ONE_HOT else tuple(draw(VALUE) for _ in levels),
        other=draw(VALUE),
        missing=draw(VALUE),
        has_other=draw(st.booleans()),
        has_missing=draw(st.booleans()) or not has_output,
    )


@st.composite
def recipes(draw):
    numbers, categories = draw(st.tuples(st.integers(0, 4), st.integers(0, 3)).filter(any))
    return Recipe(
        variant="plain",
        numbers=tuple(draw(number_steps(f"n{place}")) for place in range(numbers)),
        categories=tuple(draw(category_steps(f"c{place}")) for place in range(categories)),
    )


def telling_numbers(step):
    """Values on the step's own limits, and next to them."""
    limits = [*(step.clip or ()), step.shift, step.centre, *(step.bins.edges if step.bins else ())]
    near = [math.nextafter(limit, toward) for limit in limits for toward in (-math.inf, math.inf)]
    return st.sampled_from([None, float("nan"), float("inf"), float("-inf"), *limits, *near]) | FINITE


@st.composite
def recipes_with_rows(draw):
    recipe = draw(recipes())
    rows = draw(st.integers(1, 12))
    columns = {}
    for step in recipe.numbers:
        values = draw(st.lists(telling_numbers(step), min_size=rows, max_size=rows))
        columns[step.name] = pl.Series(values, dtype=pl.Float64)
    for step in recipe.categories:
        texts = st.sampled_from([None, *MISSING_TEXTS, "unseen", *step.levels]) | LEVEL
        columns[step.name] = pl.Series(draw(st.lists(texts, min_size=rows, max_size=rows)), dtype=pl.String)
    return recipe, pl.DataFrame(columns)


def values_of_graph(recipe, frame):
    """A linear form with every coefficient 1 has the prepared values as its terms."""
    form = LinearForm(intercept=0.0, coefficients=np.ones(len(recipe.outputs())))
    data = graph_bytes(build_graph(recipe=recipe, form=form, calibration=None, thresholds=None, metadata={}))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    numbers, texts = number_inputs_of(frame, recipe), category_inputs_of(frame, recipe)

    def run(start, stop):
        feed = {"num": numbers[start:stop], "cat": texts[start:stop]}
        return session.run(["terms"], {name: array for name, array in feed.items() if array.shape[1]})[0]

    return run(0, frame.height), np.concatenate([run(row, row + 1) for row in range(frame.height)])


@settings(max_examples=60, deadline=None)
@given(recipes_with_rows())
def test_a_recipe_gives_the_same_numbers_over_tables_and_in_the_graph(case):
    recipe, frame = case
    together, one_by_one = values_of_graph(recipe, frame)
    np.testing.assert_allclose(together, apply_recipe(recipe, frame), rtol=1e-12, atol=0)
    # onnxruntime takes logarithms several at a time and one at a time by different routes, which differ in the last bit
    np.testing.assert_allclose(one_by_one, together, rtol=5e-16, atol=0)


@settings(max_examples=30, deadline=None)
@given(recipes())
def test_a_recipe_survives_the_way_through_json(recipe):
    data = recipe_to_json(recipe)
    assert recipe_from_json(data) == recipe
    assert recipe_to_json(recipe_from_json(data)) == data


@settings(max_examples=30, deadline=None)
@given(st.floats(1 - 9e-7, 1 + 9e-7), st.lists(st.floats(width=64), min_size=1, max_size=8))
def test_a_spread_that_is_nearly_one_changes_no_bit_at_any_magnitude(spread, values):
    recipe = Recipe(
        variant="plain",
        numbers=(NumberStep(name="n", scaling=Scaling.STANDARD, spread=spread),),
        categories=(),
    )
    frame = pl.DataFrame({"n": pl.Series([8.99e307, -8.99e307, 5e-324, *values], dtype=pl.Float64)})
    together, one_by_one = values_of_graph(recipe, frame)
    np.testing.assert_array_equal(together, apply_recipe(recipe, frame))
    np.testing.assert_array_equal(one_by_one, together)
