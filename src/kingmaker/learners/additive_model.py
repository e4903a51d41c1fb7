"""A fitted additive model: step functions of one or two columns that add up, readable in its JSON file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import AdditiveForm
from kingmaker.learners.canonical import check_width
from kingmaker.learners.step_trees import step_tree
from kingmaker.ports.learner import Floats

FORMAT = "kingmaker additive 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A step function of one or two recipe outputs; see `step_trees.step_tree` for the shapes.

    `mean` is its average over the training rows.
    """

    columns: tuple[int, ...]
    cuts: tuple[Floats, ...]
    scores: Floats
    mean: float

    def score(self, values: Floats) -> Floats:
        """What the term adds to the margin, [rows]."""
        places = tuple(bin_of(values[:, column], cuts) for column, cuts in zip(self.columns, self.cuts, strict=True))
        answer: Floats = self.scores[places]
        return answer


def bin_of(values: Floats, cuts: Floats) -> NDArray[np.int64]:
    """Place of each value's bin: 0 for the missing, then 1 below the first cut, and so on; a cut belongs to the bin above."""
    return np.where(np.isnan(values), 0, 1 + np.searchsorted(cuts, values, side="right"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditiveFitted:
    """See `kingmaker.ports.learner.Fitted`."""

    outputs: tuple[str, ...]
    intercept: float
    terms: tuple[Term, ...]

    @classmethod
    def read(cls, data: bytes) -> "AdditiveFitted":
        """Load the JSON file. Raises GraphUnsupported when it is not an additive model."""
        try:
            told = json.loads(data)
        except ValueError:
            told = None
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise GraphUnsupported(f"the file is not a `{FORMAT}`", remedy="Restore it from the vault.")
        return cls(
            outputs=tuple(told["outputs"]),
            intercept=float(told["intercept"]),
            terms=tuple(_read_term(term) for term in told["terms"]),
        )

    @property
    def rounds(self) -> int | None:
        return None

    @property
    def used_outputs(self) -> tuple[int, ...]:
        return tuple(sorted({column for term in self.terms for column in term.columns}))

    def margin(self, values: Floats) -> Floats:
        check_width(values, len(self.outputs))
        margin = np.full(len(values), self.intercept)
        for term in self.terms:
            margin += term.score(values)
        return margin

    def form(self) -> AdditiveForm:
        return AdditiveForm(
            intercept=self.intercept,
            terms=tuple(step_tree(term.columns, term.cuts, term.scores) for term in self.terms),
            columns=tuple(term.columns for term in self.terms),
            less_or_equal=False,
            averages=np.array([term.mean for term in self.terms], dtype=np.float64),
        )

    def contributions(self, values: Floats) -> Floats:
        """Each term less its mean over the training rows; a term of two columns is split half and half."""
        check_width(values, len(self.outputs))
        answer = np.zeros((len(values), len(self.outputs) + 1))
        answer[:, -1] = self.intercept
        for term in self.terms:
            answer[:, -1] += term.mean
            share = (term.score(values) - term.mean) / len(term.columns)
            for column in term.columns:
                answer[:, column] += share
        return answer

    def to_bytes(self) -> bytes:
        told = {
            "format": FORMAT,
            "intercept": self.intercept,
            "outputs": list(self.outputs),
            "terms": [
                {
                    "columns": list(term.columns),
                    "cuts": [cuts.tolist() for cuts in term.cuts],
                    "scores": term.scores.tolist(),
                    "mean": term.mean,
                }
                for term in self.terms
            ],
        }
        return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def _read_term(told: Mapping[str, Any]) -> Term:
    return Term(
        columns=tuple(int(column) for column in told["columns"]),
        cuts=tuple(np.array(cuts, dtype=np.float64) for cuts in told["cuts"]),
        scores=np.array(told["scores"], dtype=np.float64),
        mean=float(told["mean"]),
    )
