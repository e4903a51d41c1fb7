"""What is to be replayed, of a declaration that came over HTTP."""

from pathlib import Path

from kingmaker.control.declaring import newest_declaration, request_for
from kingmaker.domain.errors import DataRefused, NotFound
from kingmaker.domain.replay import ReplayOrder
from kingmaker.domain.run import Stage
from kingmaker.loop.replaying.ordering import Words, order_of
from kingmaker.loop.replaying.plan import Order
from kingmaker.pipeline.declaration import Promote
from kingmaker.ports.house import House

FOLDER = "replays"
_LOOKED_AT = 20
_SHARED = (Stage.EXTRACT, Stage.PREPARE, Stage.TRAIN)
"""Stages that all policies share at a date; the others are done for each."""


def folder_of(home: Path, number: int) -> Path:
    """The home of one replay: its ledger, vault and keys."""
    return home / FOLDER / str(number)


def ordered(house: House, pipeline: str, said: Words, *, by: str) -> tuple[ReplayOrder, Order]:
    """Raises NotFound without a declaration, DeclarationError for one that no longer holds here, DatesMistaken, KingmakerError

    for a word that is unknown, and DataRefused for a pipeline without application dates.
    """
    declared = newest_declaration(house, pipeline)
    today = house.clock().date()
    request = request_for(house, declared, as_of=today, by=by)
    order = order_of(request.declaration, request.declared_in, said, today=today)
    if order.pipeline.applied_at is None:
        raise DataRefused(
            "a replay needs to know who applied when, and the pipeline declares no application date",
            where=pipeline,
            remedy="Declare `applied_at`.",
        )
    kept = ReplayOrder(
        pipeline=pipeline,
        declaration=declared.number,
        first=order.dates[0],
        last=order.dates[-1],
        every=order.every,
        dates=len(order.dates),
        policies=tuple(policy.value for policy in order.policies),
        holds=order.holds,
    )
    return kept, order


def order_kept(house: House, kept: ReplayOrder, *, by: str) -> Order:
    """The order of a replay that was asked for, over the data folder as it is now. Raises as `ordered` does."""
    declared = house.ledger.declared(kept.pipeline, number=kept.declaration)
    if declared is None:
        raise NotFound(f"pipeline {kept.pipeline} has no declaration {kept.declaration}", where=kept.pipeline)
    said = Words(
        first=kept.first.isoformat(),
        last=kept.last.isoformat(),
        every=kept.every,
        policies=",".join(kept.policies),
        holds=kept.holds.value,
    )
    request = request_for(house, declared, as_of=kept.first, by=by)
    return order_of(request.declaration, request.declared_in, said, today=house.clock().date())


def seconds_for(house: House, kept: ReplayOrder) -> float | None:
    """Roughly how long it takes: as replays of the pipeline took a step, else as its newest runs took a stage.

    None when it neither was replayed nor ran to its end.
    """
    steps = steps_in(kept)
    for done in house.ledger.replays([kept.pipeline], limit=_LOOKED_AT):
        if done.result is not None and done.started_at is not None and done.ended_at is not None:
            return (done.ended_at - done.started_at).total_seconds() * steps / steps_in(done.order)
    longest: dict[Stage, float] = {}
    for run in house.ledger.runs(kept.pipeline, limit=_LOOKED_AT):
        for record in house.ledger.stages(run.number):
            if not record.reused:
                longest[record.stage] = max(longest.get(record.stage, 0.0), record.seconds)
    if not longest:
        return None
    shared = sum(seconds for stage, seconds in longest.items() if stage in _SHARED)
    decided = sum(seconds for stage, seconds in longest.items() if stage not in _SHARED)
    return kept.dates * shared + _decisions(kept) * decided


def steps_in(order: ReplayOrder) -> int:
    """What grows with the time that it takes: a study a date, and a decision for each policy that may replace at it."""
    return order.dates + _decisions(order)


def _decisions(order: ReplayOrder) -> int:
    replacing = [policy for policy in order.policies if policy != Promote.NEVER.value]
    return order.dates * len(replacing) + (len(order.policies) - len(replacing))
