"""What the reasons of a version rest on, made from its recipe and its model, and proven against the model's own account."""

import numpy as np

from kingmaker.bundle.reasons.contents import Grounds
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm, TreesForm
from kingmaker.graph.tree_nodes import constant_tree, leaf_covers
from kingmaker.recipe.spec import Recipe


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
