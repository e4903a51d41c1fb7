"""What is done about a verdict: it is recorded, and the champion is moved if it says so and nobody has frozen the champion."""

from dataclasses import replace

from kingmaker.domain.champion import ModelVersion, TurnReason
from kingmaker.domain.errors import ChampionFrozen
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.loop.announce import announce
from kingmaker.loop.selection import Selection, selection_to_json
from kingmaker.loop.turn import Turn


def carry_out(turn: Turn, selection: Selection, version: ModelVersion | None) -> None:
    """Record the verdict and, if it promotes, put the version in force and announce it. Doing it again is harmless.

    A promotion in a pipeline whose champion is frozen is recorded as held: `approve` carries it out once the freeze is lifted.
    """
    if version is None or selection.verdict.decision is not Decision.PROMOTE:
        _record(turn, selection, version)
        return
    freeze = turn.house.ledger.frozen(turn.pipeline.pipeline)
    if freeze is not None and not _is_in_force(turn, selection, version):
        _record(turn, _held(selection, freeze), version)
        return
    _record(turn, selection, version)
    try:
        _crown(turn, selection, version)
    except ChampionFrozen:  # in between
        carry_out(turn, selection, version)


def _record(turn: Turn, selection: Selection, version: ModelVersion | None) -> None:
    turn.house.ledger.record_verdict(
        turn.lease,
        selection.verdict,
        evidence=turn.house.vault.put_bytes(selection_to_json(selection)),
        candidate_version=version.version if version else None,
    )


def _crown(turn: Turn, selection: Selection, version: ModelVersion) -> None:
    pipeline = turn.pipeline.pipeline
    turn.house.ledger.crown(
        pipeline,
        version.version,
        expected_turn=selection.champion_turn,
        reason=TurnReason.PROMOTED,
        by=f"run {turn.run.number}",
        why=selection.verdict.sentence,
    )
    announce(turn.house, pipeline)


def _is_in_force(turn: Turn, selection: Selection, version: ModelVersion) -> bool:
    """Whether this run has crowned it already, before it was killed and the champion frozen."""
    now = turn.house.ledger.champion(turn.pipeline.pipeline)
    return now is not None and (now.turn, now.version) == (selection.champion_turn + 1, version.version)


def _held(selection: Selection, freeze: Freeze) -> Selection:
    """The same selection, whose promotion waits for a person."""
    verdict = selection.verdict
    sentence = (
        f"{verdict.sentence} It would be promoted, but {freeze.by} has frozen the champion since {freeze.since:%Y-%m-%d}: "
        f"{freeze.why.rstrip('.')}. A person decides."
    )
    return replace(selection, verdict=replace(verdict, reason=VerdictReason.CHAMPION_FROZEN, sentence=sentence))
