"""What one column alone does to a version's answers: its reference bins put into every golden row, scored by its own graph."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from kingmaker.bundle.contents import InputField
from kingmaker.bundle.scorer import Floats, Texts
from kingmaker.domain.errors import NotFound
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.loop.model_records import ColumnEffect, EffectAt
from kingmaker.loop.models.opened import OpenedModel

MOST_LEVELS: Final = 30

_Place = tuple[float | str | None, float | None, float | None, float]
"""Value, low, high, share."""


def column_effect(model: OpenedModel, column: str) -> ColumnEffect:
    """Partial dependence (Friedman 2001, Annals of Statistics 29:1189). A bin is scored at its lowest value.

    Raises NotFound for a column that the model does not read.
    """
    schema = model.bundle.schema
    field = next((one for one in schema.fields if one.name == column), None)
    if field is None:
        raise NotFound(
            f"the model reads no column {column!r}",
            where=f"version {model.bundle.short}",
            remedy=f"It reads {', '.join(schema.names)}.",
        )
    is_number = field.kind is ColumnKind.NUMBER
    places = _bins(field) if is_number else _levels(field)
    among = schema.numbers if is_number else schema.categories
    answers = _answers(model, is_number, among.index(field), [value for value, *_ in places])
    return ColumnEffect(
        column=column,
        kind=field.kind,
        rows=len(model.bundle.golden.rows),
        points=tuple(
            EffectAt(value=value, low=low, high=high, share=share, mean_pd=pd, mean_score=score)
            for (value, low, high, share), (pd, score) in zip(places, answers, strict=True)
        ),
        more_levels=max(0, len(field.levels) - MOST_LEVELS),
    )


def _bins(field: InputField) -> list[_Place]:
    known = 1.0 - field.missing
    ends = (field.lowest, *field.edges, field.highest) if field.lowest is not None else ()
    found: list[_Place] = [
        (low, low, high, share * known) for (low, high), share in zip(pairwise(ends), field.shares, strict=True)
    ]
    return _with_missing(found, field)


def _levels(field: InputField) -> list[_Place]:
    known = 1.0 - field.missing
    return _with_missing(
        [(one.level, None, None, one.share * known) for one in field.levels[:MOST_LEVELS]],
        field,
    )


def _with_missing(found: list[_Place], field: InputField) -> list[_Place]:
    return [*found, (None, None, None, field.missing)] if field.missing > 0 or not found else found


def _answers(
    model: OpenedModel, is_number: bool, place: int, values: Sequence[float | str | None]
) -> list[tuple[float, float]]:
    """Mean pd and mean score at each value: every golden row with the value in the column's place, scored at once."""
    rows = len(model.bundle.golden.rows)
    num, cat = _repeated(model.golden, len(values))
    if is_number:
        assert num is not None
        num[:, place] = np.repeat([np.nan if value is None else float(value) for value in values], rows)
    else:
        assert cat is not None
        cat[:, place] = np.repeat(np.array(["" if value is None else value for value in values], dtype=object), rows)
    scores = model.scorer.score(num, cat, terms=False)
    pd, score = (answer.reshape(len(values), rows).mean(axis=1) for answer in (scores.pd, scores.score))
    return list(zip(pd.tolist(), score.tolist(), strict=True))


def _repeated(golden: tuple[Floats | None, Texts | None], times: int) -> tuple[Floats | None, Texts | None]:
    num, cat = golden
    return None if num is None else np.tile(num, (times, 1)), None if cat is None else np.tile(cat, (times, 1))
