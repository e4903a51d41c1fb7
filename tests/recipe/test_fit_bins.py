import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.pipeline.declaration import Cleaning, ColumnCleaning
from kingmaker.recipe.directions import output_directions
from kingmaker.recipe.fit import fit_recipe
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.tables import apply_recipe
from kingmaker.recipe.woe import Totals, pool_to_direction, weight_of_evidence


def income(monotone=0):
    return Feature(name="income", kind=ColumnKind.NUMBER, monotone=monotone)


def loans(rows=4000, slope=-1.0, missing=0.1, seed=0):
    draw = np.random.default_rng(seed)
    value = draw.normal(size=rows)
    bad = draw.random(rows) < 1 / (1 + np.exp(2 - slope * value))
    value[draw.random(rows) < missing] = np.nan
    return pl.DataFrame({"income": value, "_label": bad.astype(int)})


def bins_of(train, monotone=0, **declared):
    cleaning = Cleaning(columns={"income": ColumnCleaning(**declared)})
    recipe = fit_recipe(train, features=[income(monotone)], variant="woe", cleaning=cleaning)
    return recipe.numbers[0].bins


def steps(values):
    return np.sign(np.diff(values))


def test_the_weight_rises_where_the_bad_rate_falls():
    bins = bins_of(loans(slope=-1.0))
    assert len(bins.values) > 3
    assert (steps(bins.values) > 0).all()
    assert (steps(bins_of(loans(slope=1.0)).values) < 0).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.sampled_from([-1, 1]), st.sampled_from(["optimal", "quantile", (-1.0, 0.0, 0.1, 2.0)])
)
def test_a_declared_direction_is_kept_whatever_the_data_say(seed, direction, kind):
    draw = np.random.default_rng(seed)
    train = loans(rows=600, slope=draw.normal(), seed=seed)
    train = train.with_columns(income=pl.col("income").round(1))
    bins = bins_of(train, direction, bins=kind)
    assert (steps(bins.values) == -direction).all()


def test_missing_is_a_bin_with_its_own_weight():
    train = loans(missing=0.2)
    bins = bins_of(train)
    missing = train.filter(pl.col("income").is_nan())["_label"]
    bads, goods = missing.sum(), len(missing) - missing.sum()
    all_bads = train["_label"].sum()
    expected = np.log(goods / bads) - np.log((train.height - all_bads) / all_bads)
    assert bins.missing == pytest.approx(expected, abs=0.02)


def test_missing_values_never_seen_in_training_weigh_nothing():
    assert bins_of(loans(missing=0.0)).missing == 0.0


def test_each_weight_is_that_of_the_rows_in_its_bin():
    train = loans()
    recipe = fit_recipe(train, features=[income()], variant="woe", cleaning=Cleaning())
    weight = apply_recipe(recipe, train)[:, 0]
    bad = train["_label"].to_numpy()
    totals = Totals(goods=float((bad == 0).sum()), bads=float(bad.sum()))
    for value in np.unique(weight):
        inside = bad[weight == value]
        expected = weight_of_evidence(np.array([(inside == 0).sum()]), np.array([inside.sum()]), totals)
        assert value == pytest.approx(expected[0], rel=1e-12)


def test_declared_edges_are_used_as_they_are():
    bins = bins_of(loans(), bins=(1.0, -1.0, 0.5))
    assert bins.edges == (-1.0, 0.5, 1.0)


def test_a_value_on_an_edge_belongs_to_the_bin_above():
    train = loans()
    recipe = fit_recipe(train, features=[income()], variant="woe", cleaning=Cleaning())
    bins = recipe.numbers[0].bins
    on_edges = apply_recipe(recipe, pl.DataFrame({"income": bins.edges}))[:, 0]
    assert on_edges.tolist() == list(bins.values[1:])


def test_a_number_without_a_trend_is_dropped_and_says_so():
    train = pl.DataFrame(
        {
            "noise": [1.0, 2.0] * 200,
            "income": [1.0] * 200 + [2.0] * 200,
            "_label": [0, 0, 0, 0, 0, 0, 0, 0, 1, 1] * 20 + [0, 0, 1, 1] * 50,
        }
    )
    features = [Feature(name=name, kind=ColumnKind.NUMBER) for name in ("noise", "income")]
    recipe = fit_recipe(train, features=features, variant="woe", cleaning=Cleaning())
    assert recipe.dropped == (("noise", "no bins of it differ in their bad rate"),)


def test_fitting_twice_writes_the_same_bytes():
    train = loans()
    one, two = (fit_recipe(train, features=[income()], variant="woe", cleaning=Cleaning()) for _ in range(2))
    assert recipe_to_json(one) == recipe_to_json(two)


def test_the_order_of_the_rows_does_not_matter():
    train = loans()
    shuffled = train.sample(fraction=1.0, shuffle=True, seed=4)
    one, two = (fit_recipe(rows, features=[income()], variant="woe", cleaning=Cleaning()) for rows in (train, shuffled))
    assert one == two


def test_weights_are_never_infinite_and_small_cells_are_drawn_to_zero():
    totals = Totals(goods=950.0, bads=50.0)
    few, many, none = weight_of_evidence(np.array([5.0, 500.0, 0.0]), np.array([0.0, 0.0, 0.0]), totals)
    assert none == 0.0
    assert 0.0 < few < many < np.inf


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12), st.sampled_from([-1, 1]))
def test_pooled_cells_strictly_follow_the_direction(cells, direction):
    goods, bads = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    totals = Totals(goods=goods.sum() + 1, bads=bads.sum() + 1)
    cuts = pool_to_direction(goods, bads, totals, direction)
    starts = [0, *cuts]
    weights = weight_of_evidence(np.add.reduceat(goods, starts), np.add.reduceat(bads, starts), totals)
    assert (steps(weights) == -direction).all()


def test_the_learner_is_told_which_way_the_pd_goes():
    train = loans().with_columns(state=pl.Series(["a", "b"] * 2000))
    features = [income(monotone=1), Feature(name="state", kind=ColumnKind.CATEGORY)]
    woe = fit_recipe(train, features=features, variant="woe", cleaning=Cleaning())
    declared = Cleaning(
        columns={"income": ColumnCleaning(missing="median"), "state": ColumnCleaning(encoding="one_hot")}
    )
    plain = fit_recipe(train, features=features, variant="plain", cleaning=declared)
    assert plain.outputs() == ("income", "income__missing", "state=a", "state=b")
    assert output_directions(plain, features) == (1, 0, 0, 0)
    recipe = fit_recipe(train, features=[income(-1), features[1]], variant="woe", cleaning=Cleaning())
    assert output_directions(recipe, features) == (-1, -1)
    assert output_directions(woe, features) == (-1,) * len(woe.outputs())
