import numpy as np
import polars as pl
import pytest

from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.pipeline.declaration import Cleaning, ColumnCleaning
from kingmaker.recipe.fit import fit_recipe
from kingmaker.recipe.inputs import category_inputs_of
from kingmaker.recipe.tables import apply_recipe

STATE = Feature(name="state", kind=ColumnKind.CATEGORY)


def loans(levels, bads=None):
    bads = bads if bads is not None else [0, 1] * (len(levels) // 2)
    return pl.DataFrame({"state": levels, "_label": bads})


def fitted(train, variant="plain", encoding="auto", **cleaning):
    declared = Cleaning(columns={"state": ColumnCleaning(encoding=encoding)}, **cleaning)
    return fit_recipe(train, features=[STATE], variant=variant, cleaning=declared)


def prepared(recipe, *texts):
    return apply_recipe(recipe, pl.DataFrame({"state": pl.Series(texts, dtype=pl.String)}))


def test_rare_levels_are_grouped_and_the_unseen_go_with_them():
    recipe = fitted(loans(["CA"] * 500 + ["NY"] * 490 + ["AK"] * 4 + ["HI"] * 6, [0, 1] * 500), rare=0.01)
    (step,) = recipe.categories
    assert step.levels == ("CA", "NY")
    assert step.has_other
    rare, unseen = prepared(recipe, "HI", "never seen")[:, 0]
    assert rare == unseen == step.other


def test_the_weight_is_the_log_of_good_share_over_bad_share():
    train = loans(["CA"] * 1000 + ["NY"] * 1000, [1] * 100 + [0] * 900 + [1] * 300 + [0] * 700)
    ca, ny = prepared(fitted(train), "CA", "NY")[:, 0]
    assert ca == pytest.approx(np.log(900 / 1600) - np.log(100 / 400), abs=0.01)
    assert ny == pytest.approx(np.log(700 / 1600) - np.log(300 / 400), abs=0.01)


def test_missing_has_its_own_empirical_weight():
    train = loans(
        ["CA"] * 100 + ["NY"] * 100 + [None] * 100, [0] * 90 + [1] * 10 + [0] * 90 + [1] * 10 + [1] * 90 + [0] * 10
    )
    recipe = fitted(train, variant="woe")
    weights = prepared(recipe, None, "", "None", "nan", "NaN")[:, 0]
    assert len(set(weights)) == 1
    assert weights[0] < prepared(recipe, "CA")[0, 0]


def test_one_hot_has_an_output_for_what_training_saw():
    recipe = fitted(loans(["CA"] * 50 + ["NY"] * 48 + ["AK", None]), encoding="one_hot", rare=0.05)
    assert recipe.outputs() == ("state=CA", "state=NY", "state=__other__", "state=__missing__")
    assert recipe.origins() == ("state",) * 4
    np.testing.assert_array_equal(prepared(recipe, "NY", "unseen", None), [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])


def test_ordinal_codes_follow_the_levels_own_order():
    recipe = fitted(loans(["10", "9", "2", "2"]), encoding="ordinal")
    assert prepared(recipe, "2", "9", "10", "unseen", None)[:, 0].tolist() == [0, 1, 2, 3, -1]


def test_a_scorecard_has_weights_whatever_encoding_is_declared():
    recipe = fitted(loans(["CA", "NY", "CA", "NY"]), variant="woe", encoding="one_hot")
    assert recipe.outputs() == ("state",)


def test_too_many_levels_are_refused_with_the_column_and_a_remedy():
    with pytest.raises(DataRefused, match=r"column state.*20 levels.*Forbid it"):
        fitted(loans([str(place) for place in range(20)]), max_levels=10)


def test_a_category_with_one_level_is_dropped():
    train = loans(["CA"] * 4).with_columns(home=pl.Series(["rent", "own"] * 2))
    features = [STATE, Feature(name="home", kind=ColumnKind.CATEGORY)]
    recipe = fit_recipe(train, features=features, variant="plain", cleaning=Cleaning())
    assert recipe.dropped == (("state", "it has one value only in the train window"),)


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pl.Series("state", [1, 20, None]), ["1", "20", ""]),
        (pl.Series("state", [1.0, 20.0, float("nan")]), ["1", "20", ""]),
        (pl.Series("state", [1.5, -0.0, 1e20]), ["1.5", "0", "1e+20"]),
        (pl.Series("state", [True, False, None]), ["true", "false", ""]),
        (pl.Series("state", ["a", "None", "nan"]), ["a", "", ""]),
        (pl.Series("state", ["a", "b", None], dtype=pl.Categorical), ["a", "b", ""]),
        (pl.Series("state", [None, None, None]), ["", "", ""]),
    ],
)
def test_a_category_reads_the_same_whatever_type_its_column_has(column, texts):
    recipe = fitted(loans(["1", "20", "a", "b"]))
    assert category_inputs_of(pl.DataFrame({"state": column}), recipe)[:, 0].tolist() == texts


def test_codes_keep_their_meaning_when_a_null_makes_their_column_floating():
    recipe = fitted(loans([1, 1, 2, 2], [0, 1, 1, 1]))
    with_null = pl.DataFrame({"state": [1.0, 2.0, None]})
    np.testing.assert_array_equal(apply_recipe(recipe, with_null)[:2], prepared(recipe, "1", "2"))
