"""What the reasons of a version rest on: made from its recipe and model, and proven against the model's own account."""

import numpy as np
import polars as pl

from kingmaker.bundle.reasons.contents import Grounds
from kingmaker.bundle.reasons.split import split_of
from kingmaker.domain.errors import ParityBroken
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm, TreesForm
from kingmaker.graph.tree_nodes import constant_tree, leaf_covers
from kingmaker.ports.learner import Fitted
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.spec import Recipe
from kingmaker.recipe.tables import apply_recipe

FURTHEST = 1e-3
"""Log-odds between the two accounts, room for sums in float32: three hundredths of a point, and reasons are told in tenths."""
EXPLAINED = 100
"""Rows to compare: Shapley values cost a thousand times what a score does."""


def proven_grounds(graph: bytes, recipe: Recipe, native: Fitted, frame: pl.DataFrame) -> Grounds | None:
    """What reasons rest on, after some of the frame's rows were split by it and by the model's own account.

    None for trees that do not tell their covers. Raises ParityBroken when the two accounts differ.
    """
    grounds = grounds_of(recipe, native.form())
    if grounds is not None and frame.height:
        _prove(grounds, graph, recipe, native, frame.gather_every(frame.height // EXPLAINED + 1))
    return grounds


def _prove(grounds: Grounds, graph: bytes, recipe: Recipe, native: Fitted, frame: pl.DataFrame) -> None:
    columns = recipe.number_inputs() + recipe.category_inputs()
    inputs = {"num": number_inputs_of(frame, recipe), "cat": category_inputs_of(frame, recipe)}
    feed = {name: matrix for name, matrix in inputs.items() if matrix.shape[1]}
    belongs = np.array([[origin == column for column in columns] for origin in recipe.origins()], dtype=np.float64)
    own = native.contributions(apply_recipe(recipe, frame))[:, :-1] @ belongs
    furthest = float(np.abs(split_of(graph, grounds, columns).log_odds(feed) - own).max())
    if not furthest <= FURTHEST:
        raise ParityBroken(
            f"the reasons differ from the native model's by up to {furthest:.2e} in log-odds (allowed {FURTHEST:.0e})",
            where=f"{frame.height} rows",
            remedy="Nothing was published: look at the covers or averages that the learner's form tells.",
        )


def grounds_of(recipe: Recipe, form: ModelForm) -> Grounds | None:
    """What `reasons.json` holds; None for trees that do not tell their covers."""
    origins = recipe.origins()
    match form:
        case TreesForm():
            covers = leaf_covers(form.trees or (constant_tree(0.0),))
            if covers is None:
                return None
            return Grounds(origins=tuple((origin,) for origin in origins), covers=tuple(covers.tolist()))
        case LinearForm():
            averages = form.averages if form.averages is not None else np.zeros(len(origins))
            return Grounds(origins=tuple((origin,) for origin in origins), averages=tuple(averages.tolist()))
        case AdditiveForm():
            return _of_terms(origins, form)


def _of_terms(origins: tuple[str, ...], form: AdditiveForm) -> Grounds:
    if not form.terms:  # the graph then has one, of nothing
        return Grounds(origins=(origins[:1],), averages=(0.0,))
    averages = form.averages if form.averages is not None else np.zeros(len(form.terms))
    return Grounds(
        origins=tuple(tuple(origins[output] for output in outputs) for outputs in form.columns),
        averages=tuple(averages.tolist()),
    )
