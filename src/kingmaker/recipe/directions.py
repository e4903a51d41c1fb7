"""Which way the pd must go with each prepared column: what a learner's monotone constraints are made of."""

from collections.abc import Sequence

from kingmaker.domain.snapshot import Feature
from kingmaker.recipe.spec import NumberStep, Recipe, outputs_of_category


def output_directions(recipe: Recipe, features: Sequence[Feature]) -> tuple[int, ...]:
    """One of -1, 0, +1 for each of the recipe's outputs.

    -1 for every weight of evidence of a `woe` recipe (it rises with the share of goods, and the bins already follow the
    declared direction); the declared direction for a plain number, whose scaling always rises; 0 for the rest.
    """
    declared = {feature.name: feature.monotone for feature in features}
    is_scorecard = recipe.variant == "woe"
    directions: list[int] = []
    for number in recipe.numbers:
        directions.append(_of_number(number, declared.get(number.name, 0), is_scorecard=is_scorecard))
        directions += [0] * number.indicator
    for category in recipe.categories:
        directions += [-1 if is_scorecard else 0] * len(outputs_of_category(category))
    return tuple(directions)


def _of_number(step: NumberStep, declared: int, *, is_scorecard: bool) -> int:
    if step.bins is not None:
        return -1 if is_scorecard else 0
    return declared
