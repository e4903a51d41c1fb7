"""Scoring the rows of several requests together: each by the version that answers for it, each answer in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from kingmaker.bundle.reasons.explainer import Reason
from kingmaker.bundle.scorer import Floats, Scores, Texts
from kingmaker.serving.asked import Asked, Scored
from kingmaker.serving.explaining import Explaining
from kingmaker.serving.fields import Id, Rows
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.lineup import Lane, Lineup


@dataclass(frozen=True, slots=True)
class Marked:
    """What was scored: the answers of all rows in order, and a batch of the journal for each version at work."""

    scored: Scored
    batches: Sequence[Batch]


@dataclass(frozen=True, slots=True)
class _Occasion:
    """When rows were scored, in seconds since 1970, and how many reasons each gets, by whom."""

    at: float
    reasons: int = 0
    explaining: Explaining | None = None


def mark(lineup: Lineup, asked: Sequence[Asked], at: float, explaining: Explaining | None = None) -> Marked:
    """Score everything that was asked with one line-up. `at` is in seconds since 1970.

    With `explaining`, every row gets as many reasons as any request wants. Raises RowsRefused for rows that the version which
    answers for them cannot read, and whatever the scorer raises.
    """
    occasion = _Occasion(at, max(one.reasons for one in asked) if explaining else 0, explaining)
    parts = [one.rows_for(lineup.champion.fields) for one in asked]
    ids = parts[0].ids if len(parts) == 1 else [id_ for part in parts for id_ in part.ids]
    if lineup.canary is not None:
        chosen = [place for place, id_ in enumerate(ids) if lineup.is_canary(id_)]
        if chosen:
            return _shared_out(lineup, lineup.canary, asked, chosen, occasion)
    return _marked(lineup.champion, parts, ids, None, occasion)


def mark_shadow(lane: Lane, asked: Sequence[Asked], at: float) -> Batch:
    """Score rows with a version that never answers."""
    parts = [one.rows_for(lane.fields) for one in asked]
    ids = list(chain.from_iterable(part.ids for part in parts))
    return _marked(lane, parts, ids, None, _Occasion(at)).batches[0]


def _shared_out(lineup: Lineup, canary: Lane, asked: Sequence[Asked], chosen: list[int], occasion: _Occasion) -> Marked:
    """The canary scores the chosen places, the champion the others."""
    champion = lineup.champion
    parts = [one.rows_for(champion.fields) for one in asked]
    ids = [id_ for part in parts for id_ in part.ids]
    theirs = parts if canary.fields is champion.fields else [one.rows_for(canary.fields) for one in asked]
    taken = set(chosen)
    rest = [place for place in range(len(ids)) if place not in taken]
    whole = _blank(len(ids), explained=occasion.reasons > 0)
    batches: list[Batch] = []
    for lane, rows, places in ((canary, theirs, chosen), (champion, parts, rest)):
        if places:
            marked = _marked(lane, rows, [ids[place] for place in places], places, occasion)
            _put(whole, marked.scored, places)
            batches += marked.batches
    return Marked(whole, batches)


def _blank(count: int, *, explained: bool) -> Scored:
    scored = Scored([0.0] * count, [0] * count, [""] * count, [False] * count, [""] * count)
    if explained:
        nothing: tuple[Reason, ...] = ()
        scored.reasons = [nothing] * count
    return scored


def _put(whole: Scored, part: Scored, places: Sequence[int]) -> None:
    for index, place in enumerate(places):
        whole.pd[place] = part.pd[index]
        whole.score[place] = part.score[index]
        whole.grade[place] = part.grade[index]
        whole.approved[place] = part.approved[index]
        whole.versions[place] = part.versions[index]
        if whole.reasons is not None and part.reasons is not None:
            whole.reasons[place] = part.reasons[index]


def _marked(
    lane: Lane, parts: Sequence[Rows], ids: Sequence[Id], places: Sequence[int] | None, occasion: _Occasion
) -> Marked:
    num, cat = lane.fields.matrices(parts)
    if places is not None:
        num, cat = None if num is None else num[places], None if cat is None else cat[places]
    scores = lane.deployed.scorer.score(num, cat, terms=False) if ids else Scores.none()
    scored = Scored(
        scores.pd.tolist(),
        scores.score.tolist(),
        scores.grade.tolist(),
        scores.approved.tolist(),
        [lane.short] * len(ids),
    )
    if occasion.reasons and occasion.explaining is not None:
        scored.reasons = occasion.explaining.reasons(lane.deployed, num, cat, occasion.reasons) if ids else []
    return Marked(scored, (_batch(lane, ids, num, cat, scores, occasion.at),))


def _batch(lane: Lane, ids: Sequence[Id], num: Floats | None, cat: Texts | None, scores: Scores, at: float) -> Batch:
    return Batch(
        at=at,
        role=lane.role,
        version=lane.deployed.version,
        schema=lane.deployed.bundle.schema,
        ids=[None if id_ is None else str(id_) for id_ in ids],
        num=num,
        cat=cat,
        scores=scores,
    )
