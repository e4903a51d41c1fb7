"""Reason codes: which raw columns pushed an applicant towards bad, and by how many points."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kingmaker.bundle.contents import CutOffs
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Floats, Integers, Scores, Texts
from kingmaker.domain.errors import DeclarationError
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm
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

    The log-odds are split over the model's parts: the graph's own terms for a linear or additive model, otherwise the
    native model's exact Shapley values (Lundberg et al., Nature Machine Intelligence 2, 2020). Parts that stem from one raw
    column are added up, and a pair's part is shared by its two columns. A part is worth its log-odds times the
    calibration's slope times the scale's points per log-odds.
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
        form = model.form()
        self.words = tuple(words.get(column, column) for column in self.columns)
        self._recipe = recipe
        self._model = model
        self._has_terms = isinstance(form, (LinearForm, AdditiveForm))
        points_per_log_odds = cut_offs.calibration.slope * cut_offs.thresholds.scale.factor
        self._weights = points_per_log_odds * _shares(recipe, form, self.columns)

    def points(self, num: Floats | None, cat: Texts | None, scores: Scores) -> Floats:
        """[N, columns] points that each raw column cost (positive) or brought (negative)."""
        if self._has_terms and scores.terms is not None:
            parts = scores.terms
        else:
            parts = self._model.contributions(apply_recipe(self._recipe, self._frame(num, cat)))[:, :-1]
        return parts @ self._weights

    def rank(self, num: Floats | None, cat: Texts | None, scores: Scores, count: int) -> RankedReasons:
        """The `count` columns that cost most, each once; columns that cost nothing are no reasons."""
        lost = np.maximum(self.points(num, cat, scores), 0.0)
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


def _shares(recipe: Recipe, form: ModelForm, columns: tuple[str, ...]) -> Floats:
    """[parts, columns]: which share of each part belongs to which raw column; the shares of a part add up to 1."""
    origins = [columns.index(origin) for origin in recipe.origins()]
    inputs = form.columns if isinstance(form, AdditiveForm) else tuple((place,) for place in range(len(origins)))
    shares = np.zeros((max(len(inputs), 1), len(columns)))
    for part, outputs in enumerate(inputs):
        for output in outputs:
            shares[part, origins[output]] += 1.0 / len(outputs)
    return shares
