"""Reason codes: which raw columns pushed an applicant towards bad, and by how many points."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kingmaker.bundle.names import REASONS
from kingmaker.bundle.native.forest import Floats, Integers
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.reasons.columns import Unfitting
from kingmaker.bundle.reasons.contents import grounds_in
from kingmaker.bundle.reasons.split import Split, split_of
from kingmaker.bundle.scorer import Texts
from kingmaker.domain.errors import BundleRefused, DeclarationError


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

    Exactly by the terms of linear and additive models, by Shapley values for trees; a column's log-odds are worth the
    calibration's slope times the scale's points per log-odds.
    """

    def __init__(self, bundle: Bundle, words: Mapping[str, str]) -> None:
        """`words` says what to call a column towards applicants. Prepares the forest, which takes a moment.

        Raises DeclarationError for words of a column that the model does not read; ReasonsUnavailable for a bundle
        without `reasons.json`, BundleRefused for one that is not about its graph.
        """
        fields = bundle.schema.numbers + bundle.schema.categories
        self.columns = tuple(field.name for field in fields)
        unknown = sorted(set(words) - set(self.columns))
        if unknown:
            raise DeclarationError(
                f"there are words for columns that the model does not read: {', '.join(unknown)}",
                where="words of the reasons",
                remedy=f"The model reads {', '.join(self.columns)}.",
            )
        self.words = tuple(words.get(column, column) for column in self.columns)
        self._split = _split_of(bundle, self.columns)
        self._worth = bundle.cut_offs.calibration.slope * bundle.cut_offs.thresholds.scale.factor

    def points(self, num: Floats | None, cat: Texts | None) -> Floats:
        """[N, columns] points that each raw column cost (positive) or brought (negative). `num` and `cat` as the scorer's."""
        feed = {name: matrix for name, matrix in (("num", num), ("cat", cat)) if matrix is not None}
        if not len(next(iter(feed.values()))):
            return np.empty((0, len(self.columns)))
        return self._split.log_odds(feed) * self._worth

    def rank(self, num: Floats | None, cat: Texts | None, count: int) -> RankedReasons:
        """The `count` columns that cost most, each once; columns that cost nothing are no reasons."""
        lost = np.maximum(self.points(num, cat), 0.0)
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


def explainer_of(bundle: Bundle, words: Mapping[str, str] | None = None) -> Explainer:
    """The explainer of a bundle's model, prepared. Raises what `Explainer` raises."""
    return Explainer(bundle, words or {})


def _split_of(bundle: Bundle, columns: tuple[str, ...]) -> Split:
    where = f"bundle {bundle.short} of {bundle.pipeline}"
    grounds = grounds_in(bundle.reasons, where=where)
    try:
        return split_of(bundle.model, grounds, columns)
    except Unfitting as error:
        raise BundleRefused(
            f"`{REASONS}` does not fit the graph: {error}",
            where=where,
            remedy="Ask for no reasons, which the scores do without, or publish the version again.",
        ) from error
