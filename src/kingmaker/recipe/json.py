"""Recipes as JSON: readable for an audit, and the same bytes for the same recipe."""

import math
import sys

import msgspec

from kingmaker.domain.category import MISSING_TEXTS
from kingmaker.domain.errors import BundleRefused, DataRefused
from kingmaker.recipe.spec import CategoryStep, Encoding, NumberStep, Recipe


def recipe_to_json(recipe: Recipe) -> bytes:
    """Raises DataRefused for a number that JSON cannot hold (NaN, infinity) or a step that contradicts itself."""
    fault = _first_fault(recipe)
    if fault:
        raise DataRefused(fault, where="recipe", remedy="Declare another cleaning for the column, or forbid it.")
    return msgspec.json.format(msgspec.json.encode(recipe), indent=1)


def recipe_from_json(data: bytes) -> Recipe:
    """Raises BundleRefused when the bytes are not a recipe."""
    try:
        recipe = msgspec.json.decode(data, type=Recipe)
    except msgspec.DecodeError as error:
        raise BundleRefused(f"the recipe cannot be read: {error}", where="recipe") from error
    fault = _first_fault(recipe)
    if fault:
        raise BundleRefused(fault, where="recipe")
    return recipe


def _first_fault(recipe: Recipe) -> str:
    """A sentence about the first step that cannot be carried out; empty when all can."""
    faults = [_fault_of_number(step) for step in recipe.numbers] + [
        _fault_of_category(step) for step in recipe.categories
    ]
    names = recipe.number_inputs() + recipe.category_inputs()
    repeated = "" if len(set(names)) == len(names) else "a column stands in the recipe twice"
    return next((fault for fault in [*faults, repeated] if fault), "")


def _fault_of_number(step: NumberStep) -> str:
    numbers = [step.shift, step.centre, step.spread, *(step.clip or ())]
    numbers += [] if step.fill is None else [step.fill]
    if step.bins is not None:
        numbers += [*step.bins.edges, *step.bins.values, step.bins.missing]
        if len(step.bins.values) != len(step.bins.edges) + 1:
            return f"column {step.name} needs one bin more than edges"
        if list(step.bins.edges) != sorted(set(step.bins.edges)):
            return f"the bin edges of column {step.name} do not increase"
    if step.clip is not None and step.clip[0] > step.clip[1]:
        return f"the bounds of column {step.name} are the wrong way round"
    if abs(step.spread) < sys.float_info.min:
        return f"column {step.name} would be divided by zero"
    return _fault_of_values(step.name, numbers)


def _fault_of_category(step: CategoryStep) -> str:
    if len(set(step.levels)) != len(step.levels):
        return f"column {step.name} names a level twice"
    if set(step.levels) & set(MISSING_TEXTS):
        return f"column {step.name} has a level that reads as missing"
    if step.encoding is not Encoding.ONE_HOT and len(step.values) != len(step.levels):
        return f"column {step.name} needs one value for each level"
    return _fault_of_values(step.name, [*step.values, step.other, step.missing])


def _fault_of_values(name: str, numbers: list[float]) -> str:
    return "" if all(map(math.isfinite, numbers)) else f"column {name} has a number that is not finite"
