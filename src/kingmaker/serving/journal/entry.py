"""One line a scored row: what was asked, who answered, and what."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec
import numpy as np

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.scorer import Floats, Scores, Texts

FORMAT = 1
"""Grows when a reader of the older format would misread a segment."""

Role = Literal["champion", "canary", "shadow"]

_LARGEST = float(np.finfo(np.float64).max)
_NOT_IN_A_NAME = frozenset('"\\') | {chr(code) for code in range(0x20)}
"""What msgspec cannot write as the name of a field."""


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
    scores: Scores


class Line(msgspec.Struct, gc=False):
    """An answer as it is written."""

    entry: str
    at: datetime
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


class Portion(msgspec.Struct, frozen=True, gc=False):
    """Some rows of a batch."""

    batch: Batch
    rows: slice

    def __len__(self) -> int:
        return int(self.rows.stop - self.rows.start)


class Layout:
    """How the rows of one version become lines.

    The columns that are logged are chosen here and nowhere else: whoever masks columns leaves them out of `names` and
    of `_features`.
    """

    def __init__(self, schema: InputSchema) -> None:
        self.names = tuple(field.name for field in (*schema.numbers, *schema.categories))
        self._make = _maker(self.names)

    def lines(self, batch: Batch, rows: slice, *, endpoint: str, key: str, first: int) -> Iterator[Line]:
        """The lines of some rows of a batch, whose keys are `key` and a number from `first` on.

        Raises whatever a batch provokes whose parts do not fit together.
        """
        at = datetime.fromtimestamp(batch.at, UTC)
        scores = batch.scores
        answered = zip(
            batch.ids[rows],
            scores.pd[rows].tolist(),
            scores.score[rows].tolist(),
            scores.grade[rows].tolist(),
            scores.approved[rows].tolist(),
            self._features(batch, rows),
            strict=True,
        )
        for number, (id_, pd, score, grade, approved, features) in enumerate(answered, first):
            decision = "approve" if approved else "decline"
            yield Line(
                f"{key}-{number}",
                at,
                endpoint,
                batch.role,
                batch.version,
                id_,
                pd,
                score,
                grade,
                decision,
                self._make(*features),
            )

    def _features(self, batch: Batch, rows: slice) -> list[list[float | str | None]]:
        num = [] if batch.num is None else _finite(batch.num[rows]).tolist()
        if batch.cat is None:
            return num
        cat = [[text or None for text in row] for row in batch.cat[rows].tolist()]
        return [numbers + texts for numbers, texts in zip(num, cat, strict=True)] if num else cat


def _finite(num: Floats) -> Floats:
    return np.clip(num, -_LARGEST, _LARGEST) if np.isinf(num).any() else num


def _maker(names: Sequence[str]) -> Callable[..., object]:
    """A record of named values, from the values: half the cost of a dict where the names allow it."""
    if not names or any(_NOT_IN_A_NAME.intersection(name) for name in names):
        return lambda *values: dict(zip(names, values, strict=True))
    fields = [(f"f{place}", object) for place in range(len(names))]
    renamed = {f"f{place}": name for place, name in enumerate(names)}
    return msgspec.defstruct("Features", fields, rename=renamed, gc=False)
