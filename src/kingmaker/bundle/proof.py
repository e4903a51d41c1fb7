"""The proof: a bundle's golden rows scored again, here and now, must give the answers its publisher signed."""

import numpy as np

from kingmaker.bundle.contents import GoldenRow
from kingmaker.bundle.native.trial import same_bits
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Floats, Scorer, Scores, Texts
from kingmaker.domain.errors import BundleRefused

PD_TOLERANCE = 1e-9
"""Relative: room for another processor's last digits, far below anything that moves a score."""


def prove(bundle: Bundle) -> Scorer:
    """Score the golden rows and return the scorer that passed, so that what was proven is what serves.

    pd must agree within 1e-9 relative; score, grade and approval exactly. Raises BundleRefused naming the first row that
    differs.
    """
    return _proven(bundle, Scorer(bundle.model))


def prove_for_files(bundle: Bundle) -> Scorer:
    """As `prove`, but the scorer walks trees with the compiled library, if its golden rows are onnxruntime's bit for bit.

    That is worth its preparation for many rows.
    """
    plain = prove(bundle)
    walked = Scorer(bundle.model, walked=True)
    if not walked.is_walked:
        return plain
    num, cat = golden_arrays(bundle.golden.rows)
    same = _same(plain.score(num, cat, terms=False), walked.score(num, cat, terms=False))
    return _proven(bundle, walked) if same else plain


def _same(left: Scores, right: Scores) -> bool:
    return same_bits(left.pd, right.pd) and all(
        np.array_equal(getattr(left, name), getattr(right, name)) for name in ("score", "grade", "approved")
    )


def _proven(bundle: Bundle, scorer: Scorer) -> Scorer:
    rows = bundle.golden.rows
    num, cat = golden_arrays(rows)
    scores = scorer.score(num, cat, terms=False)
    if len(scores.pd) != len(rows):
        raise _refused(bundle, f"{len(rows)} golden rows gave {len(scores.pd)} answers")
    for index, row in enumerate(rows):
        difference = _difference(row, scores, index)
        if difference:
            raise _refused(bundle, f"golden row {index + 1} was published with {difference}")
    return scorer


def golden_arrays(rows: tuple[GoldenRow, ...]) -> tuple[Floats | None, Texts | None]:
    """The graph's two inputs for the golden rows."""
    num = np.array([[np.nan if value is None else value for value in row.numbers] for row in rows], dtype=np.float64)
    cat = np.array([list(row.categories) for row in rows], dtype=object)
    return num if num.shape[1] else None, cat if cat.shape[1] else None


def _difference(row: GoldenRow, scores: Scores, index: int) -> str:
    pd = float(scores.pd[index])
    if not abs(pd - row.pd) <= PD_TOLERANCE * abs(row.pd):
        return f"pd {row.pd!r} and now gives {pd!r}"
    if int(scores.score[index]) != row.score:
        return f"score {row.score} and now gives {int(scores.score[index])}"
    if str(scores.grade[index]) != row.grade:
        return f"grade {row.grade} and now gives {scores.grade[index]}"
    if bool(scores.approved[index]) != row.approved:
        return f"approved = {row.approved} and now gives {bool(scores.approved[index])}"
    return ""


def _refused(bundle: Bundle, what: str) -> BundleRefused:
    return BundleRefused(
        what,
        where=f"bundle {bundle.short} of {bundle.pipeline}",
        remedy="Do not serve it: compare the versions of onnxruntime here and in the bundle's pins, then publish again.",
    )
