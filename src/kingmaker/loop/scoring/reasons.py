"""Reason codes: which raw columns pushed an applicant towards bad, and by how many points."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kingmaker.bundle.contents import CutOffs
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Floats, Integers, Texts
from kingmaker.domain.errors import DeclarationError
from kingmaker.learners.registry import learner
from kingmaker.ports.learner import Fitted
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Recipe
from kingmaker.recipe.tables import apply_recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A column that cost an applicant points: `points` > 0 is how many, against the model's average applicant."""

    column: str
    words: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedReasons:
    """The strongest reasons of N rows: `places` [N, n] index the explainer's columns, `points` [N, n] fall along a row.

    Where points are 0 there is no reason left: fewer than n columns pushed the row towards bad.
    """

    places: Integers
    points: Floats


class Explainer:
    """Splits the scores of one model over its raw columns. Safe for several threads.

    The native model splits its log-odds over the recipe's outputs, against the average of the rows it was fitted on: exactly
    for linear and additive models, by Shapley values for trees (Lundberg et al., Nature Machine Intelligence 2, 2020). What
    stems from one raw column is added up, and is worth its log-odds times the calibration's slope times the scale's points
    per log-odds.
    """

    def __init__(self, recipe: Recipe, model: Fitted, cut_offs: CutOffs, words: Mapping[str, str]) -> None:
        """`words` says what to call a column towards applicants. Raises DeclarationError for words of an unknown column."""
        self.columns = recipe.number_inputs() + recipe.category_inputs()
        unknown = sorted(set(words) - set(self.columns))
        if unknown:
            raise DeclarationError(
                f"there are words for columns that the model does not read: {', '.join(unknown)}",
                where="words of the reasons",
                remedy=f"The model reads {', '.join(self.columns)}.",
            )
        self.words = tuple(words.get(column, column) for column in self.columns)
        self._recipe = recipe
        self._model = model
        belongs = np.array([[origin == column for column in self.columns] for origin in recipe.origins()])
        self._weights = belongs * (cut_offs.calibration.slope * cut_offs.thresholds.scale.factor)

    def points(self, num: Floats | None, cat: Texts | None) -> Floats:
        """[N, columns] points that each raw column cost (positive) or brought (negative)."""
        parts = self._model.contributions(apply_recipe(self._recipe, self._frame(num, cat)))[:, :-1]
        return parts @ self._weights

    def rank(self, num: Floats | None, cat: Texts | None, count: int) -> RankedReasons:
        """The `count` columns that cost most, each once; columns that cost nothing are no reasons."""
        rows = next(len(matrix) for matrix in (num, cat) if matrix is not None)
        lost = np.maximum(self.points(num, cat), 0.0) if rows else np.empty((0, len(self.columns)))
        places = np.argsort(-lost, axis=1, kind="stable")[:, :count]
        return RankedReasons(places=places, points=np.take_along_axis(lost, places, axis=1))

    def tell(self, ranked: RankedReasons, row: int) -> tuple[Reason, ...]:
        """One row's reasons, strongest first."""
        found = zip(ranked.places[row].tolist(), ranked.points[row].tolist(), strict=True)
        return tuple(
            Reason(column=self.columns[place], words=self.words[place], points=points)
            for place, points in found
            if points > 0
        )

    def _frame(self, num: Floats | None, cat: Texts | None) -> pl.DataFrame:
        numbers = {name: num[:, place] for place, name in enumerate(self._recipe.number_inputs()) if num is not None}
        texts = {
            name: pl.Series(name, cat[:, place].tolist(), dtype=pl.String)
            for place, name in enumerate(self._recipe.category_inputs())
            if cat is not None
        }
        return pl.DataFrame({**numbers, **texts})


def explainer_of(bundle: Bundle, words: Mapping[str, str] | None = None) -> Explainer:
    """The explainer of a bundle's model. Needs the learner that fitted it; raises DeclarationError when it is not installed."""
    model = learner(bundle.lineage.learner).from_bytes(bundle.native)
    return Explainer(recipe_from_json(bundle.recipe), model, bundle.cut_offs, words or {})
