"""Reads the step functions out of interpret's fitted models and averages them, bag over bag."""

from collections.abc import Sequence

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier
from numpy.typing import NDArray

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.learners.additive_model import AdditiveFitted, Term
from kingmaker.ports.learner import Floats, Rows

Integers = NDArray[np.int64]

TOLERANCE = 1e-9
"""Largest difference in log-odds between interpret's answer and the terms read out of it."""


def read_additive(
    models: Sequence[ExplainableBoostingClassifier], outputs: Sequence[str], order: Integers, rows: Rows
) -> AdditiveFitted:
    """The mean of the models as one additive model over the recipe's outputs; `order[k]` is the place of column k.

    `outputs` are the names of the models' columns. Raises GraphUnsupported when the models have different terms or bins.
    """
    first = models[0]
    terms = [_read_term(models, place, rows) for place in range(len(first.term_features_))]
    return AdditiveFitted(
        outputs=tuple(outputs[column] for column in np.argsort(order)),
        intercept=float(np.mean([model.intercept_[0] for model in models])),
        terms=tuple(_over_outputs(term, order) for term in terms if np.any(term.scores)),
    )


def refuse_unless_same(native: Floats, read: Floats) -> None:
    """Raise GraphUnsupported when interpret and the terms read out of it disagree anywhere."""
    difference = float(np.abs(native - read).max())
    if not difference <= TOLERANCE:
        raise GraphUnsupported(
            f"the terms read from the explainable boosting machine differ from it by {difference:g} in log-odds",
            remedy="Pin interpret-core to a version that Kingmaker was tested with.",
        )


def _read_term(models: Sequence[ExplainableBoostingClassifier], place: int, rows: Rows) -> Term:
    columns = tuple(int(column) for column in models[0].term_features_[place])
    cuts = _cuts(models[0], columns)
    for model in models[1:]:
        same = tuple(model.term_features_[place]) == columns and all(
            np.array_equal(one, other) for one, other in zip(cuts, _cuts(model, columns), strict=True)
        )
        if not same:
            raise GraphUnsupported("the bags have different terms or bins", remedy="Fit with one bag.")
    # Along every axis the last score is for levels never seen, which numbers do not have.
    seen = tuple(slice(0, -1) for _ in columns)
    scores = np.mean([model.term_scores_[place][seen] for model in models], axis=0)
    term = _without_idle_cuts(Term(columns=columns, cuts=cuts, scores=scores, mean=0.0))
    mean = float(np.average(term.score(rows.values), weights=rows.weight))
    return Term(columns=term.columns, cuts=term.cuts, scores=term.scores, mean=mean)


def _cuts(model: ExplainableBoostingClassifier, columns: tuple[int, ...]) -> tuple[Floats, ...]:
    """Cuts of a term: interpret keeps finer ones for single columns, coarser ones for pairs where it made them."""
    resolutions = [model.bins_[column] for column in columns]
    return tuple(np.asarray(bins[min(len(columns), len(bins)) - 1], dtype=np.float64) for bins in resolutions)


def _without_idle_cuts(term: Term) -> Term:
    """Leave out cuts of a single column between bins of equal score."""
    if len(term.columns) > 1:
        return term
    missing, bins = term.scores[:1], term.scores[1:]
    acts = bins[1:] != bins[:-1]
    return Term(
        columns=term.columns,
        cuts=(term.cuts[0][acts],),
        scores=np.concatenate([missing, bins[:1], bins[1:][acts]]),
        mean=term.mean,
    )


def _over_outputs(term: Term, order: Integers) -> Term:
    columns = tuple(int(order[column]) for column in term.columns)
    return Term(columns=columns, cuts=term.cuts, scores=term.scores, mean=term.mean)
