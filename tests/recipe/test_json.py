import pytest

from kingmaker.domain.errors import BundleRefused, DataRefused
from kingmaker.recipe.json import recipe_from_json, recipe_to_json
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe


def recipe_of(*numbers, categories=()):
    return Recipe(variant="plain", numbers=numbers, categories=categories)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_json_cannot_hold_is_refused(value):
    with pytest.raises(DataRefused, match="column income has a number that is not finite"):
        recipe_to_json(recipe_of(NumberStep(name="income", clip=(0.0, 1.0), fill=value)))


@pytest.mark.parametrize(
    "step",
    [
        NumberStep(name="x", bins=Bins(edges=(2.0, 1.0), values=(0.0, 1.0, 2.0), missing=0.0)),
        NumberStep(name="x", bins=Bins(edges=(1.0,), values=(0.0,), missing=0.0)),
        NumberStep(name="x", clip=(2.0, 1.0)),
        NumberStep(name="x", spread=0.0),
    ],
)
def test_a_step_that_contradicts_itself_is_refused(step):
    with pytest.raises(DataRefused):
        recipe_to_json(recipe_of(step))


@pytest.mark.parametrize("levels", [("a", "a"), ("a", ""), ("a", "None")])
def test_levels_that_cannot_be_told_apart_are_refused(levels):
    step = CategoryStep(name="x", encoding=Encoding.WOE, levels=levels, values=(0.1, 0.2))
    with pytest.raises(DataRefused):
        recipe_to_json(recipe_of(categories=(step,)))


@pytest.mark.parametrize("data", [b"", b"{}", b'{"variant": "plain", "numbers": 3, "categories": []}'])
def test_bytes_that_are_not_a_recipe_are_refused(data):
    with pytest.raises(BundleRefused, match="recipe"):
        recipe_from_json(data)


def test_a_recipe_is_written_to_be_read():
    text = recipe_to_json(recipe_of(NumberStep(name="income", clip=(0.0, 1e6)))).decode()
    assert '"name": "income"' in text
