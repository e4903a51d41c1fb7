"""A recipe as graph nodes: raw columns in, prepared values out, number for number what the tables get."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

from kingmaker.domain.category import MISSING_TEXTS
from kingmaker.graph.bin_nodes import add_bins
from kingmaker.graph.builder import ML_DOMAIN, GraphBuilder
from kingmaker.graph.product_nodes import add_product
from kingmaker.recipe.spec import CategoryStep, Encoding, NumberStep, Recipe, Scaling, outputs_of_category

Floats = NDArray[np.float64]


def add_recipe(graph: GraphBuilder, recipe: Recipe, *, numbers: str, categories: str) -> str:
    """Add the recipe over `numbers` [N, k] double and `categories` [N, m] string; returns the values [N, outputs] double.

    An input whose columns the recipe does not have may be named "".
    """
    blocks: list[str] = []
    order: list[str] = []
    for step_blocks in (_add_numbers(graph, recipe.numbers, numbers), _add_categories(graph, recipe, categories)):
        for tensor, names in step_blocks:
            blocks.append(tensor)
            order += names
    joined = blocks[0] if len(blocks) == 1 else graph.op("Concat", blocks, axis=1)
    return _pick(graph, joined, [order.index(name) for name in recipe.outputs()], len(order))


def _pick(graph: GraphBuilder, matrix: str, columns: Sequence[int], width: int) -> str:
    """The named columns of a matrix, in that order."""
    if list(columns) == list(range(width)):
        return matrix
    return graph.op("Gather", [matrix, graph.constant(np.array(columns, dtype=np.int64))], axis=1)


def _row(graph: GraphBuilder, values: Sequence[float]) -> str:
    return graph.constant(np.array([values], dtype=np.float64))


def _add_numbers(graph: GraphBuilder, steps: Sequence[NumberStep], numbers: str) -> list[tuple[str, list[str]]]:
    blocks = []
    binned = [place for place, step in enumerate(steps) if step.bins is not None]
    scaled = [place for place, step in enumerate(steps) if step.bins is None]
    if binned:
        raw = _pick(graph, numbers, binned, len(steps))
        missing = graph.op("IsNaN", [raw])
        chosen = [steps[place] for place in binned]
        values = add_bins(graph, [step.bins for step in chosen if step.bins is not None], raw=raw, missing=missing)
        blocks.append((values, [step.name for step in chosen]))
        blocks += _add_indicators(graph, chosen, missing)
    if scaled:
        chosen = [steps[place] for place in scaled]
        raw = _without_infinities(graph, chosen, _pick(graph, numbers, scaled, len(steps)))
        missing = graph.op("IsNaN", [raw])
        values = _add_scaling(graph, chosen, _add_fill(graph, chosen, _add_clip(graph, chosen, raw), missing))
        blocks.append((values, [step.name for step in chosen]))
        blocks += _add_indicators(graph, chosen, missing)
    return blocks


def _add_indicators(graph: GraphBuilder, steps: Sequence[NumberStep], missing: str) -> list[tuple[str, list[str]]]:
    flagged = [place for place, step in enumerate(steps) if step.indicator]
    if not flagged:
        return []
    flags = graph.op("Cast", [missing], to=TensorProto.DOUBLE)
    return [(_pick(graph, flags, flagged, len(steps)), [f"{steps[place].name}__missing" for place in flagged])]


def _without_infinities(graph: GraphBuilder, steps: Sequence[NumberStep], raw: str) -> str:
    """Where a column has no bounds, infinity is missing."""
    if all(step.clip is not None for step in steps):
        return raw
    unbounded = graph.constant(np.array([[step.clip is None for step in steps]]))
    lost = graph.op("And", [graph.op("IsInf", [raw]), unbounded])
    return graph.op("Where", [lost, graph.constant(np.array(np.nan)), raw])


def _add_clip(graph: GraphBuilder, steps: Sequence[NumberStep], values: str) -> str:
    """Comparisons, not Max and Min: those differ between machines in what they make of NaN and of -0."""
    if all(step.clip is None for step in steps):
        return values
    low = _row(graph, [-np.inf if step.clip is None else step.clip[0] for step in steps])
    high = _row(graph, [np.inf if step.clip is None else step.clip[1] for step in steps])
    raised = graph.op("Where", [graph.op("Less", [values, low]), low, values])
    return graph.op("Where", [graph.op("Greater", [raised, high]), high, raised])


def _add_fill(graph: GraphBuilder, steps: Sequence[NumberStep], values: str, missing: str) -> str:
    if all(step.fill is None for step in steps):
        return values
    fill = _row(graph, [np.nan if step.fill is None else step.fill for step in steps])
    return graph.op("Where", [missing, fill, values])


def _add_scaling(graph: GraphBuilder, steps: Sequence[NumberStep], values: str) -> str:
    kinds = {step.scaling for step in steps}
    linear = kinds & {Scaling.STANDARD, Scaling.MIN_MAX}
    scaled = _add_stretch(graph, steps, values) if linear else values
    if Scaling.LOG not in kinds:
        return scaled
    shift = _row(graph, [step.shift for step in steps])
    above = graph.op("Where", [graph.op("Less", [values, shift]), shift, values])
    logarithm = graph.op("Log", [graph.op("Add", [graph.op("Sub", [above, shift]), graph.constant(np.array(1.0))])])
    is_log = graph.constant(np.array([[step.scaling is Scaling.LOG for step in steps]]))
    return graph.op("Where", [is_log, logarithm, scaled])


def _add_stretch(graph: GraphBuilder, steps: Sequence[NumberStep], values: str) -> str:
    stretched = [step.scaling in {Scaling.STANDARD, Scaling.MIN_MAX} for step in steps]
    centre = _row(graph, [step.centre if stretch else 0.0 for step, stretch in zip(steps, stretched, strict=True)])
    factors = [1.0 / step.spread if stretch else 1.0 for step, stretch in zip(steps, stretched, strict=True)]
    return add_product(graph, graph.op("Sub", [values, centre]), np.array([factors], dtype=np.float64))


def _add_categories(graph: GraphBuilder, recipe: Recipe, categories: str) -> list[tuple[str, list[str]]]:
    blocks = []
    for place, step in enumerate(recipe.categories):
        text = _pick(graph, categories, [place], len(recipe.categories))
        names = outputs_of_category(step)
        if step.encoding is not Encoding.ONE_HOT:
            blocks.append((_add_lookup(graph, text, step, step.values, step.missing, step.other), names))
        elif names:
            blocks.append((_add_flags(graph, text, step), names))
    return blocks


def _add_flags(graph: GraphBuilder, text: str, step: CategoryStep) -> str:
    """Number the levels, then others, then missing; and compare with the numbers that have an output."""
    other, missing = len(step.levels), len(step.levels) + 1
    number = _add_lookup(graph, text, step, range(len(step.levels)), missing, other)
    kept = [*range(len(step.levels)), *[other] * step.has_other, *[missing] * step.has_missing]
    return graph.op("Cast", [graph.op("Equal", [number, _row(graph, kept)])], to=TensorProto.DOUBLE)


def _add_lookup(
    graph: GraphBuilder, text: str, step: CategoryStep, values: Sequence[float], missing: float, other: float
) -> str:
    """Levels to doubles; the empty string and the texts that stand for it to `missing`; everything else to `other`."""
    keys = np.array([*step.levels, *MISSING_TEXTS], dtype=object)
    doubles = np.array([*values, *[missing] * len(MISSING_TEXTS)], dtype=np.float64)
    return graph.op(
        "LabelEncoder",
        [text],
        domain=ML_DOMAIN,
        keys_tensor=numpy_helper.from_array(keys),
        values_tensor=numpy_helper.from_array(doubles),
        default_tensor=numpy_helper.from_array(np.array([other], dtype=np.float64)),
    )
