"""What an applicant's row is answered with, as JSON."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from kingmaker.serving.asked import Scored
from kingmaker.serving.fields import Id

Decision = Literal["approve", "decline"]


class ToldReason(msgspec.Struct, gc=False):
    """A raw column that cost the applicant `points`, and what to call it towards them."""

    column: str
    words: str
    points: float


class Answer(msgspec.Struct, gc=False, omit_defaults=True):
    """`version` is the first 12 digits; `id` is there when the row had one, `reasons` when they were asked for."""

    pd: float
    score: int
    grade: str
    decision: Decision
    version: str
    id: Id = None
    reasons: list[ToldReason] | None = None


encode = msgspec.json.Encoder().encode
"""As every answer is written. Holds the interpreter, so that one will do for all threads."""


def one_answer(scored: Scored, place: int, id_: Id, *, reasons: int = 0) -> bytes:
    """The answer to a single object."""
    return encode(_answer(scored, place, id_, reasons))


def many_answers(scored: Scored, start: int, ids: Sequence[Id], *, reasons: int = 0) -> bytes:
    """The answers to an array, in its order."""
    return encode([_answer(scored, place, id_, reasons) for place, id_ in enumerate(ids, start)])


def _answer(scored: Scored, place: int, id_: Id, reasons: int) -> Answer:
    return Answer(
        scored.pd[place],
        scored.score[place],
        scored.grade[place],
        "approve" if scored.approved[place] else "decline",
        scored.versions[place],
        id_,
        _told(scored, place, reasons) if reasons else None,
    )


def _told(scored: Scored, place: int, reasons: int) -> list[ToldReason]:
    found = scored.reasons[place] if scored.reasons else ()
    return [ToldReason(reason.column, reason.words, round(reason.points, 4)) for reason in found[:reasons]]
