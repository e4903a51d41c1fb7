"""What a version would say of applicants who are made up: its own bundle scores them, and says why."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from kingmaker.bundle.rows import arrays_of
from kingmaker.bundle.scorer import Scores
from kingmaker.domain.errors import KingmakerError
from kingmaker.loop.model_records import ColumnPoints, Judged
from kingmaker.loop.models.opened import OpenedModel

MOST_APPLICANTS: Final = 20
"""Made up by hand; files are scored elsewhere."""

Applicant = Mapping[str, str | int | float | bool | None]
"""Raw values by column; what is absent is missing."""


def judge(model: OpenedModel, applicants: Sequence[Applicant]) -> tuple[Judged, ...]:
    """In the order of the applicants.

    Raises RowUnreadable naming row and field, KingmakerError for none or too many of them and for columns that the model does
    not read: in a made-up row they are slips.
    """
    _refuse(model, applicants)
    num, cat = arrays_of(applicants, model.bundle.schema)
    scores = model.scorer.score(num, cat, terms=False)
    points = None if model.explainer is None else model.explainer.points(num, cat)
    return tuple(_judged(model, scores, row, None if points is None else points[row]) for row in range(len(applicants)))


def _judged(model: OpenedModel, scores: Scores, row: int, points: np.ndarray | None) -> Judged:
    scale = model.bundle.cut_offs.thresholds.scale
    pd = float(scores.pd[row])
    exact = scale.offset + scale.factor * float(np.log((1.0 - pd) / pd))
    columns = model.explainer.columns if model.explainer else ()
    parts = () if points is None else tuple(zip(columns, points.tolist(), strict=True))
    return Judged(
        pd=pd,
        score=int(scores.score[row]),
        grade=str(scores.grade[row]),
        approved=bool(scores.approved[row]),
        exact_score=exact,
        start=None if points is None else exact + float(points.sum()),
        parts=tuple(ColumnPoints(column=column, points=lost) for column, lost in parts),
        no_reasons=model.no_reasons,
    )


def _refuse(model: OpenedModel, applicants: Sequence[Applicant]) -> None:
    if not 1 <= len(applicants) <= MOST_APPLICANTS:
        raise KingmakerError(
            f"{len(applicants)} applicants were given",
            remedy=f"Give 1 to {MOST_APPLICANTS}; `kingmaker score` scores files.",
        )
    names = model.bundle.schema.names
    unknown = sorted({name for applicant in applicants for name in applicant} - set(names))
    if unknown:
        raise KingmakerError(
            f"the model reads no column {', '.join(f'`{name}`' for name in unknown)}",
            remedy=f"It reads {', '.join(names)}.",
        )
