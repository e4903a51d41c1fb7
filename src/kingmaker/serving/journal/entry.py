"""One line a scored row: what was asked, who answered, and what."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.scorer import Floats, Scores, Texts
from kingmaker.bundle.stepped import SteppedGraph

FORMAT = 1
"""Grows when a reader of the older format would misread a segment."""

Role = Literal["champion", "canary", "shadow"]

_Item = TypeVar("_Item", bound=np.generic)
_LARGEST = float(np.finfo(np.float64).max)
_NOT_IN_A_NAME = frozenset('"\\') | {chr(code) for code in range(0x20)}
"""What msgspec cannot write as the name of a field."""


class Stepped(msgspec.Struct, frozen=True, gc=False):
    """Answers as the compiled library gave them, [5, N], which the journal's thread makes scores of."""

    graph: SteppedGraph
    answers: Floats

    def scores(self) -> Scores:
        return Scores(**self.graph.told(self.answers), terms=None)


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Rows that one version scored together. The arrays are read later, in another thread: nobody may change them.

    `at` is in seconds since 1970 and `ids` has one id a row, None for a row without; `num`, `cat` and `scores` are what the
    scorer was given and what it answered. Shadows' rows and a canary's are batches of their own.
    """

    at: float
    role: Role
    version: str
    schema: InputSchema
    ids: Sequence[str | None]
    num: Floats | None
    cat: Texts | None
    scores: Scores | Stepped


class Line(msgspec.Struct, gc=False):
    """An answer as it is written."""

    entry: str
    answered_at: datetime
    endpoint: str
    role: Role
    version: str
    id: str | None
    pd: float
    score: int
    grade: str
    decision: str
    features: object


class Entry(Line):
    """An answer as it is read. `entry` is the deduplication key: no other answer of any endpoint has the same.

    `features` are the columns the version reads by name, numbers first, as they reached the graph; missing is None.
    An infinite number stands as the largest finite one.
    """

    features: dict[str, float | str | None]


def cut(batch: Batch, rows: slice) -> Batch:
    """Some rows of a batch."""
    return msgspec.structs.replace(
        batch,
        ids=batch.ids[rows],
        num=None if batch.num is None else batch.num[rows],
        cat=None if batch.cat is None else batch.cat[rows],
        scores=_cut_scores(batch.scores, rows),
    )


def scores_of(batches: Sequence[Batch]) -> Scores:
    """The scores of all rows of some batches of one version, terms and margins left out."""
    stepped = stepped_of(batches)
    if stepped is not None:
        return stepped.scores()
    found = [one.scores() if isinstance(one, Stepped) else one for one in (batch.scores for batch in batches)]
    return Scores(
        pd=joined([one.pd for one in found]),
        score=joined([one.score for one in found]),
        grade=joined([one.grade for one in found]),
        approved=joined([one.approved for one in found]),
        margin=None,
        terms=None,
    )


def stepped_of(batches: Sequence[Batch]) -> Stepped | None:
    """The answers of all rows, where the library gave all of them by one graph."""
    found = [one for one in (batch.scores for batch in batches) if isinstance(one, Stepped)]
    if len(found) < len(batches) or any(one.graph is not found[0].graph for one in found):
        return None
    return Stepped(found[0].graph, np.concatenate([one.answers for one in found], axis=1))


def _cut_scores(scores: Scores | Stepped, rows: slice) -> Scores | Stepped:
    if isinstance(scores, Stepped):
        return Stepped(scores.graph, scores.answers[:, rows])
    return replace(
        scores, pd=scores.pd[rows], score=scores.score[rows], grade=scores.grade[rows], approved=scores.approved[rows]
    )


class Layout:
    """How the rows of one version become lines.

    The columns that are logged are chosen here and nowhere else: whoever masks columns leaves them out of `names` and
    of `_features`.
    """

    def __init__(self, schema: InputSchema) -> None:
        self.names = tuple(field.name for field in (*schema.numbers, *schema.categories))
        self._make = _maker(self.names)

    def lines(self, batches: Sequence[Batch], *, endpoint: str, key: str, first: int) -> list[Line]:
        """The lines of some batches of one version, whose entries are `key` and a number from `first` on.

        Small batches are joined first: a row by itself costs three times as much. Raises whatever a batch provokes whose
        parts do not fit together.
        """
        told: list[tuple[str | None, datetime, Role]] = []
        for batch in batches:
            check_lengths(batch)
            at = datetime.fromtimestamp(batch.at, UTC)
            told += [(id_, at, batch.role) for id_ in batch.ids]
        scores = scores_of(batches)
        answered = zip(
            told,
            scores.pd.tolist(),
            scores.score.tolist(),
            scores.grade.tolist(),
            scores.approved.tolist(),
            self._features(batches),
            strict=True,
        )
        version, make = batches[0].version, self._make
        return [
            Line(
                f"{key}-{number}",
                at,
                endpoint,
                role,
                version,
                id_,
                pd,
                score,
                grade,
                "approve" if approved else "decline",
                make(*features),
            )
            for number, ((id_, at, role), pd, score, grade, approved, features) in enumerate(answered, first)
        ]

    def _features(self, batches: Sequence[Batch]) -> list[list[float | str | None]]:
        nums = [batch.num for batch in batches if batch.num is not None]
        cats = [batch.cat for batch in batches if batch.cat is not None]
        num = _finite(joined(nums)).tolist() if nums else []
        if not cats:
            return num
        cat = [[text or None for text in row] for row in joined(cats).tolist()]
        return [numbers + texts for numbers, texts in zip(num, cat, strict=True)] if nums else cat


def check_lengths(batch: Batch) -> None:
    """Joined batches would hide that one has a row too many and another one too few."""
    num, cat, rows = batch.num, batch.cat, len(batch.ids)
    if (
        any(length != rows for length in _lengths(batch.scores))
        or (num is not None and len(num) != rows)
        or (cat is not None and len(cat) != rows)
    ):
        raise ValueError("it has not as many ids as rows and answers")


def _lengths(scores: Scores | Stepped) -> Sequence[int]:
    if isinstance(scores, Stepped):
        return (scores.answers.shape[1],)
    return (len(scores.pd), len(scores.score), len(scores.grade), len(scores.approved))


def joined(parts: Sequence[NDArray[_Item]]) -> NDArray[_Item]:
    """One array of several."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _finite(num: Floats) -> Floats:
    return np.clip(num, -_LARGEST, _LARGEST) if np.count_nonzero(np.isinf(num)) else num


def _maker(names: Sequence[str]) -> Callable[..., object]:
    """A record of named values, from the values: half the cost of a dict where the names allow it."""
    if not names or any(_NOT_IN_A_NAME.intersection(name) for name in names):
        return lambda *values: dict(zip(names, values, strict=True))
    fields = [(f"f{place}", object) for place in range(len(names))]
    renamed = {f"f{place}": name for place, name in enumerate(names)}
    return msgspec.defstruct("Features", fields, rename=renamed, gc=False)
