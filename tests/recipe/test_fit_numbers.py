import numpy as np
import polars as pl
import pytest

from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.pipeline.declaration import Cleaning, ColumnCleaning
from kingmaker.recipe.fit import fit_recipe
from kingmaker.recipe.spec import Scaling
from kingmaker.recipe.tables import apply_recipe


def number(name, monotone=0):
    return Feature(name=name, kind=ColumnKind.NUMBER, monotone=monotone)


def table(**columns):
    rows = len(next(iter(columns.values())))
    return pl.DataFrame({**columns, "_label": [0, 1] * (rows // 2) + [0] * (rows % 2)})


def fitted(train, cleaning=None, variant="plain"):
    names = [name for name in train.columns if not name.startswith("_")]
    features = [number(name) for name in names]
    return fit_recipe(train, features=features, variant=variant, cleaning=cleaning or Cleaning())


def cleaning_of(name, **declared):
    return Cleaning(columns={name: ColumnCleaning(**declared)})


def test_numbers_for_trees_are_winsorised_and_keep_their_missing_values():
    values = [*np.arange(2000.0), 1e9, None, float("nan")]
    (step,) = fitted(table(income=values)).numbers
    assert step.clip == (2.0, 1998.0)
    assert (step.fill, step.indicator, step.scaling) == (None, False, Scaling.NONE)
    prepared = apply_recipe(fitted(table(income=values)), table(income=[-5.0, 1e9, None, float("inf")]))
    np.testing.assert_array_equal(prepared, [[2.0], [1998.0], [np.nan], [1998.0]])


def test_nothing_is_learnt_from_rows_that_are_not_given():
    draw = np.random.default_rng(0)
    train = table(income=draw.normal(size=400))
    later = table(income=draw.normal(loc=50, size=400))
    assert fitted(pl.concat([train, later]).head(400)) == fitted(train)
    assert fitted(later) != fitted(train)


def test_a_declared_median_fills_the_missing_and_says_where_they_were():
    train = table(income=[1.0, 2.0, 3.0, 100.0, None, None])
    recipe = fitted(train, cleaning_of("income", missing="median", outliers="keep"))
    assert recipe.outputs() == ("income", "income__missing")
    assert recipe.origins() == ("income", "income")
    np.testing.assert_array_equal(apply_recipe(recipe, train)[-2:], [[2.5, 1.0]] * 2)


def test_a_declared_constant_is_not_winsorised():
    recipe = fitted(table(income=[1.0, 2.0, 3.0, None]), cleaning_of("income", missing=-1.0))
    assert apply_recipe(recipe, table(income=[None]))[0].tolist() == [-1.0, 1.0]


def test_unwinsorised_infinities_are_missing():
    recipe = fitted(table(income=[1.0, 2.0, 3.0, 4.0]), cleaning_of("income", outliers="keep"))
    assert np.isnan(apply_recipe(recipe, table(income=[float("inf"), float("-inf")]))).all()


@pytest.mark.parametrize("kind", ["standard", "min_max", "log"])
def test_declared_scaling_is_fitted_on_winsorised_values(kind):
    values = np.random.default_rng(3).lognormal(size=3000)
    recipe = fitted(table(income=values), cleaning_of("income", scaling=kind))
    clipped = np.clip(values, *recipe.numbers[0].clip)
    expected = {
        "standard": (clipped - clipped.mean()) / clipped.std(),
        "min_max": (clipped - clipped.min()) / np.ptp(clipped),
        "log": np.log(1 + clipped - clipped.min()),
    }[kind]
    np.testing.assert_allclose(apply_recipe(recipe, table(income=values))[:, 0], expected, rtol=1e-9, atol=1e-12)


def test_quantiles_that_coincide_do_not_make_a_rare_value_vanish():
    values = [0.0] * 9999 + [7.0]
    assert fitted(table(claims=values)).numbers[0].clip == (0.0, 7.0)


def test_columns_that_carry_nothing_are_dropped_with_the_reason():
    train = table(income=[1.0, 2.0, 3.0, 4.0], empty=[None] * 4, same=[5.0] * 4)
    recipe = fitted(train.with_columns(pl.col("empty").cast(pl.Float64)))
    assert recipe.outputs() == ("income",)
    assert dict(recipe.dropped) == {
        "empty": "it has no value in the train window",
        "same": "it has one value only in the train window",
    }


def test_a_recipe_without_any_column_left_is_refused():
    with pytest.raises(DataRefused, match="no column is left"):
        fitted(table(same=[5.0] * 4))


def test_a_train_window_without_bads_is_refused():
    with pytest.raises(DataRefused, match="2 good and 0 bad"):
        fitted(pl.DataFrame({"income": [1.0, 2.0], "_label": [0, 0]}))


def test_integers_booleans_and_texts_of_numbers_are_read_as_numbers():
    train = pl.DataFrame({"i": [1, 2, None], "b": [True, False, None], "t": ["1.5", "?", "3"], "_label": [0, 1, 0]})
    prepared = apply_recipe(fitted(train), train)
    np.testing.assert_array_equal(prepared, [[1, 1, 1.5], [2, 0, np.nan], [np.nan, np.nan, 3]])


def test_an_unstable_column_is_dropped_when_that_is_declared():
    draw = np.random.default_rng(5)
    rows = 6000
    month = np.arange(rows) % 6
    train = pl.DataFrame(
        {
            "steady": draw.normal(size=rows),
            "jumps": draw.normal(size=rows) + 3 * (month == 5),
            "_label": (draw.random(rows) < 0.2).astype(int),
            "_applied_at": np.array("2024-01-15", dtype="datetime64[D]") + 30 * month,
        }
    )
    features = [number("steady"), number("jumps")]
    kept = fit_recipe(train, features=features, variant="plain", cleaning=Cleaning())
    assert kept.outputs() == ("steady", "jumps")
    recipe = fit_recipe(train, features=features, variant="plain", cleaning=Cleaning(drop_unstable=True))
    assert recipe.outputs() == ("steady",)
    assert recipe.dropped[0][0] == "jumps"
    assert "PSI" in recipe.dropped[0][1]
