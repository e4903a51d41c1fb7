"""What a scored file adds up to, and what in it looks wrong."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kingmaker.bundle.contents import InputField, InputSchema
from kingmaker.bundle.scorer import Integers, Scores
from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.loop.scoring.matrices import Matrices

ENOUGH_ROWS = 1000
"""Below this a file may well be uniform."""
MOST = 0.99
"""A share that an unbroken column does not reach by chance."""
OFTEN_MISSING = 0.90
"""A column missing this often when the model was fitted may well be missing altogether."""

Judge = Callable[[InputField, float], Finding | None]
"""Looks at one column and the share of the file's rows that were counted in it."""


@dataclass(slots=True)
class Tally:
    """Counts over the batches so far. Added to from one thread."""

    schema: InputSchema
    rows: int = 0
    approved: int = 0
    pd_sum: float = 0.0
    without_pd: int = 0
    scores: set[int] = field(default_factory=set)
    grades: Counter[str] = field(default_factory=Counter)
    missing_numbers: Integers | None = None
    missing_categories: Integers | None = None
    unseen: Integers | None = None

    def add(self, matrices: Matrices, scores: Scores) -> None:
        """Count one batch."""
        self.rows += len(scores.pd)
        self.approved += int(scores.approved.sum())
        self.pd_sum += float(np.nansum(scores.pd))
        self.without_pd += int(np.isnan(scores.pd).sum())
        self.scores.update(np.unique(scores.score).tolist())
        self.grades.update(Counter(scores.grade.tolist()))
        self.missing_numbers = _sum(self.missing_numbers, matrices.missing_numbers)
        self.missing_categories = _sum(self.missing_categories, matrices.missing_categories)
        self.unseen = _sum(self.unseen, matrices.unseen)

    def findings(self) -> tuple[Finding, ...]:
        """What a person should look at before using the scores; empty for a file too small to judge."""
        if self.rows <= ENOUGH_ROWS:
            return ()
        found = [*self._collapse(), *self._no_answer()]
        found += self._of_columns(self.schema.numbers, self.missing_numbers, _emptied)
        found += self._of_columns(self.schema.categories, self.missing_categories, _emptied)
        found += self._of_columns(self.schema.categories, self.unseen, _unknown)
        return tuple(found)

    def _collapse(self) -> list[Finding]:
        if len(self.scores) > 1:
            return []
        return [
            Finding(
                check="score_collapse",
                severity=Severity.WARNING,
                column=None,
                value=1.0,
                limit=2.0,
                sentence=f"All {self.rows} rows have the same score, {next(iter(self.scores))}.",
                remedy="Do not use the scores before the file's columns have been compared with the model's.",
            )
        ]

    def _no_answer(self) -> list[Finding]:
        if not self.without_pd:
            return []
        return [
            Finding(
                check="no_pd",
                severity=Severity.WARNING,
                column=None,
                value=float(self.without_pd),
                limit=0.0,
                sentence=f"The model gives no pd for {self.without_pd} rows; they are declined.",
                remedy="Look at these rows: a value in them is outside of what the model can read.",
            )
        ]

    def _of_columns(self, fields: tuple[InputField, ...], counts: Integers | None, judge: Judge) -> list[Finding]:
        if counts is None:
            return []
        shares = (counts / self.rows).tolist()
        return [found for one, share in zip(fields, shares, strict=True) if (found := judge(one, share)) is not None]


def _emptied(field: InputField, share: float) -> Finding | None:
    if share < MOST or field.missing > OFTEN_MISSING:
        return None
    return Finding(
        check="column_emptied",
        severity=Severity.WARNING,
        column=field.name,
        value=share,
        limit=MOST,
        sentence=f"`{field.name}` is missing in {share:.1%} of the rows, and was in {field.missing:.1%} when fitted.",
        remedy="Find out why the column is empty before using the scores.",
    )


def _unknown(field: InputField, share: float) -> Finding | None:
    if share < MOST:
        return None
    return Finding(
        check="levels_unknown",
        severity=Severity.WARNING,
        column=field.name,
        value=share,
        limit=MOST,
        sentence=f"`{field.name}` holds, in {share:.1%} of the rows, levels that the model has never seen.",
        remedy="Compare how the column is spelt here and in the training data.",
    )


def _sum(total: Integers | None, more: Integers) -> Integers:
    return more if total is None else total + more
